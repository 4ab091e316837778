"""What a text is: area, year, whole or part, or no report. The cases are sentences of our own."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from flows.model import Rejected, Report
from flows.read import read_text
from flows.read.identity import identify

CASES = [
    json.loads(line)
    for line in (Path(__file__).parent / "cases/identity.jsonl").read_text("utf-8").splitlines()
]
PARAGRAPH = "全市生产总值增长8.5%，一般公共预算收入120亿元，城镇新增就业3万人。推进项目建设，改善民生。\n"


@pytest.mark.parametrize("case", CASES, ids=[case["why"] for case in CASES])
def test_a_text_is_told(case: dict[str, Any]) -> None:
    found = read_text(case["text"], name=case.get("name", ""), metadata=case.get("metadata"), origin="in.txt")
    if isinstance(found, Report):
        assert found.report_id == case["is"]
    else:
        assert found.reason == case["is"], found.message
        assert found.message.startswith("in.txt: ") and "\n" not in found.message
        assert case.get("says", "") in found.message


def test_what_the_caller_says_overrides_everything() -> None:
    text = "2016年焦作市政府工作报告\n各位代表：\n全市工业增长9%。"
    found = read_text(text, region="410300", year=2014)
    assert isinstance(found, Report)
    assert (found.report_id, found.region_name, found.region_level) == ("410300-2014", "洛阳市", "prefecture")


def test_a_bare_sentence_is_read_when_the_caller_names_area_and_year() -> None:
    found = read_text("全市生产总值增长8.5%。", region="410800", year=2016)
    assert isinstance(found, Report)
    assert (found.title, found.complete) == ("2016年焦作市政府工作报告", False)


def test_a_resolution_stays_none_whatever_the_caller_says() -> None:
    text = "会议听取和审议了市长所作的政府工作报告，决定批准这个报告。"
    found = read_text(text, region="410800", year=2016)
    assert isinstance(found, Rejected) and found.reason == "not-a-report"


@pytest.mark.parametrize(
    ("given", "reason", "says"),
    [
        ({"region": "999999"}, "unknown-region", 'no region "999999"'),
        ({"region": "焦作"}, "unknown-region", "six-digit code such as 410800"),
        ({"year": 1948}, "wrong-year", "from 1949 to 2100"),
        ({"year": 20166}, "wrong-year", "20166"),
    ],
)
def test_a_wrong_override_is_told(given: dict[str, Any], reason: str, says: str) -> None:
    found = read_text("2016年焦作市政府工作报告\n各位代表：\n全市工业增长9%。", origin="in.txt", **given)
    assert isinstance(found, Rejected) and found.reason == reason
    assert found.message.startswith("in.txt: ") and says in found.message


@pytest.mark.parametrize(
    ("text", "complete"),
    [
        ("2016年焦作市政府工作报告\n各位代表：\n一、2015年工作回顾\n" + PARAGRAPH * 9, True),
        ("2016年焦作市政府工作报告\n（上接一版）" + PARAGRAPH * 9, False),
        ("2016年焦作市政府工作报告\n各位代表：\n" + PARAGRAPH * 9 + "（下转四版）", False),
        ("2016年焦作市政府工作报告（摘要）\n各位代表：\n" + PARAGRAPH * 9, False),
        ("2016年焦作市政府工作报告\n" + PARAGRAPH * 3 + "二、“十三五”发展思路\n" + PARAGRAPH * 9, False),
        (
            "2016年焦作市政府工作报告\n各位代表：\n"
            + PARAGRAPH * 9
            + "（下转二版）\n（上接一版）\n"
            + PARAGRAPH * 9,
            True,
        ),
    ],
)
def test_parts_are_told_from_whole_reports(text: str, complete: bool) -> None:
    found = read_text(text)
    assert isinstance(found, Report) and found.complete is complete


def test_a_page_without_name_is_told_by_the_places_it_names() -> None:
    text = (
        "（上接一版）焦作的项目建设顺利推进，孟州、博爱、武陟共同发展。\n"
        + PARAGRAPH * 6
        + "（二）焦作的工业。\n"
    )
    text += "三、2016年发展目标\n焦作、沁阳和温县同步推进。支持焦作高新区，建设焦作新区。我市就业增加。\n" * 2
    found = read_text(text)
    assert isinstance(found, Report) and found.report_id == "410800-2016" and not found.complete


def test_the_text_stays_as_it_came() -> None:
    text = "\u3000政 府 工 作 报 告\r\n——2016年1月12日在焦作市第十二届人民代表大会第三次会议上\r\n"
    text += "\r\n各位代表：增长 8 ％。\r\n"
    found = read_text(text)
    assert isinstance(found, Report) and found.text == text


def test_telling_a_report_takes_some_milliseconds() -> None:
    text = (
        "政府工作报告\n——2016年1月12日在焦作市第十二届人民代表大会第三次会议上\n各位代表：\n"
        + PARAGRAPH * 500
    )
    identify(text, "", {}, None, None)
    start = time.process_time()
    for _ in range(10):
        identify(text, "", {}, None, None)
    assert (time.process_time() - start) / 10 < 0.02


@pytest.mark.parametrize(
    ("text", "title", "shown"),
    [
        ("政府工作报告\n各位代表：好。", "2016年焦作市政府工作报告", "2016年焦作市政府工作报告"),
        ("政府工作报告\n各位代表：好。", "2016年焦作市政府工作报告 - 某某网", "2016年焦作市政府工作报告"),
        ("2016年 焦作市政府工作报告\n各位代表：好。", "别的题目", "2016年焦作市政府工作报告"),
        ("政府工作报告\n各位代表：好。", "index", "2016年焦作市政府工作报告"),
    ],
)
def test_the_title_is_the_one_that_says_most(text: str, title: str, shown: str) -> None:
    found = read_text(text, name="410800-2016.txt", metadata={"title": title})
    assert isinstance(found, Report) and found.title == shown
