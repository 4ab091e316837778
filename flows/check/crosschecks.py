"""Cross-checks: what disagrees with what, in one report and between the reports of one area.

Each check is a function over observations (plain mappings, `row` being the number of the row) that
yields discrepancies; `schemas/crosschecks.csv` has what they mean, their flags and their limits. A
discrepancy says that two statements cannot both be right, not which of them is wrong.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from flows.check import one_report, several_years
from flows.check.disagreement import Discrepancy, Row, Series, key_of, order

_OF_SERIES = (
    several_years.restated,
    several_years.level_against_growth,
    one_report.change_against_growth,
    one_report.parts_against_whole,
    one_report.ratios,
    several_years.targets_against_actuals,
    several_years.history,
)


def of_region(rows: Sequence[Row]) -> Iterator[Discrepancy]:
    """What disagrees among the observations of one area; ROWS are sorted by report."""
    own = [row for row in rows if row["area"] is None and row["indicator"] and row["period"]]
    stated = _stated(own)
    for key in stated:
        yield from one_report.stated_twice(stated[key])
    chosen = {key: min(same, key=order) for key, same in stated.items()}
    best = Series(chosen.values())
    for check in _OF_SERIES:
        yield from check(best)
    yield from one_report.ends_against_change(rows)
    yield from one_report.subjects_in_order(own)
    yield from one_report.ranks(own)


def _stated(rows: Iterable[Row]) -> dict[tuple[Any, ...], list[Row]]:
    """Rows that state the same thing in the same report."""
    found: dict[tuple[Any, ...], list[Row]] = defaultdict(list)
    for row in rows:
        found[(row["report_id"], *key_of(row))].append(row)
    return found
