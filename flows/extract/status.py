"""Status: whether a statement is actual, an estimate or a target."""

from __future__ import annotations

import re

from flows.extract.parts import Clause, Quantity, Setting, Time
from flows.extract.words import alternatives

_ESTIMATE = re.compile(alternatives("estimate"))
_AIM = re.compile(alternatives("aim"))
_INTENT = re.compile(alternatives("intent"))
_DONE = re.compile(rf"{alternatives('done')}[^，。；]{{0,10}}$")
_ACCOMPLISHED = re.compile(alternatives("accomplished"))
_SO_FAR = re.compile(r"以来|已|前[一二三四五六七八九十\d]+个月|季度")


def status_of(
    sentence: str, quantity: Quantity, clause: Clause, time: Time | None, setting: Setting, report_year: int
) -> str:
    """`actual`, `estimate` or `target`, from the words before the quantity, its time and its setting."""
    if clause.earlier or clause.predicate == "比":
        return "actual"
    before, near = sentence[: quantity.left], sentence[clause.start : quantity.left]
    future = _is_future(clause, time, report_year)
    begun = time is not None and time.role == "span" and time.low < report_year - 1
    if setting.part == "review" and begun and not _INTENT.search(before):
        future = False
    if setting.part == "plan":
        past = time is not None and 0 < time.high < report_year
        vague = not setting.certain and not future and not _INTENT.search(before)
        return "actual" if vague or past or (not future and _DONE.search(near)) else "target"
    if future and not _SO_FAR.search(before):
        return "estimate" if _ESTIMATE.search(near) else "target"
    if setting.estimate or _ESTIMATE.search(before):
        return "estimate"
    aimed = clause.form != "gap" and _AIM.search(near) and not _ACCOMPLISHED.search(near)
    if (future or time is None) and aimed:
        return "target"
    return "actual"


def _is_future(clause: Clause, time: Time | None, report_year: int) -> bool:
    """Whether a statement is about the year of the report or later; what grows from last year is."""
    if time is not None:
        return time.high >= report_year
    base = clause.baseline
    return base is not None and base.high == report_year - 1 and clause.measure != "level"
