"""Why rows changed: new reports, reports that are gone, other texts, corrections, better reading.

A changed extractor changes many rows: they are counted by reason, indicator, year and rule, with examples.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from flows.publish.changes import Change

CORRECTED = "corrected"
_REASONS = {
    "new-report": "a report that was not there before",
    "report-gone": "a report that is not there any more",
    "new-text": "another text of the same report",
    "correction": "a correction by people (table corrections)",
    "extraction": "the same text, read by another version of the extractor or checks",
}
_MOST = 20
_EXAMPLES = 3
Texts = Mapping[str, str]


@dataclass(slots=True)
class Causes:
    """The changes of the observations, counted; `before` and `after` are the hashes of texts by report."""

    before: Texts
    after: Texts
    reasons: Counter[str] = field(default_factory=Counter)
    indicators: Counter[str] = field(default_factory=Counter)
    years: Counter[str] = field(default_factory=Counter)
    rules: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[str]] = field(default_factory=dict)

    def of(self, change: Change) -> str | None:
        """The reason of CHANGE, None where it has no report of its own; observations are counted."""
        report = change.row.get("report_id")
        if report is None:
            return None
        reason = self._reason(report, change)
        if change.table == "observations":
            self._count(reason, change)
        return reason

    def _reason(self, report: str, change: Change) -> str:
        if report not in self.before:
            return "new-report"
        if report not in self.after:
            return "report-gone"
        if CORRECTED in (change.row.get("flags") or []):
            return "correction"
        return "extraction" if self.before[report] == self.after[report] else "new-text"

    def _count(self, reason: str, change: Change) -> None:
        row = change.row
        self.reasons[reason] += 1
        self.indicators[row["indicator"] or "none"] += 1
        self.years[str(row["report_year"])] += 1
        if reason != "extraction":
            return
        self.rules[row["rule"]] += 1
        shown = self.examples.setdefault(row["rule"], [])
        if len(shown) < _EXAMPLES:
            shown.append(_example(change))

    def summary(self) -> dict[str, Any]:
        """What `changes.json` says of the observations beside its rows."""
        rules = [
            {"rule": rule, "rows": number, "examples": self.examples[rule]}
            for rule, number in self.rules.most_common(_MOST)
        ]
        return {
            "reasons": {name: {"rows": self.reasons[name], "means": _REASONS[name]} for name in self.reasons},
            "indicators": dict(self.indicators.most_common()),
            "report_years": dict(sorted(self.years.items())),
            "rules": rules,
        }

    def told(self) -> Iterator[str]:
        """Lines of the changelog."""
        for name, number in self.reasons.most_common():
            yield f"- observations: {number} because of {_REASONS[name]}"
        if self.indicators:
            most = ", ".join(
                f"{code} {number}" for code, number in self.indicators.most_common(_EXAMPLES * 2)
            )
            yield f"- observations changed most for the indicators: {most}"
        for rule, number in self.rules.most_common(_EXAMPLES):
            yield f"- rule `{rule}`: {number} read otherwise, such as {'; '.join(self.examples[rule])}"


def _example(change: Change) -> str:
    row = change.row
    number = f"{row['number_text']}{row['unit']} {row['subject']} ({row['report_id']})"
    if change.kind != "changed":
        return f"{change.kind}: {number}"
    name, (old, new) = next(iter(change.fields.items()))
    return f"{number}: {name} {old} → {new}"
