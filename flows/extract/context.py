"""Context: what sections, headings and time expressions say of status and years.

A reader of a report knows of each number whether it looks back or ahead, and at which years; `Setting` is
that knowledge, narrowed from section to paragraph to sentence.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from typing import Final

from flows.extract.parts import Setting, Time
from flows.extract.scanning import scanner
from flows.extract.times import find_times
from flows.extract.words import alternatives, beginnings
from flows.extract.years import count, span
from flows.model import Section

_AIM_HEAD: Final = re.compile(
    r"(?:主要)?(?:预期)?(?:发展)?目标(?:任务)?(?:主要)?(?:是|为|：|如下)"
    r"|今年的?(?:经济社会)?发展的?(?:主要)?(?:预期)?目标|总体要求是|总体要求和目标"
)
_AIM_REACHED: Final = re.compile(alternatives("aim_reached"))
_PLAN_CUE: Final = re.compile(
    r"^(?:今后|未来|下一?步|展望未来|新的一年|做好今年|今年(?:政府)?(?:是|工作|要|经济|发展|我们|主要|，))"
    r"|今年(?:经济社会发展)?的?(?:主要)?预期目标|今年政府工作|今年经济社会发展的?(?:总体要求|主要)"
    r"|(?:今后|未来)五年的?(?:主要|目标|发展|经济)"
)
_GREETING: Final = re.compile(
    r"(?:(?:各位代表|同志们)[！，：。!]|[^，。]{2,6}指出，|(?:刚刚)?过去的(?=[12]\d{3}|[一二]九)|回顾|总的看，)*+"
)
_WORKED: Final = re.compile(
    "经过这?(?P<years>[两三四五])年的?(?:持续|不懈|接续|共同|艰苦|团结)?(?:努力|奋斗|拼搏|发展|建设)"
)
_LAST_YEAR: Final = re.compile(r"(?:(?:各位代表|同志们)[！，：。!])?(?:刚刚过去的|过去的?一年|一年来)")
_A_YEAR: Final = ("一年来", "过去一年", "过去的一年")
_OF_PLAN: Final = re.compile('纲要|规划|五年的?(?:目标|发展)|五[”"’](?:时期|期间|的?(?:主要)?目标)')
_AHEAD: Final = re.compile(alternatives("ahead"))
_WHOLE_YEAR: Final = re.compile(r".{0,6}?(?:全年|(?<!牧业)年度)")
_WHOLE_YEAR_REACH: Final = 8
_YEARS_OF: Final = re.compile(r"(?<![第\d])(?P<years>[两三四五])年(?:$|的?(?:成就|历程|总结|基本总结))")
_WILLED: Final = scanner(f"[{beginnings('willed')}]", alternatives("willed"))
_BIDDEN: Final = re.compile(rf"(?:^|[。；，]){alternatives('bidden')}")
_ACHIEVED: Final = re.compile(r"^[^\d]*取得[^\d]*(?:成绩|成就|进展|成效)。$")
_LOOKED_BACK: Final = scanner(
    f"[{beginnings('looked_back')}12一]", rf"{alternatives('looked_back')}|(?:19|20)\d\d年|一九..年"
)
_ESTIMATED_BELOW: Final = re.compile(r"预计[数值]?[，（(]{1,2}下同")
_OPENING: Final = 60
_OPENS: Final = 10
_WITH_TERM: Final = re.compile(
    '[为是比](?:上一?个五年|[“"‘]?[一二三四五六七八九十]{1,2}五[”"’]?(?:时期|期间))'
)
_LEAD_REACH: Final = 14
_LONGEST_LEAD_IN: Final = 8
_LEAD_INS: Final = frozenset({"预计", "——", "", "在", "回顾", "刚刚过去的"})
_SENTENCE_LEAD_REACH: Final = 4
_AIM_REACHED_REACH: Final = 30
_LONG_SPAN: Final = 4
_WILLED_LEAST: Final = 2
_PART_OF_YEAR: Final = re.compile(r"-(?:\d\d|[HQ]\d)$")
_COUNTS: Final = "一二三四五六七八九十"
_END_OF_YEAR: Final = frozenset("底末")
_WITH: Final = ("同", "与", "和", "比", "较")
_YEARS_SAID: Final = ("point", "span", "end")


def of_section(section: Section, report_year: int) -> Setting:
    """The setting of a section from its part and the times in its headings."""
    plan = section.part == "plan"
    year = report_year if plan else report_year - 1
    low = high = year
    certain = section.certain or section.part == "review"
    for title in section.path:
        times = _years_in(title, report_year)
        points = [time for time in times if time.role in ("point", "end") and time.low == time.high]
        said = points or [time for time in times if time.low != time.high]
        together = None if plan or times else _YEARS_OF.search(title)
        if together:
            low = report_year - count(together["years"])
        fitting = [time for time in said if (time.high >= report_year) == plan]
        if fitting:
            low, high = fitting[0].low, fitting[0].high
            certain = certain or low < high
    return Setting(section.part, low, high, certain=certain)


@lru_cache(maxsize=256)
def _years_in(title: str, report_year: int) -> tuple[Time, ...]:
    """The time expressions of a heading that say a year; the sections below it ask again."""
    return tuple(time for time in find_times(title, report_year) if time.high)


def of_paragraph(
    paragraph: str, setting: Setting, titles: tuple[str, ...], report_year: int, late: bool = False
) -> tuple[Setting, bool]:
    """The setting of a paragraph below `titles`, and whether its change of part lasts for those after it."""
    opening = paragraph[:_OPENING]
    times = find_times(opening, report_year, late)
    worked = _WORKED.match(opening) if setting.part == "review" else None
    if worked:
        first = report_year - count(worked["years"])
        setting = replace(setting, low=first, high=report_year - 1, period=None)
    lead = _leading(times, opening, setting, titles)
    ahead = lead is not None and _looks_ahead(lead, report_year)
    cue = _PLAN_CUE.search(opening) if setting.part == "review" else None
    if cue and not any(time.start == cue.start() and 0 < time.high < report_year for time in times):
        years = (lead.low, lead.high) if lead and ahead else (report_year, report_year)
        return Setting("plan", *years), True
    if lead is None or not lead.high:
        return _of_plan(paragraph, setting, titles, report_year), False
    one_year = lead.low == lead.high
    if ahead and setting.part == "review" and one_year and lead.role != "end":
        return setting, False
    part = "plan" if ahead else "review"
    wide = one_year or lead.high - lead.low + 1 >= _LONG_SPAN
    lasts = part == setting.part == "review" and wide and lead.high >= report_year - 1
    anew = one_year and _LAST_YEAR.match(opening) is not None
    governs = lasts and (setting.low == setting.high or setting.explicit or anew)
    within = part == setting.part and not opening.startswith(_A_YEAR, lead.start)
    since = _since_of(setting, lead) if within else 0
    return Setting(part, lead.low, lead.high, True, False, lead.period, since=since), governs


def _of_plan(paragraph: str, setting: Setting, titles: tuple[str, ...], report_year: int) -> Setting:
    """The setting of a paragraph below a heading that names both a plan and its first year.

    It is about the plan when it opens with it.
    """
    plan_year = setting.part == "plan" and setting.low == setting.high and not setting.explicit
    if not plan_year or _OF_PLAN.search(paragraph, 0, _OPENING) is None:
        return setting
    for time in (time for title in titles for time in _years_in(title, report_year)):
        if time.low == setting.low < time.high:
            return replace(setting, high=time.high, certain=True)
    return setting


def by_mood(paragraph: str, setting: Setting, coming: int) -> Setting:
    """The setting of a paragraph where no heading says whether it looks ahead: its own words then do.

    It does when what shall be is said at least twice, and far more often than what was: 要, 必须, 将; below a
    heading that looks ahead also 继续, 加强 at the beginning of a clause.
    """
    if setting.explicit:
        return setting
    willed = len(_WILLED.findall(paragraph))
    if setting.part == "plan":
        willed += len(_BIDDEN.findall(paragraph))
    if willed < _WILLED_LEAST or willed <= 2 * len(_LOOKED_BACK.findall(paragraph)):
        return setting
    return replace(setting, certain=True) if setting.part == "plan" else Setting("plan", coming, coming)


def _since_of(setting: Setting, lead: Time) -> int:
    """The first of the years looked at together when `lead` narrows them to their last one, or 0."""
    last = lead.low == lead.high == setting.high
    return (setting.since or setting.low) if last and (setting.since or setting.low < setting.high) else 0


def _looks_ahead(lead: Time, report_year: int) -> bool:
    """Whether years lie ahead: those of a plan in its last year (第一个五年计划期间) are looked back at."""
    ends_now = lead.high == report_year and lead.low < report_year - 1
    return lead.high >= report_year and not ends_now


def of_sentence(sentence: str, times: list[Time], setting: Setting, report_year: int) -> Setting:
    """The setting after the opening of a sentence: 预计 reaches on, and so does a leading time."""
    if setting.since and setting.low == setting.high and _is_together(sentence, setting):
        setting = replace(setting, low=setting.since, period=None, since=0)
    leads = (time for time in times if _governs(time) and time.start <= _SENTENCE_LEAD_REACH)
    lead = next(leads, None) if times else None
    review, spanned = setting.part == "review", setting.low != setting.high
    if review and "下同" in sentence and _ESTIMATED_BELOW.search(sentence):
        setting = replace(setting, estimate=True)
    if spanned and "年" in sentence[:_WHOLE_YEAR_REACH] and _WHOLE_YEAR.match(sentence):
        setting, spanned = replace(setting, low=setting.high, period=None), False
    past = bool(times) and times[0].start == 0 < times[0].high < report_year
    if review and setting.explicit and not past and _AHEAD.match(sentence):
        return Setting("plan", report_year, report_year)
    if setting.part == "plan" and past and lead is not None and _ACHIEVED.search(sentence):
        return Setting("review", lead.low, lead.high, True)
    if lead is not None:
        if sentence.startswith("预计"):
            return replace(_led(setting, lead), estimate=True)
        since = _since(lead, times, sentence) if spanned else None
        if since is not None:
            return replace(_led(setting, lead), low=since.low, period=since.period, since=0)
        fits = (lead.high >= report_year) == (setting.part == "plan")
        narrows = lead.low != lead.high or (spanned and review)
        dated = spanned and sentence[lead.end - 1] in _END_OF_YEAR
        alone = sentence[lead.end : lead.end + 1] in "，、："
        alone |= spanned and lead.start == 0 and lead.low == lead.high == setting.high
        if alone and narrows and fits and not dated:
            return _led(setting, lead)
    aims = review and ("目标" in sentence or "总体要求" in sentence) and _AIM_HEAD.search(sentence)
    if aims and not _AIM_REACHED.search(sentence, 0, _AIM_REACHED_REACH):
        return Setting("plan", report_year, report_year)
    return setting


def _is_together(sentence: str, setting: Setting) -> bool:
    """Whether a sentence looks again at the years that were narrowed to their last one."""
    return _all_years(setting) in sentence[:_OPENS] or _WITH_TERM.search(sentence) is not None


def _all_years(setting: Setting) -> str:
    """How the years looked at together are called after their last one was looked at: 五年."""
    years = setting.high - setting.since + 1
    return f"{_COUNTS[years - 1]}年" if years <= len(_COUNTS) else span(setting.since, setting.high)


def _led(setting: Setting, lead: Time) -> Setting:
    """The setting of a sentence that a time leads."""
    since = _since_of(setting, lead)
    return Setting(
        setting.part, lead.low, lead.high, True, setting.estimate, lead.period, setting.certain, since
    )


def _leading(times: list[Time], opening: str, setting: Setting, titles: tuple[str, ...]) -> Time | None:
    """The time expression that opens a paragraph and so governs it.

    A year that is only said of what follows it (2020年生产总值…) does not, within years looked at together,
    unless a heading names it; and years that open the next sentence (…之年。五年来，) do instead of a year.
    """
    greeting = _GREETING.match(opening)
    at = greeting.end() if greeting else 0
    if times and opening[at : times[0].start] in _LEAD_INS:
        for time in times[1:]:
            if time.low < time.high and opening[time.start - 1] == "。":
                return time
    for time in times:
        if time.end <= at or not _governs(time) or time.start >= at + _LEAD_REACH:
            continue
        before, after = opening[at : time.start], opening[time.end : time.end + 1]
        stands_alone = after in "，：、" and len(before) < _LONGEST_LEAD_IN
        since = _since(time, times, opening)
        if since is not None:
            return since
        if time.low != time.high or stands_alone:
            return time
        if before in _LEAD_INS:
            inside = setting.low <= time.high <= setting.high and setting.low != setting.high
            named = after == "是" or any(str(time.high) in title for title in titles)
            return time if named or not inside else None
    return None


def _governs(time: Time) -> bool:
    """Whether a time says years that reach beyond its own words; a part of a year does not."""
    return time.role in _YEARS_SAID and not (time.period and _PART_OF_YEAR.search(time.period))


def _since(time: Time, times: list[Time], text: str) -> Time | None:
    """The years from the one that a year is compared with (2020年同2015年相比: 2016 to 2020), or None."""
    for base in times:
        if base.role == "baseline" and text[time.end : base.start] in _WITH and 0 < base.high < time.high:
            return replace(time, low=base.high + 1, period=span(base.high + 1, time.high), role="span")
    return None
