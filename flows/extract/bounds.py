"""Bound words around a number: 近, 超过 before it, 左右, 以上 after it; from `schemas/bounds.csv`."""

from __future__ import annotations

import re
from typing import Final

from flows import schemas
from flows.extract.words import members

_LONGEST_BEFORE: Final = 6
_FAR_REACH: Final = 16


def _said(place: str) -> dict[str, str]:
    """The bound words of a place and what they say, longest first; `scale` is before a bare 万亿,
    `far` earlier in the clause."""
    rows = sorted(schemas.rows("bounds.csv"), key=lambda row: -len(row["word"]))
    return {row["word"]: row["bound"] for row in rows if row["place"] == place}


def _after_words() -> str:
    """The words behind a number that leave it open, longest first, as alternatives of a pattern."""
    rows = sorted(schemas.rows("bounds.csv"), key=lambda row: -len(row["word"]))
    return "|".join(schemas.pattern(row) for row in rows if row["place"] == "after")


_SAID_BEFORE: Final = _said("before")
_SAID_AFTER: Final = _said("after")
_SAID_BEFORE_SCALE: Final = _said("scale")
_SAID_FAR: Final = _said("far")
_FAR: Final = re.compile("|".join(map(re.escape, _SAID_FAR)))
_OF_WHOLE: Final = frozenset({"接近", "不超过", "不低于", "不少于", "不到", "不足"})
"""What reaches over what a share is taken of: 接近总数的50%, 不到总数的10%."""
_OF: Final = ("的", "的百分之")
_BEFORE: Final = re.compile(f"(?:{'|'.join(map(re.escape, _SAID_BEFORE))})(?:了|到)?$")
_BEFORE_ENDS: Final = frozenset("了到").union(word[-1] for word in _SAID_BEFORE)
_AFTER: Final = re.compile(_after_words())
_AFTER_BEGINS: Final = frozenset(word[0] for word in _SAID_AFTER)


def bound_after(sentence: str, at: int, has_unit: bool) -> tuple[int, str]:
    """Where the bound word at `sentence[at]` ends and what it says; `(at, "")` when there is none.

    多 and 余 bound a number only behind a unit (十多种 and 多年 are no bounds).
    """
    match = _AFTER.match(sentence, at) if sentence[at : at + 1] in _AFTER_BEGINS else None
    if not match:
        return at, ""
    if match.group() in "多余" and not has_unit:
        return at, ""
    return match.end(), _SAID_AFTER[match.group()]


def bound_said(sentence: str, end: int) -> str:
    """What the bound word that ends at `end` says, or exact."""
    said = (bound for word, bound in _SAID_AFTER.items() if sentence.endswith(word, 0, end))
    return next(said, "exact")


def bound_before(sentence: str, start: int, bound: str, style: str) -> tuple[int, str]:
    """Where the bound word before a number at `start` begins, and the bound with it.

    `bound` is what stands inside and after the number says; a word before it yields to that, unless it
    says upper.
    """
    left = start
    if style == "scale" or sentence[start - 1 : start] in _BEFORE_ENDS:
        left, bound = _adjacent(sentence, start, bound, style)
    return left, _from_afar(sentence, start) if bound == "exact" else bound


def _from_afar(sentence: str, start: int) -> str:
    """The bound that stands earlier in the clause of a number at `start`: 大约损失产值5亿元; else exact."""
    reach = sentence[max(0, start - _FAR_REACH) : start]
    if not _FAR.search(reach):
        return "exact"
    clause = reach[reach.rfind("，") + 1 :]
    for word, bound in _SAID_FAR.items():
        at = clause.rfind(word)
        if at >= 0 and "、" not in clause[at:] and (word not in _OF_WHOLE or clause.endswith(_OF)):
            return bound
    return "exact"


def _adjacent(sentence: str, start: int, bound: str, style: str) -> tuple[int, str]:
    match = _BEFORE.search(sentence, start - _LONGEST_BEFORE, start)
    if match:
        word = match.group()
        guard = {"近": "not_near", "约": "not_about", "过": "not_past"}.get(word.removesuffix("了"))
        if guard and sentence[match.start() - 1 : match.start()] in members(guard):
            return start, bound
        word = word if word in _SAID_BEFORE else word.removesuffix("了").removesuffix("到")
        own = _SAID_BEFORE.get(word, "exact")
        return match.start(), own if bound in ("exact", "about") or own == "upper" else bound
    if style == "scale":
        for word, own in _SAID_BEFORE_SCALE.items():
            if sentence.endswith(word, 0, start):
                return start - len(word), own if bound == "exact" else bound
    return start, bound
