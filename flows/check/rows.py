"""Extracted reports → one Arrow file of rows, each with what the row-by-row checks say of it.

A row that does not even fit the columns of its table (a column missing, a value of another type) is kept
apart as an `Outcast`, so that the rest can be looked at as a table.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import orjson

from flows import schemas
from flows.check import columns, invariants
from flows.check.expected import counts_of
from flows.check.neighbours import same_year
from flows.model import Report
from flows.store import Store

if TYPE_CHECKING:
    import pyarrow as pa

_BATCH = 8192
_BEFORE = 200  # characters before a number in which its year may stand
_BEHIND = 16  # characters behind a number in which its unit stands
_LIMITS = {"int16": 2**15, "int32": 2**31, "int64": 2**63}
_CHOOSY = {*_LIMITS, "list<string>"}  # not every value of their Python types fits
_PYTHON: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "boolean": (bool,),
    "double": (float, int),
    "list<string>": (list,),
    **dict.fromkeys(_LIMITS, (int,)),
}


@dataclass(frozen=True, slots=True)
class Failure:
    """A check that a row failed: `flag` is set for a warning only."""

    check: str
    severity: Literal["critical", "warning", "info"]
    message: str
    flag: str | None = None


@dataclass(frozen=True, slots=True)
class Outcast:
    """A row that is in no table: what it was meant for, its key and report, the row itself, and why."""

    table: str
    key: str
    report_id: str
    row: dict[str, Any]
    failures: tuple[Failure, ...]


def critical(failures: Sequence[Failure]) -> tuple[Failure, ...]:
    """Those of FAILURES that keep a row out."""
    return tuple(failure for failure in failures if failure.severity == "critical")


class Rows:
    """Writes observations with the answers to `columns.QUESTIONS` into the Arrow file PATH, batch by batch.

    `failures` holds, by the number of the row in that file, the invariants that it broke, `counts` by report
    what is counted of its rows, see `expected.counts_of`.
    """

    def __init__(self, path: Path) -> None:
        import pyarrow as pa

        self.failures: dict[int, list[Failure]] = {}
        self.counts: dict[str, dict[str, int]] = {}
        self.outcasts: list[Outcast] = []
        self.count = 0
        self._waiting: list[tuple[Any, ...]] = []
        self._schema = self.schema()
        self._writer = pa.ipc.new_file(str(path), self._schema)

    @staticmethod
    def schema() -> pa.Schema:
        """The columns of the file: those of the table, and the answers."""
        import pyarrow as pa

        answers = [pa.field(name, pa.int8()) for name in columns.NAMES]
        return pa.schema([*schemas.arrow_schema("observations"), *answers])

    def add(self, report: Report, rows: list[dict[str, Any]]) -> None:
        """Adds the observations ROWS of REPORT in the order of its text."""
        fitting = []
        for row in rows:
            if misfits := list(_misfits(row)):
                failures = tuple(Failure("fits-the-columns", "critical", text) for text in misfits)
                key = str(row.get("observation_id", ""))
                self.outcasts.append(Outcast("observations", key, report.report_id, row, failures))
            else:
                fitting.append(row)
        self.counts[report.report_id] = counts_of(fitting)
        fitting.sort(key=lambda row: (row["char_start"], row["char_end"], row["observation_id"]))
        for row, years in zip(fitting, same_year(fitting, report.text), strict=True):
            broken = [Failure(name, "critical", text) for name, text in invariants.broken(report, row)]
            if broken:
                self.failures[self.count] = broken
            start, end = max(row["char_start"], 0), max(row["char_end"], 0)
            around = (report.text[max(start - _BEFORE, 0) : start], report.text[end : end + _BEHIND])
            self._waiting.append((*_values(row), *columns.answers(row, *around).values(), years))
            self.count += 1
        if len(self._waiting) >= _BATCH:
            self._flush()

    def close(self) -> None:
        """Completes the file."""
        self._flush()
        self._writer.close()

    def _flush(self) -> None:
        import pyarrow as pa

        if self._waiting:
            given = zip(self._schema, zip(*self._waiting, strict=True), strict=True)
            arrays = [
                pa.array(values, pa.bool_()).cast(pa.int8())
                if field.type == pa.int8()
                else pa.array(values, field.type)
                for field, values in given
            ]
            self._writer.write_batch(pa.RecordBatch.from_arrays(arrays, schema=self._schema))
        self._waiting = []


def batches(path: Path, columns: Sequence[str] = ()) -> Iterator[pa.RecordBatch]:
    """The batches of the Arrow file PATH, one after the other, of all columns or of these."""
    import pyarrow as pa

    with pa.OSFile(str(path)) as source:
        reader = pa.ipc.open_file(source)
        if columns:
            places = [reader.schema.names.index(name) for name in columns]
            reader = pa.ipc.open_file(source, options=pa.ipc.IpcReadOptions(included_fields=places))
        for index in range(reader.num_record_batches):
            batch = reader.get_batch(index)
            yield batch.select(columns) if columns else batch


def extracted(store: Store, name: str) -> list[dict[str, Any]]:
    """The observations of the JSON Lines file NAME, as they were extracted."""
    return [_parsed(line) for line in store.read_bytes(name).split(b"\n") if line]


def _parsed(line: bytes) -> dict[str, Any]:
    row: dict[str, Any]
    try:
        row = orjson.loads(line)
    except orjson.JSONDecodeError:
        row = json.loads(line)  # takes what is no JSON, too: Infinity, NaN
    return row


def of_report(report: Report, observations: int, witnesses: Sequence[str] = ()) -> dict[str, Any]:
    """The row of REPORT in the table of reports; `quarantined` is not known yet and 0."""
    row: dict[str, Any] = {column.name: None for column in schemas.table("reports").columns}
    given = {name: getattr(report, name) for name in row if hasattr(report, name)}
    counts = {"characters": len(report.text), "observations": observations, "quarantined": 0}
    return row | given | counts | {"witnesses": list(witnesses)}


def _misfits(row: dict[str, Any]) -> Iterator[str]:
    """What keeps ROW from being a row of the table of observations: columns and the types of their values."""
    kinds = _kinds()
    if row.keys() != kinds.keys():
        missing, unknown = [n for n in kinds if n not in row], [n for n in row if n not in kinds]
        yield f"columns missing: {', '.join(missing) or 'none'}; not known: {', '.join(unknown) or 'none'}"
        return
    for name in _in_question(tuple(map(type, _values(row)))):
        kind, _, types = kinds[name]
        value = row[name]
        if value is None:
            yield f"{name} is missing"
        elif type(value) not in types or not _fits(kind, value):
            yield f"{name} is {str(value)[:40]!r}, which is no {kind}"


def _values(row: dict[str, Any]) -> tuple[Any, ...]:
    """The values of ROW in the order of the columns."""
    return _getter()(row)


@cache
def _getter() -> Callable[[dict[str, Any]], tuple[Any, ...]]:
    return itemgetter(*_kinds())


@lru_cache(maxsize=1024)
def _in_question(given: tuple[type, ...]) -> list[str]:
    """The columns whose values need not fit, if a row's are of the types GIVEN: nearly all rows are alike."""
    return [
        name
        for one, (name, (kind, nullable, types)) in zip(given, _kinds().items(), strict=True)
        if (kind in _CHOOSY or one not in types) and not (nullable and one is type(None))
    ]


@cache
def _kinds() -> dict[str, tuple[str, bool, tuple[type, ...]]]:
    """By column of the observations: its type, whether it may be null, and the Python types of its values."""
    columns = schemas.table("observations").columns
    return {column.name: (column.type, column.nullable, _PYTHON[column.type]) for column in columns}


def _fits(kind: str, value: Any) -> bool:
    """Whether VALUE, of a Python type that is right for KIND, can be held by it."""
    if kind in _LIMITS:
        return bool(-_LIMITS[kind] <= value < _LIMITS[kind])
    return kind != "list<string>" or all(isinstance(item, str) for item in value)
