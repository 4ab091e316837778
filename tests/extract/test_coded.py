"""The extractor against real reports that were coded by reading; needs the optional ../shared."""

from __future__ import annotations

import csv
import json
from collections import Counter
from dataclasses import asdict
from functools import cache
from pathlib import Path

import pytest

import flows
from flows.check import accuracy
from flows.model import Report
from flows.read import read_text
from flows.read.docx import docx_text

CODED = Path(__file__).parent / "coded"
SHARED = Path(__file__).parents[3] / "shared"
STRETCHES = json.loads((CODED / "index.json").read_text("utf-8"))

needs_shared = pytest.mark.skipif(
    not (SHARED / "corpus").is_dir(), reason="the optional data folder ../shared is absent"
)

# What was measured, less a little: a fall below is a step back. Reports before 2000 are harder.
LEAST = {
    "recent": {
        "recall": 0.99, "precision": 0.99, "value": 0.995, "unit": 0.995, "bound": 0.995, "measure": 0.99,
        "status": 0.99, "period": 0.975, "indicator": 0.985, "subject": 0.93, "exact": 0.96,
    },
    "older": {
        "recall": 0.99, "precision": 0.99, "value": 0.99, "unit": 0.995, "bound": 0.99, "measure": 0.985,
        "status": 0.975, "period": 0.925, "indicator": 0.96, "subject": 0.78, "exact": 0.88,
    },
}  # fmt: skip


@cache
def _text(name: str) -> str:
    """The text of a report of the corpus, as the read room gives it."""
    place, year = name.rsplit("-", 1)
    corpus = SHARED / "corpus"
    if place == "national":
        lines = (corpus / "national.jsonl").read_text("utf-8").splitlines()
        return next(row["content"] for row in map(json.loads, lines) if row["year"] == year)
    document = corpus / f"provincial-{year}" / f"{name}.docx"
    if document.exists():
        return docx_text(document.read_bytes())[0]
    csv.field_size_limit(1 << 26)
    with open(document.with_suffix(".csv"), encoding="utf-8-sig", newline="") as lines:
        return next(csv.DictReader(lines))["full_text"]


def read_stretch(stretch: dict) -> Report:
    """The report that a stretch is of; what stands beside the text in the corpus says that it is one."""
    beside = {"title": f"{stretch['year']}年政府工作报告"}
    text = _text(stretch["name"])
    report = read_text(text, metadata=beside, region=stretch["region"], year=stretch["year"])
    assert isinstance(report, Report)
    return report


def _counts(stretch: dict) -> Counter[str]:
    report = read_stretch(stretch)
    inside = [
        asdict(row)
        for row in flows.extract_report(report)
        if any(a <= row.char_start < b for a, b in stretch["spans"])
    ]
    records = [
        json.loads(line) for line in (CODED / f"{stretch['name']}.jsonl").read_text("utf-8").splitlines()
    ]
    return accuracy.count(records, inside)


@needs_shared
@pytest.mark.parametrize("stretch", STRETCHES, ids=lambda stretch: stretch["name"])
def test_coded_numbers_stand_where_the_text_has_them(stretch):
    text = _text(stretch["name"])
    for line in (CODED / f"{stretch['name']}.jsonl").read_text("utf-8").splitlines():
        record = json.loads(line)
        assert text[record["start"] : record["end"]] == record["text"]


@needs_shared
@pytest.mark.parametrize(("age", "fewest"), [("recent", 2600), ("older", 1250)])
def test_extraction_stays_as_good_as_it_was_measured(age, fewest):
    total: Counter[str] = Counter()
    for stretch in STRETCHES:
        if (stretch["year"] >= 2000) == (age == "recent"):
            total.update(_counts(stretch))
    rates = accuracy.rates(total)
    assert rates["gold"] > fewest
    assert {name: rates[name] for name, least in LEAST[age].items() if rates[name] < least} == {}


@needs_shared
@pytest.mark.parametrize(
    ("name", "region", "year"),
    [("jiaozuo-2016", "410800", 2016), ("henan-2025", "410000", 2025), ("national-2016", "100000", 2016)],
)
def test_fully_coded_reports_reach_the_bar(name, region, year):
    text = (SHARED / "gold" / f"{name}.txt").read_text("utf-8")
    report = read_text(text, region=region, year=year)
    records = [
        json.loads(line) for line in (SHARED / "gold" / f"{name}.jsonl").read_text("utf-8").splitlines()
    ]
    rates = accuracy.rates(accuracy.count(records, [asdict(row) for row in flows.extract_report(report)]))
    assert rates["recall"] >= 0.99
    assert rates["precision"] >= 0.98
    assert rates["exact"] >= 0.9
