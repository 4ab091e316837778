"""What is no quantity: numbers in names, classes, specifications, orders, slogans and idioms."""

from __future__ import annotations

import re
from typing import Final

from flows.extract.parts import Quantity
from flows.extract.phrases import leading_verb
from flows.extract.words import alternatives, members

_LETTER: Final = re.compile(r"[A-Za-z+＋·]")
_JOINED: Final = frozenset("+＋·×")
_QUOTED: Final = re.compile(r"[“\"‘《][^”\"’》]{1,40}[”\"’》]")
_LONGEST_QUOTED_NAME: Final = 16
_HEAD_NUMBER: Final = re.compile(
    r"[（(]?(?:\d{1,2}|[一二三四五六七八九十]{1,3})(?:[、.．）)](?!\d)|是(?!\d))"
)
_LAST_HEAD_NUMBER: Final = 3
_NAME_AFTER: Final = re.compile(rf"{alternatives('name_after')}|村(?=[^，。；、]{{0,4}}[道路])")
_CLASS_NOUN: Final = re.compile(alternatives("class_noun"))
_SPECIFICATION: Final = re.compile(rf"(?!{alternatives('after_measure')})[\u4e00-\u9fff]")
_BOUNDED: Final = r"及?以[上下内]"
_BOUNDS_AFTER: Final = ("以上", "以下", "以内", "左右")
_UNIT_TAIL: Final = re.compile(rf"{_BOUNDED}$")
_CLASS_AFTER: Final = re.compile(rf"{_BOUNDED}的?(?=[^，。；、：！？）”\s])")
_CLASS_BY_PEOPLE: Final = re.compile(rf"(?:人口{_BOUNDED}的?|{_BOUNDED}人口大?)[县区市镇乡村城]")
_STATEMENT_AFTER: Final = re.compile(
    rf"{_BOUNDED}(?:的{alternatives('bound_noun')}|的?(?:预期|年度|全年)?目标|[，。；、（）]"
    rf"|的?(?:高位)?(?:$|{alternatives('after_bound')}))"
)
_CLASS_LIST: Final = re.compile(r"、\d[\d.]{0,8}[万亿]{0,2}元(?=及?以[上下])")
_COUNTED: Final = re.compile(
    r"(?:的?([\u4e00-\u9fff]{2,12}?)|的)(?:达到?|有|共|增加|[由从](?:\d{4}年|[上去]年)?的?)?"
    r"\d+(?:[至到—－-]\d+)?[家个户名项座种只条处]"
)
_SOME: Final = re.compile(r"(?:一批|更多|若干)[^，。；、\d]{0,10}$")
_SOME_REACH: Final = 12
_COUNTED_BEFORE: Final = re.compile(
    r"\d[家个户名项座种只条处](?:年|总|计划)?(?:投资|产值|收入|税收|利润|营收|经济总量|生产总值)额?[过超]?$"
)
_PRIORITY: Final = re.compile(rf"{alternatives('priority_verb')}[^，。；]{{0,12}}第$")
_RANK_CUE: Final = re.compile(
    rf"(?:{alternatives('rank_cue')}|{alternatives('rank_region')}|[居列排][^，。；、第]{{1,8}})(?:第|前)?$"
)
_RANK_AFTER: Final = re.compile(
    rf"[\u4e00-\u9fff]{{0,8}}?{alternatives('power')}|{alternatives('rank_after')}|(?=[，。；、）]|$|的)"
)
_BEFORE_AGE: Final = re.compile(rf"{alternatives('before_age')}$")
_BEFORE_YEARS: Final = re.compile(rf"{alternatives('before_years')}$")
_BEFORE_DATE: Final = re.compile(rf"(?:{alternatives('before_date')}|[A-Za-z×*])$")
_AROUND: Final = re.compile("(?![之以]?内)[\u4e00-\u9fff]")
_WITHIN: Final = re.compile(r"内|之内|以内")
_BEFORE_SCALED: Final = re.compile(rf"{alternatives('before_scaled')}了?$")
_BEFORE_BARE: Final = re.compile(rf"{alternatives('before_bare')}$")
_ABSTRACT: Final = re.compile(alternatives("abstract_noun"))
_PEOPLE: Final = re.compile("的?(?:群众|农民|居民|农户|职工|劳动力)")
_PEOPLE_UNITS: Final = frozenset({"人", "名", "户"})
_CLASS_UNITS: Final = members("class_unit")
_MEASURED: Final = frozenset(
    {"ratio", "currency", "mass", "area", "volume", "length", "power", "energy", "price"}
)  # kinds of units.csv
_LEFT: Final = re.compile("[由从](?:[上去前]年|年初|[12]\\d{3}年)的$")
_LEFT_REACH: Final = 7
_ORIGIN: Final = frozenset("由从")
_ARRIVED: Final = frozenset("在到至达")
_MOVED_TO: Final = re.compile(r"[\u4e00-\u9fff]{1,3}[到至为](?:目前的?|现在的?)?(?:平均)?\d")
_STATISTICAL: Final = tuple(members("counted_name"))
_LONGEST_STATISTICAL: Final = max(map(len, _STATISTICAL))
_COMPARED: Final = (*members("passing"), "不足", "不到")
_PLACES: Final = re.compile("的(?:省|市|县|区|地区|城市|国家|企业|单位|家庭|行业)")
_PAYERS: Final = re.compile("的(?:家庭|部分|人员|群众|[\\u4e00-\\u9fff]{0,2}户(?!数))")
_NEWLY: Final = ("新培育", "新认定", "新增", "培育")
_CIRCLE: Final = re.compile(r"[^，。；、\d]{0,8}圈")
_NEXT_SESSIONS: Final = re.compile("(?:、[一二三四五六七八九十]{1,3}次)*")
_SESSIONS: Final = ("全会", "全体会议", "会议", "党代会", "代表大会", "集体学习")
_RATIO_MARKS: Final = frozenset("∶:：︰比")
_LARGEST_SLOGAN: Final = 12
_LARGE: Final = 10**6
_POINTING: Final = ("这", "那", "以下", "如下", "下列", "上述", "以上", "讲的", "说的")
_LONGEST_LISTED: Final = 10
_LIST_JOINT: Final = re.compile("[、和与及]")
_MOST_CLASS_DIGITS: Final = 2
_LARGEST_ENUMERATION: Final = 3
_FEWEST_PROJECTS: Final = 6


def quoted(sentence: str) -> list[tuple[int, int]]:
    """Where names and quotations stand in a sentence."""
    if "“" not in sentence and "《" not in sentence and "‘" not in sentence:
        return []
    return [match.span() for match in _QUOTED.finditer(sentence)]


def is_stated(sentence: str, quantity: Quantity, names: list[tuple[int, int]], spoken: bool) -> bool:
    """Whether a number states a quantity, rather than being (part of) a name, a class, an order or an idiom.

    `names` as of `quoted`; `spoken` tells that the report writes its quantities in Chinese numerals.
    """
    if _in_name(sentence, quantity, names):
        return False
    following = sentence[quantity.end : quantity.end + _LONGEST_STATISTICAL]
    if following.startswith(_STATISTICAL) or _is_reckoned(sentence, quantity):
        return False
    if quantity.rank:
        return _is_rank(sentence, quantity)
    if _is_ordinal(sentence, quantity) or _is_class(sentence, quantity):
        return False
    if quantity.kind == "time" and not _is_duration(sentence, quantity):
        return False
    if quantity.style == "scale":
        return _is_round(sentence, quantity)
    return quantity.style != "chinese" or _is_spelled_out(sentence, quantity, spoken)


def _is_reckoned(sentence: str, quantity: Quantity) -> bool:
    """Whether a rate only says how something is reckoned: （按有效成分百分之百计算）."""
    by = quantity.kind == "ratio" and sentence.startswith(("计算", "折算"), quantity.right)
    return by and "按" in sentence[max(0, quantity.left - _SOME_REACH) : quantity.left]


def counts_without_unit(sentence: str, quantity: Quantity) -> bool:
    """6434万农村人口: a scaled number directly before a noun; a plain 500 without a unit is a name."""
    if quantity.style == "fraction":
        return True
    if quantity.value_max is not None:
        return False
    to_one = sentence[quantity.end : quantity.right]
    if to_one[:1] in _RATIO_MARKS and to_one.endswith("1"):
        return True
    if _is_origin(sentence, quantity):
        return True
    after = sentence[quantity.right : quantity.right + 1]
    ends = not after or after in "，。；、"
    scaled = sentence[quantity.end - 1] in "万亿" or (
        sentence[quantity.end - 1] in "多余" and sentence[quantity.end - 2] in "万亿"
    )
    whole = quantity.end - quantity.start > 1 or sentence[quantity.start] == "亿"
    named = sentence[quantity.left - 1 : quantity.left] >= "\u4e00" or quantity.left < quantity.start
    if scaled and after and ends and whole and named:
        return True
    if scaled and _BEFORE_SCALED.search(sentence, quantity.left - 4, quantity.left):
        return True
    if ends:
        return _BEFORE_BARE.search(sentence, quantity.start - 5, quantity.start) is not None
    return scaled and (after == "“" or (after not in "：！？）”+—-" and after >= "\u4e00"))


def _in_name(sentence: str, quantity: Quantity, names: list[tuple[int, int]]) -> bool:
    """1∶2, the 3. of a heading, 1+3, 5G, and what stands in quotation marks."""
    start, end = quantity.start, quantity.end
    before, after = sentence[start - 1 : start], sentence[end : end + 1]
    if before in _RATIO_MARKS and sentence[start - 2 : start - 1].isdigit():
        return True
    if end <= _LAST_HEAD_NUMBER and _HEAD_NUMBER.match(sentence):
        return True
    if (after in _JOINED or before in _JOINED) and after and quantity.style != "fraction":
        return True
    if not quantity.unit and _LETTER.match(after):
        return True
    if not names or quantity.kind in ("ratio", "currency"):
        return False
    around = (right - left for left, right in names if left < start and end <= right)
    return any(length <= _LONGEST_QUOTED_NAME for length in around)


def _is_ordinal(sentence: str, quantity: Quantity) -> bool:
    """第三, 初一, 前10名, 3号, 三级, 5型."""
    before = sentence[quantity.start - 1 : quantity.start]
    unit = quantity.unit
    if before in ("第", "初", "老") or (before == "前" and unit in ("", "位", "名", "%", "‰")):
        return True
    if unit == "批" and before == "分":
        return True
    if unit == "次":
        listed = _NEXT_SESSIONS.match(sentence, quantity.right)
        if listed and sentence.startswith(_SESSIONS, listed.end()):
            return True
    if not unit and _NAME_AFTER.match(sentence, quantity.right):
        return True
    return sentence[quantity.right : quantity.right + 1] in ("级", "型")


def _is_class(sentence: str, quantity: Quantity) -> bool:
    """千亿产业, 500千伏变电站, 千万元以上项目, 超亿元企业5家: the number tells what kind of thing it is."""
    right, unit = quantity.right, quantity.unit
    if _parts_places(sentence, quantity):
        return True
    if not unit and _CLASS_BY_PEOPLE.match(sentence, right):
        return True
    if not unit and sentence.endswith("人口", 0, quantity.left) and _bounds_a_class(sentence, quantity):
        return True
    if quantity.style == "scale" and not unit and _COUNTED_BEFORE.search(sentence, 0, quantity.left):
        return True
    if not unit and quantity.style != "fraction" and _CLASS_NOUN.match(sentence, right):
        return len(f"{quantity.value:.0f}".rstrip("0")) <= _MOST_CLASS_DIGITS
    specified = unit in ("米", "毫米", "厘米") or quantity.kind == "voltage"
    if specified and _SPECIFICATION.match(sentence, right):
        return True
    if unit not in _CLASS_UNITS or (unit in _PEOPLE_UNITS and _PEOPLE.match(sentence, right)):
        return False
    passed = quantity.left < quantity.start or sentence[quantity.start - 1] in "过上达"
    counted = _COUNTED.match(sentence, right) if passed else None
    if counted and not leading_verb(counted[1] or ""):
        return True
    if passed and _SOME.search(sentence, quantity.left - _SOME_REACH, quantity.left):
        return True
    if passed and sentence.startswith("的", right) and _COUNTED_BEFORE.search(sentence, 0, quantity.left):
        return True
    listed = _CLASS_LIST.match(sentence, right)
    if listed and not _STATEMENT_AFTER.match(sentence, listed.end()):
        return _CLASS_AFTER.match(sentence, listed.end()) is not None
    return _bounds_a_class(sentence, quantity)


def _parts_places(sentence: str, quantity: Quantity) -> bool:
    """Whether a rate or sum tells who is meant: 比例高于16%的省份, 收入低于7000元的农户."""
    if quantity.kind not in ("ratio", "currency") or not sentence.endswith(_COMPARED, 0, quantity.start):
        return False
    parted = _PLACES if quantity.kind == "ratio" else _PAYERS
    return parted.match(sentence, quantity.right) is not None


def _bounds_a_class(sentence: str, quantity: Quantity) -> bool:
    """Whether 以上 behind a number makes a class of the noun that follows: 6个月以上的居民."""
    right = quantity.right
    tail = _UNIT_TAIL.search(sentence, quantity.end, right) if sentence[right - 1] in "上下内" else None
    at = tail.start() if tail else right
    if sentence[at : at + 1] not in ("及", "以") or _is_origin(sentence, quantity):
        return False
    if quantity.unit == "户" and sentence.endswith(_NEWLY, 0, quantity.left):
        return False
    return bool(_CLASS_AFTER.match(sentence, at)) and not _STATEMENT_AFTER.match(sentence, at)


def _is_origin(sentence: str, quantity: Quantity) -> bool:
    """Whether a number is what something came from: 由20天以上压缩到4天."""
    moved = sentence[quantity.left - 1 : quantity.left] in _ORIGIN
    moved = moved or _LEFT.search(sentence, quantity.left - _LEFT_REACH, quantity.left) is not None
    return moved and _MOVED_TO.match(sentence, quantity.right) is not None


def _is_rank(sentence: str, quantity: Quantity) -> bool:
    """第2位, 全省第一, 世界第二大经济体; not 第一产业, 第一、二、三产业, 第三次, 第十三届, 放在第一位."""
    start, end = quantity.start, quantity.end
    if sentence[start - 1 : start] == "前" and quantity.unit not in ("位", "名"):
        return False
    if _PRIORITY.search(sentence, start - 16, start):
        return False
    if sentence.startswith("位的", end) and sentence[start - 2 : start - 1] == "是":
        return False
    if sentence[end : end + 1] in ("位", "名"):
        return True
    cue = _RANK_CUE.search(sentence, start - 12, start - 1)
    return cue is not None and _RANK_AFTER.match(sentence, end) is not None


def _is_duration(sentence: str, quantity: Quantity) -> bool:
    """A length of time that is stated as a quantity: 连续8年, 缩短到3个工作日, 延长30年."""
    before, right = sentence[max(0, quantity.left - 6) : quantity.left], quantity.right
    if quantity.unit == "岁":
        return bool(_BEFORE_AGE.search(before)) and not sentence.startswith(("以上", "老人"), right)
    if quantity.unit in ("年", "日"):
        if sentence.startswith("试点", right):
            return False
        return _is_origin(sentence, quantity) or _BEFORE_YEARS.search(before) is not None
    if _CIRCLE.match(sentence, right):
        return False
    if _bounds_a_class(sentence, quantity) or (quantity.value == 24 and _AROUND.match(sentence, right)):
        return False
    return not _WITHIN.match(sentence, right, right + 2) and not _BEFORE_DATE.search(before)


def _is_round(sentence: str, quantity: Quantity) -> bool:
    """突破万亿元, 亿余元: a bare scale word counts where it is bounded, 千军万马 does not."""
    if quantity.unit and quantity.bound == "lower" and sentence.startswith(("余", "多"), quantity.end):
        return True
    held = sentence[quantity.left - 1 : quantity.left] in _ARRIVED and bool(quantity.unit)
    bounded = (quantity.left < quantity.start or held) and quantity.bound != "exact"
    return bounded and (bool(quantity.unit) or quantity.value >= _LARGE)


def _sums_up(sentence: str, quantity: Quantity) -> bool:
    """Whether a number only says how many things were listed: 粮食、棉花、油料三个品种."""
    begins = max(sentence.rfind(mark, 0, quantity.left) for mark in "，。；：") + 1
    listed = _LIST_JOINT.split(sentence[begins : quantity.left])
    named = all(0 < len(one) <= _LONGEST_LISTED for one in listed) and quantity.kind == "count"
    return quantity.value == len(listed) > 1 and named and not listed[-1].endswith("等")


def _is_spelled_out(sentence: str, quantity: Quantity, spoken: bool) -> bool:
    """Chinese numerals count with a real unit, when compound, or where the report writes all numbers so."""
    start, end, unit, value = quantity.start, quantity.end, quantity.unit, quantity.value
    following = sentence[quantity.right : quantity.right + 12]
    if quantity.kind in _MEASURED:
        return end - start >= 2 or unit not in members("ambiguous_unit")
    if not unit:
        scaled = sentence[end - 1] == "亿" or "万" in sentence[start:end]
        return value >= 10**4 and scaled and end - start >= 2
    after = sentence[end : end + 1]
    if after == "方" or unit in members("ordinal_unit"):
        return False
    if value <= _LARGEST_SLOGAN and _ABSTRACT.match(following):
        return False
    if value <= _LARGEST_SLOGAN and (sentence.endswith(_POINTING, 0, start) or _sums_up(sentence, quantity)):
        return False
    about = value >= 10 and after in ("几", "多", "余", "来")
    if about or value >= 10**4 or quantity.value_max is not None:
        return True
    if spoken:
        if sentence.endswith(_BOUNDS_AFTER, 0, quantity.right):
            return True
        return value > _LARGEST_ENUMERATION or (value > 1 and unit not in members("small_counter"))
    if end - start >= 2 and value >= 10 and unit in members("kept_counter"):
        return True
    return value >= _FEWEST_PROJECTS and unit in ("项", "个", "件") and following.startswith(("重点", "民生"))
