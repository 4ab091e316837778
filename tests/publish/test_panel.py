"""The one value to use: each step of the order of preference, and what is a clash."""

from __future__ import annotations

import random
from typing import Any

import pytest

from flows import schemas
from flows.publish.panel import NEEDED, panel
from tests.builders import observation, report

REPORT, LATER = report("410800", 2016), report("410800", 2017)


def said(number: str = "1950亿", of: Any = REPORT, **given: Any) -> dict[str, Any]:
    """An observation of the product in 2015; NUMBER is how it is written."""
    facts = {"period": "2015", "quote": f"生产总值{number}元。", "observation_id": f"{of.report_id}-{number}"}
    return observation(of, **(facts | given)) | {"number_text": number}


def rate(number: str, value: float, **given: Any) -> dict[str, Any]:
    return said(number, **({"value": value, "unit": "%", "measure": "growth"} | given))


def only(*rows: dict[str, Any]) -> dict[str, Any]:
    """The one row of the panel of ROWS, in whichever order they come."""
    (row,) = panel(rows)
    assert panel(rows[::-1]) == [row]
    return row


def test_a_row_has_the_columns_of_the_table() -> None:
    row = only(said())
    assert list(row) == [column.name for column in schemas.table("panel").columns]
    assert (row["value"], row["unit"], row["mentions"], row["clash"]) == (195000000000.0, "元", 1, False)
    assert set(NEEDED) <= {column.name for column in schemas.table("observations").columns}


def test_the_columns_named_as_needed_are_enough() -> None:
    rows = [said(), rate("8.5", 8.5)]
    assert panel([{name: row[name] for name in NEEDED} for row in rows]) == panel(rows)


@pytest.mark.parametrize("without", [{"indicator": None}, {"period": None}, {"area": "焦作"}])
def test_what_has_no_code_no_period_or_another_area_is_left_out(without: dict[str, Any]) -> None:
    assert panel([said(**without)]) == []


HEADLINE = "生产总值、投资、消费、出口都增长。"
BESIDE = {"quote": HEADLINE, "indicator": "exports"}
BETTER = {
    "the latest report": (said(of=LATER, bound="about", flags=["outlier"]), said()),
    "the unit of the catalogue": (said(flags=["outlier"]), said("310亿", unit="美元")),
    "the average per year": (
        rate("8.5", 8.5, period="2011/2015", quote="年均增长8.5%。", flags=["outlier"]),
        rate("50.4", 50.4, period="2011/2015", quote="五年增长50.4%。"),
    ),
    "a value without a flag": (said(), said("1949亿", quote=HEADLINE, flags=["outlier"])),
    "the headline": (said(quote=HEADLINE, bound="about"), said("1949.5亿")),
    "exact before a range": (said("19百亿"), said("1950.3亿", bound="range", value_max=2e11)),
    "a range before about": (said("19百亿", bound="range", value_max=2e11), said("1950.3亿", bound="about")),
    "about before a bound": (said("19百亿", bound="about"), said("1950.3亿", bound="lower")),
    "more digits": (said("1950.36亿", char_start=900), said("1950亿")),
    "the place earlier in the text": (said(char_start=5, observation_id="z"), said(char_start=6)),
}


@pytest.mark.parametrize("better", BETTER)
def test_the_order_of_preference(better: str) -> None:
    one, other = BETTER[better]
    beside = [observation(REPORT, observation_id=f"beside-{n}", period="2014", **BESIDE) for n in range(2)]
    found = [row for row in panel([other, *beside, one]) if row["indicator"] == "gdp"]
    assert [(row["observation_id"], row["mentions"]) for row in found] == [(one["observation_id"], 2)]


def test_a_corrected_value_is_not_a_doubtful_one() -> None:
    assert only(said("1950.36亿", flags=["corrected"]), said())["flags"] == ["corrected"]


def test_repeating_one_indicator_makes_no_headline() -> None:
    again = [said(f"{n}", quote="各年。", period=f"200{n}") for n in (1, 2, 3)]
    rows = panel([said("1950.36亿"), said("1949亿", quote="各年。"), *again])
    assert next(row for row in rows if row["period"] == "2015")["observation_id"].endswith("1950.36亿")


AGREE = {
    "rounded": (said("6.36万亿", value=6.36e12), said("63589.99亿", value=6.358999e12)),
    "rounded in Chinese": (said("三千六百亿", value=3.6e11), said("3578亿", value=3.578e11)),
    "full width": (said("１３．９亿", value=1.39e9), said("13.87亿", value=1.387e9)),
    "a lower bound": (said("5万亿", value=5e12, bound="lower"), said("5.02万亿", value=5.02e12)),
    "an upper bound": (rate("3", 3, bound="upper"), rate("2.1", 2.1)),
    "a range": (rate("6—7", 6, bound="range", value_max=7), rate("6.4", 6.4)),
    "about": (rate("8", 8.0, bound="about"), rate("8.3", 8.3)),
    "falls by more than": (rate("3", -3.0, bound="lower"), rate("3.4", -3.4)),
    "falls by less than": (rate("3", -3.0, bound="upper"), rate("2.4", -2.4)),
    "another unit": (said("2.5亿", value=2.5e8, unit="斤"), said("12.5万", value=1.25e5, unit="吨")),
    "currencies": (said(), said("310亿", value=3.1e10, unit="美元")),
    "counts of other things": (said("716", value=716, unit="个"), said("26.95万", value=269500, unit="户")),
    "an earlier report": (said(of=LATER), said("1949亿", value=1.949e11)),
    "the average and the whole": (
        rate("10.4", 10.4, period="2011/2015", quote="生产总值年均增长10.4%。"),
        rate("63.5", 63.5, period="2011/2015", quote="年均投入不变，生产总值增长63.5%。"),
    ),
}
CLASH = {
    "another value": (said(), said("1960亿", value=1.96e11)),
    "beyond rounding": (said("6.36万亿", value=6.36e12), said("63689.99亿", value=6.368999e12)),
    "short of a lower bound": (said("5万亿", value=5e12, bound="lower"), said("4.98万亿", value=4.98e12)),
    "over an upper bound": (rate("3", 3, bound="upper"), rate("3.1", 3.1)),
    "out of a range": (rate("6—7", 6, bound="range", value_max=7), rate("7.6", 7.6)),
    "far from about": (rate("8", 8.0, bound="about"), rate("8.9", 8.9)),
    "falls by less than it says": (rate("3", -3.0, bound="lower"), rate("2.4", -2.4)),
    "units of mass": (said("2.5亿", value=2.5e8, unit="斤"), said("13.5万", value=1.35e5, unit="吨")),
    "places": (rate("5", 5, measure="rank", unit="位"), rate("9", 9, measure="rank", unit="位")),
}


@pytest.mark.parametrize("pair", AGREE)
def test_rounding_and_bounds_are_no_clash(pair: str) -> None:
    assert only(*AGREE[pair])["clash"] is False


@pytest.mark.parametrize("pair", CLASH)
def test_a_clash_is_marked(pair: str) -> None:
    assert only(*CLASH[pair])["clash"] is True


def test_a_growth_over_years_says_whether_it_is_the_average() -> None:
    span = {"period": "2011/2015"}
    for quote, expected in [
        ("五年来，生产总值年均增长8.5%，消费增长9%。", True),
        ("制造业、生产总值年均分别增长5%、8.5%以上。", True),
        ("平均每年增长8.5%；", True),
        ("年均投入不变，生产总值增长8.5%。", False),
    ]:
        assert only(rate("8.5", 8.5, quote=quote, **span))["yearly"] is expected
    assert only(rate("8.5", 8.5, subject="生产总值年均增速", **span))["yearly"]
    assert not only(rate("8.5", 8.5, quote="年均增长8.5%。"))["yearly"]


def test_regions_one_by_one_are_the_panel_of_all() -> None:
    parts = [
        [said(number, of=report(region, year), period=str(year - 1)) for number in ("1950亿", "2000亿")]
        for region in ("410000", "410800")
        for year in (2016, 2017)
    ]
    rows = [row for part in parts for row in part]
    random.Random(7).shuffle(rows)
    whole = panel(rows)
    assert whole == [
        one for code in ("410000", "410800") for one in panel(r for r in rows if r["region_code"] == code)
    ]
    keys = [tuple(row[name] for name in schemas.table("panel").key) for row in whole]
    assert keys == sorted(set(keys)) and len(keys) == 4
