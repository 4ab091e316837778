"""The measure word or unit that follows a number, from `schemas/units.csv`."""

from __future__ import annotations

import re
from typing import Final

from flows import schemas

_STROKES: Final = frozenset("/／")
_PER: Final = re.compile(r".([十百千万亿]*)")
Spelling = tuple[str, re.Pattern[str] | None, str, str]


def _spellings() -> dict[str, tuple[Spelling, ...]]:
    """Spelling, what must not follow it, base unit and kind; by first character, longest first."""
    found: dict[str, list[Spelling]] = {}
    for row in schemas.rows("units.csv"):
        for spelling in filter(None, row["spellings"].split("|")):
            guard = row["not_before"]
            if spelling[-1].isascii() and spelling[-1].isalpha():
                guard = f"{guard}|[A-Za-z]" if guard else "[A-Za-z]"
            entry = (spelling, re.compile(guard) if guard else None, row["unit"], row["kind"])
            found.setdefault(spelling[0], []).append(entry)
    return {first: tuple(sorted(entries, key=lambda e: -len(e[0]))) for first, entries in found.items()}


_SPELLINGS: Final = _spellings()
_LONGEST_SPELLING: Final = max(len(entry[0]) for entries in _SPELLINGS.values() for entry in entries)
_KINDS: Final = {row["unit"]: row["kind"] for row in schemas.rows("units.csv")}


def unit_at(text: str, at: int) -> tuple[str, str, int] | None:
    """The base unit that begins at `text[at]`, its kind, and where it ends; None when there is none.

    吨标准煤 → 吨; a second unit after a stroke belongs to it (元/吨, 人/百亿元), one in brackets is another
    word for it (套（间）).
    """
    found = _one(text, at)
    if found is None:
        return None
    unit, kind, end = found
    other = _one(text, end + 1) if text[end : end + 1] == "（" else None
    if other and text[other[2] : other[2] + 1] == "）":
        return unit, kind, other[2] + 1
    stroke = _PER.match(text, end) if text[end : end + 1] in _STROKES else None
    per = _one(text, stroke.end()) if stroke else None
    if stroke and per:
        whole = f"{unit}/{stroke[1]}{per[0]}"
        return (whole, _KINDS[whole], per[2]) if whole in _KINDS else found
    return found


def _one(text: str, at: int) -> tuple[str, str, int] | None:
    spellings = _SPELLINGS.get(text[at : at + 1])
    if spellings is None:
        return None
    ahead = text[at : at + _LONGEST_SPELLING]
    for spelling, guard, unit, kind in spellings:
        if ahead.startswith(spelling):
            end = at + len(spelling)
            if guard is None or not guard.match(text, end):
                return unit, kind, end
    return None
