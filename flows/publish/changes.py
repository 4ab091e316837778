"""What differs between two versions of a table, row by row: added, removed, changed by key.

Both versions are read in step, a stretch of rows at a time, so that memory stays flat however long the tables
are, and compared column by column: only rows that differ become Python objects.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any, Literal

from flows import schemas

if TYPE_CHECKING:
    import pyarrow as pa

_BATCH = 1024
_LONG = 1000
# What a table is sorted by, where that is not the first column of its key.
_SORTED_BY = dict.fromkeys(("observations", "corrections", "quarantine"), "report_id")


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
    key = schemas.table(name).key
    by = _SORTED_BY.get(name, key[0])
    for before, after in _in_step(_Sorted(old, by), _Sorted(new, by)):
        if before.equals(after):
            continue
        pairs = _pairs(key, before, after)
        old_order, new_order = before[by].to_pylist(), after[by].to_pylist()
        pairs.sort(key=lambda pair: _place(pair, old_order, new_order))
        for first in range(0, len(pairs), _BATCH):
            yield from _changes(name, key, before, after, pairs[first : first + _BATCH])


class _Sorted:
    """A Parquet file that is sorted by the column BY, read forward, a row group at a time."""

    def __init__(self, file: IO[bytes], by: str) -> None:
        import pyarrow.parquet as pq

        self._file = pq.ParquetFile(file)
        self._by = by
        self._read = 0
        self._waiting = self._file.schema_arrow.empty_table()

    @property
    def ended(self) -> bool:
        """Whether all row groups have been read."""
        return bool(self._read == self._file.num_row_groups)

    @property
    def last(self) -> str:
        """What the last of the waiting rows is sorted by; empty when none waits."""
        return str(self._waiting[self._by][-1]) if self._waiting.num_rows else ""

    def read_on(self) -> None:
        """Reads one more row group, if there is one."""
        import pyarrow as pa

        if not self.ended:
            self._waiting = pa.concat_tables([self._waiting, self._file.read_row_group(self._read)])
            self._read += 1

    def before(self, limit: str | None) -> pa.Table:
        """Takes the waiting rows that are sorted before LIMIT; all of them when it is None."""
        import pyarrow.compute as pc

        count = self._waiting.num_rows
        if limit is not None and count:
            count = pc.sum(pc.less(self._waiting[self._by], limit)).as_py()
        taken, self._waiting = self._waiting.slice(0, count), self._waiting.slice(count)
        return taken.combine_chunks()


def _in_step(old: _Sorted, new: _Sorted) -> Iterator[tuple[pa.Table, pa.Table]]:
    """Both files stretch by stretch, so that rows of the same key come together.

    The last rows of a row group wait: the next one may begin with rows that are sorted like them.
    """
    limit: str | None = ""
    while limit is not None:
        for one in (old, new):
            if one.last in ("", limit):
                one.read_on()
        limit = min((one.last for one in (old, new) if not one.ended), default=None)
        yield old.before(limit), new.before(limit)


Pair = tuple[int | None, int | None]
"""Where a row stands in the old and in the new table; None where it is not there."""


def _pairs(key: tuple[str, ...], old: pa.Table, new: pa.Table) -> list[Pair]:
    """The rows that only OLD or only NEW has, and those that differ, by KEY."""
    import pyarrow.compute as pc

    old_keys, new_keys = (
        pc.binary_join_element_wise(*(one[name] for name in key), "\0") for one in (old, new)
    )
    places = pc.index_in(old_keys, value_set=new_keys)
    gone = pc.indices_nonzero(pc.is_null(places))
    come = pc.indices_nonzero(pc.is_null(pc.index_in(new_keys, value_set=old_keys)))
    both = pc.indices_nonzero(pc.is_valid(places))
    differ = both.filter(_differ(old.take(both), new.take(places.drop_null())))
    found: list[Pair] = [(place, None) for place in gone.to_pylist()]
    found += zip(differ.to_pylist(), places.take(differ).to_pylist(), strict=True)
    return found + [(None, place) for place in come.to_pylist()]


def _place(pair: Pair, old: list[str], new: list[str]) -> tuple[str, bool, int]:
    """Where the change of PAIR comes: OLD and NEW are what the rows are sorted by; added rows come last."""
    before, after = pair
    if before is not None:
        return old[before], False, before
    assert after is not None
    return new[after], True, after


def _differ(old: pa.Table, new: pa.Table) -> pa.ChunkedArray:
    """Whether a row of OLD may be another than the one at the same place in NEW."""
    import pyarrow as pa
    import pyarrow.compute as pc

    found = pa.chunked_array([pa.repeat(False, old.num_rows)])
    for name in (name for name in old.schema.names if name in new.schema.names):
        left, right = old[name], new[name]
        if left.type != right.type:
            return pa.chunked_array([pa.repeat(True, old.num_rows)])
        found = pc.or_(found, pc.xor(pc.is_valid(left), pc.is_valid(right)))
        if pa.types.is_list(left.type):
            lengths = pc.not_equal(pc.list_value_length(left), pc.list_value_length(right))
            found = pc.or_(found, pc.fill_null(lengths, False))
            left, right = pc.binary_join(left, "\0"), pc.binary_join(right, "\0")
        found = pc.or_(found, pc.fill_null(pc.not_equal(left, right), False))
    return found


def _changes(
    name: str, key: tuple[str, ...], old: pa.Table, new: pa.Table, pairs: list[Pair]
) -> Iterator[Change]:
    """The rows at PAIRS as changes of the table NAME."""
    import pyarrow as pa

    left, right = (
        rows.take(pa.array(places, pa.int64())).to_pylist()
        for rows, places in zip((old, new), zip(*pairs, strict=True), strict=True)
    )
    for (before, after), was, now in zip(pairs, left, right, strict=True):
        row = was if after is None else now
        named = "/".join(str(row[column]) for column in key)
        if before is None:
            yield Change(name, named, "added", {}, row)
        elif after is None:
            yield Change(name, named, "removed", {}, row)
        elif fields := _fields(was, now):
            yield Change(name, named, "changed", fields, row)


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
