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


def derive(observations: Iterable[pa.RecordBatch], folder: Path) -> None:
    """Writes `panel.arrow` and `targets.arrow` into FOLDER, each in the order of its key.

    OBSERVATIONS come sorted by region, so that one region at a time is held in memory. Raises ValueError
    when they do not.
    """
    import pyarrow as pa

    wanted = {name: schemas.arrow_schema(name) for name in DERIVED}
    before = ""
    with (
        pa.ipc.new_file(str(folder / "panel.arrow"), wanted["panel"]) as panels,
        pa.ipc.new_file(str(folder / "targets.arrow"), wanted["targets"]) as aims,
    ):
        for region, rows in groupby(_coded(observations), key=lambda row: str(row["region_code"])):
            if region <= before:
                raise ValueError(f"the observations are not sorted: region {region} comes after {before}")
            before = region
            chosen = panel(rows)
            panels.write_batch(pa.RecordBatch.from_pylist(chosen, wanted["panel"]))
            aims.write_batch(pa.RecordBatch.from_pylist(targets(chosen), wanted["targets"]))


def _coded(observations: Iterable[pa.RecordBatch]) -> Iterator[dict[str, Any]]:
    """The rows that the panel is made from, without the columns that it does not look at."""
    import pyarrow.compute as pc

    for batch in observations:
        yield from batch.select(NEEDED).filter(pc.is_valid(batch["indicator"])).to_pylist()
