"""What kind of file bytes are, told by their content and never by their name."""

from __future__ import annotations

import io
import json
import re
import zipfile

_HTML = re.compile(r"<(?:!doctype\s+html|html|head|body|div|article|p)[\s>]", re.I)
_OTHER = (
    (b"%PDF-", "a PDF file"),
    (b"\xd0\xcf\x11\xe0", "an old Word file (doc)"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"Rar!", "a RAR archive"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"\x1f\x8b", "a gzip file"),
)


def binary_kind(data: bytes) -> str | None:
    """`zip`, `docx`, `unsupported: WHAT`, or None when the bytes may be text."""
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                names = archive.namelist()
        except (zipfile.BadZipFile, OSError, ValueError):
            return "zip"
        if "[Content_Types].xml" in names or "word/document.xml" in names:
            return (
                "docx"
                if any(name.startswith("word/") for name in names)
                else "unsupported: an office file other than docx"
            )
        return "zip"
    for start, what in _OTHER:
        if data.startswith(start):
            return f"unsupported: {what}"
    return None


def text_kind(text: str) -> str:
    """`html`, `jsonl`, `csv` or `plain` for a decoded text."""
    opening = text[:5000].lstrip("\ufeff \t\r\n")
    if opening.startswith("<") and _HTML.search(opening):
        return "html"
    if opening.startswith("{") and _is_json_line(text.lstrip("\ufeff \t\r\n")):
        return "jsonl"
    if _is_csv(opening):
        return "csv"
    return "plain"


def _is_json_line(text: str) -> bool:
    first = text.split("\n", 1)[0].strip()
    try:
        return isinstance(json.loads(first), dict)
    except ValueError:
        return first.endswith("}") or '":' in first[:200]


def _is_csv(opening: str) -> bool:
    """A header line: two or more short cells without sentence marks, separated by , ; or tabs."""
    header = opening.split("\n", 1)[0].strip()
    for mark in (",", "\t", ";"):
        cells = [cell.strip().strip('"') for cell in header.split(mark)]
        named = all(re.fullmatch(r"[\w\u4e00-\u9fff ()（）./-]{1,30}", cell) for cell in cells)
        if len(cells) >= 2 and named and len(set(cells)) == len(cells) and "\n" in opening:
            return True
    return False
