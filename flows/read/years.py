"""The year in which a report was read out, from what its head and its headings say.

All texts here are cleaned (digits half-width, no blanks inside numbers).
"""

from __future__ import annotations

import re
from collections import Counter

EARLIEST, LATEST = 1949, 2100

_NUMERALS = str.maketrans("〇○零一二三四五六七八九", "000123456789")
_WRITTEN = re.compile("[〇○零一二三四五六七八九0-9]{4}(?=年)")
_DAY = r"(?P<year>\d{4})年[\d一二三四五六七八九十]{1,3}月(?:[\d一二三四五六七八九十]{1,3}日)?"
_SITTING = (
    re.compile(rf"{_DAY}[^。！？\n]{{0,24}}?[在于向][^。！？\n]{{0,40}}?(?:代表大会|人大|人代会|会议)"),
    re.compile(rf"^[（(]?{_DAY}[）)]?$", re.M),
)
_TITLE = re.compile(
    r"(?<![\d至到—－-])(?P<year>\d{4})年?(?:度)?[^。\n]{0,30}?工作报告|工作报告[^。\n\d]{0,4}(?P<after>\d{4})"
)
_DONE = re.compile(
    r"(\d{4})年(?:度|以来)?[^，。；\d]{0,14}?(?:回顾|总结|工作情况|基本情况)|报告(\d{4})年的?(?:[^，。；\d]{0,6})工作"
)
_AHEAD = re.compile(
    r"(?<![到至—－\-~])(\d{4})年(?:(?!计划)[^，。；\d]){0,16}?(?:任务|安排|目标|部署|重点|要求|打算|思路|举措|预期|建议|工作$|的工作)"
)
_EXPECTED = re.compile(r"预计(\d{4})年(?:全年|，)?[^。；]{0,24}(?:完成|达到?|实现|增长|突破)")
_FOUR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?=年|\D|$|[01]\d(?:[0-3]\d)?(?!\d))")
_CONGRESS = re.compile(r"[在向]第([一二三四五六七八九十]{1,3})届全国人民代表大会第([一二三四五六七八九十])次")
_SMALL = "零一二三四五六七八九"


def western(text: str) -> str:
    """TEXT with the years that are written in Chinese numerals (二〇一六年) in digits; same length."""
    return _WRITTEN.sub(lambda found: found[0].translate(_NUMERALS), text)


def sitting_year(head: str) -> int | None:
    """The year of the sitting where it was read out: 2016年1月12日在…会议上, or a date on its own."""
    for text in (head, head.replace("\n", "")):
        for pattern in _SITTING:
            for found in pattern.finditer(text):
                if year := _plausible(found["year"]):
                    return year
    return None


def congress_year(text: str) -> int | None:
    """The year of a sitting of the National People's Congress that TEXT names, from the sixth congress on.

    A congress sits for five years, once a year; the sixth first sat in 1983.
    """
    found = _CONGRESS.search(text)
    congress, session = (_number(found[1]), _number(found[2])) if found else (0, 0)
    return 1983 + 5 * (congress - 6) + session - 1 if congress >= 6 and session <= 5 else None


def title_year(title: str) -> int | None:
    """The year in a title: 2016年…政府工作报告, 政府工作报告（2016年）."""
    found = _TITLE.search(title)
    return _plausible(found["year"] or found["after"]) if found else None


def headings_year(headings: str) -> int | None:
    """The year that headings (one a line) tell: the one after 2015年工作回顾, that of 2016年目标任务."""
    votes: Counter[int] = Counter()
    for line in headings.split("\n"):
        done = {int(found[1] or found[2]) for found in _DONE.finditer(line)}
        ahead = {int(found[1]) for found in _AHEAD.finditer(line)}
        votes.update(year + 1 for year in done)
        votes.update(ahead - done)
    fitting = [(count, year) for year, count in votes.items() if EARLIEST <= year <= LATEST]
    return max(fitting)[1] if fitting else None


def any_year(words: str) -> int | None:
    """The only year that WORDS (a file name, a date, a title) hold: 2016, 201601, 20160112, 2016年."""
    found = {int(year) for year in _FOUR.findall(words)}
    return _plausible(str(found.pop())) if len(found) == 1 else None


def expected_year(text: str) -> int | None:
    """The year after the only one whose results TEXT still expects (预计2015年生产总值增长…)."""
    years = {int(year) + 1 for year in _EXPECTED.findall(text)}
    return years.pop() if len(years) == 1 else None


def _plausible(year: str) -> int | None:
    return int(year) if EARLIEST <= int(year) <= LATEST else None


def _number(numeral: str) -> int:
    tens, ten, ones = numeral.rpartition("十")
    return (_SMALL.index(tens) if tens else bool(ten)) * 10 + (_SMALL.index(ones) if ones else 0)
