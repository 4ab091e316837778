"""The invariants of the data set, each broken on purpose."""

from __future__ import annotations

from typing import Any

import pytest

from flows.check.invariants import broken, open_word
from tests.builders import observation, report, usual


def names(row: dict[str, Any], text: str = "") -> list[str]:
    return [name for name, _ in broken(report(text=text) if text else report(), row)]


def test_what_was_read_right_breaks_nothing() -> None:
    one = report()
    assert [list(broken(one, row)) for row in usual(one)] == [[], [], []]


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ({"char_start": 3}, "number-stands-in-text"),
        ({"char_start": -5}, "number-stands-in-text"),
        ({"number_text": "1951亿"}, "number-stands-in-text"),
        ({"quote": "增长8.5%"}, "quote-contains-number"),
        ({"report_id": "410800-2017"}, "report-exists"),
        ({"observation_id": "410800-2017-8"}, "key-names-its-report"),
        ({"indicator": "gpd"}, "indicator-is-listed"),
        ({"unit": "元元"}, "unit-is-listed"),
        ({"region_code": "990000"}, "region_code-is-listed"),
        ({"area_code": "990000"}, "area_code-is-listed"),
        ({"flags": ["odd"]}, "flags-is-listed"),
        ({"value": float("inf")}, "value-is-a-number"),
        ({"value_max": float("nan")}, "value-is-a-number"),
    ],
)
def test_each_invariant_is_told_by_name(given: dict[str, Any], name: str) -> None:
    assert name in names({**observation(report()), **given})


def test_blanks_and_line_breaks_inside_a_number_are_no_difference() -> None:
    text = "投资完成 1\r\n95 亿元，比上年多。"
    row = observation(
        report(text=text), "1\r\n95 亿", number_text="195 亿", quote="投资完成 195亿元，比上年多。"
    )
    assert names(row, text) == []


@pytest.mark.parametrize(
    ("after", "unit", "word"),
    [
        ("余人", "人", "余"),
        ("多个项目", "个", "多"),
        ("几个", "个", "几"),
        ("%左右。", "%", "左右"),
        ("％以上，", "%", "以上"),
        (" 亿\n元 左右", "元", ""),
        ("元以内", "元", "以内"),
        ("个百分点左右", "百分点", "左右"),
        ("个多功能厅", "个", ""),
        ("元，以上各项", "元", ""),
        ("个，", "个", ""),
        ("上升", "", ""),
        ("强，占全部的", "", "强"),
        ("%强。", "%", "强"),
        ("强企业", "", ""),
        ("余种", "", "余"),
    ],
)
def test_words_that_leave_a_number_open(after: str, unit: str, word: str) -> None:
    assert open_word(after, unit) == word


def test_what_the_text_leaves_open_is_never_exact() -> None:
    one = report()
    jobs = usual(one)[2]
    assert names({**jobs, "bound": "exact"}) == ["open-is-not-exact"]
    assert names({**jobs, "bound": "about"}) == []
