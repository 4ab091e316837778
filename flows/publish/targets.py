"""Targets: each aim joined to what a later report says was reached.

The actual value is the panel's for the same region, indicator, measure and period (a final one before an
estimate), stated in a later report than the aim or once the period was over, and convertible to the unit
of the aim (吨, 斤). The aim of a span of years (2021/2025) is joined to the actual value of the same span,
and averages per year (年均) to averages only. A share or a concentration has no sum over years: where the
span itself was not reported, its last year counts (城镇化率 of 2021/2025: that of 2025). Amounts are not
joined so, as five years of new jobs are no year's.

`distance` is actual minus target, in the target's unit. Which way is better is said by the wording where
it is a bound (以上, 不超过; of a decrease, by how much at least or at most), else by `direction` in
`schemas/indicators.csv`; of ranks the smaller is better; of a range the nearer end has to be reached.
A target is met when the actual value is on that side, or within a twentieth of a target worded as 左右.
Where an actual value that is itself a bound or a range (超过9%) leaves both open, or where there is none,
the result is unknown. Rounding excuses nothing: 4.9 misses 5.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from flows import schemas
from flows.amounts import ABOUT, allowed, in_unit

Row = Mapping[str, Any]
Reached = Mapping[tuple[str, ...], list[Row]]
_KEY = ("region_code", "indicator", "measure", "period")
_KEPT = ("region_code", "region_name", "region_level", "indicator", "measure", "period")
_OF_A_MOMENT = {"ratio", "concentration"}


def targets(panel: Iterable[Row]) -> list[dict[str, Any]]:
    """The rows of the table `targets`, in the order of its key, from rows of the table `panel`.

    Regions have nothing to do with each other, as in the panel.
    """
    reached: dict[tuple[str, ...], list[Row]] = {}
    aims: dict[tuple[str, ...], Row] = {}
    for row in panel:
        key = tuple(row[name] for name in _KEY)
        if row["status"] == "target":
            aims[key] = row
        else:
            reached.setdefault(key, []).append(row)
    return [_joined(aims[key], _actual(aims[key], reached)) for key in sorted(aims)]


def _actual(aim: Row, reached: Reached) -> Row | None:
    """What was reached of AIM, in its unit."""
    periods = [aim["period"]]
    if "/" in aim["period"] and aim["measure"] == "level" and _kinds().get(aim["unit"]) in _OF_A_MOMENT:
        periods.append(aim["period"].split("/")[1])
    for period in periods:
        rows = reached.get((*(aim[name] for name in _KEY[:-1]), period), [])
        for row in sorted(rows, key=lambda row: row["status"]):
            found = in_unit(row, aim["unit"])
            if found is not None and _later(row, aim) and row["yearly"] == aim["yearly"]:
                return found
    return None


def _later(actual: Row, aim: Row) -> bool:
    """Whether ACTUAL was reported after AIM, or after the period was over (which may restate the aim)."""
    over = int(aim["period"].split("/")[-1][:4])
    return bool(actual["report_year"] > aim["report_year"] or actual["report_year"] > over)


def _joined(aim: Row, actual: Row | None) -> dict[str, Any]:
    def of_actual(name: str) -> Any:
        return None if actual is None else actual[name]

    return {
        **{name: aim[name] for name in _KEPT},
        "yearly": aim["yearly"],
        "target": aim["value"],
        "target_max": aim["value_max"],
        "unit": aim["unit"],
        "bound": aim["bound"],
        "actual": of_actual("value"),
        "actual_bound": of_actual("bound"),
        "actual_status": of_actual("status"),
        "distance": None if actual is None else round(actual["value"] - aim["value"], 10),
        "result": "unknown" if actual is None else _result(aim, actual),
        "target_observation_id": aim["observation_id"],
        "actual_observation_id": of_actual("observation_id"),
    }


def _result(aim: Row, actual: Row) -> str:
    """met, missed or unknown, both being in the same unit."""
    better = _better(aim)
    slack = abs(aim["value"]) * (ABOUT if aim["bound"] == "about" else 0.0) + 1e-9 * abs(aim["value"])
    low, high = allowed(actual)
    if better == "up":
        goal = aim["value"] - slack
        return "met" if low >= goal else "missed" if high < goal else "unknown"
    if better == "down":
        goal = (aim["value"] if aim["value_max"] is None else aim["value_max"]) + slack
        return "met" if high <= goal else "missed" if low > goal else "unknown"
    return "unknown"


def _better(aim: Row) -> str:
    """`up` when more than AIM is better, `down` when less is, empty when it is not known."""
    if aim["measure"] == "rank":
        return "down"
    if aim["bound"] in ("lower", "upper"):
        return "down" if allowed(aim)[0] < aim["value"] else "up"
    return _directions().get(aim["indicator"], "")


@cache
def _directions() -> dict[str, str]:
    return {row["code"]: row["direction"] for row in schemas.rows("indicators.csv")}


@cache
def _kinds() -> dict[str, str]:
    return {row["unit"]: row["kind"] for row in schemas.rows("units.csv")}
