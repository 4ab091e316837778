"""What the cross-checks are made of: discrepancies, and the statements of an area in their order."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from flows import schemas
from flows.amounts import conversion, rounding, significant, yearly

Row = Mapping[str, Any]
NEEDED = (
    "observation_id", "report_id", "region_code", "region_level", "report_year", "indicator", "subject",
    "area", "measure", "status", "period", "value", "value_max", "unit", "bound", "number_text", "quote",
    "char_start",
)  # fmt: skip
"""The columns of `observations` that the checks look at."""

_RATE = re.compile("增速|增幅|增长率")
_OPEN = {"exact": 0, "about": 1, "range": 2, "lower": 3, "upper": 3}
FEWEST_YEARS = 5
YEARS_AROUND = 5
MAD = 1.4826
# The least robust standard deviation that is reckoned with, in points.
LEAST_POINTS = 0.5


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """What a check found: the row, the other row (if it is one) and its value, and the reason in words."""

    check: str
    row: Row
    other: Row | None
    expected: float | None
    message: str


class Series:
    """One row per report and key, and what stands for a period whichever report gives it (the latest)."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self.rows = list(rows)
        self.by_key: dict[tuple[Any, ...], list[Row]] = defaultdict(list)
        for row in self.rows:
            self.by_key[key_of(row)].append(row)
        self.actual: dict[tuple[str, str, str], Row] = {}
        for row in sorted(self.rows, key=lambda row: (row["report_year"], row["status"] == "actual")):
            if row["status"] != "target" and not yearly(row):
                self.actual[row["indicator"], row["measure"], row["period"]] = row

    def level(self, indicator: str, period: str, like: Row | None = None) -> Row | None:
        """The level of INDICATOR in PERIOD, in the unit of LIKE; that of the same report first."""
        found = self.actual.get((indicator, "level", period))
        return (
            found if found is not None and (like is None or factor_between(found, like) is not None) else None
        )


def key_of(row: Row) -> tuple[Any, ...]:
    """What ROW is about: rows with the same key state the same thing."""
    of_a_rate = row["measure"] == "rank" and bool(_RATE.search(row["subject"]))
    return (row["indicator"], row["measure"], row["status"], row["period"], yearly(row), of_a_rate)


def order(row: Row) -> tuple[Any, ...]:
    """Which of several rows that state the same thing is compared with others."""
    return (_OPEN[row["bound"]], -significant(row["number_text"]), row["char_start"])


def is_yearly_growth(row: Row) -> bool:
    """Whether ROW is the growth of one year in per cent, and no aim."""
    return bool(
        row["measure"] == "growth"
        and row["unit"] == "%"
        and len(row["period"]) == 4
        and row["status"] != "target"
    )


def factor_between(row: Row, like: Row) -> float | None:
    """The factor that turns the unit of ROW into that of LIKE, None if there is none."""
    factor: float | None = conversion(row["unit"], like["unit"])
    return factor


def rounded(row: Row) -> float:
    """What rounding leaves open in ROW, as a share of its value."""
    return float(rounding(row["number_text"]) / max(abs(row["value"]), 1e-300))


def said_of(row: Row) -> str:
    """What ROW says, in words."""
    what = row["indicator"] or row["subject"]
    return f"{what} {row['measure']} {row['period']} is {short(row['value'])} {row['unit']}".rstrip()


def short(value: float) -> str:
    """A number for people: 1.35e14 → 135万亿."""
    for power, word in ((1e12, "万亿"), (1e8, "亿"), (1e4, "万")):
        if abs(value) >= power:
            return f"{value / power:.6g}{word}"
    return f"{value:.6g}"


def limit_of(check: str) -> float:
    """The limit of the cross-check CHECK, of schemas/crosschecks.csv."""
    return _limits()[check]


@cache
def _limits() -> dict[str, float]:
    return {row["check"]: float(row["limit"]) for row in schemas.rows("crosschecks.csv") if row["limit"]}
