"""Files, folders and archives are captured as they are; what cannot be captured is told."""

from __future__ import annotations

import io
import json
import os
import zipfile
from pathlib import Path
from typing import Any

import pytest

from flows.fetch.folder import captures
from flows.model import Capture, Rejected
from flows.store import Store

LIMIT = 1_000_000


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(str(tmp_path / "output"))


def zipped(files: dict[str, bytes], **options: Any) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, **options) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return made.getvalue()


def captured(store: Store, *paths: Path | str, limit: int = LIMIT, **given: Any) -> list[Capture | Rejected]:
    return list(captures([str(path) for path in paths], store, max_bytes=limit, **given))


def origins(found: list[Capture | Rejected]) -> list[str]:
    return [one.origin for one in found if isinstance(one, Capture)]


def the_rejection(found: list[Capture | Rejected]) -> Rejected:
    (one,) = [one for one in found if isinstance(one, Rejected)]
    assert one.message.startswith(f"{one.origin}: ") and "\n" not in one.message
    return one


def test_a_file_is_kept_byte_by_byte_with_what_is_known_of_it(store: Store, tmp_path: Path) -> None:
    file = tmp_path / "jiaozuo-2016.txt"
    file.write_bytes(b"\xef\xbb\xbftext\r\n")
    (found,) = captured(store, file, region="410800", year=2016)
    assert isinstance(found, Capture)
    assert store.read_bytes(f"work/captures/{found.sha256}") == b"\xef\xbb\xbftext\r\n"
    known = store.read_json(f"work/captures/{found.sha256}.json")
    assert Capture(**known) == found
    assert (known["name"], known["size"], known["region"], known["year"]) == (
        "jiaozuo-2016.txt",
        9,
        "410800",
        2016,
    )


def test_the_same_again_changes_nothing(store: Store, tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_text("text")
    assert captured(store, file) == captured(store, file)


def test_other_overrides_are_kept_as_the_latest(store: Store, tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_text("text")
    (first,) = captured(store, file)
    (second,) = captured(store, file, year=2016)
    assert isinstance(first, Capture) and isinstance(second, Capture)
    assert second.year == 2016 and second.captured_at > first.captured_at
    assert store.read_json(f"work/captures/{first.sha256}.json")["year"] == 2016


def test_bytes_that_come_twice_are_captured_once_and_stay_as_they_are(store: Store, tmp_path: Path) -> None:
    for name in ("b.txt", "a.txt"):
        (tmp_path / "in" / name).parent.mkdir(exist_ok=True)
        (tmp_path / "in" / name).write_text("text")
    first = captured(store, tmp_path / "in")
    assert origins(first) == ["a.txt"]
    assert captured(store, tmp_path / "in") == first


def test_folders_are_walked_in_order_without_hidden_files(store: Store, tmp_path: Path) -> None:
    for name in ("b/2.txt", "b/1.txt", "a.txt", ".hidden.txt", ".git/x.txt", "b/.DS_Store"):
        path = tmp_path / "in" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    assert origins(captured(store, tmp_path / "in")) == ["a.txt", "b/1.txt", "b/2.txt"]


def test_archives_give_their_files(store: Store, tmp_path: Path) -> None:
    office = zipped({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w/>"})
    file = tmp_path / "all.zip"
    file.write_bytes(zipped({"x/b.txt": b"b", "a.docx": office, "__MACOSX/a": b"m", "x/.h": b"h"}))
    found = captured(store, file)
    assert origins(found) == ["all.zip/a.docx", "all.zip/x/b.txt"]
    assert [one.name for one in found if isinstance(one, Capture)] == ["a.docx", "b.txt"]


def test_names_that_climb_are_only_names(store: Store, tmp_path: Path) -> None:
    file = tmp_path / "in" / "all.zip"
    file.parent.mkdir()
    file.write_bytes(zipped({"../../evil.txt": b"1", "/etc/passwd": b"2", "C:\\x\\..\\y.txt": b"3"}))
    before = {path for path in tmp_path.rglob("*") if "output" not in path.parts}
    assert origins(captured(store, file)) == ["all.zip/C:/x/y.txt", "all.zip/etc/passwd", "all.zip/evil.txt"]
    assert {path for path in tmp_path.rglob("*") if "output" not in path.parts} == before


def test_chinese_names_in_old_archives_are_read(store: Store, tmp_path: Path) -> None:
    data = zipped({"JZ16.txt": b"text"}).replace(b"JZ16", "焦作".encode("gb18030"))
    (tmp_path / "all.zip").write_bytes(data)
    assert origins(captured(store, tmp_path / "all.zip")) == ["all.zip/焦作.txt"]


def test_an_archive_that_unpacks_to_far_too_much_is_refused(store: Store, tmp_path: Path) -> None:
    file = tmp_path / "bomb.zip"
    file.write_bytes(zipped({"a.txt": b"0" * 40_000_000}))
    rejected = the_rejection(captured(store, file, limit=100_000_000))
    assert rejected.reason == "archive-bomb" and "Unpack it and pass the folder" in rejected.message


def test_a_member_larger_than_the_limit_is_told(store: Store, tmp_path: Path) -> None:
    file = tmp_path / "all.zip"
    file.write_bytes(zipped({"a.txt": b"0" * 2_000_000, "b.txt": b"fine"}))
    found = captured(store, file)
    assert the_rejection(found).reason == "too-large" and origins(found) == ["all.zip/b.txt"]


def test_an_archive_in_an_archive_is_told(store: Store, tmp_path: Path) -> None:
    file = tmp_path / "all.zip"
    file.write_bytes(zipped({"inner.zip": zipped({"a.txt": b"a"}), "b.txt": b"b"}))
    found = captured(store, file)
    assert the_rejection(found).origin == "all.zip/inner.zip"
    assert the_rejection(found).reason == "nested-archive" and origins(found) == ["all.zip/b.txt"]


def test_a_damaged_member_does_not_stop_the_others(store: Store, tmp_path: Path) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("a.txt", b"AAAAAAAA")
        archive.writestr("b.txt", b"b")
    file = tmp_path / "all.zip"
    file.write_bytes(made.getvalue().replace(b"AAAAAAAA", b"BBBBBBBB"))
    found = captured(store, file)
    assert the_rejection(found).reason == "broken-archive" and origins(found) == ["all.zip/b.txt"]


@pytest.mark.parametrize(
    ("make", "reason", "says"),
    [
        (lambda path: None, "missing", "no such file or folder. Check the path."),
        (lambda path: path.write_bytes(b""), "empty", "Give the file again in full."),
        (lambda path: path.write_bytes(b" \r\n"), "empty", "no text in it"),
        (lambda path: path.mkdir(), "empty-folder", "no files in this folder"),
        (lambda path: path.write_bytes(b"x" * (LIMIT + 1)), "too-large", "raise BAOGAO_MAX_FILE_BYTES"),
        (lambda path: os.mkfifo(path), "unreadable", "no regular file"),
        (lambda path: path.write_bytes(zipped({})), "empty-folder", "archive"),
    ],
    ids=["missing", "empty", "blank", "empty folder", "too large", "pipe", "empty archive"],
)
def test_what_cannot_be_captured_is_told(
    store: Store, tmp_path: Path, make: Any, reason: str, says: str
) -> None:
    bad, good = tmp_path / "bad.txt", tmp_path / "good.txt"
    make(bad)
    good.write_text("text")
    found = captured(store, bad, good)
    assert the_rejection(found).reason == reason
    assert "bad.txt" in the_rejection(found).origin and says in the_rejection(found).message
    assert origins(found) == ["good.txt"]


def test_a_path_that_cannot_be_one_is_told(store: Store) -> None:
    assert the_rejection(captured(store, "x" * 5000)).reason in ("missing", "unreadable")


def test_rejections_can_be_written_as_json(store: Store) -> None:
    rejected = the_rejection(captured(store, "nowhere/a.txt"))
    assert json.loads(json.dumps(rejected.message)).startswith("nowhere/a.txt: ")
