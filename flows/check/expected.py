"""What is expected of the reports that are known: `schemas/expected.csv`, kept in git.

For the text that it was counted on, a report gives exactly as many observations as it says; another number
means that rows were lost or a column was emptied on the way, or that the extractor was changed: then the file
is made anew (`python tests/benchmarks/planted_errors.py --baseline schemas/expected.csv`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from flows import schemas
from flows.model import Finding

COUNTED = ("observations", "with_indicator", "with_period")
_HALF = 0.5


def unlike(report: Mapping[str, Any], counts: Mapping[str, int]) -> str | None:
    """How the COUNTS of the row REPORT differ from those that are kept for its text, if they do."""
    known = _expected().get(report["report_id"])
    if known is None or int(known["characters"]) != report["characters"]:
        return None
    told = [
        f"{counts[name]} {name.replace('_', ' ')} ({known[name]} expected)"
        for name in COUNTED
        if counts[name] != int(known[name])
    ]
    return f"other numbers of rows than kept in schemas/expected.csv: {', '.join(told)}" if told else None


def missing(reports: Sequence[Mapping[str, Any]]) -> Iterator[Finding]:
    """Reports that are known and not here, though at least half of those of the area, or of the year, are."""
    here = {row["report_id"] for row in reports}
    groups: dict[tuple[str, str], list[str]] = defaultdict(list)
    for name, row in _expected().items():
        level = schemas.regions()[row["region_code"]].level
        groups["area", row["region_code"]].append(name)
        groups[level, row["report_year"]].append(name)
    told: set[str] = set()
    for names in groups.values():
        lacking = [name for name in names if name not in here]
        if len(names) > 1 and len(lacking) < _HALF * len(names):
            told |= set(lacking)
    for name in sorted(told):
        said = f"{name} is known (schemas/expected.csv) and not here"
        yield Finding("no-report-is-missing", "warning", "reports", name, said)


@cache
def _expected() -> dict[str, dict[str, str]]:
    return {f"{row['region_code']}-{row['report_year']}": row for row in schemas.rows("expected.csv")}
