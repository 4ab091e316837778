"""Measures how well numbers are read, on records coded by reading, for the README of a release.

    python tests/benchmarks/accuracy.py            prints the figures
    python tests/benchmarks/accuracy.py --write    writes them to schemas/accuracy.json

Scores the reports of ../shared/gold that are coded whole, the stretches of other reports that are coded in
tests/extract/coded, and, for the panel, the headline facts of ../shared/gold/panel.csv. Needs ../shared.
"""

from __future__ import annotations

import csv
import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

import flows  # noqa: E402
from flows import schemas  # noqa: E402
from flows.check import accuracy  # noqa: E402
from flows.extract import fingerprint  # noqa: E402
from flows.model import Report  # noqa: E402
from flows.publish.panel import panel  # noqa: E402
from flows.read import read_text  # noqa: E402
from tests.extract.test_coded import CODED, SHARED, STRETCHES, _text, read_stretch  # noqa: E402

WHOLE = (("jiaozuo-2016", "410800", 2016), ("henan-2025", "410000", 2025), ("national-2016", "100000", 2016))
FILE = ROOT / "schemas" / "accuracy.json"
RECENT = 2000
Rows = list[dict[str, Any]]


def measured() -> dict[str, Any]:
    """All that schemas/accuracy.json holds."""
    recent = [one for one in STRETCHES if one["year"] >= RECENT]
    older = [one for one in STRETCHES if one["year"] < RECENT]
    groups = (
        (f"{len(WHOLE)} reports, whole", _years(year for _, _, year in WHOLE), _whole()),
        (f"stretches of {len(recent)} reports", _years(one["year"] for one in recent), _parts(recent)),
        (f"stretches of {len(older)} reports", _years(one["year"] for one in older), _parts(older)),
    )
    return {
        "extractor": fingerprint(),
        "observations": [
            {"on": f"{what}, {years}", **accuracy.rates(counts)} for what, years, counts in groups
        ],
        "panel": facts(),
    }


def _years(years: Iterable[int]) -> str:
    given = sorted(years)
    return f"{given[0]} to {given[-1]}"


def _extracted(text: str, region: str, year: int) -> Rows:
    report = read_text(text, region=region, year=year)
    assert isinstance(report, Report)
    return [asdict(row) for row in flows.extract_report(report)]


def _whole() -> Counter[str]:
    total: Counter[str] = Counter()
    for name, region, year in WHOLE:
        text = (SHARED / "gold" / f"{name}.txt").read_text("utf-8")
        coded = accuracy.records(SHARED / "gold" / f"{name}.jsonl")
        total.update(accuracy.count(coded, _extracted(text, region, year)))
    return total


def _parts(stretches: list[dict[str, Any]]) -> Counter[str]:
    total: Counter[str] = Counter()
    for one in stretches:
        inside = [
            row
            for row in map(asdict, flows.extract_report(read_stretch(one)))
            if any(start <= row["char_start"] < end for start, end in one["spans"])
        ]
        total.update(accuracy.count(accuracy.records(CODED / f"{one['name']}.jsonl"), inside))
    return total


def facts() -> dict[str, Any]:
    """How many of the coded headline facts stand in the panel of their report, and with the right value."""
    counts: Counter[str] = Counter()
    for name, coded in _headlines():
        place, year = name.rsplit("-", 1)
        rows = {_key(row): row for row in panel(_extracted(_text(name), _province(place), int(year)))}
        for fact in coded:
            row = rows.get((fact["indicator"], fact["measure"], fact["section"], fact["period"]))
            counts["facts"] += 1
            counts["found"] += row is not None
            counts["right"] += row is not None and _same(fact, row)
        counts["reports"] += 1
    shares = {name: round(counts[name] / counts["facts"], 4) for name in ("found", "right")}
    return {"reports": counts["reports"], "facts": counts["facts"], **shares}


def _headlines() -> Iterator[tuple[str, Rows]]:
    """The sure facts of panel.csv, report by report."""
    by_report: dict[str, Rows] = {}
    with open(SHARED / "gold" / "panel.csv", encoding="utf-8-sig", newline="") as lines:
        for row in csv.DictReader(lines):
            if not row["loose"]:
                by_report.setdefault(row["report"], []).append(row)
    yield from by_report.items()


def _province(place: str) -> str:
    known = schemas.regions()
    codes = {row["code"] for row in schemas.rows("region_names.csv") if row["pinyin"] == place}
    (code,) = (code for code in codes if known[code].level == "province")
    return code


def _key(row: dict[str, Any]) -> tuple[str, ...]:
    section = "target" if row["status"] == "target" else "review"
    return (row["indicator"], row["measure"], section, row["period"])


def _same(fact: dict[str, Any], row: dict[str, Any]) -> bool:
    coded = {name: float(fact[name]) if fact[name] else None for name in ("value", "value_max")}
    return fact["unit"] == row["unit"] and all(accuracy.agree(name, coded, row) for name in coded)


if __name__ == "__main__":
    text = json.dumps(measured(), ensure_ascii=False, indent=2) + "\n"
    if "--write" in sys.argv:
        FILE.write_text(text, "utf-8")
        print("written: schemas/accuracy.json")
    else:
        print(text, end="")
