"""Numbers beside each other: whether a word between them explains another year."""

from __future__ import annotations

import pytest

from flows.check.neighbours import same_year
from tests.builders import observation, report


@pytest.mark.parametrize(
    ("text", "periods", "answers"),
    [
        ("生产总值增长5%，投资增长6%。", ("2015", "2015"), [True, True]),
        ("生产总值增长5%，投资增长6%。", ("2015", "2014"), [False, False]),
        ("生产总值增长5%，上年增长6%。", ("2015", "2014"), [None, None]),
        ("企业由5家整合为6家。", ("2011", "2015"), [None, None]),
        ("两类企业分别从5家、6家增加。", ("2011", "2015"), [False, False]),
        ("五年增长5%，投资增长6%。", ("2011/2015", "2015"), [None, None]),
        ("增长5%，投资增长6%。", (None, "2015"), [None, None]),
    ],
)
def test_a_year_changes_for_a_reason(
    text: str, periods: tuple[str | None, ...], answers: list[bool | None]
) -> None:
    of = report(text=text)
    rows = [
        observation(of, number, period=period) for number, period in zip(("5", "6"), periods, strict=True)
    ]
    assert same_year(rows, text) == answers


def test_the_row_between_two_others_is_judged_by_both() -> None:
    of = report(text="一增长5%，二增长6%，三增长7%。")
    periods = {"5": "2015", "6": "2014", "7": "2015"}
    rows = [observation(of, number, period=period) for number, period in periods.items()]
    assert same_year(rows, of.text) == [False, False, False]


def test_another_sentence_and_another_status_are_no_neighbours() -> None:
    of = report(text="一增长5%。二增长6%。")
    first, second = observation(of, "5", quote="一"), observation(of, "6", quote="二", period="2014")
    assert same_year([first, second], of.text) == [None, None]
    aim = {**second, "quote": "一", "status": "target"}
    assert same_year([first, aim], of.text) == [None, None]
