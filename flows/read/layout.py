"""A cleaned reading of a text, with a map back: the text itself is never changed.

What is cleaned: traditional script and full-width digits (one character for one), blanks between
Chinese characters or inside numbers, line breaks inside words. In the view a line break means a new
paragraph and nothing else.
"""

from __future__ import annotations

import re
from array import array
from functools import cache
from statistics import median

from flows.model import View

_WIDE = {0xFF01 + i: 0x21 + i for i in range(94) if chr(0xFF01 + i) not in "！（），：；？"}
_WIDE.update({0x25CB: 0x3007, 0x25EF: 0x3007, 0x2014: 0x2014, 0xFE6A: 0x25, 0x02D9: 0x2E})
_IS_WIDE = re.compile("[\uff01-\uff5e○◯﹪˙]")
_FULL_STOP_POINT = re.compile(r"(?<=\d)[．•](?=\d)")
# Frequent characters whose simplified form differs: a text with several of them is in traditional script.
_TRADITIONAL = re.compile("[國產業萬億實現經濟發關於會議為與們這個時進農業務總類]")
_CHINESE = "\u4e00-\u9fff”）》"
_HALF_MARK = re.compile(rf"[,:;?!](?:(?<=[{_CHINESE}].)(?!/)|(?<=[%\d].)(?<![:?!])(?=[{_CHINESE}“（]))")
_THOUSANDS = re.compile(r"\d{1,3}(?:，\d{3})++(?!\d)")
_MAYBE_THOUSANDS = re.compile(r"，\d{3}(?!\d)(?<=\d，...)")
_CHEQUE = re.compile("[零壹贰叁肆伍陆柒捌玖拾佰仟]{2,}(?=[万亿元拾佰仟]|$)|[壹贰叁肆伍陆柒捌玖][拾佰仟万亿]")
_CHEQUE_DIGITS = str.maketrans("壹贰叁肆伍陆柒捌玖拾佰仟", "一二三四五六七八九十百千")
_MARKS = {",": "，", ":": "：", ";": "；", "?": "？", "!": "！"}
_GAP = re.compile(r"[ \t\r\n\f\v\xa0\u3000\u2002-\u200f\u2028\u2029\ufeff]+")
_EMPTY_LINE = re.compile(r"(?<=\n)[^\S\n]*\n+")
_ENDS = "。！？；：!?;:…"
_CLOSERS = "”’）)》」』"
_HEADING = re.compile(
    r"(?:第[一二三四五六七八九十]+(?:部分|章|节)|[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十]{1,3}[）)]"
    r"|\d{1,2}[.、．](?!\d)|[（(]\d{1,2}[）)]|[——•●■◆])"
)


def clean(text: str) -> View:
    """The view of `text` that the extractor reads: `view.text[i]` is `text[view.origin[i]]`, cleaned.

    Linear in the length of the text; an empty text gives an empty view.
    """
    same = _one_for_one(text)
    wrapped = _wrap_width(same)
    loose = len(_EMPTY_LINE.findall(same)) * 4 > same.count("\n")
    pieces: list[str] = []
    origin = array("i")
    at = 0
    paragraph = 0
    for gap in _GAP.finditer(same):
        start, end = gap.span()
        if start > at:
            pieces.append(same[at:start])
            origin.extend(range(at, start))
        keep = _kept(same, start, end, paragraph, wrapped, loose)
        if keep:
            if pieces or keep == " ":
                pieces.append(keep)
                origin.append(start)
            if keep == "\n":
                paragraph = end
        at = end
    pieces.append(same[at:])
    origin.extend(range(at, len(same) + 1))
    return View("".join(pieces), origin)


def _one_for_one(text: str) -> str:
    """`text` with simplified script and half-width digits, letters and signs; the length is unchanged."""
    if len(_TRADITIONAL.findall(text[:4000])) * 100 > len(text[:4000]):
        text = text.translate(_simplified(frozenset(text)))
    if _IS_WIDE.search(text):
        text = text.translate(_WIDE)
    if _MAYBE_THOUSANDS.search(text):
        text = _THOUSANDS.sub(_with_commas, text)
    text = _CHEQUE.sub(lambda run: run.group().translate(_CHEQUE_DIGITS), text)
    text = _HALF_MARK.sub(lambda mark: _MARKS[mark.group()], text)
    return _FULL_STOP_POINT.sub(".", text) if "．" in text or "•" in text else text


def _with_commas(number: re.Match[str]) -> str:
    """１，２３４ with half-width commas, unless it goes on from another number."""
    before = number.string[number.start() - 1 : number.start()]
    return number.group() if before and before in "0123456789.," else number.group().replace("，", ",")


@cache
def _simplified(characters: frozenset[str]) -> dict[int, str]:
    from opencc import OpenCC

    given = "".join(sorted(c for c in characters if c >= "\u3400" and not c.isspace()))
    return {
        ord(a): b
        for a, b in zip(given, OpenCC("t2s").convert("\n".join(given)).split("\n"), strict=True)
        if len(b) == 1
    }


def _wrap_width(text: str) -> float:
    """The width at which lines are broken inside sentences, 0 when they are not (newspaper columns are)."""
    lines = [line.strip() for line in text[:200_000].split("\n")]
    lines = [line for line in lines if len(line) > 6]
    if len(lines) < 20:
        return 0
    width = median(map(len, lines))
    unfinished = sum(line[-1] not in _ENDS + _CLOSERS for line in lines)
    return width if width < 60 and unfinished > 0.6 * len(lines) else 0


def _kept(text: str, start: int, end: int, paragraph: int, wrapped: float, loose: bool) -> str:
    """What a run of white space at `[start, end)` becomes: nothing, a blank, or a new paragraph."""
    before, after = text[start - 1 : start], text[end : end + 1]
    if not before or not after:
        return ""
    if "\n" not in text[start:end] and "\u2028" not in text[start:end] and "\r" not in text[start:end]:
        return _blank(text, start, end, before, after)
    if after in "，。、；：！？）”》,;" or (before.isdigit() and after in "万亿千百%％元个"):
        return ""
    line = text.rfind("\n", 0, start) + 1
    ended = before in _ENDS or (before in _CLOSERS and text[start - 2 : start - 1] in _ENDS)
    if ended:
        return "\n"
    if wrapped:
        full = len(text[line:start].strip()) >= wrapped * 0.75
        return "" if full and not _heads(text, end) else "\n"
    if _HEADING.match(text, paragraph) and text.count("\n", paragraph, start) == 0 and start - paragraph < 50:
        return "\n"
    if _heads(text, end) or text[start:end].count("\n") > 1:
        return "\n"
    unfinished = loose or before in "，、（“《" or "，" in text[paragraph:start][:400]
    return "" if unfinished else "\n"


def _heads(text: str, at: int) -> bool:
    return _HEADING.match(text, at) is not None


def _blank(text: str, start: int, end: int, before: str, after: str) -> str:
    if before.isascii() and after.isascii():
        if before.isdigit() and after.isdigit():
            left = len(re.search(r"\d*$", text[max(0, start - 8) : start]).group())  # type: ignore[union-attr]
            right = len(re.match(r"\d*", text[end : end + 8]).group())  # type: ignore[union-attr]
            return "" if left == 1 or right in (1, 3) else " "
        return " " if before.isalpha() and after.isalpha() else ""
    return ""
