"""Calibrates `schemas/confidence.csv` on coded records, and prints how reliable the figures then are.

    python tests/benchmarks/confidence.py            prints the reliability table
    python tests/benchmarks/confidence.py --write    writes schemas/confidence.csv first

An observation counts as right when all strict fields agree with the coded record (see
`flows.check.accuracy`). The share of right ones is taken per kind (how it was found, whether it has a
code, whether its period is a span, whether the report writes numbers in characters), and drawn towards the
share over all as if ten more observations of the average kind had been seen. Needs ../shared.
"""

from __future__ import annotations

import csv
import json
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

import flows  # noqa: E402
from flows.check import accuracy  # noqa: E402
from flows.extract import confidence  # noqa: E402
from flows.model import Observation, Report  # noqa: E402
from flows.read import read_text  # noqa: E402
from tests.extract.test_coded import CODED, SHARED, STRETCHES, read_stretch  # noqa: E402

GOLD = (("jiaozuo-2016", "410800", 2016), ("henan-2025", "410000", 2025), ("national-2016", "100000", 2016))
PRIOR = 10


def judged() -> Iterator[tuple[Observation, bool]]:
    """Every observation that has a sure coded record, and whether it is right."""
    for name, region, year in GOLD:
        folder = SHARED / "gold"
        text = (folder / f"{name}.txt").read_text("utf-8")
        lines = (folder / f"{name}.jsonl").read_text("utf-8").splitlines()
        report = read_text(text, region=region, year=year)
        assert isinstance(report, Report)
        yield from _pairs(report, [json.loads(line) for line in lines])
    for stretch in STRETCHES:
        lines = (CODED / f"{stretch['name']}.jsonl").read_text("utf-8").splitlines()
        records = [json.loads(line) for line in lines]
        yield from _pairs(read_stretch(stretch), records)


def _pairs(report: Report, records: list[dict]) -> Iterator[tuple[Observation, bool]]:
    found = flows.extract_report(report)
    rows = [asdict(row) for row in found]
    used: set[int] = set()
    for record in records:
        match = accuracy._nearest(record, rows, used)
        if match is not None:
            used.add(match)
            if not record.get("optional"):
                yield found[match], accuracy.right(record, rows[match])


def write(pairs: list[tuple[Observation, bool]]) -> None:
    """Writes the share of right observations per kind."""
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for row, right in pairs:
        form = row.rule.partition("/")[0]
        for kind in confidence.kinds(form, row.number_text, row.period, row.indicator):
            counts[kind][0] += right
            counts[kind][1] += 1
    mean = sum(right for _, right in pairs) / len(pairs)
    with open(ROOT / "schemas" / "confidence.csv", "w", encoding="utf-8", newline="") as lines:
        table = csv.writer(lines, lineterminator="\n")
        table.writerow(["kind", "observations", "right", "share"])
        for kind, (good, seen) in sorted(counts.items()):
            table.writerow([kind, seen, good, f"{(good + PRIOR * mean) / (seen + PRIOR):.3f}"])
        table.writerow(["any", len(pairs), sum(right for _, right in pairs), f"{mean:.3f}"])


def reliability(pairs: list[tuple[Observation, bool]]) -> None:
    """Prints of the observations in each band of confidence how many there are and how many are right."""
    print("confidence\tobservations\tmean confidence\tright")
    bands = (0.0, 0.7, 0.8, 0.9, 0.95, 1.01)
    for low, high in pairwise(bands):
        inside = [(row.confidence, right) for row, right in pairs if low <= row.confidence < high]
        if inside:
            mean = sum(c for c, _ in inside) / len(inside)
            share = sum(right for _, right in inside) / len(inside)
            print(f"{low:.2f}-{min(high, 1):.2f}\t{len(inside)}\t{mean:.3f}\t{share:.3f}")


if __name__ == "__main__":
    found = list(judged())
    if "--write" in sys.argv:
        write(found)
        print("written: schemas/confidence.csv; run again without --write for the table")
    else:
        reliability(found)
