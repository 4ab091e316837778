"""Rounding and units of amounts as they are written."""

from __future__ import annotations

import pytest

from flows.amounts import conversion, rounding, significant


@pytest.mark.parametrize(
    ("number", "half", "digits"),
    [
        ("6.36万亿", 5e9, 3),
        ("63589.99亿", 5e5, 7),
        ("1300", 0.5, 2),
        ("1,038亿", 5e7, 4),
        ("３．５", 0.05, 2),
        ("602 亿", 5e7, 3),
        ("三千六百亿", 5e9, 2),
        ("百分之二十一点七", 0.05, 3),
        ("3万4000", 0.5, 2),
        ("4万多亿", 5e11, 1),
        ("6%—7", 0.5, 2),
        ("0.5", 0.05, 1),
        ("", 0.0, 1),
    ],
)
def test_rounding_is_half_of_the_last_digit(number: str, half: float, digits: int) -> None:
    assert rounding(number) == pytest.approx(half)
    assert significant(number) == digits


@pytest.mark.parametrize(
    ("unit", "into", "factor"),
    [
        ("斤", "吨", 0.0005),
        ("公顷", "亩", 15.0),
        ("元", "元", 1.0),
        ("元", "美元", None),
        ("户", "个", None),
        ("吨", "亩", None),
        ("没有", "吨", None),
    ],
)
def test_units_of_one_dimension_are_converted(unit: str, into: str, factor: float | None) -> None:
    found = conversion(unit, into)
    assert found == (factor if factor is None else pytest.approx(factor))
