"""Ranges and lists of numbers: 6%—7%, 40到50万人, 三、四个; 提高15、22个百分点."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from typing import Final

from flows.extract.parts import Quantity

_DASH: Final = r"(?:—|–|-|－|~|～|至|到)"
_RANGE: Final = re.compile(rf"(?:{_DASH}|——){{1,2}}")
_RANGE_BEGINS: Final = re.compile(rf"{_DASH}+[\d一二三四五六七八九十]")
_FROM: Final = re.compile(r"[由从自][^，。；]{0,14}$")
_FROM_REACH: Final = 16
_LONGEST_DASH: Final = 4
_NEIGHBOURS: Final = frozenset(f"{one}、{next_}" for one, next_ in pairwise("一二三四五六七八九")) | {
    "两、三"
}


def is_range(sentence: str, first: Quantity, second: Quantity) -> bool:
    """Whether two numbers are one range: 6%—7%, 6%至6.5%, 40到50万人; never after 由 or 从."""
    between = sentence[first.right : second.start]
    if between == "、":
        return first.style == second.style == "chinese" and not first.unit and _are_neighbours(first, second)
    if len(between) > _LONGEST_DASH or not _RANGE.fullmatch(between) or first.value_max is not None:
        return False
    if first.unit == "%" and not second.unit and first.style == "fraction":
        return second.style == "chinese" and second.start == first.right + 1
    if between in "至到" and _FROM.search(sentence, first.left - _FROM_REACH, first.left):
        return False
    return first.unit in ("", second.unit) and not first.rank


def _are_neighbours(first: Quantity, second: Quantity) -> bool:
    """Whether a digit is followed by the next one, alone or with its scale: 三、四; 四、五十亿."""
    leading = second.value
    while leading >= 10 and leading % 10 == 0:
        leading /= 10
    return leading == first.value + 1 < 10


def begins_range(sentence: str, quantity: Quantity) -> bool:
    """Whether a number without a unit is followed by a stroke and a number, or is the 三 of 三、四."""
    if quantity.unit or quantity.rank:
        return False
    if _RANGE_BEGINS.match(sentence, quantity.right, quantity.right + 3):
        return True
    return sentence[quantity.start : quantity.right + 2] in _NEIGHBOURS


def range_of(first: Quantity, second: Quantity) -> Quantity:
    """The range from `first` to `second`; 40到50万 scales both."""
    low = first.value
    if (
        first.style == second.style == "chinese"
        and low < 10 < second.value
        and _are_neighbours(first, second)
    ):
        low = second.value * low / (low + 1)
    elif not first.unit and second.value >= 10**4 and low < 1000 and low < second.value / 1000:
        low *= 10**8 if second.value >= 10**8 else 10**4
    return replace(
        first,
        end=second.end,
        right=second.right,
        value=low,
        value_max=second.value,
        unit=second.unit or first.unit,
        kind=second.kind or first.kind,
        bound="range",
    )


def share_units(sentence: str, found: list[Quantity]) -> None:
    """提高15、22个百分点: a number without a unit takes that of the next in its list."""
    for index in range(len(found) - 2, -1, -1):
        one, after = found[index], found[index + 1]
        joint = sentence[one.right : after.left]
        if one.rank:
            takes = after.rank and not one.unit and joint in ("、第", "和第")
        else:
            bare = not one.unit or (one.unit == "个" and after.unit == "百分点")
            alike = one.style == after.style != "fraction"
            takes = bare and alike and bool(after.unit) and joint in ("、", "和", "及", "与")
        if takes:
            found[index] = replace(one, unit=after.unit, kind=after.kind)
