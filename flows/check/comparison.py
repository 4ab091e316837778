"""The cross-checks run over a file of rows, one area after the other, and what they say of each row.

What they find is kept by the numbers of the rows in that file. A column holds the reason in words where a row
disagrees and is null elsewhere; the suites assert that it is null. The table `discrepancies` has the two
sentences.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from flows import schemas
from flows.check import crosschecks, one_report, peers
from flows.check.disagreement import NEEDED, Discrepancy, Row
from flows.check.peers import Statement
from flows.check.rows import batches

if TYPE_CHECKING:
    import pyarrow as pa

_BATCH = 8192
_SHOWN = ("observation_id", "report_id", "indicator", "value", "unit", "quote")


class Disagreement(NamedTuple):
    """What a check found: the numbers of the row and of the other one (if it is one), what was expected
    instead of the row's value, and the reason in words."""

    check: str
    row: int
    other: int | None
    expected: float | None
    message: str


@dataclass(slots=True)
class Comparison:
    """What the cross-checks found in a file, what each report says of headline indicators, and a table of
    what areas are compared by, see `peers.representative`."""

    found: list[Disagreement]
    said: dict[str, set[Statement]]
    compared: pa.Table

    def columns(self, rows: int) -> dict[str, pa.Array]:
        """By check, a column of ROWS reasons in words, null where nothing disagrees."""
        import pyarrow as pa

        told: dict[str, dict[int, str]] = defaultdict(dict)
        for one in self.found:
            told[one.check].setdefault(one.row, one.message)
            if one.other is not None:
                told[one.check].setdefault(one.other, one.message)
        found = {}
        for given in schemas.rows("crosschecks.csv"):
            messages = told.get(given["check"])
            column = [messages.get(row) for row in range(rows)] if messages else None
            found[column_name(given["check"])] = (
                pa.nulls(rows, pa.string()) if column is None else pa.array(column, pa.string())
            )
        return found

    def listed(self, path: Path, lost: Collection[int]) -> list[dict[str, Any]]:
        """The rows of the table `discrepancies`, by its key, but for those about rows that are LOST.

        PATH is the file that was compared.
        """
        found = [one for one in self.found if one.row not in lost and one.other not in lost]
        shown = _shown(
            path, sorted({row for one in found for row in (one.row, one.other) if row is not None})
        )
        rows: dict[tuple[str, ...], dict[str, Any]] = {}
        for one in found:
            mine = shown[one.row]
            other = (
                {"observation_id": "", "report_id": "", "quote": ""}
                if one.other is None
                else shown[one.other]
            )
            difference = None if one.expected is None else round(mine["value"] - one.expected, 10)
            row = {
                "check": one.check,
                "observation_id": mine["observation_id"],
                "other_observation_id": other["observation_id"],
                "report_id": mine["report_id"],
                "other_report_id": other["report_id"],
                "indicator": mine["indicator"],
                "value": mine["value"],
                "expected": one.expected,
                "difference": difference,
                "unit": mine["unit"],
                "message": one.message,
                "quote": mine["quote"],
                "other_quote": other["quote"],
            }
            rows.setdefault((row["check"], row["observation_id"], row["other_observation_id"]), row)
        return [rows[key] for key in sorted(rows)]


def compare(path: Path, doubtful: Iterable[int], questions: Iterable[str]) -> Comparison:
    """The cross-checks over the rows in the Arrow file PATH, which are sorted by report.

    Rows that are DOUBTFUL (by number), or for which one of QUESTIONS is answered with no, are left out: they
    are found already.
    """
    import pyarrow as pa

    found: list[Disagreement] = []
    said: dict[str, set[Statement]] = defaultdict(set)
    compared: list[dict[str, Any]] = []
    for _, group in groupby(_rows(path, set(doubtful), list(questions)), key=lambda row: row["region_code"]):
        rows = list(group)
        found += map(_numbered, crosschecks.of_region(rows))
        for report_id, statement in peers.statements(rows):
            said[report_id].add(statement)
        compared += peers.representative(rows)
    return Comparison(found, said, pa.Table.from_pylist(compared, _peers()))


def compare_areas(parts: Sequence[Comparison]) -> None:
    """Adds to each of PARTS what lies far from the other areas, in whichever part these are."""
    import pyarrow as pa

    tables = [
        part.compared.append_column("part", pa.array([number] * len(part.compared), pa.int32()))
        for number, part in enumerate(parts)
    ]
    for part in parts:
        part.compared = _peers().empty_table()
    keys = [(name, "ascending") for name in (*peers.ALIKE, "period", "part", "row")]
    sorted_rows = pa.concat_tables(tables).sort_by(keys)
    rows = (row for batch in sorted_rows.to_batches(_BATCH) for row in batch.to_pylist())
    for one in peers.of_peers(rows):
        parts[one.row["part"]].found.append(_numbered(one))


def column_name(check: str) -> str:
    """The name of the column that holds what a cross-check says."""
    return check.replace("-", "_")


def _numbered(one: Discrepancy) -> Disagreement:
    other = None if one.other is None else one.other["row"]
    return Disagreement(one.check, one.row["row"], other, one.expected, one.message)


def _peers() -> pa.Schema:
    """The schema of what areas are compared by."""
    import pyarrow as pa

    texts = ("region_level", "indicator", "measure", "unit", "period", "region_code")
    return pa.schema(
        [
            *((name, pa.string()) for name in texts),
            ("target", pa.bool_()),
            ("yearly", pa.bool_()),
            ("value", pa.float64()),
            ("row", pa.int64()),
        ]
    )


def _shown(path: Path, numbers: list[int]) -> dict[int, Row]:
    """By number, what is shown of the rows in PATH with these NUMBERS, which are sorted."""
    found: dict[int, Row] = {}
    first = 0
    for batch in batches(path, _SHOWN):
        here = numbers[bisect_left(numbers, first) : bisect_left(numbers, first + batch.num_rows)]
        if here:
            rows = batch.take([number - first for number in here]).to_pylist()
            found |= dict(zip(here, rows, strict=True))
        first += batch.num_rows
    return found


def _rows(path: Path, doubtful: set[int], questions: list[str]) -> Iterator[Row]:
    """The rows that are compared, with their numbers: those with a code, and sentences with two ends."""
    import pyarrow as pa
    import pyarrow.compute as pc

    first = 0
    for batch in batches(path, (*NEEDED, *questions)):
        numbers = pa.array(range(first, first + batch.num_rows))
        first += batch.num_rows
        wanted = pc.match_substring_regex(batch["quote"], one_report.FROM_TO)
        wanted = pc.or_(pc.is_valid(batch["indicator"]), wanted)
        for question in questions:
            wanted = pc.and_(wanted, pc.fill_null(pc.not_equal(batch[question], 0), True))
        for row in batch.select(NEEDED).append_column("row", numbers).filter(wanted).to_pylist():
            if row["row"] not in doubtful:
                yield row
