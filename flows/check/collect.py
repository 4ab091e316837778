"""Collects the rows of all reports into one Arrow file, several processes side by side where there are many.

A report's rows depend on that report alone, so the reports are cut into as many runs as there are cores; what
each process wrote is put together in the order of the reports, the same as from one process.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from flows import schemas
from flows.check import Entry
from flows.check.corrections import Corrections
from flows.check.entries import Correction
from flows.check.rows import Failure, Outcast, Rows, extracted, of_report
from flows.settings import settings
from flows.store import Store

_WORTH_A_POOL = 500  # reports; below that, starting processes takes longer than what they do
_FILES = ("rows.arrow", "texts.arrow")


@dataclass(slots=True)
class Collected:
    """What is known of the rows in `rows.arrow` beside them: by number of the row, the invariants it broke;
    rows that fit no table; the rows of the table of reports; what became of the corrections."""

    failures: dict[int, list[Failure]]
    outcasts: list[Outcast]
    reports: list[dict[str, Any]]
    corrections: Corrections
    count: int


def collect(store: Store, entries: Sequence[Entry], given: list[Correction], folder: Path) -> Collected:
    """The rows of ENTRIES (sorted), corrected; `rows.arrow` and `texts.arrow` are then in FOLDER."""
    processes = settings().workers or os.cpu_count() or 1
    if len(entries) < _WORTH_A_POOL or processes == 1:
        return _part(store.root, entries, given, folder)
    size = -(-len(entries) // processes)
    cut = [entries[first : first + size] for first in range(0, len(entries), size)]
    folders = [folder / f"part-{number}" for number in range(len(cut))]
    for part in folders:
        part.mkdir()
    with ProcessPoolExecutor(len(cut), mp_context=get_context("spawn")) as pool:
        waiting = [
            pool.submit(_part, store.root, part, _of(part, given), path)
            for part, path in zip(cut, folders, strict=True)
        ]
        parts = [one.result() for one in waiting]
    for name in _FILES:
        _joined([path / name for path in folders], folder / name)
    for path in folders:
        path.rmdir()
    return _together(parts, entries, given)


def _part(root: str, entries: Sequence[Entry], given: list[Correction], folder: Path) -> Collected:
    """What `collect` does, in this process."""
    import pyarrow as pa

    store, corrections = Store(root), Corrections(given)
    schema = schemas.arrow_schema("texts")
    rows = Rows(folder / "rows.arrow")
    reports = []
    with pa.ipc.new_file(str(folder / "texts.arrow"), schema) as texts:
        for entry in entries:
            report = entry.load()
            found = corrections.apply(report.report_id, extracted(store, entry.extracted))
            rows.add(report, found)
            reports.append(of_report(report, len(found), entry.witnesses))
            text = {"report_id": report.report_id, "text": report.text}
            texts.write_batch(pa.RecordBatch.from_pylist([text], schema=schema))
    rows.close()
    return Collected(rows.failures, rows.outcasts, reports, corrections, rows.count)


def _of(entries: Sequence[Entry], given: list[Correction]) -> list[Correction]:
    """The corrections of the reports among ENTRIES."""
    names = {entry.report_id for entry in entries}
    return [one for one in given if one.report_id in names]


def _joined(parts: list[Path], whole: Path) -> None:
    """Puts the batches of Arrow files one after the other, and removes the files."""
    import pyarrow as pa

    with pa.memory_map(str(parts[0])) as first:
        schema = pa.ipc.open_file(first).schema
    with pa.ipc.new_file(str(whole), schema) as writer:
        for part in parts:
            with pa.memory_map(str(part)) as source:
                reader = pa.ipc.open_file(source)
                for index in range(reader.num_record_batches):
                    writer.write_batch(reader.get_batch(index))
            part.unlink()


def _together(parts: list[Collected], entries: Sequence[Entry], given: list[Correction]) -> Collected:
    failures: dict[int, list[Failure]] = {}
    count = 0
    for part in parts:
        failures |= {count + row: found for row, found in part.failures.items()}
        count += part.count
    corrections = Corrections.together(
        [part.corrections for part in parts], given, [entry.report_id for entry in entries]
    )
    outcasts = [one for part in parts for one in part.outcasts]
    return Collected(failures, outcasts, [row for part in parts for row in part.reports], corrections, count)
