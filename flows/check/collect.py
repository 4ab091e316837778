"""Collects the rows of all reports into Arrow files and compares them, several processes side by side.

The reports are cut into parts, none of which ends within an area, so that all but the comparison of areas
depends on one part alone; what came of the parts, one after the other, is the same however they were cut.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import groupby
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from flows import schemas
from flows.check import Entry, suites
from flows.check.comparison import Comparison, compare
from flows.check.corrections import Corrections
from flows.check.entries import Correction
from flows.check.rows import Failure, Outcast, Rows, critical, extracted, of_report
from flows.settings import settings
from flows.store import Store

_WORTH_A_POOL = 500  # reports; below that, starting processes takes longer than what they do
_MOST = 1500  # reports of a part, so that one part at a time fits into memory


@dataclass(slots=True)
class Part:
    """What is known of the rows in `FOLDER/rows.arrow` beside them: by number of the row, the invariants that
    it broke; rows that fit no table; by report what is counted of its rows; the rows of the table of reports;
    what became of the corrections; what the cross-checks found. The texts are in `FOLDER/texts.arrow`."""

    folder: Path
    failures: dict[int, list[Failure]]
    outcasts: list[Outcast]
    counts: dict[str, dict[str, int]]
    reports: list[dict[str, Any]]
    corrections: Corrections
    comparison: Comparison

    @property
    def rows(self) -> Path:
        """The file of the rows."""
        return self.folder / "rows.arrow"


def collect(store: Store, entries: Sequence[Entry], given: list[Correction], folder: Path) -> list[Part]:
    """The rows of ENTRIES (sorted), corrected, in parts, each with a folder of its own in FOLDER."""
    processes = settings().workers or os.cpu_count() or 1
    if len(entries) < _WORTH_A_POOL:
        processes = 1
    parts = _cut(entries, processes * max(1, -(-len(entries) // (_MOST * processes))))
    asked = [
        (store.root, part, _of(part, given), folder / f"part-{number}") for number, part in enumerate(parts)
    ]
    if processes == 1:
        return [_part(*one) for one in asked]
    # Nothing here refers to what refers to it; looking for such things takes a sixth of the time.
    spawn = get_context("spawn")
    with ProcessPoolExecutor(processes, mp_context=spawn, initializer=gc.disable) as pool:
        waiting = [pool.submit(_part, *one) for one in asked]
        return [one.result() for one in waiting]


def _cut(entries: Sequence[Entry], parts: int) -> list[list[Entry]]:
    """ENTRIES in so many PARTS of about the same length, or fewer; an area is in one of them."""
    size = -(-len(entries) // parts)
    cut: list[list[Entry]] = [[]]
    for _, area in groupby(entries, key=lambda entry: entry.report_id[:6]):
        if len(cut[-1]) >= size:
            cut.append([])
        cut[-1] += area
    return cut


def _part(root: str, entries: Sequence[Entry], given: list[Correction], folder: Path) -> Part:
    import pyarrow as pa

    folder.mkdir()
    store, corrections = Store(root), Corrections(given)
    schema = schemas.arrow_schema("texts")
    path = folder / "rows.arrow"
    rows, reports = Rows(path), []
    with pa.ipc.new_file(str(folder / "texts.arrow"), schema) as texts:
        for entry in entries:
            report = entry.load()
            found = corrections.apply(report.report_id, extracted(store, entry.extracted))
            rows.add(report, found)
            reports.append(of_report(report, len(found), entry.witnesses))
            text = {"report_id": report.report_id, "text": report.text}
            texts.write_batch(pa.RecordBatch.from_pylist([text], schema=schema))
    rows.close()
    doubtful = [row for row, failures in rows.failures.items() if critical(failures)]
    comparison = compare(path, doubtful, suites.critical_answers("observations"))
    return Part(folder, rows.failures, rows.outcasts, rows.counts, reports, corrections, comparison)


def _of(entries: Sequence[Entry], given: list[Correction]) -> list[Correction]:
    """The corrections of the reports among ENTRIES."""
    names = {entry.report_id for entry in entries}
    return [one for one in given if one.report_id in names]
