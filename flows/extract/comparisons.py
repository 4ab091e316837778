"""Comparisons: rank (居全省第3位), gap (高于全国2个百分点), multiple (是2010年的3倍), share (占全市的30%),
completion (完成计划的95%).

Each sets measure, form and `than` of a clause from its head and leaves in the head what is compared.
"""

from __future__ import annotations

import re
from typing import Final

from flows.extract.parts import Clause, Quantity
from flows.extract.phrases import without_adverbs
from flows.extract.scanning import scanner
from flows.extract.words import alternatives, beginnings, members

_PLACES: Final = (
    rf"(?:全[省国市区球州](?:各[县市区州]{{1,3}})?|世界|全球|{alternatives('rank_region')}(?:地区)?"
    rf"|[^，。；：居列排]{{0,6}}?{alternatives('rank_scope')})"
)
_RANK: Final = re.compile(
    rf"(?:{alternatives('rank_verb')}+)?"
    rf"(?P<scope>在?{_PLACES}?(?:中|各[^，。；]{{0,4}}中)?(?:居|列|排名|排|的)?)(?:第|前)?$"
)
_RANK_AMONG: Final = re.compile(
    "(?:位居|位列|名列|居|列|排名|排)(?P<scope>[^，。；：、居列排第]{2,6})(?:第|前)?$"
)
_RISEN: Final = re.compile(r"(?:上升|提升|提高|跃升|攀升|前进|前移|下降|升|降|由)[为到至]?(?:第|前)?$")
_POSITION: Final = re.compile(
    "[居在]?(?P<place>全[省国市区州]|(?:世界|全球|亚洲)(?:贸易|经济)?)[上中]?的?(?:位次|排名|名次|排位)$"
)
_SCOPE_EDGES: Final = re.compile(r"^在|(?:居|列|排名|排|的|第|中)$")
_POWER: Final = re.compile(rf"大?([\u4e00-\u9fff]{{2,8}}?){alternatives('power')}")
_OF_OTHER: Final = re.compile("的(?:平均)?(?:增长)?(?:水平|增速|增幅|涨幅|速度)")
_BEFORE: Final = frozenset({"原来", "原先", "过去", "以前", "之前", "改革前"})
_AHEAD: Final = re.compile("(?:高|快|多)出$")
_EXPECTED: Final = re.compile(rf"{alternatives('gap_verb')}预期$")
_RESTORED: Final = re.compile("恢复[到至](?P<than>[^，。；、]{0,8})的$")
_A_YEAR: Final = re.compile("[12一二][0-9〇零一二三四五六七八九]{3}年(?:同期)?")
_NEARLY: Final = "(?:约|近|超)?"
_GAP: Final = scanner(
    f"[比较{beginnings('gap_verb')}]",
    rf"(?P<verb>{alternatives('gap_verb')})(?P<than>[^，。；：]{{1,18}}?)的?{_NEARLY}$"
    rf"|(?<![占对同环])[比较](?P<other>[^，。；：]{{1,18}}?)(?:平均水平|平均)?(?:要|还|又|分别)?"
    rf"(?<![提降])(?P<degree>{alternatives('gap_degree')})[了出]?{_NEARLY}$",
)
_OFF_PLAN: Final = re.compile(
    r"比(?P<than>[^，。；：比]{0,6}?(?:预算|计划)数?)(?:超收|短收|超支)了?$"
    r"|超[过出]?(?P<passed>[^，。；：比]{0,6}?(?:预算|计划|任务|目标|预期)(?:原定|规定)?数?)约?$"
)
_BY_PLAN: Final = re.compile("计划(?:中?规定|原定)")
_BELOW: Final = re.compile(alternatives("gap_below"))
_GAP_UNITS: Final = members("gap_unit")
_GROWN: Final = re.compile(r"(?:增长|达到?|提高|[为是])$")
_TIMES_OF: Final = re.compile(rf"{alternatives('equals')}(?P<than>[^，。；：]{{0,20}}?)的(?:约|近)?$")
_SHARE: Final = re.compile(
    r"(?<!抢)占(?![比领]|地(?![区方]))到?(?P<whole>[^，。；：]{0,30}?)的?(?:比重|比例|份额)?"
    rf"(?:[都均]在|{alternatives('closing_adverb')})*+{alternatives('share_predicate')}*+$"
)
_EQUAL_TO: Final = re.compile(
    r"(?:(?:仅|只|约)?相当于(?P<whole>[^，。；：]{2,14}?)|(?:仅|只|约)?(?:为|是)(?P<usual>[^，。；：]{1,10}?平均(?:水平)?))的$"
)
_SHARE_NOUN: Final = re.compile(r"的?(?:比重|比例|份额)?$")
_WITHIN: Final = re.compile("在(?P<whole>[^，、在]{2,14}?)中$")

_COMPLETED: Final = re.compile(
    r"(?:只|仅|已|就|超额)*(?:完成|为|是|达到?)了?"
    r"(?P<than>[^，。；：完]{0,8}?(?:预算|计划|任务|指标|目标)数?)的(?:将?近|约)?$"
)


def is_ratio(quantity: Quantity) -> bool:
    """Whether a quantity is a share of something: %, ‰ or a fraction."""
    return quantity.unit in ("%", "‰") or quantity.style == "fraction"


def rank(clause: Clause, head: str) -> None:
    """居全省第3位; 世界第二大经济体 has what is ranked behind the number."""
    risen = _RISEN.sub("", head)
    position = _POSITION.search(risen)
    match = _RANK.search(risen, 0, position.start() if position else len(risen))
    match = match if (match and match["scope"]) or position else _RANK_AMONG.search(risen) or match
    scope, start = (match["scope"], match.start()) if match else ("", len(head))
    scope = scope or (position["place"] if position else "")
    clause.measure = clause.form = "rank"
    power = _POWER.match(clause.tail)
    if power:
        clause.head, clause.than = power[1], scope
    else:
        clause.head, clause.than = without_adverbs(head[:start]), _SCOPE_EDGES.sub("", scope)


def gap(clause: Clause, quantity: Quantity, head: str) -> bool:
    """Whether the clause states a gap (高于全国2个百分点); 比去年同期多5% is a growth."""
    countable = quantity.kind in ("currency", "count", "mass") or quantity.unit in ("百分点", "%")
    off = _OFF_PLAN.search(head) if countable and ("比" in head or "超" in head) else None
    match = _GAP.search(head) if off is None and quantity.unit in _GAP_UNITS else None
    if match and quantity.unit == "%" and _OF_OTHER.match(clause.tail):
        return _growth_of_other(clause, match["than"] or "")
    if off:
        clause.head, clause.measure, clause.form = without_adverbs(head[: off.start()]), "gap", "gap"
        clause.than, clause.sign = off["than"] or off["passed"], gap_sign(off.group())
        return True
    expected = None
    if clause.head.endswith("预期") and not match and quantity.unit in _GAP_UNITS:
        expected = _EXPECTED.search(clause.head)
    if expected:
        clause.head, clause.measure, clause.form = clause.head[: expected.start()], "gap", "gap"
        clause.than, clause.sign = "预期", gap_sign(expected.group())
        return True
    if not match and quantity.unit == "百分点" and _AHEAD.search(head):
        clause.head, clause.measure, clause.form = without_adverbs(_AHEAD.sub("", head)), "gap", "gap"
        return True
    if not match:
        return False
    than = match["than"] or match["other"]
    if than.endswith("（") and quantity.unit == "%":
        return _growth_of_other(clause, than[:-1])
    if than.endswith("天数"):
        return False
    if match["degree"] and than in _BEFORE:
        clause.head, clause.measure, clause.form = without_adverbs(head[: match.start()]), "change", "rise"
        clause.sign = gap_sign(match["degree"])
        return True
    if match["verb"] in ("超过", "超出") and quantity.unit != "百分点":
        return False
    if (match["verb"] and _GROWN.search(than)) or (
        match["degree"] and clause.baseline is not None and not _BY_PLAN.search(than)
    ):
        return False
    clause.head = without_adverbs(head[: match.start()])
    if match["verb"] and clause.baseline is not None and _A_YEAR.fullmatch(than):
        clause.measure, clause.form, clause.sign = "change", "rise", gap_sign(match["verb"])
        return True
    if match["degree"] in ("多", "少") and quantity.unit == "%":
        clause.measure, clause.form, clause.sign = "growth", "rise", 1 if match["degree"] == "多" else -1
    else:
        clause.measure, clause.form, clause.than = "multiple" if quantity.unit == "倍" else "gap", "gap", than
        clause.sign = gap_sign(match["verb"] or match["degree"])
    return True


def _growth_of_other(clause: Clause, other: str) -> bool:
    """Whether a percentage is the growth of what something is compared with: 快于工业5%的增速."""
    if not other:
        return False
    clause.head, clause.tail, clause.measure, clause.form = other, "", "growth", "growth-noun"
    return True


def gap_sign(said: str) -> int:
    """-1 where the words that state a gap say that there is less (低于, 少), else 1."""
    return -1 if _BELOW.search(said) else 1


def multiple(clause: Clause, head: str, stem: str, kind: str) -> None:
    """是2010年的3倍 with what it is compared with, 增长2倍 without; `stem` is the head without predicate."""
    clause.measure = clause.form = "multiple"
    match = _TIMES_OF.search(head)
    if match and kind not in ("rise", "fall"):
        clause.than, clause.head = match["than"], without_adverbs(head[: match.start()])
    else:
        clause.head, clause.sign = stem, -1 if kind == "fall" else 1


def share(clause: Clause, quantity: Quantity, head: str) -> bool:
    """Whether the clause states a share: 占全市的30%, 占GDP比重达到5%."""
    at = head.rfind("占")
    match = _SHARE.match(head, at) if at >= 0 and is_ratio(quantity) else None
    if not match:
        return False
    clause.form, clause.predicate, clause.than = "share", "占", _SHARE_NOUN.sub("", match["whole"])
    owner = head[:at].removesuffix("大约").removesuffix("约").removesuffix("所")
    within = _WITHIN.search(owner) if not clause.than else None
    if within:
        clause.than, owner = within["whole"], owner[: within.start()]
    clause.head = without_adverbs(owner)
    if not clause.head and clause.tail.startswith("的"):
        clause.head = clause.tail[1:]
    return True


def equal_to(clause: Clause, quantity: Quantity, head: str) -> bool:
    """Whether the clause says how much of another value it is: 相当于GDP的2%, 仅为全国平均水平的68%.

    恢复到2019年的114% is a multiple.
    """
    again = _RESTORED.search(head) if quantity.unit == "%" and clause.baseline is not None else None
    if again:
        clause.head, clause.measure = without_adverbs(head[: again.start()]), "multiple"
        clause.form, clause.than = "multiple", again["than"]
        return True
    match = _EQUAL_TO.search(head) if is_ratio(quantity) and head.endswith("的") else None
    if not match:
        return False
    clause.than = match["whole"] or match["usual"]
    clause.form = "multiple" if clause.than.endswith(("平均", "水平")) else "share"
    clause.head = without_adverbs(head[: match.start()])
    return True


def completion(clause: Clause, quantity: Quantity, head: str) -> bool:
    """Whether the clause states how much of a plan was done: 完成年度计划的102%, 为预算的98%."""
    match = _COMPLETED.search(head) if is_ratio(quantity) and "的" in head[-2:] else None
    if not match:
        return False
    clause.form, clause.predicate, clause.than = "completion", "完成", match["than"]
    clause.head = without_adverbs(head[: match.start()])
    return True
