"""Wholes and plans: of two numbers that hang together, what one says of the other.

In 占全国2000个县的40% the first number is a whole, the second a share of it; in 比预算数300万元少20万元 the
first is what was planned and the second the gap to it.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from flows.extract.comparisons import gap_sign, is_ratio
from flows.extract.parts import Clause, Quantity

_WHOLE: Final = re.compile(r"(?:占|相当于)([^，。；：占]{0,16})$")
_PLANNED: Final = re.compile(
    r"比(原?(?:定|来)?的?[^，。；：比]{0,6}(?:预算|计划|指标|任务|规定|原定|设想)(?:中?规定|原定)?数?)"
    r"的?[^，。；：比多少]{0,12}$"
)
_OVER: Final = re.compile(r"(?:超过|超出)了?([^，。；：超]{0,6}(?:计划|预算|指标|任务|定额)数?)的?$")
_OFF: Final = re.compile(
    r"(?:的(?:水平|数字|指标|要求))?[只仅还要又]?(?P<off>多出?|少|差|超过|超出|超收|少收|多支|少支)了?"
)


def read_wholes(sentence: str, quantities: list[Quantity], clauses: list[Clause]) -> None:
    """Gives the form `whole` to a number that a share is taken of, and `share` to that share."""
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
