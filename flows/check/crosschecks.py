"""Cross-checks: what disagrees with what, in one report and between the reports of one area.

Each check is a function over observations (plain mappings, `row` being the number of the row) that
yields discrepancies; `schemas/crosschecks.csv` has what they mean, their flags and their limits. A
discrepancy says that two statements cannot both be right, not which of them is wrong.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise, takewhile
from statistics import median
from typing import Any

from flows import schemas
from flows.amounts import agree, allowed, conversion, rounding, significant, yearly

Row = Mapping[str, Any]
NEEDED = (
    "observation_id", "report_id", "region_code", "region_level", "report_year", "indicator", "subject",
    "area", "measure", "status", "period", "value", "value_max", "unit", "bound", "number_text", "quote",
    "char_start",
)  # fmt: skip
"""The columns of `observations` that the checks look at."""

_FROM_TO = re.compile("(?:由|从|自)[^，。；]{0,40}到")
_PRICES = re.compile("可比|不变价|扣除|实际|剔除")
_YEAR = re.compile(r"[0-9]{4}")
_OPEN = {"exact": 0, "about": 1, "range": 2, "lower": 3, "upper": 3}
_CLOSE = {"exact", "about"}
FEWEST_YEARS = 5
YEARS_AROUND = 5
# The least robust standard deviation that is reckoned with, in points.
LEAST_POINTS = 0.5
_RATE = re.compile("增速|增幅|增长率")
_THREEFOLD = 3.0
MAD = 1.4826


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """What a check found: the row, the other row (if it is one) and its value, and the reason in words."""

    check: str
    row: Row
    other: Row | None
    expected: float | None
    message: str


def of_region(rows: Sequence[Row]) -> Iterator[Discrepancy]:
    """What disagrees among the observations of one area; ROWS are sorted by report."""
    own = [row for row in rows if row["area"] is None and row["indicator"] and row["period"]]
    stated = _stated(own)
    for key in stated:
        yield from _stated_twice(stated[key])
    chosen = {key: min(same, key=order) for key, same in stated.items()}
    best = _Series(chosen.values())
    for check in (
        _restated,
        _level_against_growth,
        _change_against_growth,
        _parts,
        _ratios,
        _targets,
        _history,
    ):
        yield from check(best)
    yield from _ends(rows)
    yield from _out_of_order(own)
    yield from _ranks(own)


class _Series:
    """One row per report and key, and what stands for a period whichever report gives it (the latest)."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self.rows = list(rows)
        self.by_key: dict[tuple[Any, ...], list[Row]] = defaultdict(list)
        for row in self.rows:
            self.by_key[_key(row)].append(row)
        self.actual: dict[tuple[str, str, str], Row] = {}
        for row in sorted(self.rows, key=lambda row: (row["report_year"], row["status"] == "actual")):
            if row["status"] != "target" and not yearly(row):
                self.actual[row["indicator"], row["measure"], row["period"]] = row

    def level(self, indicator: str, period: str, like: Row | None = None) -> Row | None:
        """The level of INDICATOR in PERIOD, in the unit of LIKE; that of the same report first."""
        found = self.actual.get((indicator, "level", period))
        return found if found is not None and (like is None or _factor(found, like) is not None) else None


def _stated(rows: Iterable[Row]) -> dict[tuple[Any, ...], list[Row]]:
    """Rows that state the same thing in the same report."""
    found: dict[tuple[Any, ...], list[Row]] = defaultdict(list)
    for row in rows:
        found[(row["report_id"], *_key(row))].append(row)
    return found


def _key(row: Row) -> tuple[Any, ...]:
    of_a_rate = row["measure"] == "rank" and bool(_RATE.search(row["subject"]))
    return (row["indicator"], row["measure"], row["status"], row["period"], yearly(row), of_a_rate)


def order(row: Row) -> tuple[Any, ...]:
    """Which of several rows that state the same thing is compared with others."""
    return (_OPEN[row["bound"]], -significant(row["number_text"]), row["char_start"])


def _stated_twice(rows: list[Row]) -> Iterator[Discrepancy]:
    best = min(rows, key=order)
    for row in rows:
        if row is not best and not agree(best, row):
            said = f"{said_of(row)}, elsewhere in the same report {short(best['value'])} {best['unit']}."
            yield Discrepancy("stated-twice", row, best, best["value"], said)


def _restated(series: _Series) -> Iterator[Discrepancy]:
    limit = limit_of("restated")
    for rows in series.by_key.values():
        told = sorted((row for row in rows if row["status"] != "target"), key=lambda row: row["report_year"])
        for before, after in pairwise(told):
            if before["report_id"] == after["report_id"] or agree(before, after):
                continue
            factor = _factor(after, before)
            if factor is None or {before["bound"], after["bound"]} & {"lower", "upper", "range"}:
                continue
            value = after["value"] * factor
            percent = before["unit"] == "%"
            apart = abs(value - before["value"])
            share = apart / (10 * 10) if percent else apart / max(abs(value), abs(before["value"]), 1e-300)
            if share * (10 if percent else 1) > limit:
                said = (
                    f"{said_of(before)} in {before['report_year']}, {short(value)} in {after['report_year']}."
                )
                yield Discrepancy("restated", before, after, value, said)


def _level_against_growth(series: _Series) -> Iterator[Discrepancy]:
    for row in series.rows:
        if not _is_yearly_growth(row):
            continue
        now = series.level(row["indicator"], row["period"])
        before = series.level(row["indicator"], str(int(row["period"]) - 1), now)
        if now is None or before is None or before["value"] <= 0:
            continue
        if {now["bound"], before["bound"], row["bound"]} & {"range", "lower", "upper"}:
            continue
        factor = _factor(now, before) or 1.0
        implied = 100 * (now["value"] * factor / before["value"] - 1)
        open_ = 100 * (rounding(now["number_text"]) / max(now["value"], 1e-300) + _rounded(before))
        slack = _growth_slack().get(row["indicator"], 6.0) + open_
        if abs(implied - row["value"]) > slack:
            said = f"{said_of(row)}, but {short(before['value'])} in {before['period']} and"
            said += f" {short(now['value'])} in"
            yield Discrepancy(
                "level-against-growth", row, now, implied, f"{said} {now['period']} are {implied:+.1f} %."
            )


def _change_against_growth(series: _Series) -> Iterator[Discrepancy]:
    limit = limit_of("change-against-growth")
    by_report = {(row["report_id"], *_key(row)): row for row in series.rows}
    for row in series.rows:
        if not _is_yearly_growth(row):
            continue
        level, change = (
            by_report.get((row["report_id"], *_key({**row, "measure": measure})))
            for measure in ("level", "change")
        )
        if (
            level is None
            or change is None
            or level["quote"] != change["quote"]
            or level["unit"] != change["unit"]
        ):
            continue
        if level["bound"] != "exact" or change["bound"] != "exact" or level["value"] == change["value"]:
            continue
        implied = 100 * change["value"] / (level["value"] - change["value"])
        if abs(implied - row["value"]) > limit:
            said = f"{said_of(row)}, but a change of {short(change['value'])} to {short(level['value'])} is"
            yield Discrepancy("change-against-growth", row, change, implied, f"{said} {implied:+.1f} %.")


def _ends(rows: Sequence[Row]) -> Iterator[Discrepancy]:
    """由47.1%提高到54.5%, 提高7.4个百分点: two levels and a change of one subject in one sentence."""
    groups: dict[tuple[str, str, str], list[Row]] = defaultdict(list)
    for row in rows:
        if not _FROM_TO.search(row["quote"]) or _PRICES.search(row["quote"]):
            continue
        if row["bound"] == "exact" and row["measure"] in ("level", "change", "growth") and row["period"]:
            groups[row["report_id"], row["quote"], row["subject"]].append(row)
    for group in groups.values():
        if len(group) != 3:
            continue
        levels = [row for row in group if row["measure"] == "level"]
        moved = [row for row in group if row["measure"] != "level" and not yearly(row)]
        if len(levels) != 2 or not moved or levels[0]["unit"] != levels[1]["unit"]:
            continue
        first, last = sorted(levels, key=lambda row: _YEAR.findall(row["period"])[-1])
        if first["period"] == last["period"]:
            first, last = sorted(levels, key=lambda row: row["char_start"])
        yield from _moved(first, last, moved[0])


def _out_of_order(rows: Sequence[Row]) -> Iterator[Discrepancy]:
    """Subjects of a sentence come in the order of their numbers, also behind 分别."""
    alike: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: row["char_start"]):
        alike[row["report_id"], row["quote"], row["measure"], row["unit"]].append(row)
    for (_, quote, *_), group in alike.items():
        for one, other in pairwise(group):
            first, last = _apart(one["subject"], other["subject"])
            if not (quote.count(first) == quote.count(last) == 1) or first in last or last in first:
                continue
            if quote.find(first) > quote.find(last):
                said = f"{said_of(one)} and {said_of(other)} stand in the other order than"
                yield Discrepancy("subjects-in-order", one, other, None, f"{said} {first} and {last}.")


def _apart(one: str, other: str) -> tuple[str, str]:
    """Two subjects without what both begin and end with: 城镇居民收入, 农村居民收入 → 城镇, 农村."""
    start = _alike(one, other)
    one, other = one[start:], other[start:]
    end = _alike(one[::-1], other[::-1])
    return (one[: len(one) - end], other[: len(other) - end])


def _alike(one: str, other: str) -> int:
    """How many characters ONE and OTHER have in common at their beginning."""
    return len(list(takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False))))


def _moved(first: Row, last: Row, moved: Row) -> Iterator[Discrepancy]:
    """Whether MOVED, a change or a growth, leads from the level FIRST to the level LAST."""
    slack = rounding(first["number_text"]) + rounding(last["number_text"])
    points = moved["unit"] == "百分点" and first["unit"] == "%"
    if moved["measure"] == "change" and (points or moved["unit"] == first["unit"]):
        expected, slack = last["value"] - first["value"], slack + rounding(moved["number_text"])
    elif (
        moved["measure"] == "growth" and moved["unit"] == "%" and first["unit"] != "%" and first["value"] > 0
    ):
        expected = 100 * (last["value"] / first["value"] - 1)
        slack = 100 * slack / first["value"] + rounding(moved["number_text"])
    else:
        return
    if abs(expected - moved["value"]) > slack * 1.01 + 1e-9:
        ends = f"{short(first['value'])} to {short(last['value'])}"
        said = f"{said_of(moved)}, but from {ends} it is {short(expected)}."
        yield Discrepancy("ends-against-change", moved, last, expected, said)


def _parts(series: _Series) -> Iterator[Discrepancy]:
    limit = limit_of("part-against-whole")
    for given in schemas.rows("identities.csv"):
        names = given["parts"].split("|")
        for (indicator, measure, period), whole in series.actual.items():
            if indicator != given["whole"] or measure != "level" or whole["bound"] == "range":
                continue
            parts = [series.level(name, period, whole) for name in names]
            found = [part for part in parts if part is not None and part["report_id"] == whole["report_id"]]
            if len(found) != len(names):
                continue
            total = sum(part["value"] * (_factor(part, whole) or 1.0) for part in found)
            over = (total - whole["value"]) / max(abs(whole["value"]), 1e-300)
            if over > limit or (given["relation"] == "sum" and over < -limit):
                verb = "add up to" if len(found) > 1 else "is"
                said = f"{said_of(whole)}, but {' + '.join(names)} {verb} {short(total)}."
                yield Discrepancy("part-against-whole", whole, found[0], total, said)


def _ratios(series: _Series) -> Iterator[Discrepancy]:
    for given in schemas.rows("ratios.csv"):
        for (indicator, measure, period), below in series.actual.items():
            if indicator != given["denominator"] or measure != "level" or below["value"] <= 0:
                continue
            above = series.level(given["numerator"], period)
            if above is None or (above["unit"] != below["unit"] and above["unit"] != "人"):
                continue
            ratio = above["value"] / below["value"]
            if not float(given["least"]) <= ratio <= float(given["most"]):
                expected = float(given["least" if ratio < float(given["least"]) else "most"])
                said = f"{said_of(above)} is {ratio:.3g} of {indicator} ({short(below['value'])})"
                said += f"; usual is {given['least']} to {given['most']}."
                yield Discrepancy("ratio-in-bounds", above, below, expected * below["value"], said)


def _targets(series: _Series) -> Iterator[Discrepancy]:
    limit = limit_of("far-from-target")
    for row in series.rows:
        if row["status"] != "target":
            continue
        reached = series.actual.get((row["indicator"], row["measure"], row["period"]))
        if reached is None or yearly(row) or reached["report_year"] <= row["report_year"]:
            continue
        factor = _factor(reached, row)
        if factor is None:
            continue
        value, (low, high) = reached["value"] * factor, allowed(row)
        near = min(max(value, low), high)
        aim = row["value"] if math.isinf(near) else near
        if row["unit"] == "%":
            far = abs(value - aim) > limit
        else:
            far = (
                value * aim <= 0 < abs(value - aim) or not 1 / _THREEFOLD <= value / (aim or 1) <= _THREEFOLD
            )
        if far:
            said = f"{said_of(reached)}, the target had been {short(row['value'])} {row['unit']}."
            yield Discrepancy("far-from-target", reached, row, aim, said)


def _history(series: _Series) -> Iterator[Discrepancy]:
    """Values against those of the years around: facts against facts, targets against targets."""
    targets = [row for row in series.rows if row["status"] == "target" and not yearly(row)]
    for rows in (series.actual.values(), targets):
        lines: dict[tuple[str, str, str], dict[int, Row]] = defaultdict(dict)
        for row in rows:
            if len(row["period"]) == 4 and row["measure"] in ("level", "growth") and row["bound"] != "range":
                lines[row["indicator"], row["measure"], row["unit"]][int(row["period"])] = row
        for (indicator, measure, unit), line in lines.items():
            rates = measure == "growth" or unit == "%"
            yield from _off_the_line(line) if rates else _leaps(indicator, line)


def _off_the_line(line: Mapping[int, Row]) -> Iterator[Discrepancy]:
    """Percentages far from the median of the years around, in robust standard deviations."""
    for year, row in line.items():
        others = [line[y]["value"] for y in line if y != year and abs(y - year) <= YEARS_AROUND]
        if len(others) < FEWEST_YEARS:
            continue
        middle = median(others)
        scale = max(MAD * median(abs(value - middle) for value in others), LEAST_POINTS)
        away = abs(row["value"] - middle) / scale
        if away > limit_of("far-from-history"):
            said = f"{said_of(row)} lies {away:.0f} robust standard deviations from the years around it"
            said += f", whose median is {short(middle)}."
            yield Discrepancy("far-from-history", row, None, middle, said)


def _leaps(indicator: str, line: Mapping[int, Row]) -> Iterator[Discrepancy]:
    """Amounts that grow from one year to the next by more than the indicator ever does."""
    low, high = _growths().get(indicator, (-50.0, 100.0))
    for year, row in line.items():
        before = line.get(year - 1)
        if before is None or before["value"] <= 0 or row["value"] <= 0:
            continue
        ratio = row["value"] / before["value"]
        if not 1 + low / 100 <= ratio <= 1 + high / 100 and {row["bound"], before["bound"]} <= _CLOSE:
            said = f"{said_of(row)} is {ratio:.2g} times that of the year before ({short(before['value'])})."
            yield Discrepancy("far-from-history", row, before, before["value"], said)


def _ranks(rows: Sequence[Row]) -> Iterator[Discrepancy]:
    for row in rows:
        most = _peers().get(row["region_level"])
        if row["measure"] == "rank" and most is not None and row["value"] > most:
            said = f"{said_of(row)}, but there are only {most} areas of its level."
            yield Discrepancy("rank-among-peers", row, None, float(most), said)


def _is_yearly_growth(row: Row) -> bool:
    return bool(
        row["measure"] == "growth"
        and row["unit"] == "%"
        and len(row["period"]) == 4
        and row["status"] != "target"
    )


def _factor(row: Row, like: Row) -> float | None:
    factor: float | None = conversion(row["unit"], like["unit"])
    return factor


def _rounded(row: Row) -> float:
    return float(rounding(row["number_text"]) / max(abs(row["value"]), 1e-300))


def said_of(row: Row) -> str:
    what = row["indicator"] or row["subject"]
    return f"{what} {row['measure']} {row['period']} is {short(row['value'])} {row['unit']}".rstrip()


def short(value: float) -> str:
    """A number for people: 1.35e14 → 135万亿."""
    for power, word in ((1e12, "万亿"), (1e8, "亿"), (1e4, "万")):
        if abs(value) >= power:
            return f"{value / power:.6g}{word}"
    return f"{value:.6g}"


@cache
def _limits() -> dict[str, float]:
    return {row["check"]: float(row["limit"]) for row in schemas.rows("crosschecks.csv") if row["limit"]}


def limit_of(check: str) -> float:
    return _limits()[check]


@cache
def _growths() -> dict[str, tuple[float, float]]:
    """By indicator the least and the greatest growth in a year, in per cent."""
    return {
        row["code"]: (float(row["growth_min"]), float(row["growth_max"]))
        for row in schemas.rows("indicators.csv")
        if row["growth_min"] and row["growth_max"]
    }


@cache
def _growth_slack() -> dict[str, float]:
    return {row["code"]: float(row["growth_slack"]) for row in schemas.rows("indicators.csv")}


@cache
def _peers() -> dict[str, int]:
    """How many areas of each level there are; of countries those that statistics compare."""
    found: dict[str, int] = defaultdict(int)
    for region in schemas.regions().values():
        found[region.level] += 1
    return {**found, "country": 250}
