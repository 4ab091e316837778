"""Columns that only the checks see: what a row is asked, as 1 (so), 0 (not so) or null (not asked).

The suites in `schemas/expectations/` assert them with plain expectations.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Any

from flows import schemas

Row = dict[str, Any]
_YEAR = re.compile(r"[0-9]{4}")


def answers(row: Row) -> dict[str, int | None]:
    """The answers of the observation ROW to every question of QUESTIONS, by name."""
    return {name: None if (answer := ask(row)) is None else int(answer) for name, ask in QUESTIONS.items()}


def _range_has_both_ends(row: Row) -> bool:
    return bool((row["bound"] == "range") == (row["value_max"] is not None))


def _rank_is_a_place(row: Row) -> bool | None:
    if row["measure"] != "rank":
        return None
    return bool(row["value"] >= 1 and row["value"] % 1 == 0)


def _within_bounds(row: Row) -> bool | None:
    """Whether a level or growth of an indicator lies within the bounds that schemas/indicators.csv gives."""
    bounds = _bounds().get((row["indicator"], row["measure"]))
    if bounds is None or (row["measure"] == "growth" and row["unit"] != "%"):
        return None
    low, high = bounds
    ends = [row["value"], row["value"] if row["value_max"] is None else row["value_max"]]
    return bool((low is None or min(ends) >= low) and (high is None or max(ends) <= high))


def _unit_is_usual(row: Row) -> bool | None:
    units = _units().get(row["indicator"] or "")
    return None if units is None or row["measure"] != "level" else row["unit"] in units


def _share_within_hundred(row: Row) -> bool | None:
    if row["measure"] != "level" or row["unit"] != "%":
        return None
    return bool(max(row["value"], row["value_max"] or row["value"]) <= 100)


def _fact_lies_behind(row: Row) -> bool | None:
    """Whether what is no target is about a period that had begun when the report was read out."""
    years = _YEAR.findall(row["period"] or "")
    return None if not years or row["status"] == "target" else int(years[0]) <= row["report_year"]


def _aim_lies_ahead(row: Row) -> bool | None:
    """Whether a target is about a period that ends in the year under review or later."""
    years = _YEAR.findall(row["period"] or "")
    return None if not years or row["status"] != "target" else int(years[-1]) >= row["report_year"] - 1


QUESTIONS: dict[str, Callable[[Row], bool | None]] = {
    "range_has_both_ends": _range_has_both_ends,
    "rank_is_a_place": _rank_is_a_place,
    "within_bounds": _within_bounds,
    "unit_is_usual": _unit_is_usual,
    "share_within_hundred": _share_within_hundred,
    "fact_lies_behind": _fact_lies_behind,
    "aim_lies_ahead": _aim_lies_ahead,
}


@cache
def _bounds() -> dict[tuple[str, str], tuple[float | None, float | None]]:
    found = {}
    for row in schemas.rows("indicators.csv"):
        for measure in ("level", "growth"):
            low, high = row.get(f"{measure}_min") or "", row.get(f"{measure}_max") or ""
            if low or high:
                found[row["code"], measure] = (float(low) if low else None, float(high) if high else None)
    return found


@cache
def _units() -> dict[str, frozenset[str]]:
    return {
        row["code"]: frozenset((row.get("units") or row["unit"]).split("|"))
        for row in schemas.rows("indicators.csv")
    }
