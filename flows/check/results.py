"""What each expectation came to, in the form of `quality.json`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
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
    }


def told_beside(results: list[Row], counts: Counter[str]) -> list[Row]:
    """What was found by checks that stand in no suite, in the form of RESULTS; COUNTS are of findings."""
    known, more = {result["check"] for result in results}, []
    for named, count in sorted(counts.items()):
        check, _, severity = named.removesuffix(")").rpartition(" (")
        if check not in known:
            more.append({"check": check, "severity": severity, "holds": False, "failed": count})
    empty = {"table": "observations", "asked": None, "expectation": None, "column": None}
    return [{**empty, "message": "", "examples": [], **row} for row in more]
