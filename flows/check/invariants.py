"""What holds on every row of every release, computed row by row against the text of the report.

These are the invariants of the data set: the number stands where the offsets say, the quote contains it,
every code is in its list, and what the text leaves open is never exact.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from flows import schemas
from flows.model import Report

# They stand between number and measure word (20多个); behind it they begin another word (3个多功能厅).
_BEFORE_UNIT = ("多", "余", "几")


def broken(report: Report, row: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Name and message of each invariant that the observation ROW (columns by name) of REPORT breaks."""
    number, end = _without_blanks(row["number_text"]), max(row["char_end"], 0)
    stands = report.text[max(row["char_start"], 0) : end]
    if not number or _without_blanks(stands) != number:
        where = f"characters {row['char_start']} to {row['char_end']}"
        yield "number-stands-in-text", f"the text has {stands[:40]!r} at {where}, not {row['number_text']!r}"
    if number not in row["quote"] and number not in _without_blanks(row["quote"]):
        yield "quote-contains-number", f"the quote does not contain the number {row['number_text']!r}"
    if row["report_id"] != report.report_id:
        yield "report-exists", f"it names the report {row['report_id']!r} and stands in {report.report_id!r}"
    if not row["observation_id"].startswith(report.report_id):
        yield "key-names-its-report", f"its key does not begin with that of its report, {report.report_id!r}"
    for column, known in code_lists().items():
        if row[column] is not None and row[column] not in known:
            yield f"{column}-is-listed", f"{column} {row[column]!r} is not in its list"
    yield from _unknown_flags(row)
    if not math.isfinite(row["value"]) or not math.isfinite(row["value_max"] or 0.0):
        yield "value-is-a-number", f"the value {row['value']} to {row['value_max']} is no finite number"
    if row["bound"] == "exact" and (word := open_word(report.text[end : end + 24], row["unit"])):
        yield "open-is-not-exact", f"the text says {word!r} behind the number, yet the bound is exact"


def open_word(after: str, unit: str) -> str:
    """The word by which the text AFTER a number of UNIT leaves it open (左右, 以上, 余 …), or ``""``."""
    found = _opened(unit).match(_without_blanks(after))
    return str(found[1] or found[2]) if found else ""


@cache
def code_lists() -> dict[str, frozenset[str]]:
    """By column of the observations the codes that it may hold (null is not among them)."""
    return {
        "region_code": frozenset(schemas.regions()),
        "area_code": frozenset(schemas.regions()),
        "indicator": frozenset(row["code"] for row in schemas.rows("indicators.csv")),
        "unit": frozenset(row["unit"] for row in schemas.rows("units.csv")) | {""},
    }


@cache
def _flags() -> frozenset[str]:
    return frozenset(row["flag"] for row in schemas.rows("flags.csv"))


def _unknown_flags(row: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for flag in row["flags"]:
        if flag not in _flags():
            yield "flags-is-listed", f"flag {flag!r} is not in schemas/flags.csv"


@cache
def _open_words() -> tuple[str, ...]:
    return tuple(
        schemas.pattern(row)
        for row in schemas.rows("bounds.csv")
        if row["place"] == "after" and row["bound"] != "exact" and row["word"] not in _BEFORE_UNIT
    )


@cache
def _opened(unit: str) -> re.Pattern[str]:
    """What stands behind a number of UNIT that is left open; the longest spelling of the unit goes first."""
    found = [row["spellings"].split("|") for row in schemas.rows("units.csv") if row["unit"] == unit and unit]
    spelled = sorted((word for words in found for word in (*words, unit) if word), key=len, reverse=True)
    before, spellings = ("|".join(map(re.escape, one)) for one in (_BEFORE_UNIT, spelled))
    words = "|".join(_open_words())
    return re.compile(f"({before})|(?:{spellings})?+[%％]?+({words})")


def _without_blanks(text: str) -> str:
    return "".join(text.split())
