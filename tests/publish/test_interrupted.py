"""Publishing is killed, or its disk fills up: readers see whole releases, and the next run completes."""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import random
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path
from threading import Timer

import pytest

from flows import check, publish
from flows.check import expectations
from flows.store import Store
from tests.builders import stored
from tests.conftest import latest
from tests.publish import publisher

pytestmark = pytest.mark.slow

MOMENTS, SIZES = 25, 10
Files = dict[str, str]


class Place:
    """A folder with release 1.0.0 in it, and the checked tables that 1.1.0 is to be made of."""

    def __init__(self, root: Path, inputs: str, processes: ForkServerContext) -> None:
        self.root = root
        self.inputs = inputs
        self.processes = processes

    def copied(self, root: Path) -> Place:
        """The same elsewhere."""
        shutil.copytree(self.root, root)
        return Place(root, self.inputs, self.processes)

    def start(self, last_step: int = 0, steps: object = None) -> ForkServerProcess:
        """Begins to publish."""
        process = self.processes.Process(
            target=publisher.run, args=(str(self.root), self.inputs, last_step, steps)
        )
        process.start()
        return process

    def ended(self, process: ForkServerProcess) -> int | None:
        """The exit code of PROCESS; until it is there, and then once more, a reader takes what is latest."""
        first = self.seen()
        while process.is_alive():
            assert self.seen() >= first
        process.join()
        self.seen()
        return process.exitcode

    def seen(self) -> str:
        """The latest version, all of whose files are as they should be."""
        found = str(latest(self.root)["version"])
        assert found in ("1.0.0", "1.1.0")
        return found

    def public(self) -> Files:
        """SHA-256 of all that is published; what a killed process was writing beside does not count."""
        folder = self.root / "public"
        return {
            path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in folder.rglob("*")
            if path.is_file() and path.suffix != ".part"
        }

    def first(self) -> Files:
        """SHA-256 of the files of the first release."""
        return {name: sha256 for name, sha256 in self.public().items() if "/1.0.0/" in name}


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Place:
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload([publisher.__name__])
    root = tmp_path_factory.mktemp("start") / "out"
    store = Store(str(root))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(expectations, "run", lambda *_: [])
        one, other = stored(store), stored(store, year=2017)
        publish.publish(store, check.check(store, [one]), now=publisher.NOW)
        return Place(root, check.check(store, [one, other]).inputs, processes)


@dataclass(frozen=True)
class Whole:
    """What an undisturbed publication comes to: what is published then, its steps, seconds and bytes."""

    public: Files
    steps: int
    seconds: float
    bytes: int


@pytest.fixture(scope="module")
def whole(start: Place, tmp_path_factory: pytest.TempPathFactory) -> Whole:
    place = start.copied(tmp_path_factory.mktemp("whole") / "out")
    steps = start.processes.Value("i", 0)
    assert place.ended(place.start()) == 0
    again = start.copied(tmp_path_factory.mktemp("again") / "out")
    begun = time.monotonic()
    process = again.start(0, steps)
    process.join()
    seconds = time.monotonic() - begun
    assert place.public() == again.public() and steps.value > 50
    size = sum(path.stat().st_size for path in (again.root / "public" / "releases" / "1.1.0").iterdir())
    return Whole(place.public(), int(steps.value), seconds, size)


def completed(place: Place, start: Place, whole: Whole) -> None:
    """What is left of a publication is whole, and the next run makes of it what an undisturbed one does."""
    assert place.first() == start.first()
    assert place.ended(place.start()) == 0
    assert place.public() == whole.public
    assert not [path for path in (place.root / "work" / "staging").glob("*") if path.is_dir()]


def test_killed_at_some_step(start: Place, whole: Whole, tmp_path: Path) -> None:
    """At seeded ones all the way, and at each of the last, where folder and pointer are moved."""
    last = range(whole.steps - 11, whole.steps + 1)
    chosen = random.Random(6).sample(range(1, last.start), MOMENTS - len(last))
    for step in sorted([*chosen, *last]):
        place = start.copied(tmp_path / str(step))
        assert place.ended(place.start(step)) == -signal.SIGKILL, step
        completed(place, start, whole)


def test_killed_at_some_moment(start: Place, whole: Whole, tmp_path: Path) -> None:
    chance, codes = random.Random(50), []
    for number in range(MOMENTS):
        place = start.copied(tmp_path / str(number))
        process = place.start()
        killer = Timer(chance.uniform(0, whole.seconds), process.kill)
        killer.start()
        codes.append(place.ended(process))
        killer.cancel()
        completed(place, start, whole)
    assert set(codes) <= {0, -signal.SIGKILL} and codes.count(-signal.SIGKILL) > MOMENTS / 2


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="mounting a small disk needs root"
)
def test_a_disk_that_fills_up(start: Place, whole: Whole, tmp_path: Path) -> None:
    """While it publishes: the disk has some bytes left, from none to what is needed."""
    chance, codes = random.Random(7), []
    with small_disk(tmp_path) as disk:
        for _ in range(SIZES):
            place = start.copied(disk / "out")
            left = int(chance.uniform(0, whole.bytes))
            (disk / "ballast").write_bytes(bytes(shutil.disk_usage(disk).free - left))
            codes.append(place.ended(place.start()))
            (disk / "ballast").unlink()
            completed(place, start, whole)
            shutil.rmtree(place.root)
    assert set(codes) <= {0, publisher.FULL} and codes.count(publisher.FULL) > SIZES / 2


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """A disk in memory of some megabytes, mounted at FOLDER."""
    command = ["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", str(folder)]
    if subprocess.run(command, check=False, stderr=subprocess.DEVNULL).returncode:
        pytest.skip("mounting is not allowed here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def test_two_publishers_at_once_make_one_release(start: Place, whole: Whole, tmp_path: Path) -> None:
    place = start.copied(tmp_path / "out")
    both = [place.start(), place.start()]
    assert [place.ended(one) for one in both] == [0, 0]
    assert place.public() == whole.public
