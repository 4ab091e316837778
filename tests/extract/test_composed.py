"""The extractor against whole texts that people composed like reports, and coded; see composed/README.md."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict
from pathlib import Path

import pytest

import flows
from flows.check import accuracy
from flows.model import Report
from flows.read import read_text

FOLDER = Path(__file__).parent / "composed"
NAMES = sorted(path.stem for path in FOLDER.glob("*.txt"))
# What was measured, less a little. Reports before 2000 are harder.
LEAST = {
    "recent": {
        "recall": 0.99,
        "precision": 0.99,
        "measure": 0.985,
        "status": 0.98,
        "period": 0.97,
        "exact": 0.92,
    },
    "older": {
        "recall": 0.99,
        "precision": 0.99,
        "measure": 0.97,
        "status": 0.97,
        "period": 0.885,
        "exact": 0.84,
    },
}


def _records(name: str) -> list[dict]:
    return [json.loads(line) for line in (FOLDER / f"{name}.jsonl").read_text("utf-8").splitlines()]


@pytest.mark.parametrize("name", NAMES)
def test_records_stand_where_the_text_has_them(name: str) -> None:
    text = (FOLDER / f"{name}.txt").read_text("utf-8")
    for record in _records(name):
        assert text[record["start"] : record["end"]] == record["text"]


@pytest.mark.parametrize("age", LEAST)
def test_extraction_stays_as_good_as_it_was_measured(age: str) -> None:
    total: Counter[str] = Counter()
    for name in NAMES:
        if (int(name[-4:]) >= 2000) == (age == "recent"):
            report = read_text((FOLDER / f"{name}.txt").read_text("utf-8"))
            assert isinstance(report, Report)
            total.update(
                accuracy.count(_records(name), [asdict(row) for row in flows.extract_report(report)])
            )
    rates = accuracy.rates(total)
    assert {name: rates[name] for name, least in LEAST[age].items() if rates[name] < least} == {}, rates
