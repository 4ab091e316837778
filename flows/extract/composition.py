"""Compositions: 三次产业结构由9∶42∶49调整为7∶40∶53 tells the shares of three industries, each a quantity.

Offsets are those of the sentence.
"""

from __future__ import annotations

import re
from typing import Final

from flows.extract.parts import Clause, Quantity

COMPOSED: Final = "share of three"
"""The kind of the quantities in a composition; there are three of them at a time."""

_PART: Final = r"\d{1,2}(?:\.\d{1,2})?"
_MARKS: Final = "∶:：︰"
_MARK: Final = f"[{_MARKS}]"
_PARTS: Final = re.compile(rf"(?<![\d.∶:：︰]){_PART}{_MARK}{_PART}{_MARK}{_PART}(?![\d∶:：︰])")
_INDUSTRIES: Final = re.compile(
    r"(?:三次产业|三大产业|三产|产业)(?:增加值)?的?(?:结构|比例|比重|占比|之比|比)[^。；]{0,40}$"
)
_FROM: Final = re.compile(r"[由从](?:[^，。；]{0,8}?的)?$")
_NAMES: Final = tuple(f"第{number}产业增加值占地区生产总值比重" for number in "一二三")
_WHOLE: Final = 100.0
_ROUNDED: Final = 0.5


def compositions(sentence: str) -> list[tuple[int, int]]:
    """Where the shares of the three industries stand, three numbers parted by ∶ each."""
    if "产" not in sentence or not any(mark in sentence for mark in _MARKS):
        return []
    found = [match.span() for match in _PARTS.finditer(sentence)]
    named = [span for span in found if _INDUSTRIES.search(sentence, 0, span[0])]
    return [span for span in named if _is_whole(sentence[slice(*span)])]


def read_compositions(sentence: str, quantities: list[Quantity], clauses: list[Clause]) -> dict[int, str]:
    """The subjects of the COMPOSED quantities, by their index; their clauses are set to levels."""
    subjects: dict[int, str] = {}
    composed = [index for index, one in enumerate(quantities) if one.kind == COMPOSED]
    for first in range(0, len(composed), len(_NAMES)):
        inside = composed[first : first + len(_NAMES)]
        earlier = _FROM.search(sentence, 0, quantities[inside[0]].start) is not None
        for index, name in zip(inside, _NAMES, strict=True):
            clause = clauses[index]
            clause.head, clause.tail, clause.than = name, "", ""
            clause.form, clause.measure, clause.predicate, clause.sign = "reach", "level", "", 1
            clause.earlier, clause.distributive, clause.listed = earlier, False, False
            clause.start = clauses[inside[0]].start
            subjects[index] = name
    return subjects


def _is_whole(text: str) -> bool:
    """Whether the parts add up to a hundred."""
    return abs(sum(map(float, re.split(_MARK, text))) - _WHOLE) <= _ROUNDED
