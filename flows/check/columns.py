"""Columns that only the checks see: what a row is asked, as 1 (so), 0 (not so) or null (not asked).

The suites in `schemas/expectations/` assert them with plain expectations.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any

from flows import schemas
from flows.amounts import conversion
from flows.check.written import unit_is_written, value_is_written

Row = dict[str, Any]
_PEOPLE_ON_EARTH = 1e10
_GREATEST_GROWTH = 1e5
_MOST_OF_ITS_ROOM = 0.15  # by which a share or a rate changes in a year
_DIGITS = str.maketrans("０１２３４５６７８９一二三四五六七八九〇零○两", "01234567891234567890002")
_LATER = re.compile(
    "[今明当當本现現这這]年|年内|目前|现在|現在|当前|當前|至今|迄今|[0-9]月|季度|上半年|年初|下一年|次年|今后|今後|未来"
)
_AHEAD = re.compile("明年|次年|下一年|[0-9几幾]年[内後后左]|未来|今后|今後|以后|期末|远景|遠景|长远|長遠")
_EARLIER = re.compile("[上去前]年|上一年|同期|年前|(?:由|从|從|自).*[到至降升增]|原来|原來|[0-9]月")
_MANY_YEARS = re.compile("时期|時期|[0-9]年(?:来|來|工作|以)|规划|規劃|计划|計劃|五”|第.个五年")
_CENTURY = re.compile("世[纪紀]末")
_FIRST_YEARS = re.compile("前([2-9])年")  # of a plan
_OF_A_PLAN = re.compile("完成|超额|超額|计划|計劃|预算数|預算數|任务|任務")
_CONTRIBUTES = re.compile("影响|影響|因素|贡献|貢獻|拉动|拉動|相当|相當")
_RATE = re.compile("增速|增幅|增长率|速度")
_YEAR = re.compile(r"[0-9]{4}")


def answers(row: Row, before: str = "", after: str = "") -> dict[str, bool | None]:
    """The answers of the observation ROW to every question but that of its neighbours, in the order of NAMES.

    BEFORE and AFTER are the characters of the text before and behind its number.
    """
    found = {name: ask(row) for name, ask in QUESTIONS.items()}
    return found | {YEAR: _year_is_usual(row, before), UNIT: unit_is_written(row, after)}


def _range_has_both_ends(row: Row) -> bool:
    return bool((row["bound"] == "range") == (row["value_max"] is not None))


def _rank_is_a_place(row: Row) -> bool | None:
    if row["measure"] != "rank":
        return None
    return bool(row["value"] >= 1 and row["value"] % 1 == 0)


def _within_bounds(row: Row) -> bool | None:
    """Whether the value lies within the bounds that schemas/indicators.csv gives for its indicator.

    Bounds of levels are those of the country in the unit of the catalogue. For areas of other levels they are
    multiplied as schemas/levels.csv says, where the indicator sums up over areas. A change is no larger than
    the greatest level.
    """
    measure = "level" if row["measure"] == "change" else row["measure"]
    bounds = _bounds().get((row["indicator"], measure))
    if row["unit"] == "百分点" and row["measure"] == "change" and row["indicator"]:
        return abs(row["value"]) <= _most_points(row["indicator"]) or "/" in (row["period"] or "")
    if bounds is None or (measure == "growth" and row["unit"] != "%") or row["unit"] == "百分点":
        return None
    low, high = bounds
    factor = 1.0
    if measure == "level":
        shares = _shares(row)
        if shares is None:
            return None
        low, high = (None if low is None else low * shares[0]), (None if high is None else high * shares[1])
        converted = conversion(row["unit"], _usual_unit()[row["indicator"]])
        if converted is None:
            return None
        factor = converted
    if "/" in (row["period"] or ""):
        high = None  # the years of a span add up
    ends = [row["value"] * factor, (row["value"] if row["value_max"] is None else row["value_max"]) * factor]
    if row["measure"] == "change":
        return bool(high is None or max(map(abs, ends)) <= high)
    return bool((low is None or min(ends) >= low) and (high is None or max(ends) <= high))


def _most_points(indicator: str) -> float:
    """By how many points a share or a rate changes in a year at most: a part of the room it has."""
    low, high = _bounds().get((indicator, "level"), (None, None))
    room = 100.0 if low is None or high is None or _usual_unit()[indicator] != "%" else high - low
    return room * _MOST_OF_ITS_ROOM


def _shares(row: Row) -> tuple[float, float] | None:
    """The least and the greatest share of the country's bounds for the area that ROW is about."""
    if not _sums_up().get(row["indicator"]):
        return 1.0, 1.0
    level = row["region_level"]
    if row["area"] is not None:
        region = schemas.regions().get(row["area_code"] or "")
        if region is None:
            return None
        level = region.level
    return _levels()[level]


def _is_possible(row: Row) -> bool | None:
    """Whether a value can be at all: nothing shrinks by more than all of it, and people are not that many."""
    if row["measure"] == "growth" and row["unit"] == "%":
        return bool(-100 <= row["value"] <= _GREATEST_GROWTH)
    if row["unit"] == "人" and row["measure"] in ("level", "change"):
        return bool(abs(row["value"]) <= _PEOPLE_ON_EARTH)
    return None


def _unit_is_usual(row: Row) -> bool | None:
    """Whether the unit is one of the indicator's; not asked where no measure word is written (１２亿人口)."""
    units = _units().get(row["indicator"] or "")
    return None if units is None or row["measure"] != "level" or not row["unit"] else row["unit"] in units


def _points_are_of_a_share(row: Row) -> bool | None:
    """Whether points are those of a change or of a gap, and what changes by them is a share or a rate."""
    if row["unit"] != "百分点" or row["measure"] == "gap":
        return None
    if row["measure"] != "change":
        return bool(_CONTRIBUTES.search(row["quote"]))
    unit = _usual_unit().get(row["indicator"] or "")
    if unit is None:
        return None
    return unit == "%" or bool(_RATE.search(row["subject"]))


def _share_within_hundred(row: Row) -> bool | None:
    """Whether a share is no more than all; how much of a plan was done may be more."""
    if row["measure"] != "level" or row["unit"] != "%" or _OF_A_PLAN.search(row["subject"]):
        return None
    return bool(max(row["value"], row["value_max"] or row["value"]) <= 100)


def _fact_lies_behind(row: Row) -> bool | None:
    """Whether what is no target is about a period that had begun when the report was read out.

    What is expected of next year (预计明年) may be given as an estimate.
    """
    years = _years(row["period"] or "")
    if not years or row["status"] == "target":
        return None
    ahead = row["status"] == "estimate" and _AHEAD.search(row["quote"])
    return bool(ahead) or int(years[0]) <= row["report_year"]


def _year_is_usual(row: Row, before: str) -> bool | None:
    """Whether a period is the usual one, or something in the sentence or the headings leads to another.

    Usual is the year before the report for facts, its own year for targets, a plan, and years up to the one
    before the report. Other years are written in the sentence or BEFORE it, or told by its words.
    """
    period = row["period"] or ""
    if not period:
        return None
    years, usual = _years(period), row["report_year"] - (row["status"] != "target")
    if int(years[-1]) == usual or period in _plans():
        return True
    quote, section = _plain(row["quote"]), _plain(row["section"])
    said = f"{_plain(before)} {quote}"
    if len(years) > 1:
        return _span_is_told(row, years, said, section)
    away = int(years[0]) - usual
    if _is_named(years[0], said, section) or (period == "2000" and _CENTURY.search(quote)):
        return True
    if row["status"] == "target":
        return bool(away > 0 and (_AHEAD.search(quote) or _MANY_YEARS.search(section + quote)))
    words = _LATER if away > 0 else _EARLIER
    return bool(words.search(quote) or (abs(away) > 1 and _MANY_YEARS.search(section + quote)))


def _span_is_told(row: Row, years: tuple[str, ...], said: str, section: str) -> bool:
    """Whether what is SAID leads to a span of YEARS: one of its ends, or its length from a known start."""
    first, last = int(years[0]), int(years[1])
    if any(_is_named(str(year), said, section) for year in (last, first, first - 1)):
        return True
    if row["status"] == "target" and first == row["report_year"]:  # 今后五年
        return True
    lengths = {int(number) for number in _FIRST_YEARS.findall(said)}
    return last - first + 1 in lengths and any(plan.startswith(str(first)) for plan in _plans())


def _is_named(year: str, said: str, section: str) -> bool:
    """Whether YEAR is written, with four digits or two (九三年)."""
    return bool(re.search(rf"{year}(?![0-9亿億万萬.．])", said + " " + section)) or f"{year[2:]}年" in said


@lru_cache(maxsize=64)  # a sentence has several numbers, a section many
def _plain(text: str) -> str:
    """TEXT without blanks, and with the digits that years are written in."""
    return "".join(text.split()).translate(_DIGITS)


@lru_cache(maxsize=4096)
def _years(period: str) -> tuple[str, ...]:
    return tuple(_YEAR.findall(period))


def _aim_lies_ahead(row: Row) -> bool | None:
    """Whether a target is about a period that ends in the year under review or later."""
    years = _years(row["period"] or "")
    return None if not years or row["status"] != "target" else int(years[-1]) >= row["report_year"] - 1


QUESTIONS: dict[str, Callable[[Row], bool | None]] = {
    "range_has_both_ends": _range_has_both_ends,
    "rank_is_a_place": _rank_is_a_place,
    "within_bounds": _within_bounds,
    "unit_is_usual": _unit_is_usual,
    "points_are_of_a_share": _points_are_of_a_share,
    "share_within_hundred": _share_within_hundred,
    "fact_lies_behind": _fact_lies_behind,
    "aim_lies_ahead": _aim_lies_ahead,
    "value_is_written": value_is_written,
    "is_possible": _is_possible,
}
YEAR, UNIT, YEARS = "year_is_usual", "unit_is_written", "year_of_its_neighbours"
NAMES = (*QUESTIONS, YEAR, UNIT, YEARS)


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
def _plans() -> frozenset[str]:
    """The periods of the five-year plans."""
    return frozenset(f"{row['start']}/{row['end']}" for row in schemas.rows("plans.csv"))


@cache
def _levels() -> dict[str, tuple[float, float]]:
    return {
        row["region_level"]: (float(row["least"]), float(row["most"])) for row in schemas.rows("levels.csv")
    }


@cache
def _sums_up() -> dict[str, bool]:
    return {row["code"]: row["aggregates"] == "yes" for row in schemas.rows("indicators.csv")}


@cache
def _usual_unit() -> dict[str, str]:
    return {row["code"]: row["unit"] for row in schemas.rows("indicators.csv")}


@cache
def _units() -> dict[str, frozenset[str]]:
    return {
        row["code"]: frozenset((row.get("units") or row["unit"]).split("|"))
        for row in schemas.rows("indicators.csv")
    }
