"""The language of the reports as data: each line of `cases/*.jsonl` is a sentence and what a careful coder
finds in it, by the coding guide. A mistake that was found becomes one more line.

`text`, `region`, `year` and `section` (review by default, or plan) say where the sentence stands;
`observations` what is in it, in the order of the text. A field left out of an observation is not compared;
`indicator: null` and `area: null` demand that there is none; `optional: true` marks a number that one coder
records and another leaves out. `why` says what the case shows. `open: true` marks what the extractor does
not get right yet; such a case fails the test as soon as it holds.
"""

from __future__ import annotations

import json
import math
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

import pytest

import flows
from flows.model import Observation, Report
from flows.schemas import regions

HEADINGS = {"review": "一、{before}年工作回顾\n", "plan": "一、{year}年工作安排\n"}
FIELDS = (
    *("value", "value_max", "unit", "bound", "measure", "status", "period"),
    *("indicator", "area", "subject"),
)


def _marks(case: dict[str, Any]) -> tuple[pytest.MarkDecorator, ...]:
    """An open case must fail: once the extractor gets it right, the mark has to go."""
    return (pytest.mark.xfail(strict=True, reason="open"),) if case.get("open") else ()


CASES = [
    pytest.param(json.loads(line), id=f"{path.stem}:{number}", marks=_marks(json.loads(line)))
    for path in sorted((Path(__file__).parent / "cases").glob("*.jsonl"))
    for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1)
]


def report_of(text: str, region: str, year: int, section: str) -> Report:
    """The smallest report in which TEXT can stand: one heading, then the text."""
    place = regions()[region]
    return Report(
        report_id=f"{region}-{year}",
        region_code=place.code,
        region_name=place.name,
        region_level=place.level,  # type: ignore[arg-type]
        report_year=year,
        title="",
        origin="",
        text=HEADINGS[section].format(year=year, before=year - 1) + text,
        text_sha256="",
        complete=True,
    )


def flat(text: str) -> str:
    return "".join(text.split())


def as_read(number: str) -> str:
    """The digits of a number: neither white space, nor 百分之 or 千分之, which say the unit."""
    return flat(number).removeprefix("百分之").removeprefix("千分之")


def alike(one: str, other: str) -> float:
    """Character-bigram F1 of two subjects, between 0 and 1."""

    def pairs(text: str) -> set[str]:
        text = flat(text)
        return {text[i : i + 2] for i in range(len(text) - 1)} or {text}

    a, b = pairs(one), pairs(other)
    return 2 * len(a & b) / (len(a) + len(b))


def agrees(field: str, expected: Any, got: Any) -> bool:
    if field == "subject":
        return alike(expected, got) >= 0.5
    if field in ("value", "value_max") and expected is not None and got is not None:
        return math.isclose(expected, got, rel_tol=1e-6, abs_tol=1e-6)
    return bool(expected == got)


def aligned(
    expected: list[dict[str, Any]], found: list[Observation]
) -> list[tuple[dict[str, Any] | None, Observation | None]]:
    """Both lists side by side, joined where the number reads the same, then in order within what is left."""
    ours, theirs = [as_read(e["number"]) for e in expected], [as_read(f.number_text) for f in found]
    rows: list[tuple[dict[str, Any] | None, Observation | None]] = []
    for kind, a, b, c, d in SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes():
        if kind == "equal" or b - a == d - c:
            rows += zip(expected[a:b], found[c:d], strict=True)
        else:
            rows += [(e, None) for e in expected[a:b]] + [(None, f) for f in found[c:d]]
    return rows


def differences(expected: list[dict[str, Any]], found: list[Observation]) -> list[str]:
    """One readable line for each number that is missing, too many, or coded otherwise."""
    lines = []
    for wanted, got in aligned(expected, found):
        if wanted is not None and wanted.get("optional"):
            continue
        if got is None and wanted is not None:
            lines.append(f"{wanted['number']}: not found")
        elif wanted is None and got is not None:
            lines.append(f"{got.number_text}: found, but nothing is expected there ({got.subject})")
        elif wanted is not None and got is not None:
            wrong = [f for f in FIELDS if f in wanted and not agrees(f, wanted[f], getattr(got, f))]
            if as_read(wanted["number"]) != as_read(got.number_text):
                lines.append(f"{wanted['number']}: the number reads {got.number_text!r}")
            if "value_max" not in wanted and got.value_max is not None:
                wrong.append("value_max")
            lines += [
                f"{wanted['number']}: {field} is {getattr(got, field)!r}, expected {wanted.get(field)!r}"
                for field in wrong
            ]
    return lines


@pytest.mark.parametrize("case", CASES)
def test_a_sentence_gives_the_observations_of_a_careful_coder(case: dict[str, Any]) -> None:
    report = report_of(case["text"], case["region"], case["year"], case.get("section", "review"))
    heading = len(report.text) - len(case["text"])
    found = [o for o in flows.extract_report(report) if o.char_start >= heading]
    wrong = differences(case["observations"], found)
    assert not wrong, "\n".join(["", case["text"], f"({case['why']})", *wrong])
