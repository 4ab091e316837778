"""Phrases: the verbs, fillers and adverbs at the edges of what may be a subject."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from flows.extract.words import alternatives, beginnings, by_last_character, members

_VERB: Final = re.compile(rf"{alternatives('verb_prefix')}?{alternatives('verb')}")
_NOUN_GOES_ON: Final = "总额值量率性力业商的品企厂规户安"
_COUNT: Final = r"(?:[一二两三四五六七八九十]{1,2}|\d{1,2})"
_YEARS: Final = rf"(?:这|前|近|第一个)?{_COUNT}年(?:来|间|中|内|合计|共)"
_YEAR_AFTER_YEAR: Final = rf"(?:从起)?，?(?:连续)?{_COUNT}年，?(?=每年|年均)"
_EACH: Final = frozenset("人户亩日月年")
_EARLY: Final = rf"提前{_COUNT}年(?:或{_COUNT}年)?(?:实现|完成|达到)?了?"
_ADJUSTED: Final = "(?:剔除|扣除|还原|考虑)[^，。]{1,12}?(?:因素影响|因素|影响|口径)(?:后|计算|以后)?"
_RECKONED: Final = "按[^，。]{1,10}?(?:折算|计算|口径)|[同与和跟][^，。同与和跟]{1,12}相比，?"
_KIND_OF_YEAR: Final = "[大多][灾旱涝]之年"
_TAKING: Final = rf"用{_COUNT}年(?:左右)?时间"
# With what a filler begins, so that most texts are told at once to open with none.
_FILLER_FIRST: Final = (
    rf"\d一二两三四五六七八九十这前近第提剔扣还考按同与和跟用大多从连{beginnings('opening_filler')}"
)
_FILLERS: Final = re.compile(
    rf"(?:(?=[{_FILLER_FIRST}])"
    rf"(?:{alternatives('opening_filler')}|{_YEARS}|{_EARLY}|{_ADJUSTED}|{_RECKONED}|{_TAKING}|{_KIND_OF_YEAR}"
    rf"|{_YEAR_AFTER_YEAR}))+"
)
_PRONOUN_FIRST: Final = frozenset(f"在{beginnings('pronoun')}")
_PRONOUNS: Final = re.compile(rf"(?:{alternatives('pronoun')}|在[^，]{{0,16}}{alternatives('within')})++$")
_CIRCUMSTANCE: Final = re.compile(r"在[^，在]{1,30}(?:(?:情况|基础|基数|背景|条件|前提|形势)[下上]|之年)$")
BUILT: Final = re.compile(rf"(?<=..){alternatives('built')}$")
"""What is done to a thing, said behind it: 保障房新开工."""
PER_UNIT: Final = re.compile(r"(?:单位|每?万元)(?:地区|国内)?(?:生产总值|GDP)")
"""What makes a rate of what follows it: 单位生产总值能耗."""
RUNNING: Final = re.compile(
    r"(?:已|均)?连续[\d一二两三四五六七八九十]{1,3}[多余]?个?[年月季](?:度|份)?(?:均|都)?$"
)
"""How long something has gone on, at the end of a phrase: 连续四年."""
_NO_JOINTS: Final = tuple(members("joint_word"))
_LIST_MARK: Final = re.compile(
    r"(?=[（一二三四五六七八九十\d①-⑳])"
    r"(?:（?[一二三四五六七八九十\d]{1,2}）|[①-⑳]|[一二三四五六七八九十]{1,3}是)"
)


@lru_cache(maxsize=4096)
def clean(text: str) -> str:
    """A subject without what only introduces it (其中, 预计, 全年, 全市 …); nothing where that is all."""
    text = unjoined(text.strip(), "、，和与及—-•●（")
    text = text[_end(_LIST_MARK, text) :]
    text = text[_end(_FILLERS, text) :]
    text = _CIRCUMSTANCE.sub("", text) if text.endswith(("上", "下", "年")) else text
    text = RUNNING.sub("", text) if "连续" in text else text
    if text[:1] in _PRONOUN_FIRST and _PRONOUNS.match(text):
        return ""
    balanced = text.count("“") == text.count("”")
    return text.strip("的、，之了（" if balanced else "的、，之了（“”")


@lru_cache(maxsize=4096)
def leading_verb(text: str) -> str:
    """The verbs at the beginning of `text` (新改建, 完成), or nothing; 进口总额 begins with a noun."""
    verb = text[: _end(_VERB, text)]
    following = text[len(verb) : len(verb) + 1]
    return "" if verb in members("noun_verb") and following and following in _NOUN_GOES_ON else verb


def unjoined(text: str, joints: str) -> str:
    """`text` without the JOINTS at its beginning; 及时 and 和谐 begin with none."""
    while text and text[0] in joints and not text.startswith(_NO_JOINTS):
        text = text[1:]
    return text


def without_adverbs(head: str) -> str:
    """`head` without the adverbs at its end (同比, 年均, 分别, 累计 …)."""
    endings = by_last_character("closing_adverb")
    while head:
        for word in endings.get(head[-1], ()):
            if head.endswith(word) and not _is_part_of_word(head, word):
                head = head[: -len(word)]
                break
        else:
            return head
    return head


def _is_part_of_word(head: str, word: str) -> bool:
    """Whether an adverb of one character ends another word: 人均, 供应, 需要."""
    if word == "均":
        return head[-2:-1] in _EACH
    return len(word) == 1 and head[-2:] in members("no_adverb")


def _end(pattern: re.Pattern[str], text: str) -> int:
    match = pattern.match(text)
    return match.end() if match else 0
