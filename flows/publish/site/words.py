"""What people read: values, periods and names in the two languages of the site.

The sentences of the pages are English; `chinese.yaml` has the Chinese of each, and of the sentences of
`schemas/` that the pages show. What it does not have stays English.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from flows import schemas

LANGUAGES = ("zh", "en")
TAGS = {"zh": "zh-Hans", "en": "en"}
"""The language of a page as `lang` and `hreflang` have it."""

SCALES = {
    "zh": ((1e12, "万亿"), (1e8, "亿"), (1e4, "万")),
    "en": ((1e12, " trillion"), (1e9, " billion"), (1e6, " million")),
}
BOUNDS = {
    "zh": {"about": "{}左右", "lower": "{}以上", "upper": "{}以内"},
    "en": {"about": "about {}", "lower": "at least {}", "upper": "at most {}"},
}
# What is said of a fall is said of its size: −3.4% or more of it is not "at least −3.4%".
FALLS = {
    "zh": {"lower": "下降{}以上", "upper": "下降{}以内"},
    "en": {"lower": "down at least {}", "upper": "down at most {}"},
}
SHAPES = {
    "zh": {"rank": "第{}位", "multiple": "{}倍"},
    "en": {"rank": "No. {}", "multiple": "{} times"},
}
_SIGNED = ("growth", "change", "gap")
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December",
)  # fmt: skip
_PERIOD = re.compile(r"(\d{4})(?:/(\d{4})|-(H|Q)?(\d{1,2}))?")
_MANY = re.compile(r"(\{n\} [a-z]+)s\b")
TIGHT = ("%", "‰")
"""Units that stand without a blank behind the number."""

_COUNTED = (
    "percentage point", "per mille point", "basis point", "US dollar", "Hong Kong dollar", "euro", "rouble",
    "franc",
)  # fmt: skip


@cache
def chinese() -> Mapping[str, str]:
    """The Chinese of the English sentences of the site."""
    import yaml

    found: dict[str, str] = yaml.safe_load((Path(__file__).parent / "chinese.yaml").read_text("utf-8"))
    return found


def said(sentence: str, language: str, **given: object) -> str:
    """The English SENTENCE in LANGUAGE, its places in braces filled with what is GIVEN."""
    text = chinese().get(sentence, sentence) if language == "zh" else sentence
    if language == "en" and str(given.get("n")) == "1":
        text = _MANY.sub(r"\1", text)
    return text.format(**given) if given else text


def number(value: float) -> str:
    """VALUE in decimal notation, thousands parted, without the noise of binary fractions."""
    if value == int(value) and abs(value) < 1e15:
        return f"{int(value):,}"
    return f"{value:,.10f}".rstrip("0").rstrip(".") if abs(value) < 1e15 else f"{value:.6g}"


def amount(value: float, unit: str, language: str) -> str:
    """VALUE with its scale word and its UNIT (a base unit of `schemas/units.csv`)."""
    for scale, word in SCALES[language]:
        if abs(value) >= scale:
            shown = number(float(f"{value / scale:.10g}")) + word
            break
    else:
        shown = number(value)
    if language == "zh" or unit in TIGHT:
        return shown + unit
    name = unit_name(unit, abs(value) == 1)
    return f"{shown} {name}" if name else shown


def unit_name(unit: str, one: bool = False) -> str:
    """The English name of a base unit, as it stands behind a number; behind a ONE if it is that."""
    name = _unit_names().get(unit, unit)
    return f"{name}s" if name in _COUNTED and not one else name


def scaled(word: str, unit: str, language: str) -> str:
    """A scale word with a unit, as the name of an axis."""
    name = unit if language == "zh" or unit in TIGHT else unit_name(unit)
    return f"{word}{name}" if language == "zh" else f"{word} {name}".strip()


def value(row: Mapping[str, Any], language: str) -> str:
    """The value of an observation or a row of the panel, with sign, unit and wording.

    `explore.js` says values in the same way, by the words of `wording`.
    """
    low, unit, measure = row["value"], row["unit"], row["measure"]
    if low < 0 and measure in ("growth", "change") and row["bound"] in FALLS[language]:
        return FALLS[language][row["bound"]].format(amount(-low, unit, language))
    if measure in SHAPES[language]:
        shown = SHAPES[language][measure].format(number(low))
    else:
        shown = amount(low, unit, language)
        if measure in _SIGNED:
            shown = shown.replace("-", "−", 1) if low < 0 else f"+{shown}" if low else shown
        if row.get("value_max") is not None:
            bare = shown.removesuffix(unit) if unit in TIGHT else shown
            shown = f"{bare}–{amount(row['value_max'], unit, language)}"
    return BOUNDS[language].get(row["bound"], "{}").format(shown)


def wording() -> dict[str, dict[str, Any]]:
    """The words of values by language, for scripts."""
    return {
        one: {"scales": SCALES[one], "bounds": BOUNDS[one], "falls": FALLS[one], "shapes": SHAPES[one]}
        for one in LANGUAGES
    }


def period(text: str | None, language: str) -> str:
    """A period of the tables, such as 2015, 2011/2015, 2015-H1, 2015-Q1 or 2015-03."""
    match = _PERIOD.fullmatch(text or "")
    if not match:
        return text or ""
    year, end, kind, part = match.groups()
    if end:
        return f"{year}–{end}"
    if not part:
        return str(year)
    if language == "zh":
        within = {"H": ("上半年", "下半年"), "Q": ("一季度", "二季度", "三季度", "四季度")}
        return f"{year}年" + (within[kind][int(part) - 1] if kind else f"{int(part)}月")
    return f"{kind}{part} {year}" if kind else f"{_MONTHS[int(part) - 1]} {year}"


def region(code: str, language: str, name: str = "") -> str:
    """The name of the area CODE; in English as it is spelt in Latin letters, where that is known."""
    place = schemas.regions().get(code)
    own = name or (place.name if place else code)
    return own if language == "zh" else _spelt().get(code, own)


def spellings(code: str) -> list[str]:
    """The short names and spellings of the area CODE, by which it is looked for."""
    return _spellings().get(code, [])


@cache
def _spellings() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for row in schemas.rows("region_names.csv"):
        known = found.setdefault(row["code"], [])
        known += [name for name in (row["short"], row["pinyin"]) if name and name not in known]
    return found


@cache
def _spelt() -> dict[str, str]:
    """The Latin names: the first spelling, or an English one behind it where there is one."""
    english = {"100000": "China", "150000": "Inner Mongolia", "540000": "Tibet", "810000": "Hong Kong"}
    found = {
        code: next((name for name in names if name.isascii()), "").capitalize()
        for code, names in _spellings().items()
    }
    return {code: name for code, name in (found | english).items() if name}


@cache
def _unit_names() -> dict[str, str]:
    return {row["unit"]: row["name_en"] for row in schemas.rows("units.csv")}


@cache
def indicator_names() -> dict[str, tuple[str, str]]:
    """The Chinese and English names of the indicators by code; the Chinese without its other names."""
    return {row["code"]: (plain(row["name_zh"]), row["name_en"]) for row in schemas.rows("indicators.csv")}


def plain(name: str) -> str:
    """A name of the catalogue without what stands in brackets, unless nothing else is left."""
    return re.sub(r"（[^）]*）", "", name).strip() or name


def indicator(code: str | None, language: str) -> str:
    """The name of the indicator CODE in LANGUAGE; its code where it has none."""
    names = indicator_names().get(code or "")
    return names[LANGUAGES.index(language)] if names else code or ""


def simplified(text: str) -> str:
    """TEXT in simplified characters."""
    return str(_converter().convert(text))


@cache
def _converter() -> Any:
    import opencc

    return opencc.OpenCC("t2s")
