"""What the store promises: whole files, whole folders, and messages that a person can act on."""

from __future__ import annotations

import errno
import os
import pickle
import subprocess
import sys
import uuid
from pathlib import Path

import pytest

from flows.store import Store, StoreError


@pytest.fixture(params=["local", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    return Store(str(tmp_path / "out") if request.param == "local" else f"memory://{uuid.uuid4().hex}")


def test_what_was_written_is_read_back_and_listed_in_order(store: Store) -> None:
    assert not store.exists("work/b") and store.list("work") == []
    store.write_bytes("work/b", b"two")
    store.write_bytes("work/a/c", b"three")
    store.write_bytes("work/b", b"three!")
    assert store.read_bytes("work/b") == b"three!"
    assert store.size("work/b") == 6
    assert store.list("work") == ["work/a/c", "work/b"]
    assert store.folders("work") == ["a"]
    with store.open("work/a/c") as file:
        assert file.read() == b"three"


def test_json_keeps_its_order_and_its_characters(store: Store) -> None:
    store.write_json("x.json", {"省": "河南", "a": [1, None]})
    assert store.read_json("x.json") == {"省": "河南", "a": [1, None]}
    assert store.read_bytes("x.json").decode().startswith('{\n  "省": "河南",')


def test_removing_takes_files_and_folders_and_minds_nothing_missing(store: Store) -> None:
    store.write_bytes("work/a/b", b"1")
    store.remove("work/a")
    store.remove("work/a")
    assert not store.exists("work/a/b")


def test_a_missing_file_is_named(store: Store) -> None:
    with pytest.raises(StoreError, match=r"Cannot read .*work/none: it is not there") as caught:
        store.read_bytes("work/none")
    assert caught.value.reason == "missing"


def test_broken_json_is_named(store: Store) -> None:
    store.write_bytes("x.json", b"{")
    with pytest.raises(StoreError, match=r"x\.json is no JSON"):
        store.read_json("x.json")


@pytest.mark.parametrize("name", ["../x", "a/../../x", "/etc/passwd"])
def test_no_name_leads_outside(store: Store, name: str) -> None:
    with pytest.raises(ValueError, match="no name below"):
        store.read_bytes(name)


def test_a_folder_is_adopted_whole_and_never_over_another(store: Store) -> None:
    with store.staging() as folder:
        (folder / "sub").mkdir()
        (folder / "sub" / "a").write_bytes(b"1")
        (folder / "last").write_bytes(b"2")
        store.adopt(folder, "public/releases/1.0.0", last="last")
    assert store.read_bytes("public/releases/1.0.0/sub/a") == b"1"
    with store.staging() as folder:
        (folder / "last").write_bytes(b"3")
        with pytest.raises(StoreError, match="never overwritten"):
            store.adopt(folder, "public/releases/1.0.0", last="last")
    assert store.read_bytes("public/releases/1.0.0/last") == b"2"


def test_a_store_travels_to_other_processes(store: Store) -> None:
    store.write_bytes("a", b"1")
    assert pickle.loads(pickle.dumps(store)).read_bytes("a") == b"1"


def test_a_write_that_fails_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store(str(tmp_path))
    store.write_bytes("a", b"old")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(StoreError, match=r"no space is left there\. Free some space") as caught:
        store.write_bytes("a", b"new")
    assert caught.value.reason == "full"
    assert store.read_bytes("a") == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_a_file_in_place_of_the_root_is_explained(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")
    store = Store(str(tmp_path / "out"))
    with pytest.raises(StoreError, match=r"Cannot write .*out/folder/x.*--output") as caught:
        store.write_bytes("folder/x", b"1")
    assert caught.value.reason == "unwritable"
    with pytest.raises(StoreError, match="--output"), store.staging():
        pass


def test_a_disk_that_fills_while_preparing_is_explained(tmp_path: Path) -> None:
    store = Store(str(tmp_path))
    with pytest.raises(StoreError, match="no space is left"), store.staging():
        raise OSError(errno.ENOSPC, "No space left on device")
    assert store.list("work/staging") == []


def test_what_a_killed_run_left_is_swept_and_what_lives_stays(tmp_path: Path) -> None:
    program = (
        "import os, sys; from flows.store import Store\n"
        f"with Store({str(tmp_path)!r}).staging() as folder:\n"
        "    (folder / 'half').write_text('x'); os.kill(os.getpid(), 9)\n"
    )
    subprocess.run([sys.executable, "-c", program], check=False)
    staging = tmp_path / "work" / "staging"
    assert len(list(staging.glob("*/half"))) == 1
    store = Store(str(tmp_path))
    with store.staging() as one, store.staging() as two:
        assert sorted(staging.glob("*/")) == sorted([one, two])
        assert list(staging.glob("*/half")) == []
    assert list(staging.iterdir()) == []


def test_a_lock_keeps_a_second_run_out(store: Store) -> None:
    busy = pytest.raises(StoreError, match="Another run holds")
    with store.lock("publish"), busy, store.lock("publish", seconds=0.1):
        pass
    with store.lock("publish", seconds=0.1):
        pass


def test_what_another_one_has_written_meanwhile_stays(store: Store) -> None:
    assert store.stamp("a") == ""
    store.write_bytes("a", b"1", over="")
    seen = store.stamp("a")
    store.write_bytes("a", b"2")
    for stale in ("", seen):
        with pytest.raises(StoreError, match=r"a meanwhile, and it is never overwritten\.") as caught:
            store.write_bytes("a", b"mine", over=stale)
        assert caught.value.reason == "busy"
    store.write_bytes("a", b"3", over=store.stamp("a"))
    assert store.read_bytes("a") == b"3"
