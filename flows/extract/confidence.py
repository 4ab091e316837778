"""Confidence: how often an observation of its kind is right in all its fields, measured on coded records.

The kinds and their shares stand in `schemas/confidence.csv`, which `tests/benchmarks/confidence.py`
writes. A kind is told by what decides most: how old the way of writing is, whether the period is a span,
whether the subject is in the catalogue, and how the measure was found.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Final

from flows import schemas

_DIGITS: Final = frozenset("0123456789")


def kinds(form: str, number_text: str, period: str | None, indicator: str | None) -> tuple[str, str]:
    """The kind of an observation, and the wider one it falls back on; `form` is its rule up to the stroke."""
    return _named(form, *_told(number_text, period, indicator))


def of(form: str, number_text: str, period: str | None, indicator: str | None) -> float:
    """The share of right observations among those of this kind, 0 to 1."""
    return _share(form, *_told(number_text, period, indicator))


def _told(number_text: str, period: str | None, indicator: str | None) -> tuple[bool, bool, bool]:
    """Whether a number is written in digits, is of a span of years, and is of an indicator."""
    return not _DIGITS.isdisjoint(number_text), period is not None and "/" in period, bool(indicator)


@lru_cache(maxsize=1024)
def _share(form: str, digits: bool, span: bool, coded: bool) -> float:
    narrow, wide = _named(form, digits, span, coded)
    shares = _shares()
    return shares.get(narrow) or shares.get(wide) or shares.get("any", 0.5)


def _named(form: str, digits: bool, span: bool, coded: bool) -> tuple[str, str]:
    written, years = "digits" if digits else "characters", "span" if span else "year"
    wide = f"{written} {years} {'coded' if coded else 'uncoded'}"
    return f"{wide} {form}", wide


@cache
def _shares() -> dict[str, float]:
    """Share by kind; kinds that were seen less than fifteen times are left to the wider one."""
    rows = schemas.rows("confidence.csv")
    return {r["kind"]: float(r["share"]) for r in rows if int(r["observations"]) >= 15 or r["kind"] == "any"}
