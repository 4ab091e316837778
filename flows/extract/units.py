"""The measure word or unit that follows a number, from `schemas/units.csv`."""

from __future__ import annotations

import re
from functools import cache

from flows import schemas


@cache
def pattern() -> re.Pattern[str]:
    """Matches a unit at a place; group `unit` is the spelling, a second unit after / included."""
    spellings: list[tuple[str, str]] = []
    for row in schemas.rows("units.csv"):
        for spelling in row["spellings"].split("|"):
            spelling = spelling.replace("(次)", "次")
            guard = f"(?!{row['not_before']})" if row["not_before"] else ""
            if spelling[-1].isascii() and spelling[-1].isalpha():
                guard += "(?![A-Za-z])"
            spellings.append((spelling, re.escape(spelling) + guard))
    spellings.sort(key=lambda pair: -len(pair[0]))
    one = "|".join(guarded for _, guarded in spellings)
    return re.compile(rf"(?P<unit>{one})(?:[/／](?P<scale>[十百千万亿]*)(?P<per>{one}))?")


@cache
def _bases() -> dict[str, tuple[str, str]]:
    found: dict[str, tuple[str, str]] = {}
    for row in schemas.rows("units.csv"):
        for spelling in row["spellings"].split("|"):
            found[spelling.replace("(次)", "次")] = (row["unit"], row["kind"])
    return found


def base(spelling: str, per: str | None = None, scale: str = "") -> tuple[str, str]:
    """The base unit and its kind for a spelling: 吨标准煤 → (吨, mass); with `per` 元 and 吨 → (元/吨, ratio)."""
    unit, kind = _bases()[spelling]
    if per is None:
        return unit, kind
    whole = f"{unit}/{scale}{_bases()[per][0]}"
    return whole, _bases().get(whole, (whole, "ratio"))[1]
