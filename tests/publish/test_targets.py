"""Aims and what was reached: which actual value is joined, and whether it meets the aim."""

from __future__ import annotations

from typing import Any

import pytest

from flows import schemas
from flows.publish.targets import targets


def row(value: float, status: str = "actual", **given: Any) -> dict[str, Any]:
    """A row of the panel: growth of the product in 2025, aimed for in 2025 and reported in 2026."""
    facts: dict[str, Any] = {
        "region_code": "410000",
        "region_name": "河南省",
        "region_level": "province",
        "indicator": "gdp",
        "measure": "growth",
        "status": status,
        "period": "2025",
        "value": value,
        "value_max": None,
        "unit": "%",
        "bound": "exact",
        "yearly": False,
        "report_year": 2025 if status == "target" else 2026,
        "observation_id": f"{status}-{value}",
    }
    return facts | given


def only(*rows: dict[str, Any]) -> dict[str, Any]:
    (found,) = targets(rows)
    assert targets(rows[::-1]) == [found]
    return found


def result(aim: dict[str, Any], actual: dict[str, Any], **both: Any) -> str:
    """The result of an aim and what was reached, each as changes to a usual row."""
    target = row(aim.pop("value"), "target", **(both | aim))
    return str(only(target, row(actual.pop("value"), **(both | actual)))["result"])


def test_an_aim_is_joined_to_what_was_reached() -> None:
    found = only(row(5.5, "target", bound="about"), row(4.8, bound="lower"))
    assert list(found) == [column.name for column in schemas.table("targets").columns]
    assert (found["target"], found["actual"], found["distance"], found["unit"]) == (5.5, 4.8, -0.7, "%")
    assert (found["bound"], found["actual_bound"], found["actual_status"]) == ("about", "lower", "actual")
    assert (found["target_observation_id"], found["actual_observation_id"]) == ("target-5.5", "actual-4.8")


def test_an_aim_without_actual_value_is_unknown() -> None:
    other = [row(5.0, **given) for given in ({"period": "2024"}, {"region_code": "410100"})]
    other += [
        row(5.0, **given) for given in ({"indicator": "exports"}, {"measure": "change"}, {"unit": "元"})
    ]
    found = only(row(5.5, "target"), *other)
    names = ("actual", "actual_bound", "actual_status", "distance", "actual_observation_id")
    assert [found[name] for name in names] == [None] * 5
    assert found["result"] == "unknown"


UP, DOWN = {"indicator": "gdp"}, {"indicator": "pm25", "measure": "level", "unit": "微克/立方米"}
FALL = {"indicator": "energy_intensity"}


@pytest.mark.parametrize(
    ("aim", "actual", "both", "expected"),
    [
        # more is better
        ({"value": 5.0}, {"value": 5.0}, UP, "met"),
        ({"value": 5.0}, {"value": 4.9}, UP, "missed"),
        ({"value": 5.0, "bound": "lower"}, {"value": 5.1}, UP, "met"),
        ({"value": 5.0, "bound": "lower"}, {"value": 4.9}, UP, "missed"),
        ({"value": 5.0, "bound": "about"}, {"value": 4.8}, UP, "met"),
        ({"value": 5.0, "bound": "about"}, {"value": 4.7}, UP, "missed"),
        ({"value": 5.0, "bound": "range", "value_max": 6.0}, {"value": 5.2}, UP, "met"),
        ({"value": 5.0, "bound": "range", "value_max": 6.0}, {"value": 4.9}, UP, "missed"),
        # less is better
        ({"value": 33.0}, {"value": 32.5}, DOWN, "met"),
        ({"value": 33.0}, {"value": 33.1}, DOWN, "missed"),
        ({"value": 33.0, "bound": "upper"}, {"value": 33.0}, DOWN, "met"),
        ({"value": 33.0, "bound": "about"}, {"value": 34.0}, DOWN, "met"),
        ({"value": 33.0, "bound": "about"}, {"value": 35.0}, DOWN, "missed"),
        ({"value": 33.0, "bound": "range", "value_max": 35.0}, {"value": 34.0}, DOWN, "met"),
        # a decrease of at least, about, at most
        ({"value": -3.0, "bound": "lower"}, {"value": -3.2}, FALL, "met"),
        ({"value": -3.0, "bound": "lower"}, {"value": -2.8}, FALL, "missed"),
        ({"value": -3.0, "bound": "about"}, {"value": -2.9}, FALL, "met"),
        ({"value": -3.0}, {"value": -2.9}, FALL, "missed"),
        ({"value": -3.0}, {"value": 1.0}, FALL, "missed"),
        ({"value": -3.0, "bound": "upper"}, {"value": -2.0}, {"indicator": "exports"}, "met"),
        ({"value": -3.0, "bound": "upper"}, {"value": -4.0}, {"indicator": "exports"}, "missed"),
        # the wording goes before what is usual of the indicator
        ({"value": 2.0, "bound": "lower"}, {"value": 2.5}, {"indicator": "cpi"}, "met"),
        ({"value": 2.0, "bound": "upper"}, {"value": 2.5}, UP, "missed"),
        # places
        ({"value": 5.0}, {"value": 4.0}, UP | {"measure": "rank", "unit": "位"}, "met"),
        ({"value": 5.0, "bound": "upper"}, {"value": 6.0}, UP | {"measure": "rank", "unit": "位"}, "missed"),
        # an actual value that leaves it open
        ({"value": 15.0}, {"value": 9.0, "bound": "lower"}, UP, "unknown"),
        ({"value": 8.0}, {"value": 9.0, "bound": "lower"}, UP, "met"),
        ({"value": 8.0}, {"value": 9.0, "bound": "upper"}, UP, "unknown"),
        ({"value": 8.0}, {"value": 7.0, "bound": "upper"}, UP, "missed"),
        ({"value": 8.0}, {"value": 7.0, "bound": "range", "value_max": 9.0}, UP, "unknown"),
        ({"value": 8.0}, {"value": 8.0, "bound": "about"}, UP, "met"),
        ({"value": -3.0}, {"value": -2.0, "bound": "lower"}, FALL, "unknown"),
        ({"value": -3.0}, {"value": -3.5, "bound": "lower"}, FALL, "met"),
    ],
)
def test_met_missed_or_unknown(
    aim: dict[str, Any], actual: dict[str, Any], both: dict[str, Any], expected: str
) -> None:
    assert result(dict(aim), dict(actual), **both) == expected


def test_an_indicator_without_direction_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flows.publish.targets._directions", dict)
    assert result({"value": 5.0}, {"value": 9.0}) == "unknown"
    assert result({"value": 5.0, "bound": "lower"}, {"value": 9.0}) == "met"


def test_units_of_one_dimension_are_compared_in_that_of_the_aim() -> None:
    grain = {"indicator": "grain_output", "measure": "level"}
    found = only(row(880e8, "target", unit="斤", **grain), row(4400e4, unit="吨", **grain))
    assert (found["actual"], found["unit"], found["distance"], found["result"]) == (880e8, "斤", 0.0, "met")


def test_a_final_value_goes_before_an_estimate() -> None:
    found = only(row(5.0, "target"), row(5.5, "estimate"), row(4.8))
    assert (found["actual"], found["actual_status"]) == (4.8, "actual")
    assert only(row(5.0, "target"), row(5.5, "estimate"))["actual_status"] == "estimate"


@pytest.mark.parametrize(
    ("aimed", "reported", "period", "joined"),
    [
        (2025, 2026, "2025", True),
        (2025, 2025, "2025", False),
        (2026, 2026, "2025", True),
        (1963, 1964, "1964", True),
        (2021, 2026, "2021/2025", True),
        (2021, 2021, "2021/2025", False),
        (2025, 2025, "2025-H1", False),
    ],
)
def test_what_was_reached_is_reported_later(aimed: int, reported: int, period: str, joined: bool) -> None:
    aim = row(5.0, "target", report_year=aimed, period=period)
    assert (only(aim, row(5.0, report_year=reported, period=period))["actual"] is not None) == joined


SPAN = {"period": "2021/2025"}


def test_averages_per_year_are_compared_with_averages() -> None:
    aim = row(6.0, "target", yearly=True, **SPAN)
    assert only(aim, row(5.8, yearly=True, **SPAN))["result"] == "missed"
    assert only(aim, row(32.0, **SPAN))["result"] == "unknown"
    assert only(aim, row(32.0, **SPAN))["yearly"]


def test_a_share_at_the_end_of_a_span_is_that_of_its_last_year() -> None:
    share = {"indicator": "urbanization_rate", "measure": "level"}
    aim = row(65.0, "target", **share, **SPAN)
    assert only(aim, row(66.0, **share))["actual"] == 66.0
    assert only(aim, row(66.0, **share), row(65.5, **share, **SPAN))["actual"] == 65.5


def test_an_amount_over_a_span_is_not_that_of_its_last_year() -> None:
    jobs = {"indicator": "urban_new_jobs", "measure": "level", "unit": "人"}
    aim = row(5e7, "target", **jobs, **SPAN)
    assert only(aim, row(1.2e7, **jobs))["actual"] is None
    assert only(aim, row(6e7, **jobs, **SPAN))["result"] == "met"


def test_rows_come_in_the_order_of_the_key() -> None:
    rows = [row(5.0, "target", region_code=code, period=year) for code in "21" for year in ("2026", "2025")]
    key = schemas.table("targets").key
    found = [tuple(one[name] for name in key) for one in targets(rows)]
    assert found == sorted(found) and len(found) == 4
