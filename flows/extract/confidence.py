"""Confidence: how often an observation of its kind is right in all its fields, measured on coded records.

The kinds and their shares stand in `schemas/confidence.csv`, which `tests/benchmarks/confidence.py`
writes. A kind is told by what decides most: how old the way of writing is, whether the period is a span,
whether the subject is in the catalogue, and how the measure was found.
"""

from __future__ import annotations

from functools import cache
from typing import Final

from flows import schemas
from flows.model import Observation

_DIGITS: Final = frozenset("0123456789")


def kinds(observation: Observation) -> tuple[str, str]:
    """The kind of an observation, and the wider one it falls back on."""
    form = observation.rule.partition("/")[0]
    written = "characters" if _DIGITS.isdisjoint(observation.number_text) else "digits"
    period = "span" if observation.period and "/" in observation.period else "year"
    coded = "coded" if observation.indicator else "uncoded"
    wide = f"{written} {period} {coded}"
    return f"{wide} {form}", wide


def of(observation: Observation) -> float:
    """The share of right observations among those of this kind, 0 to 1."""
    shares = _shares()
    narrow, wide = kinds(observation)
    return shares.get(narrow) or shares.get(wide) or shares.get("any", 0.5)


@cache
def _shares() -> dict[str, float]:
    """Share by kind; kinds that were seen less than fifteen times are left to the wider one."""
    rows = schemas.rows("confidence.csv")
    return {r["kind"]: float(r["share"]) for r in rows if int(r["observations"]) >= 15 or r["kind"] == "any"}
