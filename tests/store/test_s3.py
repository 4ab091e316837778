"""The store on S3: what was sent is not sent again, of two writers one wins, and faults pass or are told."""

from __future__ import annotations

import json
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

pytest.importorskip("s3fs", reason="pip install 'baogao[s3]'")

from moto.core.authorization import enable_iam_authentication
from s3fs import S3FileSystem

from flows import objects, s3
from flows.store import Store, StoreError
from tests.buckets import KEYS, Bucket
from tests.conftest import Command

pytestmark = pytest.mark.slow
DOCUMENT = (Path(__file__).parents[2] / "docs" / "releases.md").read_text("utf-8")
FOLDER = "public/releases/1.0.0"


@pytest.fixture
def store(bucket: Bucket) -> Store:
    return Store(bucket.url)


@pytest.fixture
def elsewhere(bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Store]]:
    """A store by another environment; an empty variable is not there."""

    def made(**environment: str) -> Store:
        for name, value in environment.items():
            monkeypatch.setenv(name, value) if value else monkeypatch.delenv(name)
        S3FileSystem.clear_instance_cache()
        return Store(bucket.url)

    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, os.devnull)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    yield made
    S3FileSystem.clear_instance_cache()


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


class TestFaults:
    def test_what_passes_is_tried_again(self, store: Store, bucket: Bucket) -> None:
        """Of ten calls one is refused, lost, cut short or late, before or after it did something."""
        bucket.share = 0.1
        for number in range(15):
            name = f"work/{number}"
            with store.lock("publish"):
                store.write_bytes(name, f"{number}".encode() * 1000, over=store.stamp(name))
            assert store.read_bytes(name) == f"{number}".encode() * 1000
            with store.open(name) as file:
                assert file.read() == f"{number}".encode() * 1000
        assert len(store.list("work")) == 16
        assert len(bucket.met) >= 3

    @pytest.mark.parametrize("fault", ["slow-down", "lost"])
    def test_what_does_not_pass_is_told_within_a_minute(
        self, store: Store, bucket: Bucket, fault: str
    ) -> None:
        bucket.share, bucket.kinds = 1.0, (fault,)
        said = {"slow-down": r"answers 503 \(.*\) again and again", "lost": "does not answer"}[fault]
        since = time.monotonic()
        with pytest.raises(StoreError, match=rf"work/x: {bucket.address} {said}") as caught:
            store.write_bytes("work/x", b"1")
        assert time.monotonic() - since < 60
        assert caught.value.reason == "broken"
        assert bucket.count("PUT") in (6, 12)  # aiohttp asks at once again where a connection was closed

    def test_a_server_that_hangs_is_given_up_within_a_minute(
        self, elsewhere: Callable[..., Store], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """With tries that last for a twentieth of what they do: so long as all of them may take."""
        given = s3._CLIENT["config_kwargs"]
        assert isinstance(given, dict)
        monkeypatch.setitem(given, "read_timeout", given["read_timeout"] / 20)
        with socket.create_server(("127.0.0.1", 0), backlog=64) as hanging:
            store = elsewhere(AWS_ENDPOINT_URL=f"http://127.0.0.1:{hanging.getsockname()[1]}")
            since = time.monotonic()
            with pytest.raises(StoreError, match=r"does not answer \(ReadTimeoutError\)"):
                store.write_bytes("x", b"1")
            assert 6 * given["read_timeout"] <= time.monotonic() - since
        assert 6 * 20 * given["read_timeout"] < 55


class TestBadInput:
    @pytest.mark.parametrize(
        ("environment", "said"),
        [
            (
                {"AWS_ENDPOINT_URL": "http://127.0.0.1:9"},
                r"http://127\.0\.0\.1:9 does not answer .* Check AWS",
            ),
            ({"AWS_ENDPOINT_URL": "127.0.0.1:9"}, r"Cannot use s3://.*Invalid endpoint: 127\.0\.0\.1:9"),
            ({"AWS_ACCESS_KEY_ID": ""}, r"there are no keys for http.* Set AWS_ACCESS_KEY_ID and"),
            ({"AWS_SECRET_ACCESS_KEY": ""}, r"missing: AWS_SECRET_ACCESS_KEY"),
        ],
    )
    def test_what_the_environment_says_wrong_is_named(
        self, elsewhere: Callable[..., Store], environment: dict[str, str], said: str
    ) -> None:
        with pytest.raises(StoreError, match=said) as caught:
            elsewhere(**environment).write_bytes("work/x", b"1")
        assert KEYS["AWS_SECRET_ACCESS_KEY"] not in str(caught.value)

    def test_a_bucket_that_is_not_there_is_named(self, bucket: Bucket) -> None:
        for root, said in (
            ("s3://no-such-bucket/out", rf"{bucket.address} has no bucket no-such-bucket\. Check its name"),
            ("s3://no bucket/out", r"no bucket cannot be the name of a bucket\. Check the address"),
        ):
            store = Store(root)
            for call in (partial(store.write_bytes, "x", b""), partial(store.folders, "public")):
                with pytest.raises(StoreError, match=said) as caught:
                    call()
                assert caught.value.reason == "missing"

    def test_commands_say_it_in_a_line(self, bucket: Bucket, baogao: Command) -> None:
        done = baogao("verify", "--output", "s3://no-such-bucket/out")
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr.startswith("Error: Cannot list s3://no-such-bucket/out/public/releases: ")
        assert done.stderr.count("\n") == 1

    def test_keys_in_an_address_are_refused_and_not_repeated(self, bucket: Bucket) -> None:
        with pytest.raises(StoreError, match=r"s3://…@bucket/x: keys do not belong") as caught:
            Store("s3://name:Pa55-word@bucket/x")
        assert "Pa55" not in str(caught.value)

    def test_what_the_keys_may_not_do_is_told_and_the_documented_policy_is_enough(
        self, bucket: Bucket, elsewhere: Callable[..., Store], tmp_path: Path
    ) -> None:
        policy = json.loads(
            DOCUMENT.partition("```json\n")[2].partition("```")[0].replace("BUCKET", bucket.name)
        )
        reading = json.loads(json.dumps(policy).replace('"s3:PutObject", ', ""))
        full, only_reading = bucket.keys(policy), bucket.keys(reading)
        with enable_iam_authentication():
            store = elsewhere(**full)
            store.adopt(filled(tmp_path / "x"), FOLDER, last="last")
            with store.lock("publish"):
                store.write_bytes("a", b"1", over="")
            store.remove("a")
            assert sorted(held(store)) == ["a", "b", "c", "d", "e", "f", "last"] and store.list("a") == []

            store = elsewhere(**only_reading)
            assert store.read_bytes(f"{FOLDER}/a") == b"a"
            for call in (partial(store.write_bytes, "a", b"1"), store.lock("publish").__enter__):
                with pytest.raises(StoreError, match=rf"denies access to the bucket {bucket.name}") as caught:
                    call()
                assert caught.value.reason == "unwritable" and "s3:PutObject" in str(caught.value)

            for wrong in (full | {"AWS_SECRET_ACCESS_KEY": "x"}, full | {"AWS_ACCESS_KEY_ID": "nobody"}):
                with pytest.raises(StoreError, match=r"does not accept the keys \(\w+\)") as caught:
                    elsewhere(**wrong).write_bytes("a", b"1")
                assert full["AWS_SECRET_ACCESS_KEY"] not in str(caught.value)
