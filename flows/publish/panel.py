"""The panel: the one value to use per region, indicator, measure, status and period.

Every report states some numbers several times, and later reports state them again. Of all
observations about the report's own whole area that carry a code, the panel takes one by this order:

1. the latest report before earlier ones (a restated value is the better known one);
2. the catalogue's unit before another one;
3. the headline before a passing mention: the sentence that states more indicators of the catalogue;
4. an exact value before one that the text leaves open, and an estimate of nothing before either;
5. more digits before fewer, then the place earlier in the text.

What the same report states otherwise, beyond rounding, is not hidden: the row is marked as a clash.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from flows import schemas

Row = Mapping[str, Any]
_OPEN = {"exact": 0, "range": 1, "about": 2, "lower": 3, "upper": 3}
_KEY = ("region_code", "indicator", "measure", "status", "period")


def panel(observations: Iterable[Row]) -> list[dict[str, Any]]:
    """The rows of the table `panel`, in the order of its key, from rows of the table `observations`.

    Linear in the number of observations. Observations without code or period, or about another area, are
    left out.
    """
    groups: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    headline: Counter[tuple[str, str]] = Counter()
    for row in observations:
        if row["indicator"] is None or row["period"] is None or row["area"] is not None:
            continue
        groups[tuple(row[name] for name in _KEY)].append(row)
        headline[row["report_id"], row["quote"]] += 1
    units = {row["code"]: row["unit"] for row in schemas.rows("indicators.csv")}
    return [_chosen(groups[key], units, headline) for key in sorted(groups)]


def _chosen(rows: list[Row], units: Mapping[str, str], headline: Counter[tuple[str, str]]) -> dict[str, Any]:
    def order(row: Row) -> tuple[Any, ...]:
        usual = units.get(row["indicator"], "")
        return (
            -row["report_year"],
            row["unit"] != usual and row["measure"] == "level",
            -min(headline[row["report_id"], row["quote"]], 4),
            _OPEN[row["bound"]],
            -significant(row["number_text"]),
            row["char_start"],
        )

    best = min(rows, key=order)
    rivals = [row for row in rows if row is not best and row["report_id"] == best["report_id"]]
    kept = ("region_code", "region_name", "region_level", *_KEY[1:], "value", "value_max", "unit", "bound")
    return {
        **{name: best[name] for name in kept},
        "report_year": best["report_year"],
        "mentions": len(rows),
        "clash": any(disagree(best, row) for row in rivals),
        "confidence": best["confidence"],
        "flags": list(best["flags"]),
        "observation_id": best["observation_id"],
    }


def significant(number: str) -> int:
    """How many digits a number as written carries: 6.36万亿 → 3, 1300 → 2, 三千六百 → 2."""
    digits = "".join(c for c in number if c.isdigit() or c in "一二三四五六七八九").lstrip("0")
    return len(digits.rstrip("0")) or 1


def disagree(one: Row, other: Row) -> bool:
    """Whether two statements of the same thing cannot both be right, rounding and bounds allowed for."""
    if one["unit"] != other["unit"]:
        return False
    a, b = one["value"], other["value"]
    slack = max(_rounding(one), _rounding(other)) + 1e-9 * max(abs(a), abs(b))
    for left, right in ((one, other), (other, one)):
        if left["bound"] == "lower" and right["value"] >= left["value"] - slack:
            return False
        if left["bound"] == "upper" and right["value"] <= left["value"] + slack:
            return False
        if left["bound"] == "range" and left["value"] - slack <= right["value"] <= left["value_max"] + slack:
            return False
        if left["bound"] == "about":
            slack = max(slack, 0.05 * abs(left["value"]))
    return bool(abs(a - b) > slack)


def _rounding(row: Row) -> float:
    """Half a unit of the last digit that was written: 6.36万亿元 → 5e9."""
    value = abs(row["value"])
    if value == 0:
        return 0.5
    magnitude = 10.0 ** (len(str(int(value))) if value >= 1 else 0)
    text = row["number_text"]
    if "." in text or "．" in text or value < 100 or magnitude == 0:
        plain = text.replace("．", ".").split(".")[-1] if "." in text.replace("．", ".") else ""
        decimals = sum(c.isdigit() for c in plain)
        mantissa = float("".join(c for c in text.replace("．", ".") if c.isascii() and (c.isdigit() or c == ".")) or value)
        scale = value / mantissa if mantissa else 1.0
        return 0.5 * scale * 10.0**-decimals
    return 0.5 * magnitude * 10.0 ** -significant(text)
