"""Clauses: where the words around a quantity begin and end, and what they compare it with.

Everything works on one sentence and its quantities; offsets are those of the sentence.
"""

from __future__ import annotations

import re
from typing import Final

from flows.extract.parts import Clause, Quantity, Time
from flows.extract.phrases import unjoined, without_adverbs
from flows.extract.predicates import judge, predicate
from flows.extract.scanning import after_last
from flows.extract.times import DESCRIBED, DESCRIPTION
from flows.extract.words import alternatives

_BREAK: Final = ("，", "；", "：", "。", "！", "？", "\n")
_TAIL: Final = re.compile(r"[^，。；：、！？\n（]*+(?:（(?:[^（），。；]{1,8}）)?+[^，。；：、！？\n（]*+)*+")
_AFTER_BASELINE: Final = re.compile(
    r"(?:同期|时|相比|比较|对比|末|底|预算数?|决算数?|(?:预计|实际)?(?:执行|完成)数)*的?"
)
_CONTRASTED: Final = ("相比", "比较", "对比")
_FROM: Final = re.compile(r"(?:由|从)([^，。；由从]{0,8})$")
_TO_AFTER: Final = re.compile(
    r"[^，。；：]{0,9}?(?:到|至|为|成|上升|增加|提高|扩大|下降|跃居)|起步"
    r"|[左右以上下]{0,2}，(?:上升|增加|提高|扩大|发展|下降|降低|减少|降|升|回落|回升)[到至为]"
)
_PRESENT: Final = re.compile("的[^，。；]{1,10}?[由从]?(?:降|升|提高|降低|下调|上调|调整|增加|减少)[到至为]")
_TO_REACH: Final = 14
_BEFORE_NOW: Final = re.compile(
    "(?:年初|年底|[上去]年末?|原来|原先|过去|以前|最初|原?预算|原?计划|最[高低多少])的?$"
)
_JOINTS: Final = "、和与及以并且或—"
_NO_NOUN_BEGINS: Final = frozenset("、和与及以并且或—的")
_COMPARING: Final = ("比", "较", "同", "与")
_BESIDE: Final = ("高于", "低于", "快于", "慢于", "多于", "少于")
_THAN: Final = re.compile("(?:[高低快慢多少]于)[^，]*$")
_SAME_PERIOD: Final = re.compile(
    rf"[比较与]{alternatives('same_period')}(?:(?<!计划)(?<!预算)(?<!目标)(?<!预期)|(?![^，。；]{{0,10}}[多少高低快慢]了?$))(?:相比)?的?"
)
_OF_BASELINE: Final = frozenset({"的", "年末的", "的大约", "同期的"})
_DOING: Final = re.compile(rf"(?<=[\u4e00-\u9fff]{{2}}){alternatives('completion')}[\u4e00-\u9fff]{{2,6}}$")
_AVERAGE: Final = re.compile("平均每?年|年递增|年均|每年|逐年|历年|连年|年平均")
_GOES_ON: Final = re.compile("、|(?<![合兼吞])并(?![购网轨联])")
_AIMED: Final = re.compile("、(?:力争|确保|争取)")
_MOMENT: Final = re.compile(r"(?<![达加长高升少低降展大制持定])[到在]$")
_IN_YEAR: Final = re.compile("在[^，。；：、在]{2,24}的$")
_ASIDE: Final = re.compile(r"（[^（）]{1,12}）$")
_BEHIND: Final = re.compile("仅?次于[^，、]{2,8}(?:、[^，、居列]{2,8})*、(?=[居列排位])")
_AFFECTED: Final = re.compile(
    "受[^，。；、]{2,14}(?:影响|拖累|带动|波及|冲击)|时隔[^，。；]{1,4}年(?:再次|重新|又)?"
)
_PEAK: Final = re.compile("^的(?:最?[高低][点位]|峰值|谷底|水平)")
_EACH: Final = re.compile(
    "(?:(?<=[到至为达由从、])|^)每[人户生亩孩名](?:每(?:[月年天日]|学[年期]))?$"
    "|(?<=[到至为达由从、])(?:[年月]?人均(?:每[月年])?)$"
)
_AT_LAST: Final = re.compile("(?<=[到至为])(?:年[末底]|目前|现在)的$")
_RECKONED: Final = re.compile("按[^，。按]{0,8}(?:价格?计算|(?:人民币|美元)计算|汇率(?:折合|计算|折算)?)")
_LONGEST_REST: Final = 7
_LONGEST_HEAD: Final = 120
_LONGEST_TAIL: Final = 50


def read_clause(sentence: str, quantities: list[Quantity], index: int, times: list[Time]) -> Clause:
    """The clause of `quantities[index]`; `times` are the time expressions of the sentence."""
    quantity = quantities[index]
    after = quantities[index - 1].right if index else 0
    start = after_last(_BREAK, sentence, after, quantity.left)
    listed = bool(index) and start == after
    if listed:
        start = _after_noun(sentence, start, quantity.left)
    else:
        start = _after_predicate(sentence, _in_brackets(sentence, start, quantity.left), quantity)
    raw, baseline = text_before(sentence, start, quantity.left, times)
    raw = _EACH.sub("", raw) if "每" in raw or "人均" in raw else raw
    raw = _BEHIND.sub("", raw) if "次于" in raw else raw
    raw = _PEAK.sub("", raw) if listed and raw[:1] == "的" else raw
    if "受" in raw or "时隔" in raw:
        raw = _AFFECTED.sub("", raw)
    raw = raw.replace("依次", "分别")
    if "按" in raw:
        raw = _RECKONED.sub("", raw)
    raw = _AT_LAST.sub("", raw) if raw.endswith("的") else raw
    aside = _ASIDE.search(raw) if raw.endswith("）") else None
    if aside and predicate(raw[: aside.start()])[0]:
        raw = raw[: aside.start()]
    clause = Clause(
        raw,
        unjoined(raw.removeprefix("）"), _JOINTS if listed or start == 0 else "、"),
        _tail(sentence, quantities, index),
        start,
        listed,
        _is_compared(sentence, start, quantity.left, times),
        baseline,
        "分别" in raw,
    )
    clause.follows = bool(index) and start == after + 1
    clause.averaged = "年" in raw and _AVERAGE.search(raw) is not None
    if baseline is not None and _is_of(sentence, baseline, quantity):
        head = _THAN.sub("", clause.head).rstrip("同与")
        clause.head, clause.form, clause.predicate = without_adverbs(head), "reach", "比"
        return clause
    judge(clause, quantity)
    if index + 1 < len(quantities) and raw.endswith("现行") and _PRESENT.match(sentence, quantity.right):
        clause.earlier, clause.since = True, quantity.left
    if index + 1 < len(quantities) and _FROM.search(raw):
        clause.earlier = _TO_AFTER.match(sentence, quantity.right, quantity.right + _TO_REACH) is not None
        if clause.earlier:
            clause.head = without_adverbs(_BEFORE_NOW.sub("", _FROM.sub(r"\1", clause.head)))
            clause.since = max(sentence.rfind(word, start, quantity.left) for word in "由从")
    return clause


def _after_predicate(sentence: str, start: int, quantity: Quantity) -> int:
    """Where a clause begins whose 、 parts two predicates of one subject: 粮食产量创新高、达到50万吨."""
    aimed = _AIMED.search(sentence, start, quantity.left)
    start = aimed.end() if aimed else start
    mark = sentence.rfind("、", max(start, quantity.left - _LONGEST_REST), quantity.left) + 1
    rest = sentence[mark : quantity.left]
    said = predicate(rest)[0] == rest if rest else quantity.left < quantity.start
    return mark if mark > start + 2 and said else start


def _in_brackets(sentence: str, start: int, end: int) -> int:
    """Where a clause begins that a bracket opens: 住房条件改善（改造危房8000户）."""
    opened = sentence.rfind("（", start, end) + 1
    said = opened and end - opened > 1 and sentence.find("）", opened, end) < 0
    return opened if said else start


def _after_noun(sentence: str, start: int, end: int) -> int:
    """Where a list goes on behind the noun of the number before it: 3个水库、5个泵站."""
    if sentence[start : start + 1] in _NO_NOUN_BEGINS:
        return start
    if sentence[end - 1] in "和与及":
        return end - 1
    marks = [match.start() for match in _GOES_ON.finditer(sentence, start, end)]
    return marks[-1] if marks else start


def text_before(sentence: str, start: int, end: int, times: list[Time]) -> tuple[str, Time | None]:
    """`sentence[start:end]` without times and comparisons, and the time that it is compared with."""
    pieces, at, baseline = [], start, None
    for time in times:
        if time.start < start or time.end > end or time.role in ("name", "other"):
            continue
        cut = time.start
        if time.role == "previous":
            cut -= sentence[cut - 1 : cut] in _COMPARING
        if time.role == "baseline":
            baseline = time
            before = sentence[cut - 1 : cut]
            if before in ("是", "于", "为", "到"):
                continue
            described = (
                DESCRIBED.search(sentence, max(at, cut - DESCRIPTION), cut) if before == "的" else None
            )
            contrasted = before in ("同", "与", "和", "跟") and sentence.startswith(_CONTRASTED, time.end)
            cut = described.start() if described else cut - (before in ("比", "较") or contrasted)
        elif sentence[cut - 1 : cut] == "的":
            inside = _IN_YEAR.search(sentence, at, cut)
            cut = inside.start() if inside else cut
        if cut > at and time.end < end and sentence[time.end] != "的" and _MOMENT.search(sentence, at, cut):
            cut -= 1
        pieces.append(sentence[at:cut])
        at = time.end
        if time.role in ("baseline", "previous"):
            rest = _AFTER_BASELINE.match(sentence, at)
            at = rest.end() if rest else at
        elif sentence[at : at + 1] in ("的", "末", "底", "，"):
            at += 1
    pieces.append(sentence[at:end])
    text = "".join(pieces)
    if "比" in text or "较" in text or "与" in text:
        text = _SAME_PERIOD.sub("", text)
    return text[-_LONGEST_HEAD:], baseline


def _is_compared(sentence: str, start: int, end: int, times: list[Time]) -> bool:
    """Whether the words before a quantity compare it with another time (比上年, 较年初)."""
    if times and any(time.role in ("baseline", "previous") and start <= time.start < end for time in times):
        return True
    return _SAME_PERIOD.search(sentence, start, end) is not None


def _is_of(sentence: str, baseline: Time, quantity: Quantity) -> bool:
    """Whether a quantity is the value that something is compared with: 比2010年的5座…, 低于去年的7%."""
    compared = sentence[baseline.start - 1 : baseline.start] in _COMPARING
    compared |= quantity.unit != "百分点" and sentence.endswith(_BESIDE, 0, baseline.start)
    return compared and sentence[baseline.end : quantity.left] in _OF_BASELINE


def _tail(sentence: str, quantities: list[Quantity], index: int) -> str:
    """The text after a quantity up to the next mark or quantity; what follows directly shares its text."""
    right = quantities[index].right
    if index + 1 < len(quantities) and quantities[index + 1].left == right:
        return _tail(sentence, quantities, index + 1)
    end = right + _LONGEST_TAIL
    if index + 1 < len(quantities):
        end = min(end, quantities[index + 1].left)
    match = _TAIL.match(sentence, right, end)
    tail = match.group() if match else ""
    if right + len(tail) < min(end, len(sentence)) or index + 1 == len(quantities):
        return tail
    doing = _DOING.search(tail)
    return tail[: doing.start()] if doing else tail.removesuffix(predicate(tail)[0])
