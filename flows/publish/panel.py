"""The panel: the one value to use per region, indicator, measure, status and period.

Every report states some numbers several times, and later reports state them again. Of all
observations about the report's own whole area that carry a code, the panel takes one by this order:

1. the latest report before earlier ones (a restated value is the better known one);
2. a level in the unit of the catalogue before one in another unit;
3. of growth over several years the average per year (年均) before the whole, as it compares with years;
4. a value that no check warns of before one with a flag;
5. the headline before a passing mention: the sentence that states more indicators of the catalogue;
6. an exact value before a range, before about, before a bound;
7. more digits before fewer, then the place earlier in the text.

What the same report states otherwise, beyond rounding and bounds, is not hidden: the row is marked as a
clash. The average per year and the whole of a span are different things and never clash; `yearly` says
which of them a row is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from flows import schemas
from flows.amounts import agree, significant, yearly

Row = Mapping[str, Any]
NEEDED = (
    "observation_id", "report_id", "region_code", "region_name", "region_level", "report_year", "indicator",
    "subject", "area", "measure", "status", "period", "value", "value_max", "unit", "bound", "number_text",
    "quote", "char_start", "confidence", "flags",
)  # fmt: skip
"""The columns of `observations` that the panel is made from."""

_OPEN = {"exact": 0, "range": 1, "about": 2, "lower": 3, "upper": 3}
_KEY = ("region_code", "indicator", "measure", "status", "period")
_KEPT = ("region_code", "region_name", "region_level", *_KEY[1:], "value", "value_max", "unit", "bound")
_ENOUGH = 4
_SETTLED = {"corrected"}
"""Flags that tell of a value put right, not of a doubt."""

Headlines = Mapping[tuple[str, str], set[str]]


def panel(observations: Iterable[Row]) -> list[dict[str, Any]]:
    """The rows of the table `panel`, in the order of its key, from rows of the table `observations`.

    Linear in the number of observations; their order does not matter. Observations without code or
    period, or about another area, are left out. Regions have nothing to do with each other: the panels
    of several, one after the other, are the panel of all of them.
    """
    groups: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    headlines: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in observations:
        if row["indicator"] is None or row["period"] is None or row["area"] is not None:
            continue
        groups[tuple(row[name] for name in _KEY)].append(row)
        headlines[row["report_id"], row["quote"]].add(row["indicator"])
    return [_chosen(groups[key], headlines) for key in sorted(groups)]


def _chosen(rows: list[Row], headlines: Headlines) -> dict[str, Any]:
    averaged = {row["observation_id"]: yearly(row) for row in rows}

    def order(row: Row) -> tuple[Any, ...]:
        return (
            -row["report_year"],
            row["measure"] == "level" and row["unit"] != _units().get(row["indicator"], ""),
            not averaged[row["observation_id"]],
            bool(set(row["flags"]) - _SETTLED),
            -min(len(headlines[row["report_id"], row["quote"]]), _ENOUGH),
            _OPEN[row["bound"]],
            -significant(row["number_text"]),
            row["char_start"],
            row["observation_id"],
        )

    best = min(rows, key=order)
    average = averaged[best["observation_id"]]
    rivals = [
        row
        for row in rows
        if row["report_id"] == best["report_id"] and averaged[row["observation_id"]] == average
    ]
    return {
        **{name: best[name] for name in _KEPT},
        "yearly": average,
        "report_year": best["report_year"],
        "mentions": len(rows),
        "clash": not all(agree(best, row) for row in rivals),
        "confidence": best["confidence"],
        "flags": list(best["flags"]),
        "observation_id": best["observation_id"],
    }


@cache
def _units() -> dict[str, str]:
    return {row["code"]: row["unit"] for row in schemas.rows("indicators.csv")}
