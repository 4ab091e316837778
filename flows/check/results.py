"""What each expectation came to, in the form of `quality.json`.

Rows of observations that fail are found by their flags or in quarantine, disagreements in their table; what
is found of reports and of the build as a whole stands in `findings`, each with its reason.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flows.check.expectations import Verdict

Row = dict[str, Any]
_EXAMPLES = 10


def result(name: str, verdict: Verdict, key: Callable[[int], str]) -> Row:
    """What VERDICT says of the table NAME; KEY gives the key of a row by its number."""
    return {
        "table": name,
        "check": verdict.check,
        "severity": verdict.severity,
        "holds": verdict.holds,
        "asked": verdict.asked,
        "failed": len(verdict.rows),
        "expectation": verdict.kind,
        "column": verdict.column or None,
        "message": verdict.message,
        "examples": [key(row) for row in verdict.rows[:_EXAMPLES]],
        "findings": [],
    }


def together(pieces: Sequence[Row]) -> Row:
    """What an expectation came to on a table, from what it came to on its PIECES."""
    asked = [piece["asked"] for piece in pieces if piece["asked"] is not None]
    return {
        **pieces[0],
        "holds": all(piece["holds"] for piece in pieces),
        "asked": sum(asked) if asked else None,
        "failed": sum(piece["failed"] for piece in pieces),
        "examples": [key for piece in pieces for key in piece["examples"]][:_EXAMPLES],
    }


def told_beside(
    results: list[Row], counts: Mapping[str, int], messages: Mapping[str, list[str]]
) -> list[Row]:
    """What was found by checks that stand in no suite, in the form of RESULTS.

    COUNTS are of findings by `CHECK (SEVERITY)`, MESSAGES theirs by check.
    """
    known, more = {result["check"] for result in results}, []
    for named, count in sorted(counts.items()):
        check, _, severity = named.removesuffix(")").rpartition(" (")
        if check not in known:
            told = {"check": check, "severity": severity, "holds": False, "failed": count}
            more.append(told | {"findings": messages.get(check, [])})
    empty = {"table": "observations", "asked": None, "expectation": None, "column": None}
    return [{**empty, "message": "", "examples": [], **row} for row in more]
