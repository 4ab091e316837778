"""What kind of file bytes are, told by their content and, where that leaves it open, by their name."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
import zlib
from lzma import LZMAError
from typing import Literal

from flows.read.fields import MARKS, known_fields
from flows.read.reasons import Unreadable

# Whatever a damaged archive can make the library raise.
ZIP_FAULTS = (
    zipfile.BadZipFile,
    OSError,
    ValueError,
    RuntimeError,
    NotImplementedError,
    EOFError,
    zlib.error,
    LZMAError,
)
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_UNSUPPORTED = {
    b"\xd0\xcf\x11\xe0": "a file of an old office program (doc, xls)",
    b"{\\rtf": "an RTF file",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"Rar!": "a RAR archive",
    b"7z\xbc\xaf": "a 7z archive",
    b"\x1f\x8b": "a gzip file",
    b"PAR1": "a Parquet file",
    b"SQLite format 3": "a database",
}
_HTML = re.compile(r"<(?:!doctype\s+html|html|head|body|div|article|section|table|p)[\s>]", re.I)
_COLUMN = re.compile(r"[\w ()（）./-]{1,40}")
_OPENING = 5000


def is_docx(data: bytes, name: str) -> bool:
    """Whether DATA is to be read as a Word document; a broken one is, when NAME says that it should be one.

    Raises Unreadable `broken-docx` for a .docx that is no zip, and `unsupported` for what is known to be
    something else that holds no plain text.
    """
    called_docx = name.casefold().endswith(".docx")
    if not data.startswith(_ZIP):
        for start, what in _UNSUPPORTED.items():
            if data.startswith(start):
                raise Unreadable("unsupported", detail=what)
        if called_docx:
            raise Unreadable("broken-docx", detail="it is no zip file")
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
    except ZIP_FAULTS as error:
        if called_docx:
            raise Unreadable("broken-docx", detail=str(error)[:80]) from error
        raise Unreadable("broken-archive", detail=str(error)[:80]) from error
    if called_docx or any(name.startswith("word/") for name in names):
        return True
    office = "[Content_Types].xml" in names
    raise Unreadable("unsupported", detail="an office file other than docx" if office else "a zip archive")


def text_kind(text: str, name: str) -> Literal["html", "jsonl", "csv", "plain"]:
    """What a decoded text is written in; NAME (of its file) counts for tables only."""
    opening = text.lstrip("\ufeff \t\r\n")[:_OPENING]
    ending = name.casefold().rpartition(".")[2]
    if opening.startswith("<") and _HTML.search(opening):
        return "html"
    if opening.startswith("{") and (
        ending in ("jsonl", "ndjson") or _is_json_line(text.lstrip("\ufeff \t\r\n"))
    ):
        return "jsonl"
    if ending in ("csv", "tsv") or _is_csv(opening):
        return "csv"
    return "plain"


def _is_json_line(text: str) -> bool:
    first = text.split("\n", 1)[0].strip()
    try:
        return isinstance(json.loads(first), dict)
    except (ValueError, RecursionError):
        return first.endswith("}") and '":' in first


def _is_csv(opening: str) -> bool:
    """A header of two or more short names, of which one is known or under which as many cells stand."""
    header, _, rest = opening.partition("\n")
    mark = max(MARKS, key=header.count)
    names = [cell.strip().strip('"') for cell in header.strip().split(mark)]
    if len(names) < 2 or not rest.strip() or not all(_COLUMN.fullmatch(name) for name in names):
        return False
    if any(name.casefold() in known_fields() for name in names):
        return True
    try:
        rows = [row for row in csv.reader(io.StringIO(rest, newline=""), delimiter=mark) if row]
    except csv.Error:
        return False
    whole = rows if len(opening) < _OPENING else rows[:-1]
    return bool(whole) and all(len(row) == len(names) for row in whole)
