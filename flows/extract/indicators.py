"""Subject → code of the catalogue: a subject has a code when it is that concept and nothing narrower.

A subject is compared with the names in `schemas/indicators.csv` after words that change nothing (全市,
实现, 总量 …; `schemas/neutral.csv`) are taken off; what then still differs is another thing.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from flows import schemas

_BUILT = re.compile(
    r"(?:新|改|扩|建|建设|建成|改造|提升|改善|完成|开工|启动|实施|累计|新增|提质|升级|整治|修建|推进|和|与|及|并)+"
)
_QUIET = re.compile(r"[_“”\"'‘’\s（）()、·的]")
_WITHIN = re.compile(
    r"^(.+?)(?:增加值)?(?:占|在|相当于)(?:全[市省区国县]|地区|国内)*(.+?)中?的?(?:比重|占比|比例)(?:比重)?$"
)


@cache
def _names() -> dict[str, str]:
    """Every name of every indicator, normalised → code."""
    found: dict[str, str] = {}
    for row in schemas.rows("indicators.csv"):
        for name in row["synonyms"].split("|"):
            found.setdefault(_plain(name), row["code"])
    return found


@cache
def _units() -> dict[str, frozenset[str]]:
    return {row["code"]: frozenset(row["units"].split("|")) for row in schemas.rows("indicators.csv")}


@cache
def _neutral(place: str) -> re.Pattern[str]:
    words = sorted(
        (row["word"] for row in schemas.rows("neutral.csv") if row["place"] == place), key=len, reverse=True
    )
    body = "|".join(map(re.escape, words))
    return re.compile(f"^(?:{body})" if place == "start" else f"(?:{body})$")


def _plain(text: str) -> str:
    if text.endswith(("比重", "占比", "比例")):
        text = _WITHIN.sub(r"\1占\2比重", text)
    return (
        _QUIET.sub("", text)
        .replace("国内生产总值比重", "GDP比重")
        .replace("地区生产总值比重", "GDP比重")
        .replace("生产总值比重", "GDP比重")
        .lower()
    )


@lru_cache(maxsize=20_000)
def code_of(subject: str) -> str | None:
    """The code of the indicator that `subject` names, or None."""
    text = _plain(subject)
    names = _names()
    built = _BUILT.match(text)
    if built and "~" + text[built.end() :] in names:
        return names["~" + text[built.end() :]]
    if text.endswith(("新增", "净增")):
        text = text[-2:] + text[:-2]
    seen = 0
    start, end = _neutral("start"), _neutral("end")
    while text and seen < 8:
        if text in names:
            return names[text]
        shorter = end.sub("", text, count=1)
        while shorter != text:
            if shorter in names:
                return names[shorter]
            text_, shorter = shorter, end.sub("", shorter, count=1)
            if text_ == shorter:
                break
        stripped = start.sub("", text, count=1)
        if stripped == text:
            return None
        text, seen = stripped, seen + 1
    return None


def fits(code: str, measure: str, unit: str) -> bool:
    """Whether a level in `unit` can be a value of the indicator (a growth, rank or multiple always can)."""
    if measure in ("growth", "multiple", "rank", "gap"):
        return True
    if measure == "change":
        return unit in _units()[code] or unit in ("百分点", "")
    return unit in _units()[code] or unit == ""
