"""Predicates: what a clause says of its quantity — that it is reached, grew, fell, or is compared.

A clause comes with its text; `judge` sets its measure, sign, form and predicate and leaves in its head
what the quantity is said of. The kinds of predicate words stand in `schemas/predicates.csv`. The forms,
which name the rule in an observation:

- `plain`: a number with its noun; `reach`: 达到, 为, 完成 …;
- `rise`, `fall`: 增长, 下降 …; `growth-noun`: 增速为, 降幅达; `growth-list`: goes on with the growth before;
  `verb-change`: 减少贫困人口5万人;
- `rank`, `gap`, `multiple`, `share`, `completion`: see `flows.extract.comparisons`.
"""

from __future__ import annotations

import re
from typing import Final

from flows import schemas
from flows.extract import comparisons
from flows.extract.comparisons import is_ratio
from flows.extract.parts import Clause, Quantity
from flows.extract.phrases import RUNNING, without_adverbs
from flows.extract.words import alternatives, beginnings, members

_AIMED: Final = r"(?:的?(?:预期|预定|调控|宏观调控)?目标)?(?:分别)?$"
_GROWTH_NOUN: Final = re.compile(rf"{alternatives('growth_noun')}{_AIMED}")
_FALL_NOUN: Final = re.compile(rf"{alternatives('fall_noun')}{_AIMED}")
_CHANGE_FIRST: Final = f"[{beginnings('rise_verb')}{beginnings('fall_verb')}]"
_CHANGE: Final = re.compile(
    rf"[^，]{{0,12}}?(?={_CHANGE_FIRST})"
    rf"(?:{alternatives('rise_verb')}|(?P<fall>{alternatives('fall_verb')}))(?=.{{2}})"
)
_FALL: Final = re.compile(rf"{alternatives('fall_verb')}(?=.{{2}})")
_RATE: Final = re.compile(
    rf"的?(?:年均|平均|较快|增长)?(?:速度|幅度|比例)(?:快速|持续|稳定|高速)?"
    rf"(?:{alternatives('rise_verb')}|(?P<fall>{alternatives('fall_verb')})|增长|递增|上升|发展|前进)"
    rf"|的(?:年均|平均|较快|中高速|高速)?{alternatives('growth_noun')}|的(?P<negative>负增长)"
)
_INCREASE: Final = re.compile(
    rf"(?:[一二三四五六七八九十两]年)?(?:的?增[加长]的?)?{alternatives('increase_noun')}却?$"
)
_INCREASE_ENDS: Final = frozenset("却").union(word[-1] for word in members("increase_noun"))
_AGAINST: Final = re.compile("^.*?(?<![占同环])比(?![重例率])(?=[^比]{2,12}$)")
_HELD_GROWTH: Final = re.compile("(?:保持|实现|维持)(?:了)?$")
_RATE_VERB: Final = re.compile(rf"{alternatives('rate_verb')}(?:了|着)?$")
_MORE: Final = re.compile(rf"[又还]?([多少]){alternatives('more_verb')}了?$")
_GREW: Final = re.compile("^(?:实际|名义)?增长$")
_TIMES: Final = re.compile("^(?:先后|连续|又)?[一二两三四五六七八九十\\d]+次|共$")
_TURNED: Final = re.compile("^(?:收窄|缩小|扩大|回升|回落|转变?|变)[到至为]?$")
_AIM: Final = re.compile(rf"的?{alternatives('aim_kind')}*{alternatives('aim_noun')}{{1,2}}$")
_NO_SINGLE: Final = re.compile(r"[新连递净加倍激缩]$")
_KINDS: Final = {row["word"]: row["kind"] for row in schemas.rows("predicates.csv")}
_IMPROVING: Final = frozenset({"提升", "提高", "扩大", "增强"})
"""What is done to things that are counted: 关停706家、提升532家."""
_LEVEL_ALONE: Final = frozenset({"多", "少", "节约"})
"""What tells of a change only where something is compared: 比上年节约10%, but 可以节约5亿元."""
_LONGEST_CHANGED: Final = 16


def _lengths() -> dict[str, tuple[int, ...]]:
    """How long the predicates are that end with a character, the longest first."""
    found: dict[str, set[int]] = {ending: set() for ending in "到至为成"}
    for word in _KINDS:
        found.setdefault(word[-1], set()).add(len(word))
    return {ending: tuple(sorted(lengths, reverse=True)) for ending, lengths in found.items()}


_LENGTHS: Final = _lengths()


def judge(clause: Clause, quantity: Quantity) -> None:
    """Sets measure, sign, form, predicate and comparison of `clause`, and leaves its subject in `head`."""
    head = without_adverbs(clause.head)
    if quantity.rank:
        return comparisons.rank(clause, head)
    if comparisons.gap(clause, quantity, head):
        return None
    if quantity.unit == "%" and _at_rate(clause, head):
        return None
    compared = clause.compared or "同比" in clause.raw
    more = _MORE.search(head) if compared and not is_ratio(quantity) else None
    if more:
        stem = without_adverbs(head[: more.start()])
        return _change(clause, quantity, stem, _KINDS[more[1]], more[1])
    word, kind = predicate(head)
    stem = without_adverbs(head.removesuffix(word))
    stem = "" if word and stem.endswith("、") else stem
    moves = kind in ("rise", "fall")
    if moves and len(word) == 1 and stem and not clause.compared and not _is_single(stem, word):
        word, kind, stem, moves = "", "", head, False
    if quantity.unit in ("倍", "番"):
        return comparisons.multiple(clause, head, stem, kind)
    if moves and (compared or word not in _LEVEL_ALONE):
        return _change(clause, quantity, stem, kind, word)
    rules = (comparisons.share, comparisons.completion, comparisons.equal_to)
    if any(rule(clause, quantity, head) for rule in rules):
        return None
    clause.predicate = word
    stem = RUNNING.sub("", stem) if "连续" in stem else stem
    if quantity.unit == "%" and (_FALL_NOUN.search(stem) or _GROWTH_NOUN.search(stem)):
        clause.head, clause.measure, clause.form = _GREW.sub("", stem), "growth", "growth-noun"
        clause.sign = -1 if _FALL_NOUN.search(stem) else 1
        return None
    increase = _INCREASE.search(stem) if stem[-1:] in _INCREASE_ENDS and quantity.unit != "%" else None
    if increase:
        clause.head, clause.measure, clause.form = stem[: increase.start()], "change", "growth-noun"
        return None
    if kind == "reach":
        return _reach(clause, quantity, stem, word)
    clause.head = head
    return _verb_change(clause, quantity, head)


def _at_rate(clause: Clause, head: str) -> bool:
    """Whether the noun behind a percentage tells that it is a growth: 以8%的速度增长, 实现7%的增速."""
    match = _RATE.match(clause.tail)
    if clause.tail == "增长" and _HELD_GROWTH.search(head):
        clause.head, clause.tail = _HELD_GROWTH.sub("", head), ""
        clause.measure, clause.form = "growth", "growth-noun"
        return True
    if match is None:
        return False
    clause.head, clause.tail = _AGAINST.sub("", without_adverbs(_RATE_VERB.sub("", head))), ""
    clause.measure, clause.form = "growth", "growth-noun"
    clause.sign = -1 if match["fall"] or match["negative"] else 1
    return True


def predicate(head: str) -> tuple[str, str]:
    """The longest predicate word at the end of `head` and its kind; empty strings when there is none."""
    text = head.removesuffix("了")
    lengths = _LENGTHS.get(text[-1:])
    if lengths is None:
        return "", ""
    if text.endswith(("到", "至", "为", "成")):
        for length in (2, 1):
            moved = text[-1 - length : -1] if len(text) > length else ""
            if _KINDS.get(moved) in ("rise", "fall") and moved[0] != "比":  # 收入比降到 is a ratio that fell
                return head[len(text) - 1 - length :], "reach"
    for length in lengths:
        kind = _KINDS.get(text[-length:]) if length <= len(text) else None
        if kind:
            return head[len(text) - length :], kind
    return "", ""


def is_nominal(clause: Clause) -> bool:
    """Whether a clause counts what its head describes: 新开工的有五千个大中型项目."""
    return clause.form == "reach" and clause.predicate.endswith("有") and clause.head[1:].endswith("的")


def _is_single(stem: str, word: str) -> bool:
    """Whether a predicate of one character (增, 降, 少 …) really is one and not the end of a noun."""
    if word in "增降涨升减":
        return not _NO_SINGLE.search(stem)
    return word in "多少高低" and stem.endswith(("比", "较"))


def _change(clause: Clause, quantity: Quantity, stem: str, kind: str, word: str) -> None:
    """增长8%, 提高3个百分点, 下降到…; 减少贫困人口5万人 and 新增就业5万人 have their noun behind."""
    clause.head, clause.form, clause.predicate = _TURNED.sub("", stem), kind, word
    clause.sign = -1 if kind == "fall" else 1
    clause.measure = "growth" if is_ratio(quantity) else "change"
    if not stem and clause.listed and quantity.kind == "count" and word in _IMPROVING and not clause.compared:
        clause.head, clause.measure, clause.sign, clause.form = word, "level", 1, "plain"
        return
    opens = not stem and clause.tail.strip("、和与及") and not clause.listed and clause.baseline is None
    if clause.measure == "growth" or not opens:
        return
    clause.head = word
    if word in members("fall_verb") or word in members("gain_verb"):
        clause.form = "verb-change"
    else:
        clause.measure, clause.sign, clause.form = "level", 1, "plain"


def _reach(clause: Clause, quantity: Quantity, stem: str, word: str) -> None:
    """达到5万人, 完成投资5亿元; 为5万名学生… and 完成5万亩造林 state the number of the noun behind."""
    if stem in members("side") and word.endswith("有") and clause.tail and not clause.listed:
        clause.head = stem
        return
    clause.tail = "" if _AIM.match(clause.tail) else clause.tail
    if not stem and clause.tail and not clause.listed:
        if word in members("copula") and len(clause.tail) > 2 and quantity.kind in ("count", ""):
            clause.head = ""
            return
        if word in members("completion"):
            clause.head = word
            return
    if clause.tail.startswith("就业") and "安排" in word:
        clause.head, clause.tail = f"{stem}安排就业", ""
        return
    second, kind = predicate(stem)
    if kind == "reach" and len(second) > 1:
        stem = without_adverbs(stem.removesuffix(second))
    clause.head, clause.form = stem, "reach"
    if stem.endswith("差距") and quantity.unit != "%":
        clause.measure = "gap"


def _verb_change(clause: Clause, quantity: Quantity, head: str) -> None:
    """减少贫困人口5万人: the verb of a change opens the clause."""
    goes_on = clause.listed and not _FALL.match(head)
    points = quantity.kind == "ratio" and quantity.unit != "%"
    head = _TIMES.sub("", head) if points else head
    mark = head.rfind("、") + 1
    change = _CHANGE.match(head) or (_FALL.match(head, mark) and _CHANGE.match(head, mark) if mark else None)
    if goes_on or (points and (change is None or change.start("fall") > 0)):
        return
    clause.head = head
    if change and len(head[change.end() :].rpartition("等")[2]) < _LONGEST_CHANGED:
        clause.measure, clause.form = "growth" if quantity.unit == "%" else "change", "verb-change"
        clause.sign = -1 if change["fall"] else 1
