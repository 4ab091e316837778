"""Numerals: where a number stands and what it is worth.

Arabic with scale words (1038亿, 6.36万亿, 3万4000, 1,100.9亿), Chinese (三千六百亿, 二十一点七), mixed
(4万多亿, 三十几万), fractions (百分之五, 三分之一). Offsets are those of the string given.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

_DIGIT = "零〇一二三四五六七八九两"
_SCALE = "十百千万亿兆廿卅"
_ARABIC = r"(?:\d{1,3}+(?:,\d{3}(?!\d))++|\d++)(?:\.\d++)?+"
_CHINESE = rf"[{_DIGIT}{_SCALE}](?:[{_DIGIT}{_SCALE}]|[多余几来](?=[十百千万亿兆]))*+(?:点[{_DIGIT}]++[{_SCALE}]*+)?+"
_HEAD = (
    rf"(?P<parts>[一二三四五六七八九十百千万]{{1,4}}分之)(?P<of>[{_DIGIT}十百]{{1,8}}+(?:点[{_DIGIT}]++)?+|{_ARABIC})"
    rf"|(?P<arabic>{_ARABIC}(?:[多余几来]?+[{_SCALE}]++(?:{_ARABIC}(?=[{_SCALE}]|[^\d.年月日%％]|$))?+)*+)"
)
_TAIL = r"|(?P<half>一半|半数)"
_WEIGHTY = (
    rf"(?=[{_DIGIT}{_SCALE}]{{2}}|[亿万十]|[{_DIGIT}](?:倍|番|成|位|个百分点|百分点|多|余|点[{_DIGIT}]))"
)
SPOKEN = re.compile(f"{_HEAD}|(?P<chinese>{_CHINESE}){_TAIL}")
WRITTEN = re.compile(rf"{_HEAD}|(?P<chinese>{_WEIGHTY}{_CHINESE}|(?<=[第前]){_CHINESE}){_TAIL}")
_VALUE = {character: index for index, character in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_WORTH = {"十": 10, "百": 100, "千": 1000, "万": 10**4, "亿": 10**8, "兆": 10**12}
_TENS = {"廿": 20, "卅": 30}
_TOKEN = re.compile(rf"{_ARABIC}|[{_DIGIT}]{{3,}}|.", re.S)
_PLAIN = re.compile(r"(\d++)(?:\.(\d++))?+(万亿|[百千万亿])?+")
_POWERS = {None: 1, "百": 100, "千": 1000, "万": 10**4, "亿": 10**8, "万亿": 10**12}
_LONGEST = 40


@dataclass(slots=True)
class Number:
    """A number as written at `[start, end)`.

    `value` (and `value_max` for two neighbouring digits such as 三四百), `fuzzy` when 多, 余, 几 or 来
    stands inside, `style` arabic, chinese, scale (a bare 万亿) or fraction, `unit` for 百分之 (%) and
    千分之 (‰).
    """

    start: int
    end: int
    value: float
    value_max: float | None
    fuzzy: bool
    style: str
    unit: str | None = None


def find_numbers(text: str, spoken: bool = True) -> Iterator[Number]:
    """All numbers of `text` in order; with `spoken` False single Chinese digits (三个) are passed over.

    Runs of digits that name no number (a year in characters) are included. Never raises; time is linear in the length of the text.
    """
    for match in (SPOKEN if spoken else WRITTEN).finditer(text):
        number = _number(match)
        if number:
            yield number


def _number(match: re.Match[str]) -> Number | None:
    start, end = match.span()
    if end - start > _LONGEST:
        return None
    if match["half"]:
        return Number(start, end, 0.5, None, False, "fraction")
    if match["parts"]:
        return _fraction(match, start, end)
    text = match.group()
    if match["arabic"]:
        plain = _PLAIN.fullmatch(text)
        if plain:
            whole, decimals, scale = plain.groups()
            amount = int(whole + (decimals or "")) * _POWERS[scale] / 10 ** len(decimals or "")
            return Number(start, end, amount, None, False, "arabic")
        value = parse(text)
        return value and Number(start, end, value[0], None, value[2], "arabic")
    value = parse(text)
    if value is None:
        return None
    style = "scale" if text[0] in "百千万亿兆" else "chinese"
    return Number(start, end, value[0], value[1], value[2], style)


def _fraction(match: re.Match[str], start: int, end: int) -> Number | None:
    whole, part = match["parts"][:-2], parse(match["of"])
    if part is None:
        return None
    if whole in ("百", "千"):
        return Number(start, end, part[0], part[1], part[2], "fraction", "%" if whole == "百" else "‰")
    below = parse(whole)
    if below is None or not 1 < below[0] <= 10_000 or part[0] > below[0]:
        return None
    return Number(start, end, round(part[0] / below[0], 4), None, False, "fraction")


@lru_cache(maxsize=4096)
def parse(text: str) -> tuple[float, float | None, bool] | None:
    """The value of a numeral, its upper value where two digits stand side by side, and whether it is fuzzy.

    None when the characters are no numeral. 三千六百亿 → (3.6e11, None, False); 4万多亿 → (4e12, None,
    True); 三四百 → (300, 400, False).
    """
    tokens: list[str] = _TOKEN.findall(text)
    whole, _, decimals = text.partition("点")
    if decimals:
        return _spoken_decimal(whole, decimals)
    total = section = Decimal(0)
    number: Decimal | None = None
    upper: Decimal | None = None
    fuzzy = False
    last = 1
    for token in tokens:
        if token in _TENS:
            section, number = section + _TENS[token], None
        elif token in _WORTH:
            worth = _WORTH[token]
            if upper is not None and number is not None:
                low, high = number * worth, upper * worth
                tail = _tail(text, token)
                return float((total + section + low) * tail), float((total + section + high) * tail), fuzzy
            total, section = _scaled(total, section, number, worth)
            number, last = None, worth
        elif token in "多余几来":
            fuzzy = True
        elif token in _VALUE:
            if number is not None and last >= 1 and token not in "零〇" and _VALUE[token] == number + 1:
                upper = Decimal(_VALUE[token])
                continue
            if number is not None:
                return _positional(text)
            number = None if token in "零〇" and section + total > 0 else Decimal(_VALUE[token])
            if token in "零〇":
                last = 1
        elif token[0] in _VALUE:
            number = Decimal("".join(str(_VALUE[digit]) for digit in token))
            last = 1
        else:
            number = Decimal(token.replace(",", ""))
            last = 1
    if upper is not None and len(tokens) == 2 and number is not None:
        return float(number), float(upper), fuzzy
    if upper is not None:
        return (
            (float(total + section + (number or 0)), float(total + section + upper), fuzzy)
            if total + section
            else _positional(text)
        )
    if number is not None and last >= 100 and text[-1] in _VALUE:
        number = number * last / 10
    return float(total + section + (number or 0)), None, fuzzy


def _scaled(total: Decimal, section: Decimal, number: Decimal | None, worth: int) -> tuple[Decimal, Decimal]:
    """The running total and section after a scale word: 万 closes a section, 亿 scales all that is not 亿 yet."""
    if worth < 10**4:
        return total, section + (Decimal(1) if number is None else number) * worth
    here = section + (number or 0)
    if worth == 10**4:
        if not here and total:
            return total * worth, Decimal(0)
        return total + (here or 1) * worth, Decimal(0)
    above = total if total >= worth and here else Decimal(0)
    return above + ((total - above + here) or 1) * worth, Decimal(0)


def _tail(text: str, scale: str) -> int:
    """The worth of the scale words that follow the one at which a pair of digits ended (三四百万 → 万)."""
    worth = 1
    for character in text[text.index(scale) + 1 :]:
        worth *= _WORTH.get(character, 1)
    return worth


def _spoken_decimal(whole: str, decimals: str) -> tuple[float, float | None, bool] | None:
    head = parse(whole)
    digits = decimals.rstrip(_SCALE)
    if head is None or not digits or any(character not in _VALUE for character in digits):
        return None
    value = Decimal(str(head[0])) + Decimal("0." + "".join(str(_VALUE[c]) for c in digits))
    for character in decimals[len(digits) :]:
        value *= _WORTH[character]
    return float(value), None, head[2]


def _positional(text: str) -> tuple[float, float | None, bool] | None:
    """Digits read one by one (二〇一五); None when scale words stand among them."""
    if any(character not in _VALUE for character in text):
        return None
    return float("".join(str(_VALUE[character]) for character in text)), None, False
