"""The tables that are made from the observations that passed the checks: panel and targets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows import schemas
from flows.publish.panel import NEEDED, panel
from flows.publish.targets import targets

if TYPE_CHECKING:
    import pyarrow as pa

DERIVED = ("panel", "targets")
_BATCH = 8192


def derive(observations: Iterable[pa.RecordBatch], folder: Path) -> None:
    """Writes `panel.arrow` and `targets.arrow` into FOLDER, each in the order of its key.

    OBSERVATIONS come sorted by region, so that one region at a time is held in memory. Raises ValueError
    when they do not.
    """
    before = ""
    with _Writer("panel", folder) as panels, _Writer("targets", folder) as aims:
        for region, rows in groupby(_coded(observations), key=lambda row: str(row["region_code"])):
            if region <= before:
                raise ValueError(f"the observations are not sorted: region {region} comes after {before}")
            before = region
            chosen = panel(rows)
            panels.add(chosen)
            aims.add(targets(chosen))


class _Writer:
    """Writes rows of the table NAME into FOLDER, many at a time."""

    def __init__(self, name: str, folder: Path) -> None:
        import pyarrow as pa

        self._schema = schemas.arrow_schema(name)
        self._file = pa.ipc.new_file(str(folder / f"{name}.arrow"), self._schema)
        self._waiting: list[dict[str, Any]] = []

    def __enter__(self) -> _Writer:
        return self

    def __exit__(self, *_: object) -> None:
        self._flush()
        self._file.close()

    def add(self, rows: list[dict[str, Any]]) -> None:
        """Adds ROWS in the order of the table."""
        self._waiting += rows
        if len(self._waiting) >= _BATCH:
            self._flush()

    def _flush(self) -> None:
        import pyarrow as pa

        self._file.write_batch(pa.RecordBatch.from_pylist(self._waiting, self._schema))
        self._waiting = []


def _coded(observations: Iterable[pa.RecordBatch]) -> Iterator[dict[str, Any]]:
    """The rows that the panel is made from, without the columns that it does not look at."""
    import pyarrow.compute as pc

    for batch in observations:
        yield from batch.select(NEEDED).filter(pc.is_valid(batch["indicator"])).to_pylist()
