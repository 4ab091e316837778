"""What disagrees between the years of one area, and between its reports."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import pairwise
from statistics import median

from flows import schemas
from flows.amounts import agree, allowed, rounding, yearly
from flows.check.disagreement import (
    FEWEST_YEARS,
    LEAST_POINTS,
    MAD,
    YEARS_AROUND,
    Discrepancy,
    Row,
    Series,
    factor_between,
    is_yearly_growth,
    limit_of,
    rounded,
    said_of,
    short,
)

_CLOSE = {"exact", "about"}
_THREEFOLD = 3.0


def restated(series: Series) -> Iterator[Discrepancy]:
    """What a later report says of the same period, beyond rounding and the limit."""
    limit = limit_of("restated")
    for rows in series.by_key.values():
        told = sorted((row for row in rows if row["status"] != "target"), key=lambda row: row["report_year"])
        for before, after in pairwise(told):
            if before["report_id"] == after["report_id"] or agree(before, after):
                continue
            factor = factor_between(after, before)
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


def level_against_growth(series: Series) -> Iterator[Discrepancy]:
    """The levels of two years against the growth that is stated."""
    for row in series.rows:
        if not is_yearly_growth(row):
            continue
        now = series.level(row["indicator"], row["period"])
        before = series.level(row["indicator"], str(int(row["period"]) - 1), now)
        if now is None or before is None or before["value"] <= 0:
            continue
        if {now["bound"], before["bound"], row["bound"]} & {"range", "lower", "upper"}:
            continue
        factor = factor_between(now, before) or 1.0
        implied = 100 * (now["value"] * factor / before["value"] - 1)
        open_ = 100 * (rounding(now["number_text"]) / max(now["value"], 1e-300) + rounded(before))
        slack = _growth_slack().get(row["indicator"], 6.0) + open_
        if abs(implied - row["value"]) > slack:
            said = f"{said_of(row)}, but {short(before['value'])} in {before['period']} and"
            said += f" {short(now['value'])} in"
            yield Discrepancy(
                "level-against-growth", row, now, implied, f"{said} {now['period']} are {implied:+.1f} %."
            )


@cache
def _growth_slack() -> dict[str, float]:
    return {row["code"]: float(row["growth_slack"]) for row in schemas.rows("indicators.csv")}


def targets_against_actuals(series: Series) -> Iterator[Discrepancy]:
    """What was reached against what had been aimed for."""
    limit = limit_of("far-from-target")
    for row in series.rows:
        if row["status"] != "target":
            continue
        reached = series.actual.get((row["indicator"], row["measure"], row["period"]))
        if reached is None or yearly(row) or reached["report_year"] <= row["report_year"]:
            continue
        factor = factor_between(reached, row)
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


def history(series: Series) -> Iterator[Discrepancy]:
    """Values against those of the years around: facts against facts, targets against targets."""
    targets = [row for row in series.rows if row["status"] == "target" and not yearly(row)]
    for rows in (series.actual.values(), targets):
        lines: dict[tuple[str, str, str], dict[int, Row]] = defaultdict(dict)
        for row in rows:
            if len(row["period"]) == 4 and row["measure"] in ("level", "growth") and row["bound"] != "range":
                lines[row["indicator"], row["measure"], row["unit"]][int(row["period"])] = row
        for (indicator, measure, unit), line in lines.items():
            rates = measure == "growth" or unit == "%"
            yield from _off_the_line(line) if rates else _leaps(indicator, line, series)


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


def _leaps(indicator: str, line: Mapping[int, Row], series: Series) -> Iterator[Discrepancy]:
    """Amounts that grow from one year to the next by more than the indicator ever does.

    A target that follows no other is compared with what was reached in the year before.
    """
    low, high = _growths().get(indicator, (-50.0, 100.0))
    for year, row in line.items():
        before = line.get(year - 1) or series.level(indicator, str(year - 1), row)
        if before is None or before["unit"] != row["unit"] or before["value"] <= 0 or row["value"] <= 0:
            continue
        ratio = row["value"] / before["value"]
        if not 1 + low / 100 <= ratio <= 1 + high / 100 and {row["bound"], before["bound"]} <= _CLOSE:
            said = f"{said_of(row)} is {ratio:.2g} times that of the year before ({short(before['value'])})."
            yield Discrepancy("far-from-history", row, before, before["value"], said)


@cache
def _growths() -> dict[str, tuple[float, float]]:
    """By indicator the least and the greatest growth in a year, in per cent."""
    return {
        row["code"]: (float(row["growth_min"]), float(row["growth_max"]))
        for row in schemas.rows("indicators.csv")
        if row["growth_min"] and row["growth_max"]
    }
