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
        ({"measure": "growth", "unit": "%"}, "unit_is_usual", None),
        ({"unit": "%", "value": 101.0}, "share_within_hundred", 0),
        ({"unit": "%", "value": 99.0}, "share_within_hundred", 1),
        ({"period": "2017"}, "fact_lies_behind", 0),
        ({"period": "2011/2015"}, "fact_lies_behind", 1),
        ({"period": None}, "fact_lies_behind", None),
        ({"status": "target", "period": "2014"}, "aim_lies_ahead", 0),
        ({"status": "target", "period": "2016/2020"}, "aim_lies_ahead", 1),
    ],
)
def test_answers(given: dict[str, Any], name: str, answer: int | None) -> None:
    assert answers({**observation(report()), **given})[name] == answer
