"""Targets: each aim joined to what a later report says was reached.

`distance` is actual minus target, in the target's unit. Whether more or less is better stands in
`schemas/indicators.csv` (`direction`). A target is met when the distance goes the right way or stays
within what the wording leaves open: half a unit of the last digit written, and a twentieth of the target
for 左右. Without an actual value, or without a direction, it is unknown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flows import schemas

Row = Mapping[str, Any]
_ABOUT = 0.05


def targets(panel: Iterable[Row]) -> list[dict[str, Any]]:
    """The rows of the table `targets`, sorted by region, indicator, measure and period, from `panel` rows."""
    reached: dict[tuple[str, ...], Row] = {}
    aims: list[Row] = []
    for row in panel:
        key = (row["region_code"], row["indicator"], row["measure"], row["period"])
        if row["status"] == "target":
            aims.append(row)
        elif key not in reached or row["status"] == "actual":
            reached[key] = row
    rows = []
    for aim in aims:
        key = (aim["region_code"], aim["indicator"], aim["measure"], aim["period"])
        rows.append(_joined(aim, reached.get(key)))
    return sorted(rows, key=lambda r: (r["region_code"], r["indicator"], r["measure"], r["period"]))


def _joined(aim: Row, actual: Row | None) -> dict[str, Any]:
    value = None if actual is None else _in_unit(actual, aim["unit"])
    distance = None if value is None else value - aim["value"]
    row = {name: aim[name] for name in ("region_code", "region_name", "region_level", "indicator", "measure", "period")}
    return {
        **row,
        "target": aim["value"],
        "target_max": aim["value_max"],
        "unit": aim["unit"],
        "bound": aim["bound"],
        "actual": value,
        "actual_bound": None if actual is None or value is None else actual["bound"],
        "actual_status": None if actual is None or value is None else actual["status"],
        "distance": None if distance is None else round(distance, 10),
        "result": _result(aim, actual, value),
        "target_observation_id": aim["observation_id"],
        "actual_observation_id": None if actual is None or value is None else actual["observation_id"],
    }


def _in_unit(row: Row, unit: str) -> float | None:
    """The value of `row` in `unit`: the same, or converted between units of one dimension (吨, 斤, 公斤)."""
    if row["unit"] == unit:
        return float(row["value"])
    factors = {r["unit"]: (r["dimension"], float(r["factor"])) for r in schemas.rows("units.csv") if r["factor"]}
    have, want = factors.get(row["unit"]), factors.get(unit)
    if have is None or want is None or have[0] != want[0]:
        return None
    return float(row["value"]) * have[1] / want[1]


def _result(aim: Row, actual: Row | None, value: float | None) -> str:
    """met, missed or unknown."""
    direction = {r["code"]: r["direction"] for r in schemas.rows("indicators.csv")}.get(aim["indicator"], "")
    if actual is None or value is None:
        return "unknown"
    slack = abs(aim["value"]) * (_ABOUT if aim["bound"] == "about" else 1e-9)
    falls = aim["value"] < 0 and aim["measure"] in ("growth", "change")
    if aim["bound"] in ("upper", "lower"):
        direction = "down" if (aim["bound"] == "upper") != falls else "up"
    if direction == "up":
        goal = aim["value"]
        if value >= goal - slack:
            return "met"
        return "unknown" if actual["bound"] == "lower" else "missed"
    if direction == "down":
        goal = aim["value_max"] if aim["value_max"] is not None else aim["value"]
        if value <= goal + slack:
            return "met"
        return "unknown" if actual["bound"] == "upper" else "missed"
    return "unknown"
