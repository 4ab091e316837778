"""The files of a published release, read in their order and a piece at a time.

All tables are sorted by their keys, which begin with the code of the region; the regions of a release can
therefore be walked through once, with the rows of each table that belong to them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from flows.publish import releases
from flows.store import Store

Row = dict[str, Any]
_BATCH = {"texts": 8}
_BATCH_ELSE = 4096


@dataclass(frozen=True, slots=True)
class Place:
    """A region that has reports, with its rows of `reports`, `panel` and `targets`."""

    code: str
    name: str
    level: str
    reports: list[Row]
    panel: list[Row]
    targets: list[Row]


class Source:
    """The tables of the release VERSION; to be used as a context, which closes the files."""

    def __init__(self, store: Store, version: str) -> None:
        self.version = version
        self._store = store
        self._folder = f"{releases.RELEASES}/{version}"
        self._open = ExitStack()

    def __enter__(self) -> Source:
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def rows(self, table: str, columns: list[str] | None = None) -> Iterator[Row]:
        """The rows of TABLE in their order; of COLUMNS only, where they are named."""
        import pyarrow.parquet as pq

        file = self._open.enter_context(self._store.open(f"{self._folder}/{table}.parquet"))
        size = _BATCH.get(table, _BATCH_ELSE)
        for batch in pq.ParquetFile(file).iter_batches(batch_size=size, columns=columns):
            yield from batch.to_pylist()

    def groups(self, table: str, column: str) -> Groups:
        """The rows of TABLE, sorted by COLUMN, value by value."""
        return Groups(self.rows(table), column)

    def places(self) -> Iterator[Place]:
        """The regions that have reports, in the order of their codes."""
        reports = self.groups("reports", "region_code")
        panel, targets = self.groups("panel", "region_code"), self.groups("targets", "region_code")
        while reports.key is not None:
            own = reports.take(code := reports.key)
            facts = (code, own[0]["region_name"], own[0]["region_level"])
            yield Place(*facts, own, panel.take(code), targets.take(code))


class Groups:
    """Rows that are sorted by a column, of which those with one value are taken at a time."""

    def __init__(self, rows: Iterator[Row], column: str) -> None:
        self._rows, self._column = rows, column
        self._next = next(rows, None)

    @property
    def key(self) -> str | None:
        """The value of the next rows; None at the end."""
        return None if self._next is None else str(self._next[self._column])

    def take(self, key: str) -> list[Row]:
        """The rows with KEY; those with smaller ones are passed over."""
        found: list[Row] = []
        while self._next is not None and self._next[self._column] <= key:
            if self._next[self._column] == key:
                found.append(self._next)
            self._next = next(self._rows, None)
        return found
