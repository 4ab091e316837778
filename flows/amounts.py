"""What a stated amount leaves possible: its rounding, its bounds, and the same amount in another unit.

A row is one of `observations` or of `panel`; only `number_text` is asked of observations alone.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from typing import Any

from flows import schemas

Row = Mapping[str, Any]
Interval = tuple[float, float]

ABOUT = 0.05
"""What 左右 leaves open, as a share of the value: a convention, as the reports do not say."""

_SCALES = {"百": 1e2, "千": 1e3, "万": 1e4, "亿": 1e8}
_DIGITS = "零〇一二三四五六七八九两"
_WRITTEN = "0123456789一二三四五六七八九两"
_LAST = re.compile(rf"(?:\d+(?:\.(\d+))?|点([{_DIGITS}]+)|[{_DIGITS}十])([百千万亿]*)")
_YEARLY = re.compile("年均|年平均|每年|逐年|年递增")
_CLAUSE = re.compile("[，。；！？：,;!?]")
_BLANK = re.compile(r"\s")
_BETWEEN = re.compile(r"[\s,多余来]")


def rounding(number: str) -> float:
    """Half a unit of the last digit in NUMBER as it is written: 6.36万亿 → 5e9, 1300 → 0.5, 三千 → 500.

    0 where no digit is written (半数).
    """
    found = list(_LAST.finditer(_BETWEEN.sub("", unicodedata.normalize("NFKC", number))))
    if not found:
        return 0.0
    arabic, chinese, scales = found[-1].groups()
    return 0.5 * math.prod(_SCALES[scale] for scale in scales) * 10.0 ** -len(arabic or chinese or "")


def significant(number: str) -> int:
    """How many digits NUMBER carries as it is written, zeros at its ends left out: 6.36万亿 → 3, 1300 → 2."""
    digits = "".join(c for c in unicodedata.normalize("NFKC", number) if c in _WRITTEN)
    return len(digits.lstrip("0").rstrip("0")) or 1


def allowed(row: Row) -> Interval:
    """The least and the greatest value that the wording of ROW allows; a value said to be about is itself.

    Of a decrease the bound is one of its size: 下降3%以上 is -3, and allows all below.
    """
    value = row["value"]
    bound = row["bound"]
    if bound in ("lower", "upper"):
        falls = value < 0 and row["measure"] in ("growth", "change")
        return (value, math.inf) if (bound == "lower") != falls else (-math.inf, value)
    return (value, value if row["value_max"] is None else row["value_max"])


def agree(one: Row, other: Row) -> bool:
    """Whether two observations of the same thing can both be right, rounding and bounds allowed for.

    What stands in units that have nothing in common is not compared and agrees.
    """
    factor = conversion(other["unit"], one["unit"])
    if factor is None:
        return True
    mine, theirs = allowed(one), _times(allowed(other), factor)
    return _meet(mine, _widened(theirs, other, factor)) or _meet(_widened(mine, one, 1.0), theirs)


def conversion(unit: str, into: str) -> float | None:
    """The factor that turns an amount in UNIT INTO the other; None when they are of different dimensions.

    Counts in other measure words count other things (小区 in 个 and in 户) and are not converted.
    """
    if unit == into:
        return 1.0
    have, want = _dimensions().get(unit), _dimensions().get(into)
    if have is None or want is None or have[0] != want[0]:
        return None
    return have[1] / want[1]


def in_unit(row: Row, unit: str) -> dict[str, Any] | None:
    """ROW with its values in UNIT; None when they cannot be converted."""
    factor = conversion(row["unit"], unit)
    if factor is None:
        return None
    top = row["value_max"]
    return {**row, "unit": unit, "value": row["value"] * factor, "value_max": top and top * factor}


def yearly(row: Row) -> bool:
    """Whether the observation ROW is the average per year of a change over several years."""
    if row["measure"] not in ("growth", "change") or "/" not in row["period"]:
        return False
    quote, number = _BLANK.sub("", row["quote"]), _BLANK.sub("", row["number_text"])
    clause = _CLAUSE.split(quote[: max(quote.find(number), 0)])[-1]
    return bool(_YEARLY.search(clause) or _YEARLY.search(row["subject"]))


@cache
def _dimensions() -> dict[str, tuple[str, float]]:
    return {
        row["unit"]: (row["dimension"], float(row["factor"]))
        for row in schemas.rows("units.csv")
        if row["factor"] and row["kind"] != "count"
    }


def _times(interval: Interval, factor: float) -> Interval:
    return interval[0] * factor, interval[1] * factor


def _widened(interval: Interval, row: Row, factor: float) -> Interval:
    """INTERVAL with what rounding and 左右 leave open; a bound is meant as it is written."""
    if row["bound"] in ("lower", "upper"):
        return interval
    slack = rounding(row["number_text"])
    if row["bound"] == "about":
        slack = max(slack, ABOUT * abs(row["value"]))
    return interval[0] - slack * factor, interval[1] + slack * factor


def _meet(one: Interval, other: Interval) -> bool:
    low, high = max(one[0], other[0]), min(one[1], other[1])
    return low <= high or low - high <= 1e-9 * max(abs(low), abs(high))
