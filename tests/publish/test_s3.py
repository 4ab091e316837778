"""Releases on S3: with faults, kills and two publishers, what readers see is whole, and nothing is lost."""

from __future__ import annotations

import hashlib
import random
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from flows import check, load, objects, publish
from flows.model import Checked
from flows.publish import releases
from flows.store import Store
from tests.buckets import SLOW_DOWN, Bucket
from tests.builders import stored
from tests.publish.conftest import Publish

pytestmark = pytest.mark.slow


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


PUBLISHER = """
import sys
from datetime import UTC, datetime
from flows import check, objects, publish
from flows.store import Store

objects.LEASE = 1.0
store = Store(sys.argv[1])
checked = check.checked(store, sys.argv[2])
print("ready", flush=True)
sys.stdin.readline()
done = publish.publish(store, checked, now=datetime(2026, 1, int(sys.argv[3]), tzinfo=UTC))
print("new" if done.new else "old")
"""


def publisher(store: Store, checked: Checked, day: int = 3) -> subprocess.Popen[str]:
    """A process that is about to publish CHECKED on a DAY and waits for a word."""
    command = [sys.executable, "-c", PUBLISHER, store.root, checked.inputs, str(day)]
    started = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert started.stdout is not None and started.stdout.readline() == "ready\n"
    return started


def go_on(*publishers: subprocess.Popen[str]) -> None:
    for one in publishers:
        assert one.stdin is not None
        one.stdin.write("go\n")
        one.stdin.flush()


def test_with_a_tenth_of_the_calls_failing_releases_are_those_of_a_disk(
    store: Store, bucket: Bucket, go: Publish, tmp_path: Path
) -> None:
    local = Store(str(tmp_path / "out"))
    bucket.share = 0.1
    for value, years in ((1950, (2016,)), (1950, (2016, 2017)), (2000, (2016, 2017))):
        here, there = (
            go(one, *(stored(one, year=year, value=value) for year in years)) for one in (local, store)
        )
        assert (there.version, there.new) == (here.version, True)
        assert data(store, there.version) == data(local, here.version)
        releases.verify(store, there.version)
    assert store.folders(releases.RELEASES) == ["1.0.0", "1.1.0", "1.1.1"]
    assert not go(store, *(stored(store, year=year, value=2000) for year in (2016, 2017))).new
    assert load("observations", source=store.root).equals(load("observations", source=local.root))
    assert sum(bucket.met.values()) > 20


def test_of_two_processes_one_publishes_and_the_other_finds_it_done(store: Store, go: Publish) -> None:
    go(store, stored(store))
    checked = worth(store, 2000)
    pair = [publisher(store, checked) for _ in range(2)]
    go_on(*pair)
    assert sorted(one.communicate()[0] for one in pair) == ["new\n", "old\n"]
    assert store.folders(releases.RELEASES) == ["1.0.0", "1.0.1"]
    releases.verify(store, "1.0.1")


def test_a_kill_at_any_moment_is_made_good_by_a_run_that_sends_what_is_missing(
    store: Store, bucket: Bucket, go: Publish, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(objects, "LEASE", 1.0)
    go(store, stored(store))
    writes: list[str] = []
    running: subprocess.Popen[str]
    at = 0

    def watched(method: str, key: str) -> tuple[str, str] | None:
        if method not in ("PUT", "DELETE") or key.endswith("publish.lock"):
            return None
        writes.append(key)
        if len(writes) != at:
            return None
        running.kill()
        return SLOW_DOWN

    def published(value: int, day: int) -> None:
        """Another process publishes VALUE, and is killed before its write number `at`."""
        nonlocal running
        checked = worth(store, value)
        running = publisher(store, checked, day)
        writes.clear()
        bucket.refuse = watched
        go_on(running)
        running.communicate()
        bucket.refuse = lambda method, key: None

    checked = worth(store, 2001)
    bucket.refuse = watched
    publish.publish(store, checked)
    bucket.refuse = lambda method, key: None
    names = [key.rpartition("/")[2] for key in writes]
    pointed = names.index("latest.json")
    assert names[pointed - 1] == releases.CHECKSUMS
    moments = [*random.Random(6).sample(range(2, pointed - 1), 2), pointed, pointed + 1, pointed + 2]
    for patch, at in enumerate(moments, start=2):
        folder = f"{releases.RELEASES}/1.0.{patch}"
        published(2000 + patch, 1)
        assert running.returncode == -signal.SIGKILL, at
        there = store.list(folder)
        assert len(there) == min(at - 1, pointed)
        # A reader sees the release before or the new one, whole.
        latest = store.read_json(releases.POINTER)["version"]
        assert latest == f"1.0.{patch - (at <= pointed + 1)}"
        worths = set(
            load("observations", source=store.root).query("indicator == 'gdp' and unit == '元'").value
        )
        assert worths == {(2000 + int(latest[4:])) * 1e8}

        bucket.asked.clear()
        another_day = patch % 2
        checked = worth(store, 2000 + patch)
        done = publish.publish(store, checked, now=datetime(2026, 1, 1 + another_day, tzinfo=UTC))
        assert done.version == f"1.0.{patch}"
        sent = [what for what in bucket.asked.elements() if what.startswith("PUT") and folder in what]
        # Of another day are the files in which a time stands; all others are not sent again.
        repeated = {what.removeprefix("PUT out/") for what in sent} & set(there)
        assert not [name for name in repeated if name.endswith((".parquet", ".gz"))]
        if not another_day:
            assert len(sent) == len(store.list(folder)) - len(there)
    assert store.folders(releases.RELEASES) == [f"1.0.{patch}" for patch in range(7)]
    for version in ("1.0.0", "1.0.2", "1.0.3", "1.0.6"):
        releases.verify(store, version)
