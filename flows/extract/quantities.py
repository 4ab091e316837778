"""Quantities: numbers with their units and bounds, and what is no quantity.

A quantity is looked for in one sentence (a string); its offsets are those of that string.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache

from flows import schemas
from flows.extract import units
from flows.extract.numerals import Number, find_numbers, parse
from flows.extract.times import Time

_RANGE = re.compile(r"(?:—|–|-|－|~|～|至|到|——){1,2}$")
_NEIGHBOURS = re.compile(r"[一二三四五六七八九]、$")
_PRIORITY = re.compile(r"(?:放在|摆在|置于|放到|摆到|当作|视为|坚持|作为)[^，。；]{0,12}第$")
_PREDICATED = re.compile(r"(?:减少|增加|达到?|超过|突破|新增|下降到|增长到|为|约|破)了?$")
_STATED = re.compile(r"(?:达到?|[为到至]|有|不[高低]于|不超过|控制在)$")
_CLASS_NOUN = re.compile(r"(?:产业|集群|企业|项目|园区|基地|城市|工程|县(?!域)|市(?!场)|镇(?!村)|级|强)")
_SPECIFICATION = re.compile(r"(?!以|左右|的|等|多|余|增|提|下|和|及|至|到|长)[\u4e00-\u9fff]")
_LOOSE = re.compile(r"[多余来几](?![种样方年])")
_UNIT_TAIL = re.compile(r"(?:及)?以[上下内]$")
_QUOTED = re.compile(r"[“\"‘《][^”\"’》]{1,40}[”\"’》]")
_RANK_AFTER = re.compile(
    r"(?:位|名|[\u4e00-\u9fff]{0,8}?(?:大国|强国|大省|强省|大市|强市)|大(?:经济体|贸易|货物|外资|对外|吸|投资|市场|省|市|工业|农业|制造|生产|出口|进口|消费|旅游|能源|粮|强)|(?=[，。；、）]|$|的))"
)
_RANK_CUE = re.compile(
    r"(?:[居列占排名为全省市区国界球内首一均]|达到?|升至|上升到|跃居|进入|保持|并列|提升到|前移到|升到|跃升至|稳居|世界"
    r"|[居列排][^，。；、第]{1,8})(?:第|前)?$"
)
_LETTER = re.compile(r"[A-Za-z+＋·]")
_HEAD_NUMBER = re.compile(r"^[（(]?(?:\d{1,2}|[一二三四五六七八九十]{1,3})(?:[、.．）)](?!\d)|是(?!\d))")
_NAME_AFTER = re.compile(
    r"(?:强(?!度|劲|化)|号(?!召)|期(?!间)|级(?!别)|届|型|版|系|周年|线|院|中(?![央部])|高地|站|品|制|字|角|体化|轮|审|流(?!量|域|转)|星|Ａ|A|G|D|K|T|X|代|岁|年代|开|舱|街|路|厂|村(?=[^，。；、]{0,4}[道路])|巷|楼|胞胎|孩)"
)
_CLASS_AFTER = re.compile(r"(?:及)?以[上下内](?:的)?(?=[^，。；、：！？）”\s])")
_PREDICATE_NEXT = re.compile(
    r"(?:及)?以[上下内](?:的(?:速度|目标|水平|增长|幅度|增速)|目标|，|。|；|、|（|）|的?(?:高位)?(?:$|[和及与并]|实行|实现|达到?|增长|用于|来自|居住|纳入|通过|参加|得到|由|在|为|是|能够|可以|建立|完成|建成|属于|下降|提高|增加|减少|已|以上))"
)
_CLASS_UNITS = frozenset(
    {
        "元",
        "岁",
        "吨",
        "千瓦",
        "亩",
        "人",
        "公里",
        "平方米",
        "美元",
        "张",
        "马力",
        "户",
        "米",
        "千伏",
        "斤",
        "公顷",
        "年",
        "立方米",
        "兆瓦",
        "层",
        "小时",
        "套",
    }
)
_SMALL_TIME = frozenset({"年", "日", "月", "岁", "周", "天", "小时", "分钟", "秒", "个月", "个工作日"})
_COUNTERS_KEPT = frozenset(
    {
        "个",
        "项",
        "家",
        "名",
        "位",
        "户",
        "人",
        "座",
        "所",
        "条",
        "件",
        "处",
        "种",
        "次",
        "套",
        "台",
        "辆",
        "张",
        "支",
        "场",
        "部",
    }
)


@dataclass(slots=True)
class Quantity:
    """A number that states how much, how many, or which rank.

    `[start, end)` is the number without its unit, `[left, right)` all of it with bound words and unit.
    `value`, `value_max`, `unit` and `kind` as in `schemas/units.csv`; `bound`; `rank` when it is a place
    in an order; `style` as in `numerals.Number`.
    """

    start: int
    end: int
    left: int
    right: int
    value: float
    value_max: float | None
    unit: str
    kind: str
    bound: str
    rank: bool
    style: str


@cache
def _bound_words(place: str) -> tuple[tuple[str, str], ...]:
    rows = [(row["word"], row["bound"]) for row in schemas.rows("bounds.csv") if row["place"] == place]
    return tuple(sorted(rows, key=lambda pair: -len(pair[0])))


@cache
def _bounds(place: str) -> dict[str, str]:
    return dict(_bound_words(place))


@cache
def _after() -> re.Pattern[str]:
    return re.compile("|".join(re.escape(word) for word, _ in _bound_words("after")))


@cache
def _before() -> re.Pattern[str]:
    return re.compile(
        "(?:" + "|".join(re.escape(word) for word, _ in _bound_words("before")) + ")(?:了|到)?$"
    )


def find_quantities(sentence: str, times: list[Time], spoken: bool) -> list[Quantity]:
    """The quantities of a sentence, in order.

    `times` are its time expressions (their digits are no quantities); `spoken` tells that the report
    writes its quantities in Chinese numerals, so that 三个 counts.
    """
    names = (
        [match.span() for match in _QUOTED.finditer(sentence)]
        if "“" in sentence or "《" in sentence or "‘" in sentence
        else []
    )
    found: list[Quantity] = []
    for number in find_numbers(sentence, spoken):
        if any(time.start < number.end and number.start < time.end for time in times):
            continue
        quantity = _quantity(sentence, number)
        if quantity is None:
            continue
        before = found[-1] if found else None
        if sentence[number.start - 1 : number.start] in ("-", "－", "负") and _negative(
            sentence, quantity, before
        ):
            quantity = replace(quantity, value=-quantity.value, left=number.start - 1)
        if before and _is_range(sentence, before, quantity):
            found[-1] = _range(before, quantity)
        elif _accepted(sentence, quantity, number, names, spoken) or _starts_range(sentence, quantity):
            found.append(quantity)
    _share_units(sentence, found)
    return [
        quantity
        for quantity in found
        if quantity.unit or quantity.rank or _counts_without_unit(sentence, quantity)
    ]


def _negative(sentence: str, quantity: Quantity, before: Quantity | None) -> bool:
    """Whether the stroke before a number is its sign: 涨幅为-1.9%, not 6%-7%."""
    stroke = quantity.start - 1
    return (before is None or before.right != stroke) and sentence[stroke - 1 : stroke] > "\u4e00"


def _share_units(sentence: str, found: list[Quantity]) -> None:
    """提高15、22个百分点: a number without a unit takes that of the next in its list."""
    for index in range(len(found) - 2, -1, -1):
        one, after = found[index], found[index + 1]
        bare = not one.unit or (one.unit == "个" and after.unit == "百分点")
        if bare and not one.rank and one.style == after.style != "fraction" and after.unit:
            if sentence[one.right : after.left] in ("、", "和", "及", "与"):
                found[index] = replace(one, unit=after.unit, kind=after.kind)
        elif (
            one.rank and after.rank and not one.unit and sentence[one.right : after.left] in ("、第", "和第")
        ):
            found[index] = replace(one, unit=after.unit, kind=after.kind)


def _quantity(sentence: str, number: Number) -> Quantity | None:
    """The number with its unit and bound words."""
    start, end, value, style = number.start, number.end, number.value, number.style
    before = sentence[start - 1 : start]
    if before == "几" or (before == "数" and sentence[start] in "十百千万亿"):
        return None
    if style == "arabic" and before.isascii() and before.isalpha():
        return None
    end, value = _give_back(sentence, start, end, value)
    at = end
    fuzzy = number.fuzzy
    loose = _LOOSE.match(sentence, at)
    if loose:
        fuzzy, at = True, loose.end()
        end = at if loose.group() == "几" and style == "chinese" else end
    unit, kind = number.unit or "", "ratio" if number.unit else ""
    if not unit:
        match = units.unit_at(sentence, at)
        if match:
            unit, kind, at = match
        elif loose and style != "arabic" and sentence[end - 1] not in "十百千万亿":
            return None
    if unit == "倍" and sentence[at : at + 1] == "半":
        value, at = value + 0.5, at + 1
    bound = "lower" if fuzzy else "exact"
    after = _after().match(sentence, at)
    if after and not (
        after.group() in "多余" and (not unit or sentence[after.end() : after.end() + 1] in "种样年")
    ):
        at, bound = after.end(), _bounds("after")[after.group()]
    left, bound = _bound_before(sentence, start, bound, style)
    if bound == "exact" and "至少" in sentence[max(0, start - 12) : start].rpartition("，")[2]:
        bound = "lower"
    if number.value_max is not None and bound == "exact":
        bound = "range"
    rank = before == "第" or (before == "前" and sentence[end : end + 1] in ("位", "名"))
    return Quantity(start, end, left, at, value, number.value_max, unit, kind, bound, rank, style)


def _give_back(sentence: str, start: int, end: int, value: float) -> tuple[int, float]:
    """A scale word that begins the unit (千瓦, 百分点, 千米) goes back to it."""
    last = sentence[end - 1]
    if end - start > 1 and last == "千" and sentence[end : end + 1] in ("瓦", "伏", "克", "米", "卡"):
        parsed = parse(sentence[start : end - 1])
        return (end - 1, parsed[0]) if parsed else (end, value)
    return end, value


def _bound_before(sentence: str, start: int, bound: str, style: str) -> tuple[int, str]:
    match = _before().search(sentence, max(0, start - 6), start)
    if match:
        word = match.group().rstrip("了到") if match.group()[-1] in "了" else match.group()
        said = _bounds("before").get(word) or _bounds("before").get(word.rstrip("到"), "exact")
        if word == "近" and sentence[match.start() - 1 : match.start()] in (
            "最",
            "附",
            "邻",
            "相",
            "靠",
            "亲",
            "贴",
        ):
            return start, bound
        return match.start(), said if bound in ("exact", "about") or said == "upper" else bound
    if style == "scale":
        for word, said in _bound_words("scale"):
            if sentence.endswith(word, 0, start):
                return start - len(word), said if bound == "exact" else bound
    limit = sentence.rfind("控制在", max(0, start - 10), start)
    if limit >= 0 and bound == "exact" and sentence[limit + 3 : start].strip("全年度在的") == "":
        return start, bound
    return start, bound


def _is_range(sentence: str, first: Quantity, second: Quantity) -> bool:
    """Whether two numbers are one range: 6%—7%, 6%至6.5%, 40到50万人; never after 由 or 从."""
    between = sentence[first.right : second.start]
    if (
        between == "、"
        and first.style == second.style == "chinese"
        and not first.unit
        and second.value == first.value + 1 < 10
    ):
        return True
    if not between or not _RANGE.fullmatch(between) or first.value_max is not None:
        return False
    if between in "至到" and re.search(
        r"[由从自][^，。；]{0,14}$", sentence[max(0, first.left - 16) : first.left]
    ):
        return False
    if first.unit == "%" and not second.unit and first.style == "fraction":
        return second.style == "chinese" and second.start == first.right + 1
    return first.unit in ("", second.unit) and not first.rank


def _range(first: Quantity, second: Quantity) -> Quantity:
    low = first.value
    if not first.unit and second.value >= 10_000 and low < 1000 and low < second.value / 1000:
        scale = 10**8 if second.value >= 10**8 else 10**4
        low *= scale
    return replace(
        first,
        end=second.end,
        right=second.right,
        value=low,
        value_max=second.value,
        unit=second.unit or first.unit,
        kind=second.kind or first.kind,
        bound="range",
    )


def _starts_range(sentence: str, quantity: Quantity) -> bool:
    return not quantity.unit and bool(
        re.match(
            r"(?:—|–|-|－|~|～|至|到)+[\d一二三四五六七八九十]", sentence[quantity.right : quantity.right + 3]
        )
    )


def _accepted(
    sentence: str, quantity: Quantity, number: Number, names: list[tuple[int, int]], spoken: bool
) -> bool:
    """Whether a number states a quantity, rather than being (part of) a name, a class, an order or an idiom."""
    start, end, right = quantity.start, quantity.end, quantity.right
    following = sentence[right : right + 12]
    if sentence[start - 1 : start] == "∶":
        return False
    if _HEAD_NUMBER.match(sentence) and end <= 3:
        return False
    if (
        number.style != "fraction"
        and (sentence[end : end + 1] in "+＋·×" or sentence[start - 1 : start] in ("+", "＋", "·", "×"))
        and sentence[end : end + 1] != ""
    ):
        return False
    if _LETTER.match(sentence[end : end + 1]) and not quantity.unit:
        return False
    if any(
        left < start and right_ >= end and right_ - left <= 16 for left, right_ in names
    ) and quantity.kind not in ("ratio", "currency"):
        return False
    if quantity.rank:
        return _accepted_rank(sentence, quantity)
    if sentence[start - 1 : start] in ("第", "初", "老") or (
        sentence[start - 1 : start] == "前" and quantity.unit in ("", "位", "名", "%")
    ):
        return False
    if not quantity.unit and _NAME_AFTER.match(sentence, right):
        return False
    if sentence[right : right + 1] in ("级", "型"):
        return False
    if not quantity.unit and quantity.style != "fraction" and _CLASS_NOUN.match(sentence, right):
        return False
    if (quantity.kind == "voltage" or quantity.unit in ("米", "毫米", "厘米")) and _SPECIFICATION.match(
        sentence, right
    ):
        return False
    if (
        quantity.unit in _CLASS_UNITS
        and _CLASS_AFTER.match(sentence, _unit_end(sentence, quantity))
        and not _PREDICATE_NEXT.match(sentence, _unit_end(sentence, quantity))
    ):
        return False
    if quantity.kind == "time" and not _duration(sentence, quantity):
        return False
    if quantity.style == "scale":
        if quantity.unit and quantity.bound == "lower" and sentence[end : end + 1] in ("余", "多"):
            return True
        return (
            quantity.left < start
            and quantity.bound != "exact"
            and (bool(quantity.unit) or sentence[quantity.end - 1] == "亿")
        )
    if quantity.style == "chinese":
        return _accepted_chinese(sentence, quantity, spoken, following)
    return True


@cache
def _abstract() -> re.Pattern[str]:
    """Nouns that are counted in slogans, not measured (四个现代化, 五项原则, 三个方面)."""
    return re.compile("|".join(row["noun"] for row in schemas.rows("abstract_nouns.csv")))


def _unit_end(sentence: str, quantity: Quantity) -> int:
    """Where the unit ends: before an 以上 that was taken as bound."""
    after = _UNIT_TAIL.search(sentence, quantity.end, quantity.right)
    return after.start() if after else quantity.right


def _accepted_rank(sentence: str, quantity: Quantity) -> bool:
    """第2位, 全省第一, 世界第二大经济体; not 第一产业, 第三次, 第十三届."""
    if sentence[quantity.start - 1 : quantity.start] == "前" and quantity.unit not in ("位", "名"):
        return False
    if _PRIORITY.search(sentence, max(0, quantity.start - 16), quantity.start):
        return False
    after = sentence[quantity.end : quantity.end + 3]
    cue = _RANK_CUE.search(sentence, max(0, quantity.start - 12), quantity.start - 1)
    if after[:1] in ("位", "名"):
        return True
    return bool(cue and _RANK_AFTER.match(sentence, quantity.end))


def _duration(sentence: str, quantity: Quantity) -> bool:
    """A length of time that is stated as a quantity: 连续8年, 缩短到3个工作日, 延长30年."""
    before = sentence[max(0, quantity.left - 6) : quantity.left]
    if quantity.unit == "岁":
        return bool(re.search(r"(?:达到?|到|提高|为)$", before)) and sentence[
            quantity.right : quantity.right + 2
        ] not in ("以上", "老人")
    if quantity.unit in ("年", "日"):
        return bool(
            re.search(
                r"(?:连续|延长|缩短|提前|提高|增加|减少|达到?|到|至|第|连|压缩|持续|已有|超过|长达)$", before
            )
        )
    if re.match(r"(?:内|之内|以内)", sentence[quantity.right : quantity.right + 2]):
        return False
    return not re.search(r"(?:第|每|前|后|近|[A-Za-z×*])$", before)


def _accepted_chinese(sentence: str, quantity: Quantity, spoken: bool, following: str) -> bool:
    """Chinese numerals count where they carry a real unit, are compound, or the report writes all numbers so."""
    length = quantity.end - quantity.start
    if quantity.kind in ("ratio", "currency", "mass", "area", "volume", "length", "power", "energy", "price"):
        return not (quantity.unit in ("里", "分", "度", "方", "石", "成", "华里") and length < 2)
    if not quantity.unit:
        scaled = sentence[quantity.end - 1] in "万亿" or "万" in sentence[quantity.start : quantity.end]
        return quantity.value >= 10_000 and scaled and length >= 2
    if (
        sentence[quantity.end : quantity.end + 1] == "方"
        or quantity.unit in ("分", "列", "届", "方", "期", "级", "号", "轮")
        or (_abstract().match(following) and quantity.value <= 12)
    ):
        return False
    if quantity.value >= 10_000 or quantity.value_max is not None:
        return True
    if quantity.value >= 10 and sentence[quantity.end : quantity.end + 1] in ("几", "多", "余", "来"):
        return True
    if spoken:
        return quantity.value > 1 and not (
            quantity.value <= 3
            and quantity.unit
            in ("个", "种", "条", "项", "次", "位", "件", "类", "步", "级", "部", "轮", "支", "份", "期")
        )
    return (length >= 2 and quantity.value >= 10 and quantity.unit in _COUNTERS_KEPT) or (
        quantity.value >= 6 and quantity.unit in ("项", "个") and following[:2] in ("重点", "民生")
    )


def _counts_without_unit(sentence: str, quantity: Quantity) -> bool:
    """6434万农村人口: a scaled number directly before a noun; a plain 500 without a unit is a name."""
    if quantity.style == "fraction":
        return True
    if quantity.value_max is not None:
        return False
    if sentence[quantity.end : quantity.end + 2] == "∶1":
        return True
    after = sentence[quantity.right : quantity.right + 1]
    if (
        quantity.left < quantity.start
        and quantity.style != "scale"
        and sentence[quantity.end - 1] in "万亿"
        and after in ("，", "。", "；", "、")
    ):
        return True
    if (
        _PREDICATED.search(sentence, max(0, quantity.left - 4), quantity.left)
        and sentence[quantity.end - 1] in "万亿"
    ):
        return True
    if _STATED.search(sentence, max(0, quantity.start - 5), quantity.start) and (
        not after or after in "，。；、"
    ):
        return True
    scaled = sentence[quantity.end - 1] in "万亿"
    return scaled and bool(after) and after not in "，。；、：！？）”+—-" and after >= "\u4e00"
