"""Status: whether a statement is actual, an estimate or a target."""

from __future__ import annotations

import re
from typing import Final

from flows.extract.parts import Clause, Quantity, Setting, Time
from flows.extract.scanning import scanner
from flows.extract.words import alternatives, beginnings, members

_ESTIMATED_FIRST: Final = f"[{beginnings('estimate')}]"
_ESTIMATE: Final = scanner(_ESTIMATED_FIRST, alternatives("estimate"))
_FORECAST: Final = scanner(_ESTIMATED_FIRST, rf"(?<!比\d{{4}}年){alternatives('estimate')}")
_AIM: Final = re.compile(alternatives("aim"))
_INTENT: Final = re.compile(alternatives("intent"))
_DONE: Final = re.compile(rf"{alternatives('done')}[^，。；]{{0,10}}$")
_ACCOMPLISHED: Final = re.compile(alternatives("accomplished"))
_PLANNED: Final = re.compile(alternatives("planned"))
_PART_OF_YEAR: Final = re.compile(r"月|季度|半年")
_PLAN_NAME: Final = re.compile(r"年计划(?:期间|时期|的)")
_DEMANDED: Final = re.compile(alternatives("demanded"))
_ALREADY: Final = re.compile(r"[^，。；：、\d]{0,6}已经")
_WILL: Final = re.compile("将要|将(?:达到?|完成|增加)")
_WILL_BE: Final = re.compile("将(?!军)|可达|可以|可能")
_BY_PLAN: Final = re.compile("(?:根据|按照?)[^，。；]{0,8}计划")
_HAS: Final = re.compile("已(?:经)?由")
_SUPPOSED: Final = re.compile(
    r"(?:只要|如果|假如)(?![把从同以再])[^。；]*?(?:就(?![业地近是医读学任])|会有|可以|才能)"
)
_SET: Final = re.compile("(?:确定|提出|预定|制定|下达)的[^。；]*$")
_BUDGETED: Final = re.compile("(?:原|年初)(?:定|来)?的?(?:预算|计划)(?:数|安排|规定)?的?$")
_MET: Final = re.compile("(?:超额|提前|圆满|如期)(?:完成|实现)了?$")
_OF_AIM: Final = re.compile(rf"[^，。；]{{0,24}}?的?{alternatives('aim_kind')}*{alternatives('aim_noun')}")
_SO_FAR: Final = re.compile(r"以来|已|[前头][一二两三四五六七八九十\d]+个月|季度")


def status_of(
    sentence: str,
    lead: str,
    quantity: Quantity,
    clause: Clause,
    time: Time | None,
    setting: Setting,
    report_year: int,
    begun: int = 0,
) -> str:
    """`actual`, `estimate` or `target`, from the words before the quantity, its time and its setting.

    `lead` are the words that introduce the list that the sentence is part of; in a report read in the
    middle or late in the year `begun`, what will be in that year (将, 可达) is an estimate.
    """
    if clause.form == "planned":
        return "target"
    if clause.earlier and _BUDGETED.search(sentence, clause.since, quantity.left):
        return "target"
    if clause.earlier or clause.predicate == "比":
        return "estimate" if clause.raw.endswith("预计的") else "actual"
    if ("要" in sentence or "如" in sentence) and is_supposed(sentence, clause):
        return "estimate"
    before, near = lead + sentence[: quantity.left], sentence[clause.start : quantity.left]
    future = _is_future(clause, time, report_year)
    over_years = time is not None and time.role == "span" and time.low < report_year - 1
    if setting.part == "review" and over_years and not _INTENT.search(_PLAN_NAME.sub("", before)):
        future = False
    planned = "计划" in near and clause.form != "completion" and is_beside_done(sentence, quantity)
    if planned or is_of_aim(sentence, quantity, clause):
        return "target"
    if setting.part == "plan":
        past = time is not None and 0 < time.high < report_year
        past &= time is not None and _WILL.search(sentence, time.end, quantity.left) is None
        coming = time is not None and time.high == report_year
        past |= coming and time is not None and _HAS.search(sentence, time.end, quantity.left) is not None
        past |= coming and time is not None and "-" in (time.period or "") and "已" in near
        if _FORECAST.search(before):
            return "estimate"
        vague = not setting.certain and not future and not _INTENT.search(before)
        done = (not future and _DONE.search(near)) or _ALREADY.match(sentence, quantity.right)
        return "actual" if vague or past or done else "target"
    estimated = setting.estimate or _ESTIMATE.search(before) is not None
    within = not future if time is None else time.high <= begun
    will_be = begun > 0 and within and _WILL_BE.search(near) is not None
    estimated |= will_be and _BY_PLAN.search(before) is None
    if future and not estimated and not _SO_FAR.search(before) and not _has_happened(sentence, near, time):
        return "target"
    if estimated:
        return "estimate"
    demanded = _DEMANDED.search(before) if clause.form not in ("gap", "completion") else None
    if demanded and (time is None or demanded.end() <= time.start) and not _ACCOMPLISHED.search(near):
        return "target"
    aimed = (
        clause.form not in ("gap", "rank", "completion")
        and "计划" not in clause.than
        and _AIM.search(near)
        and not _ACCOMPLISHED.search(near)
    )
    if (future or time is None) and aimed:
        return "target"
    return "actual"


def is_supposed(sentence: str, clause: Clause) -> bool:
    """Whether a clause is part of a supposition or of what would follow: 只要成本降低1%，就可以节约5亿元."""
    if "只要" not in sentence and "如果" not in sentence and "假如" not in sentence:
        return False
    if clause.form == "plain" and not clause.head:
        return False
    supposed = _SUPPOSED.search(sentence)
    return supposed is not None and supposed.start() <= clause.start + len(clause.raw)


def is_beside_done(sentence: str, quantity: Quantity) -> bool:
    """Whether what was really done is told right after a quantity: 计划投产40个，实际投产46个."""
    mark = sentence.find("，", quantity.right)
    return mark >= 0 and sentence.startswith("实际", mark + 1)


def is_of_aim(sentence: str, quantity: Quantity, clause: Clause) -> bool:
    """Whether a quantity is what was aimed at: 年初确定的能耗降低4%的目标, 超额完成5万人的目标; no gap is."""
    if clause.form == "gap" or not any(noun in sentence for noun in members("aim_noun")):
        return False
    if not _SET.search(sentence, 0, quantity.left) and not _MET.search(sentence, 0, quantity.left):
        return False
    return _OF_AIM.match(sentence, quantity.right) is not None


def _has_happened(sentence: str, near: str, time: Time | None) -> bool:
    """Whether the words before a quantity say it is done (今年上半年…, 今年安排了…), unless intended."""
    if _PLANNED.search(near):
        return False
    within = time is not None and _PART_OF_YEAR.search(sentence, time.start, time.end) is not None
    return within or near.endswith(("了", "有")) or "已" in near or _DONE.search(near) is not None


def _is_future(clause: Clause, time: Time | None, report_year: int) -> bool:
    """Whether a statement is about the year of the report or later; what grows from last year is."""
    if time is not None:
        return time.high >= report_year
    base = clause.baseline
    return base is not None and base.high == report_year - 1 and clause.measure != "level"
