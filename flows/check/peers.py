"""Between areas: values far from those of peers, and headlines that one report alone is silent about."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import groupby
from operator import itemgetter
from statistics import median
from typing import Any

from flows import schemas
from flows.amounts import yearly
from flows.check.disagreement import (
    FEWEST_YEARS,
    LEAST_POINTS,
    MAD,
    YEARS_AROUND,
    Discrepancy,
    Row,
    limit_of,
    order,
    said_of,
    short,
)

Statement = tuple[str, str, int]
"""Indicator and measure, fact or target, and the period counted from the report's year."""

ALIKE = ("region_level", "indicator", "measure", "unit", "target", "yearly")
"""The columns in which areas are peers of each other."""

_FEWEST_PEERS = 8
_NEARLY_ALL = 0.8
_LEAST_POWERS = 0.15  # the least robust standard deviation of amounts, in powers of ten


def of_peers(rows: Iterable[Row]) -> Iterator[Discrepancy]:
    """What lies far from the other areas of its level; ROWS are of `representative`, sorted by ALIKE."""
    for _, peers in groupby(rows, key=itemgetter(*ALIKE)):
        by_period: dict[str, list[Row]] = defaultdict(list)
        for row in peers:
            by_period[row["period"]].append(row)
        for period, group in by_period.items():
            others = group if _areas(group) >= _FEWEST_PEERS else [*group, *_next_to(period, by_period)]
            if _areas(others) >= _FEWEST_PEERS:
                yield from _far_ones(group, others)


def _areas(rows: Iterable[Row]) -> int:
    return len({row["region_code"] for row in rows})


def _next_to(period: str, by_period: Mapping[str, list[Row]]) -> list[Row]:
    """The rows of the years before and after PERIOD: where few areas state something, they are peers, too."""
    if len(period) != len("2015"):
        return []
    beside = (str(int(period) - 1), str(int(period) + 1))
    return [row for one in beside for row in by_period.get(one, ())]


def _far_ones(group: list[Row], others: list[Row]) -> Iterator[Discrepancy]:
    for row, middle, away in _outliers(group, others):
        if away > limit_of("far-from-peers"):
            said = (
                f"{said_of(row)} lies {away:.0f} robust standard deviations from {_areas(others) - 1} other"
            )
            said += f" areas, whose median is {short(middle)}."
            yield Discrepancy("far-from-peers", row, None, middle, said)


def representative(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Of the observations of one area those by which peers are compared, one per indicator and period.

    Of each what is needed for that: the columns ALIKE, `period`, `region_code`, `value` and `row`.
    """
    own = [row for row in rows if row["area"] is None and row["indicator"] and row["period"]]
    chosen: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in sorted(own, key=lambda row: (-row["report_year"], *order(row))):
        if row["measure"] in ("level", "growth") and row["bound"] != "range":
            kept = {name: row[name] for name in (*ALIKE[:4], "period", "region_code", "value", "row")}
            kept |= {"target": row["status"] == "target", "yearly": yearly(row)}
            chosen.setdefault((*(kept[name] for name in ALIKE), row["period"]), kept)
    return list(chosen.values())


def silences(reports: Iterable[tuple[str, str, int]], said: Mapping[str, set[Statement]]) -> dict[str, str]:
    """What reports do not say that others like them say, in words, by report_id.

    REPORTS are report_id, level and year; SAID has what each says of headline indicators. Expected is what
    four in five of the reports of the same level and year say, and what all of the area's own say in the
    years around.
    """
    by_year: dict[tuple[str, int], list[str]] = defaultdict(list)
    by_region: dict[str, dict[int, str]] = defaultdict(dict)
    known = list(reports)
    for report_id, level, year in known:
        by_year[level, year].append(report_id)
        by_region[report_id[:6]][year] = report_id
    usual = {key: _usual([said.get(one, set()) for one in same]) for key, same in by_year.items()}
    found = {}
    for report_id, level, year in known:
        own = [
            one for other, one in by_region[report_id[:6]].items() if 0 < abs(other - year) <= YEARS_AROUND
        ]
        expected = set(usual[level, year])
        if len(own) >= FEWEST_YEARS:
            expected |= set.intersection(*(said.get(one, set()) for one in own))
        if missing := sorted(expected - said.get(report_id, set())):
            told = ", ".join(f"{what} ({kind}, {year + offset})" for what, kind, offset in missing)
            found[report_id] = f"nothing is said of {told}, as in others like it"
    return found


def statements(rows: Iterable[Row]) -> Iterator[tuple[str, Statement]]:
    """What the observations ROWS say of headline indicators: the report, and the statement."""
    for row in rows:
        if (
            row["indicator"] in _headlines()
            and row["area"] is None
            and row["period"]
            and "/" not in row["period"]
        ):
            kind = "target" if row["status"] == "target" else "fact"
            offset = int(row["period"][:4]) - row["report_year"]
            yield row["report_id"], _statement(row["indicator"], row["measure"], kind, offset)


@cache
def _statement(indicator: str, measure: str, kind: str, offset: int) -> Statement:
    """The statement, the same one for all reports: many make it."""
    return f"{indicator} {measure}", kind, offset


@cache
def _headlines() -> frozenset[str]:
    return frozenset(row["code"] for row in schemas.rows("indicators.csv") if row["headline"] == "yes")


def _usual(said: list[set[Statement]]) -> set[Statement]:
    if len(said) < _FEWEST_PEERS:
        return set()
    times = Counter(one for statements in said for one in statements)
    return {one for one, count in times.items() if count >= _NEARLY_ALL * len(said)}


def _outliers(group: list[Row], others: list[Row]) -> Iterator[tuple[Row, float, float]]:
    """Each row of GROUP with the median of OTHERS and its distance from it in robust standard deviations.

    Percentages are compared as they are, amounts by their logarithms.
    """
    percent = group[0]["unit"] in ("%", "百分点")

    def scaled(row: Row) -> float:
        return float(row["value"] if percent else math.log10(row["value"]))

    known = [scaled(row) for row in others if percent or row["value"] > 0]
    middle = median(known)
    least = LEAST_POINTS if percent else _LEAST_POWERS
    scale = max(MAD * median(abs(value - middle) for value in known), least)
    for row in group:
        if percent or row["value"] > 0:
            yield row, (middle if percent else 10**middle), abs(scaled(row) - middle) / scale
