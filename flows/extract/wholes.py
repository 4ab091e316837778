"""Wholes and plans: of two numbers that hang together, what one says of the other.

In 占全国2000个县的40% the first number is a whole, the second a share of it; in 比预算数300万元少20万元 the
first is what was planned and the second the gap to it; in 比去年增长5%，低于7%的目标 the second is what was
aimed at.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from flows.extract.bounds import bound_said
from flows.extract.comparisons import gap_sign, is_ratio
from flows.extract.parts import Clause, Quantity
from flows.extract.words import alternatives, members

_WHOLE: Final = re.compile(r"(?:占|相当于)([^，。；：占]{0,16})$")
_PLANNED: Final = re.compile(
    r"比(原?(?:定|来)?的?[^，。；：比]{0,6}(?:预算|计划|指标|任务|规定|原定|设想)(?:中?规定|原定)?数?)"
    r"的?[^，。；：比多少]{0,12}$"
)
_OVER: Final = re.compile(r"(?:超过|超出)了?([^，。；：超]{0,6}(?:计划|预算|指标|任务|定额)数?)的?$")
_OFF: Final = re.compile(
    r"(?:的(?:水平|数字|指标|要求))?[只仅还要又]?(?P<off>多出?|少|差|超过|超出|超收|少收|多支|少支)了?"
)
_NOUN: Final = rf"(?:{alternatives('aim_noun')}|计划|预期|预算|要求)(?:值|数|任务)?"
_AIM_WORDS: Final = (*members("aim_noun"), "计划", "预期", "预算", "要求", "原定", "预定", "规定", "原来")
_PASSING: Final = tuple(members("passing"))
_AIMED: Final = re.compile(rf"的?[^，。；：、\d]{{0,10}}?{_NOUN}(?=[，。；、）]|没有|未|$)")
_SET: Final = re.compile(
    r"(?<![不未])(?<!不会)(?<!没有)(?:低于|高于|少于|多于|超过|超出)了?(?:原定|原来|预定|预期|计划|规定|预算)(?:中?规定|安排|确定)?的[约近]?$"
)
_NAMED: Final = re.compile(rf"(?:控制|年度|预期|年初|约束性|计划|规划)(?:控制)?{_NOUN}$")
_BEFORE_AIM: Final = re.compile("(?:确定|提出|预定|制定|下达)的$")
_MISSED: Final = re.compile("(?:未能?|没有)(?:达到|完成|实现)(?:增长)?$|年初(?:确定|提出|预定)的$")
_APART: Final = re.compile(rf"的?(?P<than>[^，。；：\d]{{0,8}}?{_NOUN})还?(?:相差|差)了?")
_COMPLETED: Final = re.compile(rf"[^，。；：\d]{{0,10}}?(?P<than>{_NOUN})的[约近]?")
_FASTER: Final = re.compile("的(?:增速|增幅|涨幅|增长速度|平均水平|水平)(?:还|要)?(?P<degree>[快慢高低])出?")
_WITH: Final = ("与", "同", "距", "距离")
_DONE: Final = ("完成", "完成了", "实现", "达到")


def read_wholes(sentence: str, quantities: list[Quantity], clauses: list[Clause]) -> None:
    """Gives the form `whole` to a number that a share is taken of, and `share` to that share."""
    if "占" not in sentence and "相当于" not in sentence:
        return
    for index in range(1, len(clauses)):
        whole, part, quantity = clauses[index - 1], clauses[index], quantities[index]
        if not part.listed or not is_ratio(quantity) or is_ratio(quantities[index - 1]):
            continue
        noun = sentence[quantities[index - 1].right : quantity.left]
        match = _WHOLE.search(whole.raw) if noun.endswith("的") else None
        if match is None:
            continue
        whole.head, whole.tail, whole.form, whole.measure = match[1] + noun[:-1], "", "whole", "level"
        part.head, part.tail, part.form, part.measure = "", "", "share", "level"
        part.than, part.predicate = whole.head, "占"


def read_plans(sentence: str, quantities: list[Quantity], clauses: list[Clause]) -> None:
    """Gives the form `planned` to a number that another is compared with, and `gap` to the difference."""
    for index in range(1, len(clauses)):
        before, quantity = quantities[index - 1], quantities[index]
        if not clauses[index].listed or quantity.unit not in (before.unit, "%"):
            continue
        said = sentence[clauses[index - 1].start : before.left]
        over = sentence.startswith("超", quantity.left) and quantity.left < quantity.start
        between = sentence[before.right : quantity.start if over else quantity.left]
        match, off = _PLANNED.search(said), _OFF.fullmatch(between)
        if match is None or off is None:
            match = _OVER.search(said) if between == "的" and is_ratio(quantity) else None
        if match is None:
            continue
        if over:
            quantities[index] = replace(quantity, left=quantity.start, bound="exact")
        plan, gap = clauses[index - 1], clauses[index]
        head = said[: match.start()]
        untimed = (head[at:] for at in range(len(head) + 1) if plan.raw.startswith(head[at:]))
        plan.head = next(untimed, "")
        plan.tail, plan.form, plan.measure = "", "planned", "level"
        gap.head, gap.tail, gap.form, gap.measure, gap.than = "", "", "gap", "gap", match[1]
        gap.sign = gap_sign(off["off"] if off else "")


def read_others(sentence: str, quantities: list[Quantity], clauses: list[Clause]) -> None:
    """Gives the form `gap` to how much faster something grew than another: 比工业8%的增速快3个百分点."""
    if "百分点" not in sentence:
        return
    for index in range(1, len(clauses)):
        other, clause = clauses[index - 1], clauses[index]
        if other.form != "growth-noun" or not clause.listed or quantities[index].unit != "百分点":
            continue
        match = _FASTER.fullmatch(sentence, quantities[index - 1].right, quantities[index].left)
        if match:
            said = sentence[other.start : quantities[index - 1].left]
            clause.head, clause.tail, clause.form, clause.measure = said.rpartition("比")[0], "", "gap", "gap"
            clause.than, clause.sign = other.head, gap_sign(match["degree"])
            other.form = "whole"


def read_aims(sentence: str, quantities: list[Quantity], clauses: list[Clause]) -> None:
    """Gives the form `planned` to what was aimed at beside what was reached.

    低于7%的预期目标, 超过原定的2万亿元, （控制目标5‰）, 与15%的目标相差1个百分点, 完成3000人目标的110%.
    """
    if not any(word in sentence for word in _AIM_WORDS):
        return
    for index, (clause, quantity) in enumerate(zip(clauses, quantities, strict=True)):
        if clause.form == "planned":
            continue
        after = clauses[index + 1] if index + 1 < len(clauses) and clauses[index + 1].listed else None
        between = sentence[quantity.right : quantities[index + 1].left] if after else ""
        said = sentence[clause.start : quantity.start]
        apart = _APART.fullmatch(between) if after and said.endswith(_WITH) else None
        done = None
        if after and is_ratio(quantities[index + 1]) and not is_ratio(quantity) and said.endswith(_DONE):
            done = _COMPLETED.fullmatch(between)
        before = index > 0 and quantities[index - 1].unit == quantity.unit
        aimed = said.endswith(_PASSING) or _MISSED.search(said) is not None
        aimed |= before and _BEFORE_AIM.search(said) is not None
        passed = aimed and _AIMED.match(sentence, quantity.right) is not None
        named = before and clause.form in ("plain", "reach") and _NAMED.search(clause.head) is not None
        if not (apart or done or passed or named or _SET.search(said)):
            continue
        if passed:
            bound = bound_said(sentence, quantity.right)
            quantities[index] = replace(quantity, left=quantity.start, bound=bound)
        clause.head, clause.tail, clause.form, clause.sign = "", "", "planned", 1
        grown = said.endswith("增长") or (before and clauses[index - 1].measure == "growth")
        clause.measure = "growth" if grown else clauses[index - 1].measure if before else "level"
        if after and apart:
            after.head, after.tail, after.than = "", "", apart["than"]
            after.form = after.measure = "gap"
        if after and done:
            after.head, after.tail, after.form, after.measure = "", "", "completion", "level"
            after.than, after.predicate = done["than"], "完成"
