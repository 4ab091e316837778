"""Clauses: what the words around a quantity say of it — predicate, comparison, share, list.

Everything works on one sentence and its quantities; offsets are those of the sentence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from flows import schemas
from flows.extract.quantities import Quantity
from flows.extract.times import Time

_BREAK = re.compile(r"[，；：。！？\n]")
_TAIL_BREAK = re.compile(r"[，。；：、！？\n]")
_AFTER_BASELINE = re.compile(r"(?:同期|时|相比|末|底)*(?:的)?")
_FROM_BEFORE = re.compile(r"(?:由|从)[^，。；由从]{0,8}$")
_TO_AFTER = re.compile(r"[^，。；：]{0,9}?(?:到|至|为|成|上升|增加|提高|扩大|下降)")
_FROM = re.compile(r"(?:由|从)([^，。；由从]{0,8})$")
_JOINT = "、和与及以并且或—"
_SAME_PERIOD = re.compile(
    r"(?:比|较|与)(?:上年同期|去年同期|上年末|上年底|年初|上届|同期|上期|预期目标|预期|计划|年初预算|预算|目标)(?:相比)?(?:的)?"
)
_GAP = re.compile(
    r"(?P<low>高于|高出|快于|低于|慢于|领先|超出|好于|多于|少于|超过|优于|落后|高过|快过)(?P<than>[^，。；：、]{1,18}?)(?:的)?(?:约|近|超)?$"
    r"|(?<![占对同环])(?:比|较)(?P<thanb>[^，。；：]{1,18}?)(?:平均水平|平均)?(?:要|还|又|分别)?(?<!提)(?P<by>高出|高|快|低|慢|多|少|大)(?:了|出)?(?:约|近|超)?$"
)
_SHARE = re.compile(
    r"(?:占|占到)(?P<whole>[^，。；：]{0,30}?)(?:的)?(?P<noun>比重|比例|份额)?(?:已)?(?:由|从|达到?|为|到|超过?|突破|提高到|提升到|上升到|升至|提升至|提高至|接近|降到|下降到|降至|保持在|稳定在|仅|不足|约|近)*$"
)
_TIMES_OF = re.compile(r"(?:是|为|等于|相当于|达到?|到)(?P<than>[^，。；：]{0,20}?)的(?:约|近)?$")
_RANK = re.compile(
    r"(?:(?:稳居|位居|跃居|居于|居|分列|位列|名列|列|排名|排位|排|位次|升至|上升到|提升到|前移到|前移至|升到|跃升至|跃升到|保持|进入|进位到|占据|继续|并列|均|分别|首次|由|从|处于|位于|连续|达到|达|跃至|成为|是|为|迈入|跻身|上升至|提升至|在)+)?"
    r"(?P<scope>(?:在)?(?:全[省国市区球州]|世界|全球|[^，。；：]{0,6}?(?:城市|省份|各省|地区|省区市|地级市|副省级|各市|县市区|同类|系统|榜))?(?:中|各[^，。；]{0,4}中)?(?:居|列|排名|排|的)?)?(?:第|前)?$"
)
_GROWTH_NOUN = re.compile(
    r"(?:(?<!自然)(?<!人口)增长率|增速|增幅|涨幅|增长速度|上涨幅度|上升幅度|增长幅度|涨价幅度|年均增长|增长|上涨|递增率|增长预期目标|增加幅度)(?:分别)?$"
)
_FALL_NOUN = re.compile(r"(?:降幅|下降率|降低率|下降幅度|降低幅度|跌幅|减幅)(?:分别)?$")
_RATIO_NOUN = re.compile(
    r"(?:率|比重|占比|比例|水平|覆盖面|份额|比值|系数|度|比|普及程度|面|贡献|概率)(?:分别)?$"
)
_VERB_CHANGE = re.compile(
    r"^(?:[^，]{0,12}?)(?P<verb>净增加?|增加(?!值)|减少|降低|压减|削减|缩减|压缩|减轻|缩短|减掉|裁减|精简|压降)(?=.{2})"
)
_FALLS = frozenset(
    {"减少", "降低", "压减", "削减", "缩减", "压缩", "减轻", "缩短", "减掉", "裁减", "精简", "压降"}
)
_CHANGE_NOUNS = frozenset({"百分点", "个基点"})


@dataclass(slots=True)
class Clause:
    """What stands around a quantity.

    `head` is the text before it, cleaned of times and comparisons, without its predicate; `tail` the
    noun phrase after it; `measure` and `sign` (-1 for decreases); `form` names how they were found;
    `than` is what it is compared with; `listed` tells that it goes on a list begun by the quantity
    before; `earlier` that it is the first of 由…提高到….
    """

    head: str
    tail: str
    measure: str
    sign: int
    form: str
    than: str = ""
    listed: bool = False
    earlier: bool = False
    distributive: bool = False
    predicate: str = ""
    start: int = 0
    baseline: Time | None = None
    compared: bool = False
    raw: str = ""


@cache
def _predicates() -> dict[str, str]:
    return {row["word"]: row["kind"] for row in schemas.rows("predicates.csv")}


@cache
def _endings() -> dict[str, tuple[str, ...]]:
    """Adverbs that stand at the end of a head, by their last character, longest first."""
    found: dict[str, list[str]] = {}
    for row in schemas.rows("fillers.csv"):
        if row["place"] == "end" and row["strip"] != "keep":
            found.setdefault(row["word"][-1], []).append(row["word"])
    return {last: tuple(sorted(words, key=len, reverse=True)) for last, words in found.items()}


def read_clause(sentence: str, quantities: list[Quantity], index: int, times: list[Time]) -> Clause:
    """The clause of `quantities[index]`."""
    quantity = quantities[index]
    after = quantities[index - 1].right if index else 0
    start = after
    for mark in _BREAK.finditer(sentence, after, quantity.left):
        start = mark.end()
    head, baseline = head_text(sentence, start, quantity.left, times)
    listed = bool(index) and start == after
    distributive = "分别" in head
    raw = head
    head = head.lstrip(_JOINT) if listed or start == 0 else head.lstrip("、")
    tail = _tail(sentence, quantities, index)
    clause = Clause(
        head,
        tail,
        "level",
        1,
        "plain",
        start=start,
        listed=listed,
        distributive=distributive,
        baseline=baseline,
        raw=raw,
    )
    clause.compared = _compared(sentence, start, quantity.left, times)
    if (
        baseline is not None
        and sentence[baseline.start - 1 : baseline.start] in ("比", "较", "同", "与")
        and sentence[baseline.end : quantity.left] in ("的", "年末的", "的大约", "同期的")
    ):
        clause.head, clause.form, clause.predicate = "", "reach", "比"
        return clause
    _judge(clause, quantity, sentence)
    following = sentence[quantity.right : quantity.right + 14]
    if index + 1 < len(quantities) and _FROM_BEFORE.search(raw) and _TO_AFTER.match(following):
        clause.earlier = True
        clause.head = _FROM.sub(r"\1", clause.head)
    return clause


def _compared(sentence: str, start: int, end: int, times: list[Time]) -> bool:
    """Whether the words before a quantity compare it with another time (比上年, 较年初)."""
    if any(time.role in ("baseline", "previous") and start <= time.start < end for time in times):
        return True
    return _SAME_PERIOD.search(sentence, start, end) is not None


def head_text(sentence: str, start: int, end: int, times: list[Time]) -> tuple[str, Time | None]:
    """The text before a quantity without its time expressions and what it is compared with (比2010年)."""
    pieces, at, baseline = [], start, None
    for time in times:
        if time.start < start or time.end > end or time.role in ("name", "other"):
            continue
        cut = time.start
        if time.role == "previous":
            cut -= sentence[cut - 1 : cut] in ("比", "较", "同", "与")
        if time.role == "baseline":
            baseline = time
            before = sentence[cut - 1 : cut]
            if before in ("比", "较"):
                cut -= 1
            elif before in ("是", "于", "为", "到"):
                continue
        pieces.append(sentence[at:cut])
        at = time.end
        if time.role in ("baseline", "previous"):
            at = _AFTER_BASELINE.match(sentence, at).end()  # type: ignore[union-attr]
        elif sentence[at : at + 1] in ("的", "末", "底", "，"):
            at += 1
    pieces.append(sentence[at:end])
    head = _SAME_PERIOD.sub("", "".join(pieces))
    return head[-120:], baseline


def _tail(sentence: str, quantities: list[Quantity], index: int) -> str:
    """The text after a quantity up to the next mark or quantity, without what begins the next statement."""
    quantity = quantities[index]
    end = min(len(sentence), quantity.right + 50)
    if index + 1 < len(quantities):
        end = min(end, quantities[index + 1].left)
    mark = _TAIL_BREAK.search(sentence, quantity.right, end)
    tail = sentence[quantity.right : mark.start() if mark else end]
    return tail


def _strip_end(head: str) -> str:
    """`head` without adverbs at its end (同比, 年均, 分别, 累计 …)."""
    endings = _endings()
    while head:
        for word in endings.get(head[-1], ()):
            if head.endswith(word):
                head = head[: -len(word)]
                break
        else:
            return head
    return head


def _predicate(head: str) -> tuple[str, str]:
    """The longest predicate word at the end of `head` and its kind; empty strings when there is none."""
    text = head[:-1] if head.endswith("了") else head
    if text and text[-1] in "到至为成":
        for length in (2, 1):
            if len(text) > length and _predicates().get(text[-1 - length : -1]) in ("rise", "fall"):
                return head[len(text) - 1 - length :], "reach"
    for length in range(min(6, len(text)), 0, -1):
        kind = _predicates().get(text[-length:])
        if kind:
            return head[len(text) - length :], kind
    return "", ""


def _judge(clause: Clause, quantity: Quantity, sentence: str) -> None:
    """Sets measure, sign, form and the head that remains."""
    head = _strip_end(clause.head)
    if quantity.rank:
        _rank(clause, head)
        return
    if quantity.unit in (
        "百分点",
        "个基点",
        "%",
        "元",
        "个",
        "人",
        "倍",
        "岁",
        "公斤",
        "斤",
        "平方米",
        "美元",
        "天",
        "位",
        "年",
    ) and _gap(clause, quantity, head):
        return
    word, kind = _predicate(head)
    stem = _strip_end(head[: len(head) - len(word)]) if word else head
    if word and stem.endswith("、"):
        stem = ""
    if kind in ("rise", "fall") and len(word) == 1 and stem and not (clause.compared or _single(stem, word)):
        word, kind, stem = "", "", head
    if quantity.unit in ("倍", "番"):
        _multiple(clause, quantity, head, stem, kind)
        return
    if kind in ("rise", "fall") and not (word in ("多", "少") and not clause.compared):
        _rise(clause, quantity, stem, kind, word)
        return
    if _share(clause, head if word in ("由", "从") else head, stem, quantity):
        return
    clause.predicate = word
    if quantity.unit == "%" and (_GROWTH_NOUN.search(stem) or _FALL_NOUN.search(stem)):
        clause.measure, clause.form = "growth", "growth-noun"
        clause.sign = -1 if _FALL_NOUN.search(stem) else 1
        clause.head = stem
        return
    if kind == "reach":
        if (
            not stem
            and word in ("为", "在", "有", "到")
            and clause.tail
            and not clause.listed
            and len(clause.tail) > 2
            and quantity.kind == "count"
        ):
            clause.head = ""
            return
        if (
            not stem
            and word in ("完成", "实现", "安排", "落实", "稳定", "保持", "恢复", "达成")
            and clause.tail
            and not clause.listed
        ):
            clause.head = word
            return
        second, again = _predicate(stem)
        if second and again == "reach" and len(second) > 1:
            stem = _strip_end(stem[: len(stem) - len(second)])
        clause.head, clause.form = stem, "reach"
        return
    change = _VERB_CHANGE.match(head)
    if (
        change
        and (quantity.kind != "ratio" or quantity.unit == "%")
        and not clause.listed
        and len(head) - change.end() < 16
    ):
        clause.measure, clause.form = "growth" if quantity.unit == "%" else "change", "verb-change"
        clause.sign = -1 if change["verb"] in _FALLS else 1
        clause.head = head
        return
    clause.head = head


def _single(stem: str, word: str) -> bool:
    """Whether a one-character predicate (增, 降, 少 …) really is one and not the end of a noun."""
    return (word in "增降涨升减" and not re.search(r"[新连递净加倍激缩]$", stem)) or (
        word in "多少高低" and stem.endswith(("比", "较"))
    )


def _rank(clause: Clause, head: str) -> None:
    match = _RANK.search(head)
    scope = (match["scope"] or "") if match else ""
    clause.measure, clause.form = "rank", "rank"
    power = re.match(r"大?([\u4e00-\u9fff]{2,8}?)(?:大国|强国|大省|强省|大市|强市)", clause.tail)
    if power:
        clause.head, clause.than = power[1], (match["scope"] or "") if match else ""
        return
    clause.than = re.sub(r"^(?:在)|(?:居|列|排名|排|的|第|中)$", "", scope)
    clause.head = _strip_end(head[: match.start()] if match else head)


def _gap(clause: Clause, quantity: Quantity, head: str) -> bool:
    match = _GAP.search(head)
    if not match:
        return False
    than = match["than"] or match["thanb"] or ""
    if clause.compared and not than:
        return False
    if match["low"] in ("超过", "超出") and quantity.unit != "百分点":
        return False
    if match["than"] is not None and re.search(r"(?:增长|达到?|提高)$", than):
        return False
    if match["by"] and clause.baseline is not None:
        return False
    if match["by"] in ("多", "少") and quantity.unit == "%":
        clause.measure, clause.form, clause.than = "growth", "rise", ""
        clause.sign = 1 if match["by"] == "多" else -1
        clause.head = _strip_end(head[: match.start()])
        return True
    clause.measure, clause.form, clause.than = "gap", "gap", than
    clause.head = _strip_end(head[: match.start()])
    return True


def _multiple(clause: Clause, quantity: Quantity, head: str, stem: str, kind: str) -> None:
    clause.measure, clause.form = "multiple", "multiple"
    match = _TIMES_OF.search(head)
    if match and kind not in ("rise", "fall"):
        clause.than, clause.head = match["than"], _strip_end(head[: match.start()])
    else:
        clause.head = stem
        if kind == "fall":
            clause.sign = -1


def _rise(clause: Clause, quantity: Quantity, stem: str, kind: str, word: str) -> None:
    clause.sign = -1 if kind == "fall" else 1
    clause.predicate = word
    clause.head = stem
    clause.form = kind
    if quantity.unit in ("%", "‰", "成") or quantity.style == "fraction":
        clause.measure = "growth"
    else:
        clause.measure = "change"
        if (
            not stem
            and clause.tail
            and not clause.listed
            and clause.baseline is None
            and not re.match(r"[，。、]", clause.tail)
        ):
            clause.head = word
            if word in _FALLS or word in ("增加", "净增", "净增加", "新增"):
                clause.form = "verb-change"
            else:
                clause.measure, clause.sign, clause.form = "level", 1, "plain"


def _share(clause: Clause, head: str, stem: str, quantity: Quantity) -> bool:
    if quantity.unit not in ("%", "‰", "成") and quantity.style != "fraction":
        return False
    at = max(head.rfind("占"), 0)
    match = _SHARE.search(head, at) if "占" in head else None
    if (
        not match
        or head[match.start() - 1 : match.start()] in ("抢",)
        or head[match.start() + 1 : match.start() + 2] in ("比", "地", "领")
    ):
        return False
    whole = match["whole"]
    clause.form, clause.than = "share", re.sub(r"(?:的)?(?:比重|比例|份额)?$", "", whole)
    clause.head = _strip_end(head[: match.start()]) or ""
    clause.predicate = "占"
    return True
