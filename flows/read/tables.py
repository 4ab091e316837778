"""CSV and JSON Lines → documents: one text each, with what stands beside it as metadata."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache

from flows import schemas
from flows.read.reasons import Unreadable

_LONGEST_CELL = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Document:
    """A text from a file, and what the file says of it under the names of `schemas/fields.csv`.

    `place` tells where in the file it stood (`row 3`, `line 7`), empty for a file that is one text; `error`
    why there is none at that place.
    """

    text: str
    metadata: dict[str, str] = field(default_factory=dict)
    place: str = ""
    error: Unreadable | None = None


@cache
def _known() -> dict[str, str]:
    return {row["name"].casefold(): row["field"] for row in schemas.rows("fields.csv")}


def csv_documents(text: str) -> Iterator[Document]:
    """The documents of a table with a header line and a column of texts.

    Raises Unreadable `broken-csv` or `no-text-column` when there are none to tell.
    """
    csv.field_size_limit(_LONGEST_CELL)
    header = text.split("\n", 1)[0]
    mark = max(",\t;", key=header.count)
    try:
        rows = list(csv.DictReader(io.StringIO(text, newline=""), delimiter=mark))
    except csv.Error as error:
        raise Unreadable("broken-csv", detail=str(error)) from error
    columns = [name for name in (rows[0] if rows else {}) if name]
    column = _text_name(columns, rows[:20])
    if column is None:
        raise Unreadable("no-text-column", detail=", ".join(columns) or header[:60])
    for number, row in enumerate(rows, 2):
        cells = {
            name: value for name, value in row.items() if isinstance(name, str) and isinstance(value, str)
        }
        body = cells.pop(column, "")
        place = f"row {number}" if len(rows) > 1 else ""
        yield Document(body, _metadata(cells), place, None if body.strip() else Unreadable("empty"))


def jsonl_documents(text: str) -> Iterator[Document]:
    """The documents of JSON Lines; a bad line does not stop the others."""
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            yield _json_document(line, f"line {number}")
        except Unreadable as error:
            yield Document("", {}, f"line {number}", error)


def _json_document(line: str, place: str) -> Document:
    try:
        given = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise Unreadable("broken-line", detail=str(error)[:80]) from error
    if not isinstance(given, dict):
        raise Unreadable("broken-line", detail=f"a {type(given).__name__}")
    texts = {name: value for name, value in given.items() if isinstance(value, str)}
    name = _text_name(list(texts), [texts])
    if name is None:
        raise Unreadable("no-text-field", detail=", ".join(map(str, given))[:80])
    body = texts.pop(name)
    beside = {key: str(value) for key, value in given.items() if key != name and isinstance(value, str | int)}
    return Document(body, _metadata(beside), place, None if body.strip() else Unreadable("empty"))


def _text_name(names: list[str], rows: list[Mapping[str, str | None]]) -> str | None:
    """The name under which the text stands: a known one, else the one with the longest Chinese content."""
    for name in names:
        if _known().get(name.strip().casefold()) == "text":
            return name
    lengths = {name: max((len(row.get(name) or "") for row in rows), default=0) for name in names}
    best = max(lengths, key=lambda name: lengths[name], default=None)
    if best is None or lengths[best] < 200:
        return None
    sample = next(row.get(best) or "" for row in rows if len(row.get(best) or "") == lengths[best])
    return best if sum("\u4e00" <= character <= "\u9fff" for character in sample) * 2 > len(sample) else None


def _metadata(cells: Mapping[str, str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in cells.items():
        known = _known().get(name.strip().casefold())
        if known and known != "text" and value.strip():
            found.setdefault(known, value.strip()[:500])
    return found
