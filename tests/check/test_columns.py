"""The questions that the suites ask of a row."""

from __future__ import annotations

from typing import Any

import pytest

from flows.check.columns import answers
from tests.builders import observation, report


@pytest.mark.parametrize(
    ("given", "name", "answer"),
    [
        ({}, "range_has_both_ends", 1),
        ({"bound": "range"}, "range_has_both_ends", 0),
        ({"value_max": 2e11}, "range_has_both_ends", 0),
        ({"bound": "range", "value_max": 2e11}, "range_has_both_ends", 1),
        ({}, "rank_is_a_place", None),
        ({"measure": "rank", "value": 3.0}, "rank_is_a_place", 1),
        ({"measure": "rank", "value": 0.0}, "rank_is_a_place", 0),
        ({"measure": "rank", "value": 1.5}, "rank_is_a_place", 0),
        ({"measure": "rank", "value": float("inf")}, "rank_is_a_place", 0),
        ({}, "within_bounds", 1),
        ({"value": -1.0}, "within_bounds", 0),
        ({"measure": "growth", "unit": "%", "value": 990.0}, "within_bounds", 0),
        ({"measure": "growth", "unit": "%", "value": 9.0, "value_max": 990.0}, "within_bounds", 0),
        ({"indicator": None, "value": -1.0}, "within_bounds", None),
        ({}, "unit_is_usual", 1),
        ({"unit": "人"}, "unit_is_usual", 0),
        ({"unit": ""}, "unit_is_usual", None),
        ({"measure": "change", "unit": "百分点"}, "points_are_of_a_share", 0),
        ({"measure": "change", "unit": "百分点", "subject": "增速"}, "points_are_of_a_share", 1),
        ({"measure": "growth", "unit": "百分点"}, "points_are_of_a_share", 0),
        ({"measure": "gap", "unit": "百分点"}, "points_are_of_a_share", None),
        (
            {"measure": "change", "unit": "百分点", "indicator": "urbanization_rate", "value": 9.0},
            "within_bounds",
            1,
        ),
        (
            {"measure": "change", "unit": "百分点", "indicator": "fiscal_deficit_ratio", "value": 9.0},
            "within_bounds",
            0,
        ),
        ({"number_text": "百分之四", "unit": "%"}, "unit_is_written", 1),
        ({"number_text": "七成五", "value": 75.0, "unit": "%"}, "value_is_written", 1),
        ({"number_text": "七成五", "value": 7.5, "unit": "%"}, "value_is_written", 0),
        ({"number_text": "两到三成", "value": 20.0, "value_max": 30.0, "unit": "%"}, "value_is_written", 1),
        ({"number_text": "八成", "value": 80.0, "unit": "个"}, "unit_is_written", 0),
        ({"number_text": "百分之四", "unit": "百分点"}, "unit_is_written", 0),
        (
            {"measure": "change", "unit": "百分点", "indicator": "urbanization_rate"},
            "points_are_of_a_share",
            1,
        ),
        ({"measure": "growth", "unit": "%"}, "unit_is_usual", None),
        ({"unit": "%", "value": 101.0}, "share_within_hundred", 0),
        ({"unit": "%", "value": 99.0}, "share_within_hundred", 1),
        ({"unit": "%", "value": 118.2, "subject": "新增就业完成年计划比例"}, "share_within_hundred", None),
        ({"period": "2017"}, "fact_lies_behind", 0),
        ({"period": "2011/2015"}, "fact_lies_behind", 1),
        ({"period": None}, "fact_lies_behind", None),
        ({"period": "2017", "status": "estimate", "quote": "预计明年达到50万个"}, "fact_lies_behind", 1),
        ({"period": "2017", "status": "estimate"}, "fact_lies_behind", 0),
        ({"status": "target", "period": "2014"}, "aim_lies_ahead", 0),
        ({"status": "target", "period": "2016/2020"}, "aim_lies_ahead", 1),
    ],
)
def test_answers(given: dict[str, Any], name: str, answer: int | None) -> None:
    assert answers({**observation(report()), **given})[name] == answer


@pytest.mark.parametrize(
    ("given", "before", "answer"),
    [
        ({"period": None}, "", None),
        ({}, "", 1),
        ({"period": "2011/2015"}, "", 1),
        ({"period": "2014"}, "", 0),
        ({"period": "2014", "quote": "2014年为3万"}, "", 1),
        ({"period": "2014", "quote": "一四年为3万"}, "", 1),
        ({"period": "2014"}, "2014年开局良好。其中，", 1),
        ({"period": "2016"}, "", 0),
        ({"period": "2016", "quote": "目前有3万"}, "", 1),
        ({"period": "2012/2014"}, "", 0),
        ({"period": "2012/2014", "quote": "2012年到2014年共3万"}, "", 1),
        ({"period": "2011/2013", "quote": "规划前三年共3万"}, "", 1),
        ({"period": "2012/2014", "quote": "规划前三年共3万"}, "", 0),
        ({"status": "target", "period": "2016/2018"}, "", 1),
        ({"status": "target", "period": "2017/2019"}, "", 0),
        ({"status": "target", "period": "2000", "quote": "到本世纪末翻两番"}, "", 1),
        ({"status": "target", "period": "2000"}, "", 0),
    ],
)
def test_a_year_is_usual_or_told(given: dict[str, Any], before: str, answer: int | None) -> None:
    assert answers({**observation(report()), **given}, before)["year_is_usual"] == answer
