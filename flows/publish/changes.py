"""What differs between two versions of a table, row by row: added, removed, changed by key.

Both versions are read in step, one report at a time, so that memory stays flat however long the tables are.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any, Literal

from flows import schemas

_BATCH = 4096
_LONG = 1000


@dataclass(frozen=True, slots=True)
class Change:
    """A row of `table` that was added, removed or changed; `fields` hold old and new value by column.

    `row` is the row as it is now, or as it was when it was removed.
    """

    table: str
    key: str
    kind: Literal["added", "removed", "changed"]
    fields: dict[str, tuple[Any, Any]]
    row: dict[str, Any]


@dataclass(slots=True)
class Counts:
    """How many rows of a table were added, removed and changed."""

    added: int = 0
    removed: int = 0
    changed: int = 0

    def count(self, change: Change) -> None:
        """Takes CHANGE into account."""
        setattr(self, change.kind, getattr(self, change.kind) + 1)

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed)


def compared(name: str, old: IO[bytes], new: IO[bytes]) -> Iterator[Change]:
    """The changes from OLD to NEW, two Parquet files of the table NAME, in the order of their rows.

    Columns that only one of them has are left out: they are a change of the schema.
    """
    for before, after in _in_step(_groups(name, old), _groups(name, new)):
        for key, row in before.items():
            if key not in after:
                yield Change(name, key, "removed", {}, row)
            elif fields := _fields(row, after[key]):
                yield Change(name, key, "changed", fields, after[key])
        for key, row in after.items():
            if key not in before:
                yield Change(name, key, "added", {}, row)


Rows = dict[str, dict[str, Any]]


def _groups(name: str, file: IO[bytes]) -> Iterator[tuple[str, Rows]]:
    """The rows by their key, report by report or region by region, by which they are sorted.

    The lists, which have neither, are one group.
    """
    import pyarrow.parquet as pq

    key = schemas.table(name).key
    by = "region_code" if "region_code" in key else "report_id"
    current, rows = "", Rows()
    for batch in pq.ParquetFile(file).iter_batches(_BATCH):
        for row in batch.to_pylist():
            group = row.get(by, "")
            if group != current and rows:
                yield current, rows
                rows = {}
            current = group
            rows["/".join(str(row[column]) for column in key)] = row
    if rows:
        yield current, rows


def _in_step(old: Iterator[tuple[str, Rows]], new: Iterator[tuple[str, Rows]]) -> Iterator[tuple[Rows, Rows]]:
    """Pairs of the groups of the same name; both come sorted by it."""
    left, right = next(old, None), next(new, None)
    while left or right:
        if right is None or (left is not None and left[0] < right[0]):
            assert left is not None
            yield left[1], {}
            left = next(old, None)
        elif left is None or right[0] < left[0]:
            yield {}, right[1]
            right = next(new, None)
        else:
            yield left[1], right[1]
            left, right = next(old, None), next(new, None)


def _fields(old: dict[str, Any], new: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    return {
        name: (_shown(value), _shown(new[name]))
        for name, value in old.items()
        if name in new and value != new[name]
    }


def _shown(value: Any) -> Any:
    """VALUE, or its length and hash when it is a long text."""
    if isinstance(value, str) and len(value) > _LONG:
        return {"characters": len(value), "sha256": hashlib.sha256(value.encode()).hexdigest()}
    return value
