"""A cleaned reading of a text, with a map back: the text itself is never changed.

What is cleaned: traditional script and full-width digits (one character for one), blanks between
Chinese characters or inside numbers, line breaks inside words. In the view a line break means a new
paragraph and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from itertools import accumulate
from statistics import median
from typing import Any, Final

from flows.model import View

_WIDE: Final = {chr(0xFF01 + i): chr(0x21 + i) for i in range(94) if chr(0xFF01 + i) not in "！（），：；？"}
_WIDE.update({"○": "〇", "◯": "〇", "﹪": "%", "˙": "."})
# A set of its own at the beginning is what the engine of `re` skips to quickly: [ ][ ]* and not [ ]+.
_WIDE_SET: Final = f"[{re.escape(''.join(_WIDE))}]"
_WIDE_RUN: Final = re.compile(f"{_WIDE_SET}{_WIDE_SET}*+")
_DOTS: Final = "•·・"
_DOT_POINT: Final = re.compile(rf"[{_DOTS}](?=\d)(?<=\d.)")
# Frequent characters whose simplified form differs: a text with several of them is in traditional script.
_TRADITIONAL: Final = re.compile("[國產業萬億實現經濟發關於會議為與們這個時進農業務總類]")
_VARIANTS: Final = str.maketrans("衞擧汚刼啣鶏倣砲", "卫举污劫衔鸡仿炮")  # of old print, unknown to opencc
_CHINESE: Final = "\u4e00-\u9fff”）》"
_HALF_MARK: Final = re.compile(
    rf"[,:;?!](?:(?<=[{_CHINESE}].)(?!/)|(?<=[%\d].)(?<![:?!])(?=[{_CHINESE}“（])|(?<=%[,;])(?=\d))"
)
_HALF_BRACKETS: Final = re.compile(rf"\((?:(?<=[{_CHINESE}].)|(?=[^()\n]*[{_CHINESE}]))([^()\n]{{1,80}})\)")
_THOUSANDS: Final = re.compile(r"\d(?<!\d.)\d{0,2}(?:，\d{3})++(?P<more>\d)?")
_MAYBE_THOUSANDS: Final = re.compile(r"，\d{3}(?!\d)(?<=\d，...)")
_CHEQUE_DIGITS: Final = "壹贰叁肆伍陆柒捌玖拾佰仟"
_CHEQUE: Final = re.compile(
    rf"[零{_CHEQUE_DIGITS}](?:(?<![零{_CHEQUE_DIGITS}].)[零{_CHEQUE_DIGITS}]+(?=[万亿元拾佰仟]|$)"
    "|(?<=[壹贰叁肆伍陆柒捌玖])[拾佰仟万亿])"
)
_AFTER_CHEQUE: Final = frozenset(f"零{_CHEQUE_DIGITS}万亿元")
_FROM_CHEQUE: Final = str.maketrans(_CHEQUE_DIGITS, "一二三四五六七八九十百千")
_MARKS: Final = {",": "，", ":": "：", ";": "；", "?": "？", "!": "！"}
_BLANK: Final = r"[ \t\r\n\f\v\xa0\u3000\u2002-\u200f\u2028\u2029\ufeff]"
_GAP: Final = re.compile(f"{_BLANK}{_BLANK}*+")
_EMPTY_LINE: Final = re.compile(r"\n(?!\n\n)(?=[^\S\n]*+\n)")
_DIGITS_OF_ONE: Final = re.compile(r"\d(?:\d\d)?(?!\d)")
_ENDS: Final = "。！？；：!?;:…"
_CLOSERS: Final = "”’）)》」』"
_HEADING: Final = re.compile(
    r"(?:第[一二三四五六七八九十]+(?:部分|章|节)|[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十]{1,3}[）)]"
    r"|\d{1,2}[.、．](?!\d)|[（(]\d{1,2}[）)]|[——•●■◆])"
)

_ZERO_WIDTH: Final = "\u200b"
_LONGEST_HEADING: Final = 50
_OPENING: Final = 400
_SCRIPT_SAMPLE: Final = 4000
_TRADITIONAL_SHARE: Final = 0.01
_WRAP_SAMPLE: Final = 200_000
_SHORT_LINE: Final = 6
_FEWEST_LINES: Final = 20
_WIDEST_COLUMN: Final = 60
_UNFINISHED_SHARE: Final = 0.6
_FULL_LINE: Final = 0.75


def clean(text: str) -> View:
    """The view of `text` that the extractor reads.

    Linear in the length of the text; an empty text gives an empty view.
    """
    same = _one_for_one(text)
    wrapped = _wrap_width(same)
    loose = len(_EMPTY_LINE.findall(same)) * 4 > same.count("\n")
    pieces: list[str] = []
    offsets: list[int] = []
    at = paragraph = 0
    for gap in _GAP.finditer(same):
        start, end = gap.span()
        if start > at:
            pieces.append(same[at:start])
            offsets.append(at)
        keep = _kept(same, start, end, paragraph, wrapped, loose)
        if keep and (pieces or keep == " "):
            pieces.append(keep)
            offsets.append(start)
        if keep == "\n":
            paragraph = end
        at = end
    starts = list(accumulate(map(len, pieces), initial=0))
    return View("".join([*pieces, same[at:]]), starts, [*offsets, at])


def _one_for_one(text: str) -> str:
    """`text` with simplified script and half-width digits, letters and signs; the length is unchanged."""
    opening = text[:_SCRIPT_SAMPLE]
    if len(_TRADITIONAL.findall(opening)) > _TRADITIONAL_SHARE * len(opening):
        text = _simplified(text)
    for character in set("".join(_WIDE_RUN.findall(text))):
        text = text.replace(character, _WIDE[character])
    if _MAYBE_THOUSANDS.search(text):
        text = _THOUSANDS.sub(_with_commas, text)
    if _has_cheque(text):
        text = _CHEQUE.sub(lambda run: run.group().translate(_FROM_CHEQUE), text)
    if "(" in text:
        text = _HALF_BRACKETS.sub(r"（\1）", text)
    if _has(text, _MARKS):
        text = _HALF_MARK.sub(lambda mark: _MARKS[mark.group()], text)
    return _DOT_POINT.sub(".", text) if _has(text, _DOTS) else text


def _has(text: str, characters: Iterable[str]) -> bool:
    """Whether any of a few characters occurs; far quicker than a pattern where they are rare."""
    return any(character in text for character in characters)


def _has_cheque(text: str) -> bool:
    """Whether a numeral for cheques may occur: 伍万 may be one, the 伍 of 队伍 is none."""
    for digit in _CHEQUE_DIGITS:
        at = text.find(digit)
        while at >= 0:
            if text[at + 1 : at + 2] in _AFTER_CHEQUE:
                return True
            at = text.find(digit, at + 1)
    return False


def _with_commas(number: re.Match[str]) -> str:
    """１，２３４ with half-width commas, unless it goes on from another number or into one."""
    before = number.string[number.start() - 1 : number.start()]
    goes_on = number["more"] or before in (".", ",")
    return number.group() if goes_on else number.group().replace("，", ",")


def _simplified(text: str) -> str:
    """`text` in simplified script; characters that have no one for one stay as they are."""
    import numpy

    simple = _simple_characters()
    codes = numpy.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")
    known = numpy.where(codes < len(simple), simple[codes % len(simple)], codes)
    return str(known.astype("<u4").tobytes().decode("utf-32-le", "surrogatepass"))


@cache
def _simple_characters() -> Any:
    """For each code below 65,536 that of the character in simplified script, as an array."""
    import numpy
    from opencc import OpenCC

    given = [chr(code) for code in range(0x3400, 0xFB00) if not 0xD800 <= code < 0xE000]
    simple: Any = numpy.arange(0x10000, dtype="<u4")
    changed = OpenCC("t2s").convert("\n".join(given)).translate(_VARIANTS).split("\n")
    for old, new in zip(given, changed, strict=True):
        simple[ord(old)] = ord(new) if len(new) == 1 else ord(old)
    return simple


def _wrap_width(text: str) -> float:
    """The width at which lines are broken inside sentences, 0 when they are not (newspaper columns are)."""
    lines = [line.strip() for line in text[:_WRAP_SAMPLE].split("\n")]
    lines = [line for line in lines if len(line) > _SHORT_LINE]
    if len(lines) < _FEWEST_LINES:
        return 0
    width = median(map(len, lines))
    unfinished = sum(line[-1] not in _ENDS + _CLOSERS for line in lines)
    return width if width < _WIDEST_COLUMN and unfinished > _UNFINISHED_SHARE * len(lines) else 0


def _kept(text: str, start: int, end: int, paragraph: int, wrapped: float, loose: bool) -> str:
    """What a run of white space at `[start, end)` becomes: nothing, a blank, or a new paragraph."""
    before, after = text[start - 1 : start], text[end : end + 1]
    if not before or not after:
        return ""
    blanks = text[start:end]
    if "\n" not in blanks and "\r" not in blanks and "\u2028" not in blanks:
        return _blank(text, start, end)
    if after in "，。、；：！？）”》,;" or (before.isdigit() and after in "万亿千百%％元个"):
        return ""
    if before in _ENDS or (before in _CLOSERS and text[start - 2 : start - 1] in _ENDS):
        return "\n"
    if wrapped:
        line = text.rfind("\n", paragraph, start) + 1 or paragraph
        full = len(text[line:start].strip()) >= wrapped * _FULL_LINE
        return "" if full and not _heads(text, end) else "\n"
    short = start - paragraph < _LONGEST_HEADING
    if short and _heads(text, paragraph) and "\n" not in text[paragraph:start]:
        return "\n"
    page_ends = _ZERO_WIDTH in blanks  # what some converters leave where a page broke a line
    if _heads(text, end) or (blanks.count("\n") > 1 and not page_ends):
        return "\n"
    joined = loose or page_ends or before in "，、（“《"
    unfinished = joined or "，" in text[paragraph : min(start, paragraph + _OPENING)]
    return "" if unfinished else "\n"


def _heads(text: str, at: int) -> bool:
    return _HEADING.match(text, at) is not None


def _blank(text: str, start: int, end: int) -> str:
    """What a blank within a line becomes: it stays between Latin words and between two numbers (2015 38)."""
    before, after = text[start - 1], text[end]
    if not (before.isascii() and after.isascii()):
        return ""
    if before.isdigit() and after.isdigit():
        one_number = not text[start - 2 : start - 1].isdigit() or _DIGITS_OF_ONE.match(text, end)
        return "" if one_number else " "
    return " " if before.isalpha() and after.isalpha() else ""
