"""Cross-checks: each finds its error, and is silent where rounding and bounds explain what it sees."""

from __future__ import annotations

from itertools import groupby
from operator import itemgetter
from typing import Any

import pytest

from flows import schemas
from flows.check import crosschecks, peers
from flows.check.expected import COUNTED, counted, missing, unlike
from tests.builders import report

_NUMBER = iter(range(10**9))


def row(
    indicator: str | None = "gdp", value: float = 1e11, number: str = "1000亿", **given: Any
) -> dict[str, Any]:
    """An observation of a province for 2024, as the checks see it."""
    name = next(_NUMBER)
    facts: dict[str, Any] = {
        "row": name, "observation_id": f"o{name}", "region_code": "410000", "region_level": "province",
        "report_year": 2025, "subject": indicator or "某数", "area": None, "measure": "level",
        "status": "actual", "period": "2024", "value_max": None, "unit": "元", "bound": "exact",
        "char_start": name,
    }  # fmt: skip
    facts |= {
        "indicator": indicator,
        "value": value,
        "number_text": number,
        "quote": f"句{name}{number}",
    } | given
    return {"report_id": f"{facts['region_code']}-{facts['report_year']}", **facts}


def growth(value: float, indicator: str = "gdp", **given: Any) -> dict[str, Any]:
    return row(indicator, value, f"{value}", **({"measure": "growth", "unit": "%"} | given))


def found(*rows: dict[str, Any]) -> list[str]:
    return [one.check for one in crosschecks.of_region(list(rows))]


def two_years() -> list[dict[str, Any]]:
    """A revenue that grows by 5 per cent."""
    return [row("budget_revenue", 1e11, period="2023"), row("budget_revenue", 1.05e11)]


def ends(points: float) -> list[dict[str, Any]]:
    """A share that rises from 47.1 to 54.5 per cent, said to be so many POINTS."""
    share: dict[str, Any] = {"unit": "%", "quote": "城镇化率由47.1%升至54.5%"}
    return [
        row("urbanization_rate", 47.1, "47.1", period="2010", **share),
        row("urbanization_rate", 54.5, "54.5", **share),
        row("urbanization_rate", points, f"{points}", measure="change", **(share | {"unit": "百分点"})),
    ]


CASES: dict[str, tuple[list[dict[str, Any]], list[dict[str, Any]]]] = {
    "stated-twice": (
        [growth(8.5), growth(5.8)],
        [row(value=1.234e12, number="12340亿"), row(value=1.2e12, number="1.2万亿")],
    ),
    "restated": (
        [row(value=1e12), row(value=1.3e12, report_year=2026)],
        [row(value=1e12), row(value=1.02e12, report_year=2026)],
    ),
    "level-against-growth": (
        [*two_years(), growth(50, "budget_revenue")],
        [*two_years(), growth(5, "budget_revenue")],
    ),
    "ends-against-change": (ends(8.4), ends(7.4)),
    "subjects-in-order": (
        [growth(4.4, subject="农村", quote="城镇、农村分别增长4.4%和5.9%"),
         growth(5.9, "cpi", subject="城镇", quote="城镇、农村分别增长4.4%和5.9%")],
        [growth(4.4, subject="城镇", quote="城镇、农村分别增长4.4%和5.9%"),
         growth(5.9, "cpi", subject="农村", quote="城镇、农村分别增长4.4%和5.9%")],
    ),
    "change-against-growth": (
        [row(value=1.1e11, quote="甲"), row(value=1e10, measure="change", quote="甲"), growth(1)],
        [row(value=1.1e11, quote="甲"), row(value=1e10, measure="change", quote="甲"), growth(10)],
    ),
    "part-against-whole": (
        [row("trade_total", 1e11), row("exports", 7e10), row("imports", 5e10)],
        [row("trade_total", 1e11), row("exports", 6e10), row("imports", 4e10)],
    ),
    "ratio-in-bounds": (
        [row(value=1e12), row("budget_revenue", 8e11)],
        [row(value=1e12), row("budget_revenue", 8e10)],
    ),
    "rank-among-peers": (
        [row(value=42, number="42", measure="rank", unit="位")],
        [row(value=12, number="12", measure="rank", unit="位")],
    ),
    "far-from-target": (
        [growth(5, status="target"), growth(50, report_year=2026)],
        [growth(5, status="target"), growth(4.6, report_year=2026)],
    ),
    "far-from-history": (
        [*(growth(7 + n % 2, period=str(2013 + n), report_year=2014 + n) for n in range(6)),
         growth(78, period="2019", report_year=2020)],
        [*(growth(7 + n % 2, period=str(2013 + n), report_year=2014 + n) for n in range(6)),
         growth(6, period="2019", report_year=2020)],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_each_check_finds_its_error_and_lets_the_rest_pass(name: str) -> None:
    wrong, right = CASES[name]
    assert name in found(*wrong)
    assert found(*right) == []


def test_every_check_is_listed_tested_flagged_and_asserted_by_the_suite() -> None:
    given = {one["check"]: one["flag"] for one in schemas.rows("crosschecks.csv")}
    assert set(given) == {*CASES, "far-from-peers"}
    assert set(given.values()) <= {one["flag"] for one in schemas.rows("flags.csv")}
    suite = {
        one["meta"]["check"]: one
        for one in schemas.document("expectations/observations.json")["expectations"]
    }
    for name, flag in given.items():
        assert suite[name]["kwargs"]["column"] == name.replace("-", "_")
        assert suite[name]["meta"]["flag"] == flag and suite[name]["severity"] == "warning"
    columns = {column.name: column for column in schemas.table("discrepancies").columns}
    assert set(columns["check"].enum) == set(given)


def far_off(*rows: dict[str, Any]) -> list[tuple[int, float | None]]:
    """The number of each of ROWS that lies far from its peers, and what they have."""
    by_area = groupby(sorted(rows, key=itemgetter("region_code")), key=itemgetter("region_code"))
    chosen = [one for _, area in by_area for one in peers.representative(list(area))]
    found = peers.of_peers(sorted(chosen, key=itemgetter(*peers.ALIKE)))
    return [(one.row["row"], one.expected) for one in found]


def test_a_value_far_from_those_of_other_areas_is_found() -> None:
    codes = [one.code for one in schemas.regions().values() if one.level == "province"][:12]
    rows = [growth(5 + n % 3 / 10, region_code=code) for n, code in enumerate(codes)]
    assert far_off(*rows) == []
    rows[4]["value"] = 51.0
    assert far_off(*rows) == [(rows[4]["row"], pytest.approx(5.1))]
    assert far_off(*rows[:7]) == []


def test_few_areas_are_compared_with_those_of_the_years_beside() -> None:
    codes = [one.code for one in schemas.regions().values() if one.level == "province"][:9]
    rows = [
        growth(5 + n % 3 / 10, region_code=code, period=str(2023 + n % 3)) for n, code in enumerate(codes)
    ]
    assert far_off(*rows) == []
    rows[4]["value"] = 0.51
    assert [number for number, _ in far_off(*rows)] == [rows[4]["row"]]


def test_averages_per_year_are_compared_with_one_another() -> None:
    codes = [one.code for one in schemas.regions().values() if one.level == "province"][:12]
    given = {"period": "2021/2025", "quote": "年均增长5.2%"}
    rows = [growth(5.2, region_code=code, **given) for code in codes]
    whole = growth(28.8, region_code="650000", period="2021/2025", quote="五年增长28.8%")
    assert far_off(*rows, whole) == []
    slip = growth(52.0, region_code="650000", period="2021/2025", quote="年均增长52.0%")
    assert [number for number, _ in far_off(*rows, slip)] == [slip["row"]]


def test_a_target_for_an_amount_is_compared_with_the_year_before() -> None:
    before = row("urban_new_jobs", 2.7e5, unit="人", period="2024")
    aims = {"unit": "人", "status": "target", "period": "2025"}
    assert found(before, row("urban_new_jobs", 2.6e5, **aims)) == []
    assert found(before, row("urban_new_jobs", 2.6e6, **aims)) == ["far-from-history"]


def test_ranks_of_a_rate_and_of_an_amount_are_two_things() -> None:
    ranks: dict[str, Any] = {"measure": "rank", "unit": "位"}
    amount = row("trade_total", 9, "9", subject="进出口总额位次", **ranks)
    assert found(amount, row("trade_total", 5, "5", subject="进出口总额增速位次", **ranks)) == []
    assert "stated-twice" in found(amount, row("trade_total", 5, "5", subject="进出口总额位次", **ranks))


def test_what_all_others_say_is_missed() -> None:
    names = [(f"{410000 + n}-2025", "province", 2025) for n in range(10)]
    said = {name: {("gdp growth", "fact", -1), ("cpi growth", "target", 0)} for name, *_ in names}
    assert peers.silences(names, said) == {}
    said["410003-2025"] = {("cpi growth", "target", 0)}
    assert peers.silences(names, said) == {
        "410003-2025": "nothing is said of gdp growth (fact, 2024), as in others like it"
    }


def test_other_areas_and_rows_without_code_are_left_alone() -> None:
    assert found(growth(8.5), growth(5.8, area="全国")) == []
    assert found(growth(8.5), growth(5.8, indicator=None)) == []


def test_another_number_of_rows_than_kept_is_told_for_the_same_text_and_extractor() -> None:
    one = schemas.rows("expected.csv")[-1]
    kept = {
        "report_id": f"{one['region_code']}-{one['report_year']}",
        "text_sha256": one["text_sha256"] + "0",
    }
    counts = {name: int(one[name]) for name in COUNTED}
    fewer = counts | {"observations": counts["observations"] - 1}
    assert unlike(kept, one["extractor"] + "0", counts) is None
    told = unlike(kept, one["extractor"] + "0", fewer)
    assert told is not None and f"{counts['observations'] - 1} observations" in told
    assert unlike(kept | {"text_sha256": "0"}, one["extractor"], counts | {"observations": 0}) is None


def test_a_newer_extractor_may_find_more_or_a_few_less_but_no_empty_column() -> None:
    one = schemas.rows("expected.csv")[-1]
    kept = {"report_id": f"{one['region_code']}-{one['report_year']}", "text_sha256": one["text_sha256"]}
    counts = {name: int(one[name]) for name in COUNTED}
    assert unlike(kept, "another", {name: round(n * 0.9) for name, n in counts.items()}) is None
    assert unlike(kept, "another", {name: n * 2 for name, n in counts.items()}) is None
    told = unlike(kept, "another", counts | {"with_indicator": 0})
    assert told is not None and told.startswith("far lower numbers") and "0 with indicator" in told


def test_a_report_is_counted_as_it_is_kept() -> None:
    of = report()
    row = counted(of, "f" * 64, [{"indicator": None, "period": "2015"}, {"indicator": "gdp", "period": None}])
    assert list(row) == list(schemas.rows("expected.csv")[0])
    assert list(row.values()) == ["410800", 2016, of.text_sha256[:12], "f" * 12, 2, 1, 1]


def test_a_missing_year_is_told_where_most_of_the_others_are_there() -> None:
    rows = [
        {"report_id": f"{one['region_code']}-{one['report_year']}"} for one in schemas.rows("expected.csv")
    ]
    assert list(missing(rows)) == []
    gone = rows.pop(3)["report_id"]
    assert [one.key for one in missing(rows)] == [gone]
    assert list(missing(rows[:1])) == []
