"""What is expected of the reports that are known: `schemas/expected.csv`, kept in git.

From the text that it was counted on, the extractor that it was counted with gives exactly as many
observations as the file says, as many of them with an indicator and with a period; another number means that
rows were lost or a column was emptied on the way. Of another extractor it is only asked that it does not give
far fewer. `make expected` makes the file anew from the reports of ../shared/corpus.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from flows import schemas
from flows.model import Finding, Report

COUNTED = ("observations", "with_indicator", "with_period")
_HALF = 0.5
_FAR_FEWER = 0.7
_HEX = 12  # digits of a hash that are kept


def unlike(report: Mapping[str, Any], extractor: str, counts: Mapping[str, int]) -> str | None:
    """How the COUNTS of the row REPORT, extracted by EXTRACTOR, differ from those kept for its text."""
    known = kept().get(report["report_id"])
    if known is None or not report["text_sha256"].startswith(known["text_sha256"]):
        return None
    same = bool(extractor) and extractor.startswith(known["extractor"])
    told = [
        f"{counts[name]} {name.replace('_', ' ')} ({known[name]} expected)"
        for name in COUNTED
        if (counts[name] != int(known[name]) if same else counts[name] < _FAR_FEWER * int(known[name]))
    ]
    if not told:
        return None
    return f"{'other' if same else 'far lower'} numbers than schemas/expected.csv has: {', '.join(told)}"


def counted(report: Report, extractor: str, rows: Sequence[Mapping[str, Any]]) -> dict[str, str | int]:
    """The row of `schemas/expected.csv` for REPORT, from which EXTRACTOR has made the observations ROWS."""
    return {
        "region_code": report.region_code,
        "report_year": report.report_year,
        "text_sha256": report.text_sha256[:_HEX],
        "extractor": extractor[:_HEX],
        **counts_of(rows),
    }


def counts_of(rows: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """How many observations ROWS are, and how many of them have an indicator and a period: see COUNTED."""
    return {
        "observations": len(rows),
        "with_indicator": sum(row["indicator"] is not None for row in rows),
        "with_period": sum(row["period"] is not None for row in rows),
    }


def missing(reports: Sequence[Mapping[str, Any]]) -> Iterator[Finding]:
    """Reports that are known and not here, though at least half of those of the area, or of the year, are."""
    here = {row["report_id"] for row in reports}
    groups: dict[tuple[str, str], list[str]] = defaultdict(list)
    for name, row in kept().items():
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
def kept() -> dict[str, dict[str, str]]:
    """The rows of the file by report_id."""
    return {f"{row['region_code']}-{row['report_year']}": row for row in schemas.rows("expected.csv")}
