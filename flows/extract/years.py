"""Years and parts of years: how they are counted in Chinese and how a period is written.

A period is written `2015`, `2011/2015`, `2015-H1`, `2015-Q1` or `2015-03`.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Final

from flows import schemas

_DIGITS: Final = "零一二三四五六七八九"
_TO_DIGITS: Final = str.maketrans("〇○" + _DIGITS, "00" + "0123456789")
_MONTH: Final = re.compile(r"(\d{1,2}|[一二三四五六七八九十]{1,2})月(?:份|[底末](?<!12..)(?<!十二..))?$")


@cache
def plans() -> dict[str, tuple[int, int]]:
    """First and last year of every five-year plan, by 十三五 and by 第十三个五年."""
    found: dict[str, tuple[int, int]] = {}
    for row in schemas.rows("plans.csv"):
        years = int(row["start"]), int(row["end"])
        found[row["name"]] = found[row["ordinal"].removesuffix("计划").removesuffix("规划")] = years
    return found


@lru_cache(maxsize=1024)
def span(low: int, high: int) -> str:
    """`2011/2015`, or `2015` when both are the same year."""
    return str(low) if low == high else f"{low}/{high}"


def suffix(part: str | None) -> str:
    """The suffix of a part of a year: 上半年 → -H1, 一季度 → -Q1, 3月 → -03; nothing for 底, 末, 初."""
    if not part:
        return ""
    if "半年" in part:
        return "-H1" if part[0] == "上" else "-H2"
    if part == "前三季度":
        return "-Q3"
    if "、" in part or (part.endswith("季度") and len(part.strip("第")) > len("一季度")):
        return ""
    if "季度" in part:
        return f"-Q{_DIGITS.index(part.strip('第')[0])}"
    month = _MONTH.fullmatch(part)
    if month and 1 <= count(month[1]) <= 12:
        return f"-{count(month[1]):02d}"
    return ""


def count(text: str) -> int:
    """A small count in digits or characters (十二 → 12); 0 for 几."""
    if text.isdecimal():
        return int(text)
    if text == "几":
        return 0
    tens, ten, ones = text.replace("两", "二").rpartition("十")
    if not ten:
        return _DIGITS.index(ones[0])
    return (_DIGITS.index(tens) if tens else 1) * 10 + (_DIGITS.index(ones) if ones else 0)


def year(text: str) -> int:
    """A year of four digits in figures or characters (二〇一五 → 2015)."""
    return int(text.translate(_TO_DIGITS))
