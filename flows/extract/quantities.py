"""Quantities: numbers with their units and bounds.

A quantity is looked for in one sentence (a string); its offsets are those of that string.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from flows.extract.bounds import bound_after, bound_before
from flows.extract.composition import COMPOSED, compositions
from flows.extract.names import counts_without_unit, is_stated, quoted
from flows.extract.numerals import find_numbers
from flows.extract.parts import Number, Quantity, Time
from flows.extract.ranges import begins_range, is_range, range_of, share_units
from flows.extract.units import unit_at
from flows.extract.years import count
from flows.values import parse

_SCALED_UNITS: Final = ("千瓦", "千伏", "千克", "千米", "千卡", "兆瓦")
_TO_ONE: Final = re.compile(r"[∶:：︰比]1(?![\d.])")
_POINTS_LOOSE: Final = re.compile("个[多余](?:百分点|月|小时|工作日)")
_DESCRIBED_AFTER: Final = ("的有", "的共有", "的就有", "的占", "的约占", "的只占", "的仅占")
_LONGEST_DESCRIBED: Final = max(map(len, _DESCRIBED_AFTER))
_HUNDREDTHS: Final = re.compile("([一二三四五六七八九])(?![一二三四五六七八九十百千万亿成])")
_SMALL_MONEY: Final = re.compile(
    r"零?(?P<tenths>[一二两三四五六七八九\d])角(?:(?P<hundredths>[一二两三四五六七八九\d])分)?"
)
_LOOSE: Final = frozenset("多余来几")
_MINUS: Final = frozenset("-－负")
_SAID_BEFORE_MINUS: Final = tuple("为达是至到在、，（")
_NOT_LOOSE_BEFORE: Final = frozenset("种样方年")


def find_quantities(sentence: str, times: list[Time], spoken: bool) -> list[Quantity]:
    """The quantities of a sentence, in order.

    `times` are its time expressions (their digits are no quantities); `spoken` tells that the report
    writes its quantities in Chinese numerals, so that 三个 counts.
    """
    names = quoted(sentence)
    composed = compositions(sentence)
    found: list[Quantity] = []
    for number in find_numbers(sentence, spoken):
        share = bool(composed) and any(start <= number.start < end for start, end in composed)
        if times and _is_within(number, times) and not share:
            continue
        quantity = _quantity(sentence, number)
        if quantity is None:
            continue
        if share:
            found.append(replace(quantity, right=number.end, bound="exact", kind=COMPOSED))
            continue
        before = found[-1] if found else None
        if sentence[number.start - 1 : number.start] in _MINUS and _is_negative(sentence, quantity, before):
            quantity = replace(quantity, value=-quantity.value, left=number.start - 1)
        if before and is_range(sentence, before, quantity):
            found[-1] = range_of(before, quantity)
        elif is_stated(sentence, quantity, names, spoken) or begins_range(sentence, quantity):
            found.append(quantity)
    share_units(sentence, found)
    return [
        _in_per_cent(sentence, one) if one.unit == "成" else one
        for one in found
        if (one.unit or one.rank or one.kind == COMPOSED or counts_without_unit(sentence, one))
        and not sentence[one.right : one.right + _LONGEST_DESCRIBED].startswith(_DESCRIBED_AFTER)
    ]


def _in_per_cent(sentence: str, tenths: Quantity) -> Quantity:
    """八成 is 80 %, 七成五 is 75 %: a tenth is a scale word like 万, and part of the number."""
    end = sentence.index("成", tenths.end) + 1
    end += _HUNDREDTHS.match(sentence, end) is not None
    largest = None if tenths.value_max is None else round(tenths.value_max * 10, 1)
    return replace(tenths, end=end, value=round(tenths.value * 10, 1), value_max=largest, unit="%")


def _is_within(number: Number, times: list[Time]) -> bool:
    """Whether a number is part of a time expression."""
    for time in times:  # noqa: SIM110 - a generator costs several times the loop
        if time.start < number.end and number.start < time.end:
            return True
    return False


def _is_negative(sentence: str, quantity: Quantity, before: Quantity | None) -> bool:
    """Whether the minus before a number is its sign: 涨幅为-1.9%, not 6%-7%, and not the 负 of 税负."""
    stroke = quantity.start - 1
    if sentence[stroke] == "负" and sentence[stroke - 1 : stroke] not in _SAID_BEFORE_MINUS:
        return False
    return (before is None or before.right != stroke) and (
        sentence[stroke - 1 : stroke] > "\u4e00" or sentence[stroke - 1] == "、"
    )


def _quantity(sentence: str, number: Number) -> Quantity | None:
    """The number with its unit and bound words; None for 几百, 数千 and the digits of PM2.5."""
    start, style = number.start, number.style
    before = sentence[start - 1 : start]
    if sentence[start] == "零" and before == "年":
        return None
    if before == "几" or (before == "数" and sentence[start] in "十百千万亿"):
        return None
    if style == "arabic" and before.isascii() and before.isalpha():
        return None
    end, value = number.end, number.value
    if sentence[end - 1] in "千兆":
        end, value = _give_back(sentence, number)
    at, fuzzy = end, number.fuzzy
    loose = sentence[at : at + 1] in _LOOSE and (
        sentence[at + 1 : at + 2] not in _NOT_LOOSE_BEFORE
        or (style == "arabic" and sentence[at + 1 : at + 2] == "种")
    )
    if loose:
        fuzzy, at = True, at + 1
        end = at if sentence[end] == "几" and style == "chinese" else end
    if sentence[at : at + 1] == "个" and _POINTS_LOOSE.match(sentence, at):
        fuzzy, at = True, at + 2
    unit, kind = number.unit, "ratio" if number.unit else ""
    match = None if unit else unit_at(sentence, at)
    if match:
        unit, kind, at = match
    elif not unit and loose and style != "arabic" and sentence[end - 1] not in "十百千万亿":
        return None
    if unit == "倍" and sentence[at : at + 1] == "半":
        value, at = value + 0.5, at + 1
    small = _SMALL_MONEY.match(sentence, at) if unit == "元" and at == end + 1 else None
    if small:
        value = round(value + count(small["tenths"]) / 10 + count(small["hundredths"] or "零") / 100, 2)
        end = at = small.end()
    hundredths = _HUNDREDTHS.match(sentence, at) if unit == "成" else None
    if hundredths:
        value, at = value + count(hundredths[1]) / 10, at + 1
    if not unit and sentence[at + 1 : at + 2] == "1" and (to_one := _TO_ONE.match(sentence, at)):
        at = to_one.end()
    at, said = bound_after(sentence, at, bool(unit))
    left, bound = bound_before(sentence, start, said or ("lower" if fuzzy else "exact"), style)
    if number.value_max is not None and bound == "exact":
        bound = "range"
    rank = before == "第" or (before == "前" and sentence[end : end + 1] in ("位", "名"))
    return Quantity(start, end, left, at, value, number.value_max, unit, kind, bound, rank, style)


def _give_back(sentence: str, number: Number) -> tuple[int, float]:
    """Where a number ends and its value, without a scale word that begins its unit (千瓦, 兆瓦)."""
    start, end = number.start, number.end
    if end - start > 1 and sentence.startswith(_SCALED_UNITS, end - 1):
        parsed = parse(sentence[start : end - 1])
        if parsed:
            return end - 1, parsed[0]
    return end, number.value
