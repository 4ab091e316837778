"""What holds for any string at all: extraction never raises, keeps the invariants, and takes linear time."""

from __future__ import annotations

import math
import re
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import flows
from flows.model import Observation, Report
from flows.schemas import rows
from tests.extract.test_cases import flat, report_of

MEASURES = {"level", "growth", "change", "multiple", "gap", "rank"}
STATUSES = {"actual", "estimate", "target"}
BOUNDS = {"exact", "about", "lower", "upper", "range"}
PERIOD = re.compile(r"\d{4}(/\d{4}|-(H[12]|Q[1-4]|\d{2}))?")
INDICATORS = {row["code"] for row in rows("indicators.csv")}

NUMERALS = [
    *"0123456789０５９一二三四五六七八九十百千万亿两零〇半几廿卅點点.．,，-",
    *("2015", "1038亿", "3.5", "十五", "二十万亿", "百分之", "千分之", "三分之", "一倍半", "翻两番"),
    *("第", "第一", "万万", "1,100.9", "99999999999999999999", "0.0000000001", "1e9", "∞", "²", "①", "Ⅲ"),
]
WORDS = [
    *(
        "%",
        "％",
        "‰",
        "个百分点",
        "元",
        "亿美元",
        "万千瓦时",
        "倍",
        "番",
        "成",
        "人次",
        "微克/立方米",
        "年",
        "月",
    ),
    *(
        "增长",
        "下降",
        "由",
        "从",
        "提高到",
        "至",
        "到",
        "比",
        "高于",
        "占",
        "居",
        "分别",
        "和",
        "的",
        "其中",
        "各",
    ),
    *(
        "以上",
        "以下",
        "左右",
        "近",
        "超过",
        "不低于",
        "控制在",
        "多",
        "余",
        "达",
        "以内",
        "预计",
        "力争",
        "今年",
    ),
    *(
        "五年来",
        "“十三五”末",
        "上半年",
        "一季度",
        "到2030年",
        "全省",
        "全国",
        "城乡",
        "我市",
        "一、",
        "（一）",
    ),
    *(
        "地区生产总值",
        "城乡居民人均可支配收入",
        "粮食",
        "森林覆盖率",
        "PM2.5",
        "5A级",
        "一带一路",
        "億",
        "國內生產總值",
    ),
]
BREAKS = [" ", "\n", "\n\n", "\r\n", "\t", "　", "\xa0", "\u2028", "\u200b", "\ufeff", "\x00", "\x85"]
MARKS = list("、，。；：！？（）()“”《》—－~～·•/|-…")
NOISE = st.characters(exclude_categories=["Cs"])

mixtures = st.lists(st.one_of(*map(st.sampled_from, (NUMERALS, WORDS, MARKS, BREAKS)), NOISE), max_size=60)
texts = st.one_of(mixtures.map("".join), st.text(NOISE, max_size=200))
places = st.sampled_from(
    [("100000", 1954), ("330000", 1985), ("410800", 2016), ("110000", 2026), ("350582", 2000)]
)


def violations(report: Report, observations: list[Observation]) -> Iterator[str]:
    """A sentence for each promise that an observation breaks."""
    end = 0
    for seen in observations:
        at = f"{seen.number_text!r} at {seen.char_start}:{seen.char_end}"
        number = flat(seen.number_text)
        if seen.char_start < end or seen.char_end <= seen.char_start or seen.char_end > len(report.text):
            yield f"{at}: offsets do not ascend, overlap, or leave the text"
        end = seen.char_end
        if flat(report.text[seen.char_start : seen.char_end]) != number:
            yield f"{at}: the text reads {report.text[seen.char_start : seen.char_end]!r}"
        if number not in flat(seen.quote):
            yield f"{at}: not in its quote {seen.quote!r}"
        if seen.indicator is not None and seen.indicator not in INDICATORS:
            yield f"{at}: indicator {seen.indicator!r} is not in indicators.csv"
        if seen.measure not in MEASURES or seen.status not in STATUSES or seen.bound not in BOUNDS:
            yield f"{at}: unknown word in {seen.measure!r}, {seen.status!r}, {seen.bound!r}"
        if seen.period is not None and not PERIOD.fullmatch(seen.period):
            yield f"{at}: period {seen.period!r}"
        if not math.isfinite(seen.value) or not math.isfinite(seen.value_max or 0):
            yield f"{at}: value {seen.value!r} to {seen.value_max!r} is not finite"
        if (seen.value_max is not None) != (seen.bound == "range"):
            yield f"{at}: value_max {seen.value_max!r} with bound {seen.bound!r}"
        if not 0 <= seen.confidence <= 1:
            yield f"{at}: confidence {seen.confidence!r}"
    if len({seen.observation_id for seen in observations}) != len(observations):
        yield "two observations have the same observation_id"


@settings(max_examples=400, deadline=None)
@given(text=texts, place=places, section=st.sampled_from(["review", "plan"]))
@example(text="", place=("100000", 1954), section="review")
@example(text="9" * 400 + "元", place=("410800", 2016), section="review")
@example(text="九" * 400 + "元", place=("410800", 2016), section="review")
@example(text="亿" * 60 + "元", place=("410800", 2016), section="review")
@example(text="增长1" + "亿" * 60 + "%", place=("410800", 2016), section="review")
@example(text="6%—7%—8%—", place=("410800", 2016), section="plan")
@example(text="增长0.0%，由0.5提高到0.5，0/0", place=("410800", 2016), section="plan")
@example(text="2015年2015年2015年", place=("100000", 1954), section="plan")
@example(text="到9999年增长5%，0000年增长5%，“九十九五”末增长5%", place=("110000", 2026), section="plan")
@example(text="13月增长5%，0月增长5%，99月99日增长5%", place=("110000", 2026), section="review")
def test_any_string_is_extracted_without_error_and_keeps_the_invariants(
    text: str, place: tuple[str, int], section: str
) -> None:
    region, year = place
    report = report_of(text, region, year, section)
    broken = list(violations(report, flows.extract_report(report)))
    assert not broken, "\n".join([repr(text), *broken])


@settings(max_examples=100, deadline=None)
@given(text=mixtures.map("".join), place=places)
def test_the_same_string_gives_the_same_observations(text: str, place: tuple[str, int]) -> None:
    region, year = place
    report = report_of(text, region, year, "review")
    assert flows.extract_report(report) == flows.extract_report(report)


@settings(max_examples=100, deadline=None)
@given(
    before=st.lists(st.sampled_from([*WORDS, *MARKS, *NUMERALS]), max_size=20).map("".join),
    number=st.integers(min_value=2, max_value=1899),
)
def test_a_plain_number_is_found_whatever_stands_before_its_paragraph(before: str, number: int) -> None:
    report = report_of(f"{before}。\n\n新建蓄水池{number}座。", "410800", 2016, "review")
    start = report.text.rindex(f"{number}座")
    here = [o for o in flows.extract_report(report) if o.char_start == start]
    assert [(o.value, o.unit, o.subject) for o in here] == [(number, "座", "新建蓄水池")]


@contextmanager
def limit(seconds: int) -> Iterator[None]:
    """Raises TimeoutError inside the block after SECONDS of processor time, even in a regular expression."""

    def stop(_signal: int, frame: FrameType | None) -> None:
        where = f"{frame.f_code.co_filename}:{frame.f_lineno}" if frame else "?"
        raise TimeoutError(f"still running after {seconds} s, in {where}")

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def seconds(text: str) -> float:
    """Processor time that TEXT takes; raises TimeoutError past 60 s."""
    report = report_of(text, "410800", 2016, "review")
    with limit(60):
        start = time.process_time()
        flows.extract_report(report)
        return time.process_time() - start


SENTENCE = "新建标准化厂房28万平方米，增长6.5%，占全市的三成以上，由2010年的5座增加到9座，"
HOSTILE = {
    "digits": ("7", 200_000),
    "digits and commas": ("123,", 50_000),
    "digits and points": ("1.", 100_000),
    "digits and blanks": ("1 ", 100_000),
    "Chinese digits": ("九", 200_000),
    "spoken percent": ("百分之", 70_000),
    "enumeration commas": ("、", 200_000),
    "commas": ("，", 200_000),
    "hundred millions": ("亿", 200_000),
    "ten": ("十", 200_000),
    "的": ("的", 200_000),
    "和": ("和", 200_000),
    "headings": ("1、", 100_000),
    "Chinese headings": ("一、", 100_000),
    "headings on lines": ("一、\n", 60_000),
    "growth list": ("增长5%、", 50_000),
    "levels": ("钢材5吨、", 50_000),
    "one subject, many numbers": ("5吨", 60_000),
    "distribution": ("分别", 100_000),
    "open brackets": ("（", 50_000),
    "closed brackets": ("）", 50_000),
    "open quotes": ("“", 50_000),
    "nested brackets with numbers": ("（5个", 50_000),
    "from": ("由", 50_000),
    "from a number": ("由5%", 50_000),
    "from to": ("由5%提高到6%", 30_000),
    "years": ("年", 50_000),
    "dated years": ("2015年", 50_000),
    "year spans": ("2011—2015", 30_000),
    "dashes": ("—", 100_000),
    "numbers and dashes": ("5—", 60_000),
    "comparisons": ("比", 100_000),
    "bounds": ("超过", 100_000),
    "estimates": ("预计", 100_000),
    "ranks": ("居第1位", 40_000),
    "gaps": ("高于全省5个百分点", 20_000),
    "multiples": ("是2010年的5倍", 20_000),
    "blanks": (" ", 200_000),
    "line breaks": ("\n", 200_000),
    "wrapped lines": ("新建厂房5座\n", 30_000),
    "indicators": ("地区生产总值", 40_000),
    "income of both": ("城乡居民人均可支配收入", 20_000),
    "traditional script": ("國內生產總值", 40_000),
    "Latin letters": ("a", 200_000),
    "no number at all": ("发展", 100_000),
    "one line of sentences": (SENTENCE[:-1] + "。", 1_000_000 // len(SENTENCE)),
    "one sentence without an end": (SENTENCE, 1_000_000 // len(SENTENCE)),
    "one sentence without a mark": (SENTENCE.replace("，", ""), 1_000_000 // len(SENTENCE)),
}


@pytest.mark.slow
@pytest.mark.parametrize(("unit", "times"), HOSTILE.values(), ids=HOSTILE)
def test_time_grows_linearly_with_the_length(unit: str, times: int) -> None:
    part = seconds(unit * (times // 4))
    if part < 0.5:
        part = min(part, seconds(unit * (times // 4)))
    whole = seconds(unit * times)
    assert whole <= 8 * max(part, 0.05), f"{part:.2f} s for {times // 4}, {whole:.2f} s for {times}"
