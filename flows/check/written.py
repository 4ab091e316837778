"""Whether a row says what the text says: its value and unit against the number as it is written there.

The numeral is read anew from `number_text` and the unit from the characters behind it, so that a value that
was changed on its way from the text (a decimal point moved, a scale word lost, another unit) is seen.
"""

from __future__ import annotations

import math
import re
import unicodedata
from functools import cache, lru_cache
from typing import Any

from flows import schemas
from flows.values import ARABIC, DIGITS, SCALES, parse

Row = dict[str, Any]
_RANGE = re.compile(r"[—－\-–~～至到]+")
_PART = re.compile(r"^(?:百|千)分之")
_STATED = {"百分之": "%", "千分之": "‰"}
_SCALE = re.compile(r"[百千万亿]+$")
_NUMERAL = re.compile(
    rf"(?:(?:{ARABIC})[{SCALES}多余几来]*)+|[{DIGITS}{SCALES}多余几来]+(?:点[{DIGITS}]+[{SCALES}]*)?"
)
_CORRECTED = "corrected"  # what people say goes before what is written
_HALVED = {"倍", "番", "年", "小时"}
_PER = re.compile("[/每]")
_PLAIN = {"currency", "ratio", "mass", "area", "length", "volume", "energy", "power"}
_SIMPLE = str.maketrans("點萬億兩·‧•・", "点万亿两....")
_SIGN = "%％‰"
_TENTHS = re.compile("成([一二三四五六七八九]?)$")
_SMALL_MONEY = re.compile(r"元零?(.)角(?:(.)分)?$")


def value_is_written(row: Row) -> bool | None:
    """Whether `value` and `value_max` are what `number_text` says; None where that is no plain numeral.

    Signs are not compared: 下降3% is written 3.
    """
    ends = _numbers(row["number_text"])
    if ends is None or _CORRECTED in row["flags"]:
        return None
    low, high = ends
    top = row["value_max"]
    stated = [abs(row["value"])] if top is None else [abs(row["value"]), abs(top)]
    written = [low] if high is None else [low, high]
    if stated == written:
        return True
    # 三百到四百多 has a second end that is open, 一二百 two in one: only what both have is compared.
    halves = (0.0, 0.5) if row["unit"] in _HALVED else (0.0,)  # 六倍半
    return all(
        any(math.isclose(one, other + half, rel_tol=1e-9) for other in written for half in halves)
        for one in stated
    )


def unit_is_written(row: Row, after: str) -> bool | None:
    """Whether the unit is the one that stands directly behind the number, or in it (百分之四), if one does.

    AFTER are the characters of the text behind the number.
    """
    if _CORRECTED in row["flags"]:
        return None
    if stated := _STATED.get("".join(row["number_text"].split())[:3]):
        return bool(row["unit"] == stated)
    if _TENTHS.search(row["number_text"]):
        return bool(row["unit"] == "%")
    if _SMALL_MONEY.search(row["number_text"]):
        return bool(row["unit"] == "元")
    if row["unit"] and after.startswith(row["unit"]):
        return True
    text = "".join(unicodedata.normalize("NFKC", after).split()).lstrip("多余")
    for length in range(min(_longest(), len(text)), 0, -1):
        if unit := _spelled().get(text[:length]):
            return None if _PER.match(text[length:]) else row["unit"] == unit
    return None


@lru_cache(maxsize=65536)
def _numbers(number: str) -> tuple[float, float | None] | None:
    text = "".join(unicodedata.normalize("NFKC", number).split()).translate(_SIMPLE).rstrip(_SIGN)
    tenths = _TENTHS.search(text)
    if tenths:  # 七成五 is 75 %
        ends, more = _numbers(text[: tenths.start()]), parse(tenths[1] or "零")
        return ends and more and (ends[0] * 10 + more[0], None if ends[1] is None else ends[1] * 10 + more[0])
    small = _SMALL_MONEY.search(text)
    if small:  # 三元五角
        yuan, jiao, fen = parse(text[: small.start()]), parse(small[1]), parse(small[2] or "零")
        return yuan and jiao and fen and (yuan[0] + jiao[0] / 10 + fen[0] / 100, None)
    parts = [_PART.sub("", part.rstrip(_SIGN)) for part in _RANGE.split(text)]
    if len(parts) > 2 or "分之" in text.replace("百分之", "").replace("千分之", "") or not all(parts):
        return None
    if len(parts) == 2 and not _SCALE.search(parts[0]) and (scale := _SCALE.search(parts[1])):
        parts[0] += scale[0]
    if not all(_NUMERAL.fullmatch(part) for part in parts):
        return None
    found = [parse(part) for part in parts]
    values = [one[0] for one in found if one is not None]
    if len(values) != len(parts):
        return None
    top = (
        found[0][1] if len(found) == 1 and found[0] is not None else values[-1] if len(values) == 2 else None
    )
    return values[0], top


@cache
def _spelled() -> dict[str, str]:
    """Units by their spellings, without measure words, which have other meanings too (位, 台)."""
    found: dict[str, str] = {}
    for row in schemas.rows("units.csv"):
        if row["kind"] in _PLAIN:
            for spelling in {row["unit"], *row["spellings"].split("|")} - {""}:
                found[unicodedata.normalize("NFKC", spelling)] = row["unit"]
    return found


@cache
def _longest() -> int:
    return max(map(len, _spelled()))
