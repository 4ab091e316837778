"""Codes in many wordings: each line of `passages/*.jsonl` is a passage in the manner of a report of a county,
a city, a province or the State Council, composed by people who did not know the rules, with figures and
places of their own invention.

`numbers` lists every number that a careful coder would record, in the order of the text, with its code in the
catalogue, or "" where none fits: each indicator is there in some twelve wordings, and with five near misses.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

import flows
from tests.extract.test_cases import report_of

LEVELS = {"county": "410825", "city": "410800", "province": "410000", "national": "100000"}
FILES = sorted((Path(__file__).parent / "passages").glob("*.jsonl"))
FOUND, RECALL, PRECISION = 0.995, 0.95, 0.98


def counted(path: Path) -> Counter[str]:
    """How many numbers the passages of a file have, and how many were found and given the right code."""
    counts: Counter[str] = Counter()
    for line in path.read_text("utf-8").splitlines():
        passage = json.loads(line)
        report = report_of(passage["text"], LEVELS[passage["level"]], passage["year"], passage["section"])
        codes = {
            place: one.indicator or ""
            for one in flows.extract_report(report)
            for place in range(one.char_start, one.char_end)
        }
        at = len(report.text) - len(passage["text"])
        for number, code in passage["numbers"]:
            at = report.text.index(number, at)
            given = next((codes[place] for place in range(at, at + len(number)) if place in codes), None)
            counts["numbers"] += 1
            counts["found"] += given is not None
            counts["coded"] += bool(code)
            counts["given"] += bool(given)
            counts["right"] += bool(code) and given == code
            at += len(number)
    return counts


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_an_indicator_is_known_in_every_wording(path: Path) -> None:
    counts = counted(path)
    assert counts["found"] >= FOUND * counts["numbers"], counts
    assert counts["right"] >= RECALL * counts["coded"], counts
    assert counts["right"] >= PRECISION * counts["given"], counts
