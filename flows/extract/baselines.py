"""Baselines: which time a growth, change or multiple is measured from, carried from clause to clause."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Final

from flows.extract.parts import Clause, Quantity, Time
from flows.extract.words import alternatives

_OWN_BASE: Final = re.compile(alternatives("own_base"))
_BETWEEN: Final = 5
GOVERNING: Final = frozenset({"baseline", "point", "span", "end"})
COMPARED: Final = frozenset({"growth", "change", "multiple"})
JOINTS: Final = ("、", "和", "与", "及")
"""What alone stands between two numbers of a list."""


def carry_baselines(quantities: list[Quantity], clauses: list[Clause], times: list[Time]) -> None:
    """比1978年增长…，平均每年增长…: a comparison goes on until another one; 由1978年的… begins one too."""
    for index, (before, clause) in enumerate(pairwise(clauses), start=1):
        listed = _is_joint(clause)
        after = clauses[index + 1] if listed and index + 1 < len(clauses) else None
        if before.earlier and after and after.listed and not _is_joint(after):
            clause.earlier, clause.since = True, before.since
        clause.arrived = not clause.earlier and (before.earlier or (before.arrived and listed))
    if not times:
        return
    baseline: Time | None = None
    at, paired = 0, False
    for clause, quantity in zip(clauses, quantities, strict=True):
        fresh = [time for time in times if at <= time.start < quantity.left and time.role in GOVERNING]
        at = quantity.left
        if clause.earlier:
            own = [time for time in fresh if clause.since <= time.start < time.end and time.role == "point"]
            compared = [time for time in fresh if time.role == "baseline"]
            baseline = own[0] if own else compared[-1] if compared else baseline
            clause.baseline = None if own else baseline
            paired = True
            continue
        if fresh and not paired:
            baseline = _compared_first(fresh) or (fresh[-1] if fresh[-1].role == "baseline" else None)
        paired = False
        if _OWN_BASE.search(clause.raw) or _has_previous(clause, quantity, times):
            baseline = None
        if clause.baseline is None and clause.measure in COMPARED and not clause.than:
            clause.baseline = baseline


def _is_joint(clause: Clause) -> bool:
    """Whether nothing but a joint parts a number from the one before it: 从5%、6%, 从第9位、第6位."""
    return clause.raw.removesuffix("第") in JOINTS


def _compared_first(fresh: list[Time]) -> Time | None:
    """The first of two years of which the second is compared with it: 同1950年比较，1956年…."""
    if len(fresh) < 2 or fresh[-2].role != "baseline" or fresh[-1].role != "point" or not fresh[-2].end:
        return None
    return fresh[-2] if fresh[-1].start - fresh[-2].end <= _BETWEEN else None


def _has_previous(clause: Clause, quantity: Quantity, times: list[Time]) -> bool:
    return any(time.role == "previous" and clause.start <= time.start < quantity.left for time in times)
