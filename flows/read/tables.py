"""CSV and JSON Lines → documents: one text each, with what stands beside it as metadata."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, field

from flows.read.fields import MARKS, facts, text_name
from flows.read.reasons import Unreadable

_LONGEST_CELL = 64 * 1024**2


@dataclass(frozen=True, slots=True)
class Document:
    """A text from a file, and what the file says of it under the fields of `schemas/fields.csv`.

    `place` tells where in the file it stood (`row 3`, `line 7`), empty for a file that is one text; `error`
    why there is none at that place.
    """

    text: str
    metadata: dict[str, str] = field(default_factory=dict)
    place: str = ""
    error: Unreadable | None = None


def csv_documents(text: str) -> Iterator[Document]:
    """The documents of a table with a header line and a column of texts.

    Raises Unreadable `broken-csv` or `no-text-column` when there are none to tell.
    """
    csv.field_size_limit(_LONGEST_CELL)
    mark = max(MARKS, key=text.split("\n", 1)[0].count)
    try:
        table = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=mark) if any(row)]
    except csv.Error as error:
        raise Unreadable("broken-csv", detail=error) from error
    names = [name.strip() for name in table[0]] if table else []
    rows = [dict(zip(names, row, strict=False)) for row in table[1:]]
    column = text_name(names, rows[:50])
    if column is None or not rows:
        raise Unreadable("no-text-column", detail=", ".join(names)[:80])
    for number, row in enumerate(rows, 2):
        body = row.pop(column, "")
        place = f"row {number}" if len(rows) > 1 else ""
        yield Document(body, facts(row), place, None if body.strip() else Unreadable("empty"))


def jsonl_documents(text: str) -> Iterator[Document]:
    """The documents of JSON Lines; a bad line does not stop the others."""
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
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
    cells = {
        name: _whole(str(value)) for name, value in given.items() if isinstance(value, str | int | float)
    }
    name = text_name(list(cells), [cells])
    if name is None:
        raise Unreadable("no-text-field", detail=", ".join(given)[:80])
    body = cells.pop(name)
    return Document(body, facts(cells), place, None if body.strip() else Unreadable("empty"))


def _whole(text: str) -> str:
    r"""TEXT without the lone halves of pairs (\ud800) that JSON can escape but no file can hold."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
