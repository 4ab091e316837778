"""Sentences: a report is walked section by section, paragraph by paragraph, with what earlier ones leave.

Offsets are those of the view, unless they are said to be of the sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final

from flows.extract import context
from flows.extract.baselines import GOVERNING
from flows.extract.parts import Quantity, Setting, Thread, Time
from flows.extract.quantities import find_quantities
from flows.extract.scanning import scanner
from flows.extract.threads import topic_of
from flows.extract.times import LAST_YEAR, find_times, is_plan_told
from flows.extract.words import alternatives
from flows.model import Report, Section, View

_ENDS: Final = "。！？!?"
_CLOSED: Final = re.compile(r"\n([”’）]+)")
_CHAPTER: Final = re.compile(r"第[一二三四五六七八九十]+部分|[一二三四五六七八九十]+、")
_SPOKEN_NUMBER: Final = re.compile(r"[0-9一二三四五六七八九十百千万亿两半]")
_WRITTEN_NUMBER: Final = scanner(
    r"[0-9一二两三四五六七八九十百千万亿半第分]",
    r"(?P<number>[0-9百千万亿十]|第[一二三四五六七八九]|一半|分之|[一二三四五六七八九两][倍番成位]"
    r"|[一二两三四五六七八九]{2}|[一二两三四五六七八九十]元零?[一二两三四五六七八九]角)",
)
_COUNTED: Final = "(?:元|吨|人|亩|公里|户|斤|倍)"
_CHARACTERS: Final = "一二三四五六七八九十百千万亿点"
_SPOKEN: Final = re.compile(
    rf"[{_CHARACTERS}](?<![{_CHARACTERS}].)(?<!分之.)[{_CHARACTERS}]++[余多]?{_COUNTED}"
)
_SPOKEN_PERCENT: Final = re.compile("百分之[一二三四五六七八九十]")
_WRITTEN: Final = re.compile(rf"[0-9][万亿多余]*+(?:{_COUNTED}|%|美元)")
_FORECAST: Final = re.compile(alternatives("estimate"))
# What only a report says that is read late in the year that it looks back at.
_LATE: Final = re.compile(r"今年(?:前|[1一]月?[至到—–\-])(?:9|10|11|九|十|十一)个?月")
# What only a report says that is read in the middle of its year.
_HALFWAY: Final = re.compile(
    r"今年(?:上半年|[1一]月?(?:——|[至到—–\-])[5-8五六七八]个?月)[^。；]{0,30}?(?:比去年同期|已|有|完成)"
)
_OPENING: Final = 24
_CONTRAST: Final = re.compile("[与同和跟][^，。；：]{2,16}(?:相比|比较|对比)，")
_ACCORDING: Final = re.compile("(?:根据|按照|遵循|贯彻|综合)[^，。；：]{2,30}，")
_CARRIED_REACH: Final = 12
_PLANNED_YEARS: Final = 5
_FEW_YEARS: Final = 3
_GOING_ON: Final = ("这", "在这", "其中", "此外", "同时", "正是", "上述", "到那时")
_LONGEST_SENTENCE: Final = 1000
_WRITING_SAMPLE: Final = 5000


@dataclass(slots=True, init=False)
class Sentence:
    """A sentence that states quantities: where it begins in the view, and all that is known around it.

    The offsets of `quantities` and `times` are those of `text`; `thread` is that of its paragraph; `lead` is
    what introduces a list whose parts end in ；(预计产量如下：…；…), for the parts after the first;
    `previous` is the sentence before in the paragraph; `coming` the year that the report looks ahead to,
    `begun` tells that it was read in the middle of its own year or later.
    """

    section: Section
    start: int
    text: str
    quantities: list[Quantity]
    times: list[Time]
    setting: Setting
    thread: Thread
    lead: str
    previous: str
    coming: int
    begun: bool

    def __init__(
        self,
        section: Section,
        start: int,
        text: str,
        quantities: list[Quantity],
        times: list[Time],
        setting: Setting,
        thread: Thread,
        lead: str,
        previous: str,
        coming: int,
        begun: bool,
    ) -> None:
        self.section = section
        self.start = start
        self.text = text
        self.quantities = quantities
        self.times = times
        self.setting = setting
        self.thread = thread
        self.lead = lead
        self.previous = previous
        self.coming = coming
        self.begun = begun


def sentences_of(report: Report, view: View, sections: list[Section]) -> Iterator[Sentence]:
    """The sentences of a report that state quantities, in the order of the text; notes are left out."""
    spoken = _is_spoken(view.text)
    late = _LATE.search(view.text) is not None
    coming = report.report_year + late
    begun = late or _HALFWAY.search(view.text) is not None
    planless = all(section.part != "plan" for section in sections)
    lasting: Setting | None = None
    chapter = ""
    for section in sections:
        if section.part == "notes":
            continue
        if section.path and _CHAPTER.match(section.path[0]) and section.path[0] != chapter:
            lasting, chapter = None, section.path[0]
        setting = lasting or context.of_section(section, coming)
        for start, paragraph in _paragraphs(view.text, section):
            number = _next_number(paragraph, 0, spoken)
            if number == len(paragraph) and (lasting is None or "年" not in paragraph[:_CARRIED_REACH]):
                continue
            here, lasts = context.of_paragraph(paragraph, setting, section.path, coming, late)
            if lasts:
                setting = lasting = here
            if number == len(paragraph):
                continue
            if planless or not section.certain:
                here = context.by_mood(paragraph, here, coming)
            yield from _of_paragraph(section, start, paragraph, number, here, coming, late, begun, spoken)


def _of_paragraph(
    section: Section,
    start: int,
    paragraph: str,
    number: int,
    setting: Setting,
    coming: int,
    late: bool,
    begun: bool,
    spoken: bool,
) -> Iterator[Sentence]:
    """The sentences of one paragraph; a time that opens a part before a ； governs the next part too.

    `number` is where the first number of the paragraph begins.
    """
    thread = Thread(topic_of(paragraph))
    carried: list[Time] = []
    lead = previous = ""
    of_paragraph = setting
    around: Setting | None = None
    for offset, text in _sentences(paragraph):
        if text.startswith("——"):
            setting, carried, lead = of_paragraph, [], ""
        elif around is not None and not text.startswith(_GOING_ON):
            setting, around = around, None
        number = number if number >= offset else _next_number(paragraph, offset, spoken)
        counts = number < offset + len(text)
        times = find_times(text if counts else text[:_OPENING], coming, late)
        before, setting = setting, context.of_sentence(text, times, setting, coming)
        if times:
            _date_last_years(times, text, setting)
        times = carried + times
        quantities = find_quantities(text, times, spoken) if counts else []
        if quantities:
            place = start + offset
            yield Sentence(
                section, place, text, quantities, times, setting, thread, lead, previous, coming, begun
            )
        previous, goes_on = text, text.endswith("；")
        if offset and not goes_on and _is_of_sentence(before, setting):
            around = before
        colon = text.find("：") if goes_on else 0
        carried = _carried(times, text, max(_CARRIED_REACH, colon)) if goes_on else []
        lead = _lead(text, colon, lead) if goes_on else ""


def _is_of_sentence(before: Setting, led: Setting) -> bool:
    """Whether years reach no further than their sentence.

    两年来 within a review of one year does not, nor 今后五年 within what is planned for one; a sentence
    that goes on with them (这两部分…, 此外…) keeps them.
    """
    years = led.high - led.low + 1
    return before.low == before.high and 1 < years <= (_PLANNED_YEARS if led.part == "plan" else _FEW_YEARS)


def _lead(text: str, colon: int, lead: str) -> str:
    """What introduces the parts after a ；: the words before a colon, an opening 预计, or what did before."""
    opening = _FORECAST.search(text, 0, _CARRIED_REACH)
    if opening and opening.start() and text[opening.start() - 1] not in "，：年据":
        opening = None
    return text[:colon] if colon > 0 else lead or (opening.group() if opening else "")


def _date_last_years(times: list[Time], text: str, setting: Setting) -> None:
    """上年 is the year before the one said last, or before the one that a review is about."""
    year = setting.high if setting.part == "review" else 0
    for time in times:
        if year and text.startswith(LAST_YEAR, time.start) and time.period == str(time.high):
            time.low = time.high = year - 1
            time.period = str(year - 1)
        elif time.role == "point" and time.high:
            year = time.high


def _carried(times: list[Time], text: str, reach: int) -> list[Time]:
    """The times before `reach` that something did not only come from, as if they opened the next part."""
    opening = _CONTRAST.match(text) or _ACCORDING.match(text)
    reach += opening.end() if opening else 0
    opens = (time for time in times if time.start < reach or is_plan_told(text, time))
    governing = (time for time in opens if time.role in GOVERNING)
    carried = [
        time for time in governing if text[time.start - 1] not in "由从" and "（" not in text[: time.start]
    ]
    if any(time.start >= reach and time.role == "point" and text[time.start - 1] == "，" for time in times):
        carried = [time for time in carried if time.role != "point"]
    compared = [time for time in times if time.role == "baseline"]
    if compared and compared[-1] not in carried:
        carried.append(compared[-1])
    first = times[0] if times and times[0].role == "part" and times[0].start == 0 else None
    if first and (first.end == 0 or text.startswith("，", first.end)):
        carried.append(first)
    summed = times[0] if times and times[0].role == "length" and times[0].start == 0 else None
    if summed and (summed.end == 0 or text.startswith("累计，", summed.end)):
        carried.append(summed)
    return [replace(time, start=0, end=0) for time in carried]


def _is_spoken(text: str) -> bool:
    """Whether a report writes its quantities in Chinese numerals (those before 1980 do).

    Its beginning tells, where one way of writing is clearly the rule there.
    """
    for part in (text[:_WRITING_SAMPLE], text):
        spoken = len(_SPOKEN.findall(part)) + len(_SPOKEN_PERCENT.findall(part))
        written = sum(1 for _ in islice(_WRITTEN.finditer(part), 2 * spoken + 1))
        if spoken > 2 * written or written > 2 * spoken:
            break
    return spoken > written


def _next_number(text: str, at: int, spoken: bool) -> int:
    """Where from `at` on the next character stands that a quantity could begin with, or the end of `text`."""
    match = (_SPOKEN_NUMBER if spoken else _WRITTEN_NUMBER).search(text, at)
    return match.start() if match else len(text)


def _paragraphs(text: str, section: Section) -> Iterator[tuple[int, str]]:
    start = section.start
    for paragraph in text[section.start : section.end].split("\n"):
        if paragraph:
            yield start, paragraph
        start += len(paragraph) + 1


def _sentences(paragraph: str) -> Iterator[tuple[int, str]]:
    """The sentences of a paragraph with their offsets in it; a ； ends one too.

    What goes on for longer than any sentence is cut, so that the cost per character stays bounded.
    """
    start = 0
    for text in _split(paragraph):
        while len(text) > _LONGEST_SENTENCE:
            cut = max(text.rfind(mark, 0, _LONGEST_SENTENCE) for mark in "，、；") + 1 or _LONGEST_SENTENCE
            yield start, text[:cut]
            start, text = start + cut, text[cut:]
        if text:
            yield start, text
            start += len(text)


def _split(paragraph: str) -> list[str]:
    """The sentences of a paragraph (it has no line breaks), each with its last mark and what that closes."""
    for mark in _ENDS:
        if mark in paragraph:
            paragraph = paragraph.replace(mark, f"{mark}\n")
    if "\n”" in paragraph or "\n）" in paragraph or "\n’" in paragraph:
        paragraph = _CLOSED.sub(r"\1\n", paragraph)
    return paragraph.replace("；", "；\n").split("\n")
