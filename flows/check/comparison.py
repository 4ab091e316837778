"""The cross-checks run over a file of rows, one area after the other, as columns and as rows of a table.

A column holds the reason in words where a row disagrees and is null elsewhere; the suites assert that it is
null. The table `discrepancies` has the two sentences.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows import schemas
from flows.check import crosschecks, peers
from flows.check.disagreement import NEEDED, Discrepancy, Row
from flows.check.peers import Statement

if TYPE_CHECKING:
    import pyarrow as pa

_ENDS = "(由|从|自).*到"


@dataclass(slots=True)
class Comparison:
    """What the cross-checks found: the discrepancies, and what each report says of headline indicators."""

    discrepancies: list[Discrepancy] = field(default_factory=list)
    said: dict[str, set[Statement]] = field(default_factory=lambda: defaultdict(set))
    counts: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def columns(self, rows: int) -> dict[str, pa.Array]:
        """By check, a column of ROWS reasons in words, null where nothing disagrees."""
        import pyarrow as pa

        told: dict[str, dict[int, str]] = defaultdict(dict)
        for one in self.discrepancies:
            for row in filter(None, (one.row, one.other)):
                told[one.check].setdefault(row["row"], one.message)
        found = {}
        for given in schemas.rows("crosschecks.csv"):
            messages = told.get(given["check"])
            column = [messages.get(row) for row in range(rows)] if messages else None
            found[column_name(given["check"])] = (
                pa.nulls(rows, pa.string()) if column is None else pa.array(column, pa.string())
            )
        return found

    def keys(self) -> list[str]:
        """The keys of the observations that disagree."""
        rows = (row for one in self.discrepancies for row in (one.row, one.other) if row)
        return [row["observation_id"] for row in rows]

    def listed(self, kept: set[str]) -> Iterator[dict[str, Any]]:
        """The rows of the table `discrepancies` whose observations are among KEPT, by its key."""
        rows: dict[tuple[str, ...], dict[str, Any]] = {}
        for one in self.discrepancies:
            other: Mapping[str, Any] = one.other or {"observation_id": "", "report_id": "", "quote": ""}
            if one.row["observation_id"] not in kept or (one.other and other["observation_id"] not in kept):
                continue
            row = {
                "check": one.check,
                "observation_id": one.row["observation_id"],
                "other_observation_id": other["observation_id"],
                "report_id": one.row["report_id"],
                "other_report_id": other["report_id"],
                "indicator": one.row["indicator"],
                "value": one.row["value"],
                "expected": one.expected,
                "difference": None if one.expected is None else round(one.row["value"] - one.expected, 10),
                "unit": one.row["unit"],
                "message": one.message,
                "quote": one.row["quote"],
                "other_quote": other["quote"],
            }
            rows.setdefault((row["check"], row["observation_id"], row["other_observation_id"]), row)
        yield from (rows[key] for key in sorted(rows))


def compare(path: Path, doubtful: Iterable[int], questions: Iterable[str]) -> Comparison:
    """The cross-checks over the rows in the Arrow file PATH, which are sorted by report.

    Rows that are DOUBTFUL (by number), or for which one of QUESTIONS is answered with no, are left out: they
    are found already.
    """
    found, compared = Comparison(), []
    _count(path, found.counts)
    for _, group in groupby(_rows(path, set(doubtful), list(questions)), key=lambda row: row["region_code"]):
        rows = list(group)
        found.discrepancies += crosschecks.of_region(rows)
        for report_id, statement in peers.statements(rows):
            found.said[report_id].add(statement)
        compared += peers.representative(rows)
    found.discrepancies += peers.of_peers(compared)
    return found


def _count(path: Path, counts: dict[str, Counter[str]]) -> None:
    """Counts the rows of each report, and those that have an indicator and a period."""
    import pyarrow as pa
    import pyarrow.compute as pc

    with pa.memory_map(str(path)) as source:
        reader = pa.ipc.open_file(source)
        for index in range(reader.num_record_batches):
            batch = reader.get_batch(index)
            names = {"observations": None, "with_indicator": "indicator", "with_period": "period"}
            for name, column in names.items():
                rows = batch if column is None else batch.filter(pc.is_valid(batch[column]))
                for one in rows["report_id"].value_counts().to_pylist():
                    counts[one["values"]][name] += one["counts"]


def column_name(check: str) -> str:
    """The name of the column that holds what a cross-check says."""
    return check.replace("-", "_")


def _rows(path: Path, doubtful: set[int], questions: list[str]) -> Iterator[Row]:
    """The rows that are compared, with their numbers: those with a code, and sentences with two ends."""
    import pyarrow as pa
    import pyarrow.compute as pc

    first = 0
    with pa.memory_map(str(path)) as source:
        reader = pa.ipc.open_file(source)
        for index in range(reader.num_record_batches):
            batch = reader.get_batch(index)
            numbers = pa.array(range(first, first + batch.num_rows))
            first += batch.num_rows
            wanted = pc.or_(pc.is_valid(batch["indicator"]), pc.match_substring_regex(batch["quote"], _ENDS))
            for question in questions:
                wanted = pc.and_(wanted, pc.fill_null(pc.not_equal(batch[question], 0), True))
            taken = batch.select(NEEDED).append_column("row", numbers).filter(wanted)
            for row in taken.to_pylist():
                if row["row"] not in doubtful:
                    yield row
