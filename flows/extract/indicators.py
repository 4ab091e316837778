"""Subject → code of the catalogue: a subject has a code when it is that concept and nothing narrower.

A subject is compared with the names in `schemas/indicators.csv` after words that change nothing (全市,
实现, 总量 …) are taken off; what then still differs is another thing.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Final

from flows import schemas
from flows.extract.phrases import leading_verb
from flows.extract.words import alternatives, by_first_character, by_last_character

_CONSTRUCTION: Final = re.compile(f"{alternatives('construction')}+")
_QUIET: Final = re.compile(r"[_“”\"'‘’\s（）()、·的]")
_WITHIN: Final = re.compile(
    r"^(.+?)(?:增加值)?(?:占|在|相当于|与(?=.+之比))(?<!研究与)(?:全[市省区国县]|地区|国内)*(.+?)中?(?:的?(?:比重|占比|比例)(?:比重)?|之比)$"
)
_DONE: Final = re.compile(
    "(?<=.)(?:实现|完成|如期|全部|顺利|力争|确保)(?=.{2})|向(?:二三|第?二、三|非农)产业"
)
_DONE_WORDS: Final = ("实现", "完成", "如期", "全部", "顺利", "力争", "确保", "产业")
_AND_ALL: Final = re.compile("^.*、.*等(?=各类|各种)")
_STATED: Final = re.compile("(?<=..)(?:均|已|已经|均已)?全部(?:按[期时])?(?:办|答|改|建)[^，]{1,5}$")
_GDP_SHARE: Final = re.compile(r"(?:国内|地区)?生产总值比重")
_CAMPAIGN: Final = re.compile("^“[^”]{2,10}”(?:建设|行动|工程|战略|创建)(?=..)")
_ASIDE: Final = re.compile(r"[（(][^（）()]{1,20}[)）]")
_PER_HEAD: Final = re.compile(r"按[^，按]{0,4}人口平均的?")
_DOING: Final = re.compile(rf"(?<=..){alternatives('done_last')}$")
_EFFORT: Final = re.compile(f"{alternatives('effort_adverb')}*{alternatives('effort')}")
_MOST_NEUTRAL: Final = 8
_LONGEST_PIECE: Final = 14


@lru_cache(maxsize=20_000)
def code_of(subject: str, changed: bool = False) -> str | None:
    """The code of the indicator that `subject` names, or None; with `changed` what its change is named by."""
    text = _plain(subject)
    names = _names()
    built = _CONSTRUCTION.match(text)
    if built and "~" + text[built.end() :] in names:
        return names["~" + text[built.end() :]]
    doing = _DOING.search(text)
    if doing:
        text = doing.group() + text[: doing.start()]
    for _ in range(_MOST_NEUTRAL):
        shorter, longer = text, ""
        while shorter != longer:
            if shorter in names:
                return names[shorter]
            if changed and f"±{shorter}" in names:
                return names[f"±{shorter}"]
            longer, shorter = shorter, _without_end(shorter)
        longer, text = text, _without_start(text)
        if text == longer:
            return None
    return None


def _without_start(text: str) -> str:
    """`text` without the word that changes nothing at its start, if there is one (全市, 实现 …)."""
    for word in by_first_character("neutral_start").get(text[:1], ()):
        if text.startswith(word):
            return text[len(word) :]
    return text


def _without_end(text: str) -> str:
    """`text` without the word that changes nothing at its end, if there is one (总量 …)."""
    for word in by_last_character("neutral_end").get(text[-1:], ()):
        if text.endswith(word):
            return text[: -len(word)]
    return text


def completed(part: str, text: str, opening: bool = False) -> str:
    """The longest name of an indicator that `part` and a piece of `text` make up, or nothing.

    运营里程 after 加快轨道交通建设 is 轨道交通运营里程, 新开工 after 加大保障性住房建设力度 新开工保障性住房.
    The piece has to open the text or to follow the verb that does; what is done to something (`part` is a
    verb) is looked for anywhere, unless `opening` is set.
    """
    does = leading_verb(part) == part
    names, part = _names(), _plain(part).removeprefix("完成")
    ends, begins = part[-2:] in _edges(-2, None), part[:2] in _edges(None, 2)
    if not ends and not begins:
        return ""
    text = _plain(text)
    own, opens = names.get(part), {0, len(leading_verb(text)), _end_of_effort(text)}
    for size in range(min(len(text), _LONGEST_PIECE), 1, -1):
        for start in opens if opening or not does else range(len(text) - size + 1):
            piece = text[start : start + size]
            before = f"{piece}{part}" if ends else ""
            behind = f"{part}{piece}" if begins else ""
            for name in (behind, before) if does else (before, behind):
                if names.get(name, own) != own:
                    return name
    return ""


def named_with(part: str, *texts: str) -> str:
    """The indicator that `part` (none itself) names with a text (房地产市场平稳，开发投资…), or nothing."""
    if code_of(part):
        return ""
    return next(filter(None, (completed(part, text, opening=True) for text in texts if text)), "")


def _end_of_effort(text: str) -> int:
    """Where the words end that a clause about an effort opens with: 抓紧实施高速公路规划."""
    effort = _EFFORT.match(text)
    return effort.end() if effort else 0


def fits(code: str, measure: str, unit: str) -> bool:
    """Whether a value in `unit` can be one of the indicator (a growth, rank, multiple or gap always can)."""
    if measure in ("growth", "multiple", "rank", "gap"):
        return True
    return unit == "" or unit in _units()[code] or (measure == "change" and unit == "百分点")


@cache
def _names() -> dict[str, str]:
    """Every name of every indicator, normalised → code; ~ stands for words of construction (新建, 改造).

    One with ± names it where it changes: 贫困人口减少5万人.
    """
    found: dict[str, str] = {}
    for row in schemas.rows("indicators.csv"):
        for name in schemas.spellings(row["synonyms"]):
            found.setdefault(_plain(name), row["code"])
    return found


@cache
def _edges(start: int | None, end: int | None) -> frozenset[str]:
    """The first or last two characters of all names: what begins or ends with others completes none."""
    return frozenset(name[start:end] for name in _names())


@cache
def _units() -> dict[str, frozenset[str]]:
    return {row["code"]: frozenset(row["units"].split("|")) for row in schemas.rows("indicators.csv")}


def _plain(text: str) -> str:
    """A name in one spelling: without signs and asides, in lower case, shares as …占…比重."""
    if "（" in text or "(" in text:
        text = _ASIDE.sub("", text)
    if "平均" in text:
        text = _PER_HEAD.sub("人均", text).replace("平均每人", "人均").replace("年平均", "")
    if text.endswith(("比重", "占比", "比例", "之比")):
        text = _WITHIN.sub(r"\1占\2比重", text)
    if "帐" in text:
        text = text.replace("到帐", "到账")
    if "牧" in text:
        text = text.replace("农村牧区", "农村").replace("农牧区", "农村")
    if text.startswith("“"):
        text = _CAMPAIGN.sub("", text)
    if "等各" in text:
        text = _AND_ALL.sub("", text)
    if not text.isalnum() or "的" in text:
        text = _QUIET.sub("", text)
    if any(word in text for word in _DONE_WORDS):
        text = _DONE.sub("", _STATED.sub("", text) if "全部" in text else text)
    return (_GDP_SHARE.sub("GDP比重", text) if "生产总值比重" in text else text).lower()
