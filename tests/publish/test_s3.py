"""Releases on S3: with faults, kills and two publishers, what readers see is whole, and nothing is lost."""

from __future__ import annotations

import hashlib
import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from flows import check, load, objects, publish
from flows.check import expectations
from flows.model import Checked
from flows.publish import releases
from flows.store import Store
from tests.buckets import SLOW_DOWN, Bucket
from tests.builders import stored
from tests.publish.conftest import Publish

pytestmark = pytest.mark.slow

# BAOGAO_TEST_RACES=50 has two processes publish at once fifty times: nine minutes.
RACES = int(os.environ.get("BAOGAO_TEST_RACES", "3"))


@pytest.fixture
def store(bucket: Bucket) -> Store:
    return Store(bucket.url)


def data(store: Store, version: str) -> dict[str, str]:
    """Hashes of the files of VERSION in which no time may stand."""
    names = [
        name for name in store.list(f"{releases.RELEASES}/{version}") if name.endswith((".parquet", ".gz"))
    ]
    return {name: hashlib.sha256(store.read_bytes(name)).hexdigest() for name in names}


def worth(store: Store, value: int) -> Checked:
    """What is checked of a report that gives VALUE."""
    return check.check(store, [stored(store, value=value)])


PUBLISHERS = """
import os, sys
from datetime import UTC, datetime
from flows import check, objects, publish
from flows.publish import build, quality
from flows.store import Store

objects.LEASE = 1.0
for line in sys.stdin:
    root, inputs, day, count = line.split()
    started = []
    for _ in range(int(count)):
        if (one := os.fork()) == 0:
            store, now = Store(root), datetime(2026, 1, int(day), tzinfo=UTC)
            os._exit(0 if publish.publish(store, check.checked(store, inputs), now=now).new else 3)
        started.append(one)
    print(*started, flush=True)
    print(*(os.waitstatus_to_exitcode(os.waitpid(one, 0)[1]) for one in started), flush=True)
"""
NEW, NOT_NEW = 0, 3


class Publishers:
    """Processes that publish to a store what was checked there, all at the same moment."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.running: list[int] = []
        command = [sys.executable, "-c", PUBLISHERS]
        self.parent = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def run(self, checked: Checked, day: int = 3, count: int = 1) -> list[int]:
        """How so many of them ended (NEW, NOT_NEW, or the signal that killed it) that published on a DAY."""
        assert self.parent.stdin is not None
        self.parent.stdin.write(f"{self.store.root} {checked.inputs} {day} {count}\n")
        self.parent.stdin.flush()
        self.running = self._told()
        return self._told()

    def _told(self) -> list[int]:
        assert self.parent.stdout is not None
        return [int(number) for number in self.parent.stdout.readline().split()]


@pytest.fixture
def publishers(store: Store) -> Iterator[Publishers]:
    made = Publishers(store)
    yield made
    made.parent.communicate()


def test_with_a_tenth_of_the_calls_failing_releases_are_those_of_a_disk(
    store: Store, bucket: Bucket, go: Publish, tmp_path: Path
) -> None:
    local = Store(str(tmp_path / "out"))
    bucket.share = 0.1
    for value, years in ((1950, (2016,)), (1960, (2016, 2017))):
        here, there = (
            go(one, *(stored(one, year=year, value=value) for year in years)) for one in (local, store)
        )
        assert (there.version, there.new) == (here.version, True)
        assert data(store, there.version) == data(local, here.version)
        releases.verify(store, there.version)
    assert store.folders(releases.RELEASES) == ["1.0.0", "1.1.0"]
    assert not go(store, *(stored(store, year=year, value=1960) for year in (2016, 2017))).new
    assert load("observations", source=store.root).equals(load("observations", source=local.root))
    assert sum(bucket.met.values()) > 20


def test_of_two_processes_that_race_one_publishes_and_the_other_finds_it_done(
    store: Store, publishers: Publishers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(expectations, "run", lambda *_: [])
    publish.publish(store, worth(store, 1999))
    for race in range(RACES):
        assert sorted(publishers.run(worth(store, 2000 + race), count=2)) == [NEW, NOT_NEW]
    assert set(store.folders(releases.RELEASES)) == {f"1.0.{patch}" for patch in range(RACES + 1)}
    for race in range(RACES + 1):
        releases.verify(store, f"1.0.{race}")


def test_a_kill_at_any_moment_is_made_good_by_a_run_that_sends_what_is_missing(
    store: Store, bucket: Bucket, publishers: Publishers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(expectations, "run", lambda *_: [])
    monkeypatch.setattr(objects, "LEASE", 1.0)
    writes: list[str] = []
    at = 0

    def watched(method: str, key: str) -> tuple[str, str] | None:
        if method not in ("PUT", "DELETE") or key.endswith("publish.lock"):
            return None
        writes.append(key)
        if len(writes) != at:
            return None
        os.kill(publishers.running[0], signal.SIGKILL)
        return SLOW_DOWN

    checked = worth(store, 2000)
    bucket.refuse = watched
    publish.publish(store, checked)
    bucket.refuse = lambda method, key: None
    names = [key.rpartition("/")[2] for key in writes]
    pointed = names.index("latest.json")
    assert names[pointed - 1] == releases.CHECKSUMS
    moments = [*random.Random(6).sample(range(2, pointed - 1), 2), pointed, pointed + 1]
    for patch, at in enumerate(moments, start=1):
        folder = f"{releases.RELEASES}/1.0.{patch}"
        checked = worth(store, 2000 + patch)
        writes.clear()
        bucket.refuse = watched
        assert publishers.run(checked, day=1) == [-signal.SIGKILL]
        bucket.refuse = lambda method, key: None
        there = store.list(folder)
        assert len(there) == min(at - 1, pointed)
        # A reader sees the release before, whole.
        latest = store.read_json(releases.POINTER)["version"]
        assert latest == f"1.0.{patch - 1}"
        found = load("observations", source=store.root)
        assert found[found.unit == "元"].value.tolist() == [(2000 + patch - 1) * 1e8]

        bucket.asked.clear()
        another_day = patch % 2
        done = publish.publish(store, checked, now=datetime(2026, 1, 1 + another_day, tzinfo=UTC))
        assert done.version == f"1.0.{patch}"
        sent = [what for what in bucket.asked.elements() if what.startswith("PUT") and folder in what]
        # Of another day are the files in which a time stands; all others are not sent again.
        repeated = {what.removeprefix("PUT out/") for what in sent} & set(there)
        assert not [name for name in repeated if name.endswith((".parquet", ".gz"))]
        if not another_day:
            assert len(sent) == len(store.list(folder)) - len(there)
    assert store.folders(releases.RELEASES) == [f"1.0.{patch}" for patch in range(5)]
    for version in ("1.0.0", "1.0.4"):
        releases.verify(store, version)
