"""Numerals: where a number stands.

Arabic with scale words (1038亿, 6.36万亿, 3万4000, 1,100.9亿), Chinese (三千六百亿, 二十一点七), mixed
(4万多亿, 三十几万), fractions (百分之五, 三分之一). Offsets are those of the string given.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from flows.extract.parts import Number
from flows.extract.scanning import scan, scanner
from flows.values import ARABIC, DIGITS, SCALES, parse

_CHINESE: Final = (
    rf"[{DIGITS}{SCALES}](?:[{DIGITS}{SCALES}]|[多余几来](?=[十百千万亿兆]))*+"
    rf"(?:点[{DIGITS}]++[{SCALES}]*+)?+"
)
_HEAD: Final = (
    r"(?P<fraction>(?P<parts>[一二三四五六七八九十百千万]{1,4}分之)"
    rf"(?P<of>[{DIGITS}十百]{{1,8}}+(?:点[{DIGITS}]++)?+|{ARABIC}))"
    rf"|(?P<arabic>{ARABIC}(?:[多余几来]?+[{SCALES}]++(?:{ARABIC}(?=[{SCALES}]|[^\d.年月日%％]|$))?+)*+)"
)
_TAIL: Final = r"|(?P<half>一半|半数)"
_WEIGHTY: Final = (
    rf"(?=[{DIGITS}{SCALES}]{{2}}|[亿万十]|[百千][多余]|(?<=[破超过近])[百千]"
    rf"|[{DIGITS}](?:倍|番|成|位|个百分点|百分点|多|余|点[{DIGITS}]|元零?[{DIGITS}]角))"
)
_FIRST: Final = rf"[0-9{DIGITS}{SCALES}半]"
_SPOKEN: Final = scanner(_FIRST, f"{_HEAD}|(?P<chinese>{_CHINESE}){_TAIL}")
_SECOND: Final = (
    rf"(?<=[第前]){_CHINESE}|(?<=分之[{DIGITS}][至到])[{DIGITS}]|[{DIGITS}](?=[至到][{DIGITS}]成)"
)
_WRITTEN: Final = scanner(_FIRST, rf"{_HEAD}|(?P<chinese>{_WEIGHTY}{_CHINESE}|{_SECOND}){_TAIL}")
_LONGEST: Final = 40
_LARGEST_PART: Final = 10_000


def find_numbers(text: str, spoken: bool = True) -> Iterator[Number]:
    """All numbers of `text` in order; with `spoken` False single Chinese digits (三个) are passed over.

    Runs of digits that name no number (a year in characters) are included. Never raises; time is linear
    in the length of the text.
    """
    for kind, match in scan(_SPOKEN if spoken else _WRITTEN, text):
        number = _number(match, kind)
        if number:
            yield number


def _number(match: re.Match[str], kind: str) -> Number | None:
    start, end = match.span(kind)
    if end - start > _LONGEST:
        return None
    if kind == "half":
        return Number(start, end, 0.5, None, False, "fraction")
    if kind == "fraction":
        return _fraction(match, start, end)
    text = match[kind]
    parsed = parse(text)
    if parsed is None:
        return None
    value, upper, fuzzy = parsed
    if kind == "arabic":
        return Number(start, end, value, None, fuzzy, "arabic")
    style = "scale" if text[0] in "百千万亿兆" else "chinese"
    return Number(start, end, value, upper, fuzzy, style)


def _fraction(match: re.Match[str], start: int, end: int) -> Number | None:
    whole, part = match["parts"].removesuffix("分之"), parse(match["of"])
    if part is None:
        return None
    if whole in ("百", "千"):
        return Number(start, end, *part, style="fraction", unit="%" if whole == "百" else "‰")
    below = parse(whole)
    if below is None or not 1 < below[0] <= _LARGEST_PART or part[0] > below[0]:
        return None
    return Number(start, end, round(part[0] / below[0], 4), None, False, "fraction")
