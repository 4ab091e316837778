"""What a numeral is worth: 三千六百亿 → 3.6e11, 4万多亿 → 4e12 and more, 三四百 → 300 to 400."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Final

DIGITS: Final = "零〇一二三四五六七八九两"
SCALES: Final = "十百千万亿兆廿卅"
ARABIC: Final = r"(?:\d{1,3}+(?:,\d{3}(?!\d))++|\d++)(?:\.\d++)?+"
Value = tuple[float, float | None, bool]
_VALUE: Final = {character: index for index, character in enumerate("零一二三四五六七八九")} | {
    "〇": 0,
    "两": 2,
}
_WORTH: Final = {"十": 10, "百": 100, "千": 1000, "万": 10**4, "亿": 10**8, "兆": 10**12}
_TENS: Final = {"廿": 20, "卅": 30}
_FUZZY: Final = "多余几来"
_PLAIN: Final = re.compile(r"(\d++)(?:\.(\d++))?+(万亿|[百千万亿])?+")
_POWERS: Final = {"": 1, "百": 100, "千": 1000, "万": 10**4, "亿": 10**8, "万亿": 10**12}
_TOKEN: Final = re.compile(rf"{ARABIC}|[{DIGITS}]{{3,}}|.", re.S)


@lru_cache(maxsize=16_384)
def parse(text: str) -> Value | None:
    """The value of a numeral, its upper value where two digits stand side by side, and whether it is fuzzy.

    None when the characters are no numeral. 三千六百亿 → (3.6e11, None, False); 4万多亿 → (4e12, None,
    True); 三四百 → (300, 400, False).
    """
    plain = _PLAIN.fullmatch(text)
    if plain:
        digits, decimals, scale = plain.groups(default="")
        return int(digits + decimals) * _POWERS[scale] / 10 ** len(decimals), None, False
    whole, _, decimals = text.partition("点")
    if decimals:
        return _spoken_decimal(whole, decimals)
    return _Sum(text).value()


@dataclass(slots=True)
class _Sum:
    """A numeral while it is added up: `total` what 万 and 亿 closed, `section` what 十, 百 and 千 gave since.

    `number` are the digits that no scale word has taken yet, `upper` the second of two that stand side by
    side, `last` the scale word before.
    """

    text: str
    total: Decimal = Decimal(0)
    section: Decimal = Decimal(0)
    number: Decimal | None = None
    upper: Decimal | None = None
    fuzzy: bool = False
    last: int = 1

    def value(self) -> Value | None:
        tokens: list[str] = _TOKEN.findall(self.text)
        for token in tokens:
            if token in _WORTH and self.upper is not None and self.number is not None:
                return self._pair_of(_WORTH[token] * _worth_after(self.text, token), _WORTH[token])
            if token in _VALUE and self._side_by_side(token):
                self.upper = Decimal(_VALUE[token])
            elif token in _VALUE and self.number is not None:
                return _positional(self.text)
            else:
                self._add(token)
        return self._ended(len(tokens))

    def _side_by_side(self, digit: str) -> bool:
        """Whether a digit is one more than that before it: 三四百, 五六十."""
        return self.number is not None and digit not in "零〇" and _VALUE[digit] == self.number + 1

    def _add(self, token: str) -> None:
        if token in _TENS:
            self.section, self.number = self.section + _TENS[token], None
        elif token in _WORTH:
            self._scale(_WORTH[token])
        elif token in _FUZZY:
            self.fuzzy = True
        elif token in ("零", "〇"):
            self.number, self.last = (None if self.section + self.total > 0 else Decimal(0)), 1
        elif token in _VALUE:
            self.number = Decimal(_VALUE[token])
        elif token[0] in _VALUE:
            self.number, self.last = Decimal("".join(str(_VALUE[digit]) for digit in token)), 1
        else:
            self.number, self.last = Decimal(token.replace(",", "")), 1

    def _scale(self, worth: int) -> None:
        """Takes a scale word: 万 closes a section, 亿 scales all that is not 亿 yet."""
        number, self.number, self.last = self.number, None, worth
        if worth < 10**4:
            self.section += (Decimal(1) if number is None else number) * worth
            return
        here, self.section = self.section + (number or 0), Decimal(0)
        if worth == 10**4 and self.total and not here:
            self.total *= 1 if self.fuzzy else worth  # 10亿余万: ten 亿 and some 万
            return
        if worth == 10**4:
            self.total += (here or 1) * worth
            return
        above = self.total if self.total >= worth and here else Decimal(0)
        self.total = above + ((self.total - above + here) or 1) * worth

    def _pair_of(self, worth: int, first: int) -> Value:
        """三四百万: both digits are scaled by what follows them, what stands before by all but the first."""
        before = (self.total + self.section) * (worth // first)
        low, high = (self.number or 0) * worth, (self.upper or 0) * worth
        return float(before + low), float(before + high), self.fuzzy

    def _ended(self, tokens: int) -> Value | None:
        number, whole = self.number or Decimal(0), self.total + self.section
        if self.upper is not None:
            if not whole and tokens > 2:
                return _positional(self.text)
            return float(whole + number), float(whole + self.upper), self.fuzzy
        if self.number is not None and self.last >= 100 and self.text[-1] in _VALUE:
            number = number * self.last / 10
        return float(whole + number), None, self.fuzzy


def _worth_after(text: str, scale: str) -> int:
    """The worth of the scale words that follow the one at which a pair of digits ended (三四百万 → 万)."""
    worth = 1
    for character in text[text.index(scale) + 1 :]:
        worth *= _WORTH.get(character, 1)
    return worth


def _spoken_decimal(whole: str, decimals: str) -> Value | None:
    head = parse(whole)
    digits = decimals.rstrip(SCALES)
    if head is None or not digits or any(character not in _VALUE for character in digits):
        return None
    value = Decimal(str(head[0])) + Decimal("0." + "".join(str(_VALUE[c]) for c in digits))
    for character in decimals[len(digits) :]:
        value *= _WORTH[character]
    return float(value), None, head[2]


def _positional(text: str) -> Value | None:
    """Digits read one by one (二〇一五); None when scale words stand among them."""
    if any(character not in _VALUE for character in text):
        return None
    return float("".join(str(_VALUE[character]) for character in text)), None, False
