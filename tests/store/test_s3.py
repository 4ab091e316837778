"""The store on S3: what was sent is not sent again, of two writers one wins, and faults pass or are told."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from flows import objects
from flows.store import Store, StoreError
from tests.buckets import Bucket

pytestmark = pytest.mark.slow
FOLDER = "public/releases/1.0.0"


@pytest.fixture
def store(bucket: Bucket) -> Store:
    return Store(bucket.url)


def filled(folder: Path, said: str = "", names: str = "abcdef") -> Path:
    """FOLDER with files of these NAMES and the one that makes it whole; SAID stands in all but `a`."""
    folder.mkdir(parents=True)
    for name in (*names, "last"):
        (folder / name).write_text(name if name == "a" else f"{name} {said}", "utf-8")
    return folder


def texts(folder: Path) -> dict[str, str]:
    """The texts of the files in the local FOLDER."""
    return {path.name: path.read_text("utf-8") for path in folder.iterdir()}


def held(store: Store, name: str = FOLDER) -> dict[str, str]:
    """The texts of the files below NAME."""
    return {path.rpartition("/")[2]: store.read_bytes(path).decode() for path in store.list(name)}


def breaks_off(bucket: Bucket, at: str) -> Callable[[str, str], tuple[str, str] | None]:
    """Refuses to take the file AT."""
    return lambda method, key: (
        ("403 Forbidden", "AccessDenied") if (method, key[-1:]) == ("PUT", at) else None
    )


def both(one: Callable[[], object], other: Callable[[], object]) -> list[Exception | None]:
    """What ONE and OTHER raise when they are called at the same moment."""
    start = threading.Barrier(2)
    raised: list[Exception | None] = [None, None]

    def call(index: int, what: Callable[[], object]) -> None:
        start.wait()
        try:
            what()
        except Exception as error:
            raised[index] = error

    threads = [threading.Thread(target=call, args=pair) for pair in enumerate((one, other))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


def one_wins(raised: list[Exception | None]) -> int:
    """Which of two wins; the other one is told that it was too late, and nothing else."""
    losers = [error for error in raised if error is not None]
    assert len(losers) == 1, raised
    assert isinstance(losers[0], StoreError) and losers[0].reason == "busy", losers
    assert str(losers[0]).endswith("un again.")
    return raised.index(None)


class TestUploads:
    def test_what_was_sent_is_not_sent_again(self, store: Store, bucket: Bucket, tmp_path: Path) -> None:
        folder = filled(tmp_path / "x")
        bucket.refuse = breaks_off(bucket, "d")
        with pytest.raises(StoreError, match="denies access"):
            store.adopt(folder, FOLDER, last="last")
        assert sorted(held(store)) == ["a", "b", "c"]
        bucket.refuse = lambda method, key: None
        bucket.asked.clear()
        store.adopt(folder, FOLDER, last="last")
        assert held(store) == texts(folder)
        sent = [what for what in bucket.asked.elements() if what.startswith("PUT")]
        assert [what[-1] for what in sent] == ["d", "e", "f", "t"]

    def test_half_of_something_else_is_not_mixed_in(
        self, store: Store, bucket: Bucket, tmp_path: Path
    ) -> None:
        bucket.refuse = breaks_off(bucket, "d")
        other = filled(tmp_path / "other", "of another run")
        (other / "0").write_text("only there", "utf-8")
        with pytest.raises(StoreError):
            store.adopt(other, FOLDER, last="last")
        assert sorted(held(store)) == ["0", "a", "b", "c"]
        bucket.refuse = lambda method, key: None
        bucket.asked.clear()
        folder = filled(tmp_path / "x")
        store.adopt(folder, FOLDER, last="last")
        assert held(store) == texts(folder)
        assert bucket.count("PUT", "1.0.0/a") == 0 and bucket.count("PUT") == 6
        with pytest.raises(StoreError, match=r"1\.0\.0 meanwhile, and it is never overwritten"):
            store.adopt(other, FOLDER, last="last")

    def test_what_does_not_lie_there_as_it_was_sent_is_never_made_whole(
        self, store: Store, bucket: Bucket, tmp_path: Path
    ) -> None:
        folder = filled(tmp_path / "x")

        def altered(method: str, key: str) -> None:
            if method == "PUT" and key.endswith("/f"):
                bucket.put(f"{FOLDER}/b", b"rotten")

        bucket.refuse = altered
        with pytest.raises(StoreError) as caught:
            store.adopt(folder, FOLDER, last="last")
        assert caught.value.reason == "busy"
        assert "last" not in held(store)

    def test_objects_whose_tag_is_no_hash_are_read(
        self, store: Store, bucket: Bucket, tmp_path: Path
    ) -> None:
        """As of objects that were sent in parts: the tag says nothing of the bytes."""
        folder = filled(tmp_path / "x")
        bucket.put_in_parts(f"{FOLDER}/b", (folder / "b").read_bytes())
        bucket.put_in_parts(f"{FOLDER}/c", b"x" * (folder / "c").stat().st_size)
        bucket.asked.clear()
        store.adopt(folder, FOLDER, last="last")
        assert bucket.count("PUT", "1.0.0/b") == 0 and bucket.count("PUT", "1.0.0/c") == 1
        assert held(store) == texts(folder)


class TestWriters:
    def test_a_lock_keeps_a_second_run_out(self, store: Store, bucket: Bucket) -> None:
        other = Store(bucket.url)
        busy = pytest.raises(StoreError, match=r"Another run holds s3://.*publish\.lock\. Wait until")
        with store.lock("publish"), busy, other.lock("publish", seconds=0.0):
            pass
        with other.lock("publish", seconds=0.0):
            pass

    def test_a_lock_is_kept_as_long_as_it_is_used_and_not_longer(
        self, store: Store, bucket: Bucket, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(objects, "LEASE", 1.0)
        other = Store(bucket.url)
        with store.lock("publish"), pytest.raises(StoreError), other.lock("publish", seconds=2.5):
            pass
        bucket.put("work/publish.lock", b"somebody who was killed")
        with pytest.raises(StoreError), store.lock("publish", seconds=0.5):
            pass
        since = time.monotonic()
        with store.lock("publish", seconds=30.0):
            assert time.monotonic() - since >= 1.0

    def test_whoever_lost_the_lock_moves_nothing_any_more(
        self, store: Store, bucket: Bucket, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A holder that sleeps for longer than its lease, and wakes when another one has gone on."""
        monkeypatch.setattr(objects, "LEASE", 0.5)
        with store.lock("publish"):
            seen = store.stamp("public/latest.json")
            bucket.put("work/publish.lock", b"somebody else")
            bucket.put("public/latest.json", b"of somebody else")
            time.sleep(0.3)
            with pytest.raises(StoreError, match=r"latest\.json meanwhile") as caught:
                store.write_bytes("public/latest.json", b"mine", over=seen)
            assert caught.value.reason == "busy"
        assert store.read_bytes("work/publish.lock") == b"somebody else"
        assert store.read_bytes("public/latest.json") == b"of somebody else"

    def test_of_two_that_race_fifty_times_one_wins(self, bucket: Bucket, tmp_path: Path) -> None:
        for number in range(50):
            version = f"public/releases/1.{number}.0"
            folders = [filled(tmp_path / f"{number}-{one}", f"of {one}", "ab") for one in range(2)]

            def publish(one: int, version: str = version, folders: list[Path] = folders) -> None:
                mine = Store(bucket.url)
                seen = mine.stamp("public/latest.json")
                with mine.lock("publish", seconds=0.0):
                    mine.adopt(folders[one], version, last="last")
                    mine.write_bytes("public/latest.json", f"{version} {one}".encode(), over=seen)

            winner = one_wins(both(partial(publish, 0), partial(publish, 1)))
            store = Store(bucket.url)
            assert held(store, version) == texts(folders[winner])
            assert store.read_bytes("public/latest.json").decode() == f"{version} {winner}"

    def test_without_a_lock_nothing_is_mixed(self, bucket: Bucket, tmp_path: Path) -> None:
        """As if both had it: then both may lose, but what is whole is of one of them."""
        for number in range(10):
            version = f"public/releases/1.{number}.0"
            folders = [filled(tmp_path / f"{number}-{one}", f"of {one}", "bc") for one in range(2)]
            uploads = [partial(Store(bucket.url).adopt, one, version, last="last") for one in folders]
            raised = both(*uploads)
            there = held(Store(bucket.url), version)
            assert "last" not in there or there == texts(folders[raised.index(None)])
            assert raised.count(None) == ("last" in there)
