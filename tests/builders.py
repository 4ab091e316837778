"""Small reports and observations to build tests from. Sentences and figures are made up."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from typing import Any

from flows import schemas
from flows.check import Entry
from flows.model import Level, Observation, Report
from flows.store import Store

LINE = "全市生产总值完成{value}亿元，增长8.5%，城镇新增就业3万人左右。\n"


def report(
    region: str = "410800", year: int = 2016, text: str = LINE.format(value=1950), **given: Any
) -> Report:
    """A report of REGION and YEAR with TEXT."""
    place = schemas.regions()[region]
    level: Level = place.level  # type: ignore[assignment]
    facts: dict[str, Any] = {
        "title": f"{year}年政府工作报告",
        "origin": f"{region}-{year}.txt",
        "complete": True,
        "text_sha256": hashlib.sha256(text.encode()).hexdigest(),
    }
    return Report(
        report_id=f"{region}-{year}",
        region_code=region,
        region_name=place.name,
        region_level=level,
        report_year=year,
        text=text,
        **(facts | given),
    )


def observation(of: Report, number: str = "1950亿", **given: Any) -> dict[str, Any]:
    """The observation of NUMBER where it first stands in the report OF; other fields as GIVEN or usual."""
    start = of.text.index(number)
    facts: dict[str, Any] = {
        "observation_id": f"{of.report_id}-{start}",
        "indicator": "gdp",
        "subject": "生产总值",
        "area": None,
        "area_code": None,
        "measure": "level",
        "status": "actual",
        "period": str(of.report_year - 1),
        "value": 195000000000.0,
        "value_max": None,
        "unit": "元",
        "bound": "exact",
        "number_text": number,
        "quote": of.text.strip(),
        "section": "一、回顾",
        "char_start": start,
        "char_end": start + len(number),
        "rule": "reaches",
        "confidence": 0.9,
    }
    place = {name: getattr(of, name) for name in ("report_id", "region_code", "region_name", "region_level")}
    return asdict(Observation(**(place | {"report_year": of.report_year} | facts | given)))


def usual(of: Report, value: str = "1950亿") -> list[dict[str, Any]]:
    """The three observations of a report that says LINE."""
    growth = {"measure": "growth", "value": 8.5, "unit": "%"}
    jobs = {"indicator": "urban_new_jobs", "subject": "城镇新增就业", "value": 30000.0, "unit": "人"}
    return [
        observation(of, value, value=float(value.rstrip("亿")) * 1e8, observation_id=f"{of.report_id}-gdp"),
        observation(of, "8.5", **growth, observation_id=f"{of.report_id}-growth"),
        observation(of, "3万", **jobs, bound="about", observation_id=f"{of.report_id}-jobs"),
    ]


def entry(store: Store, of: Report, rows: list[dict[str, Any]]) -> Entry:
    """The entry of the report OF whose observations ROWS are stored as extracted."""
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    key = hashlib.sha256((text + of.text).encode()).hexdigest()
    store.write_bytes(f"work/extracted/{key}.jsonl", text.encode())
    facts = json.dumps({**asdict(of), "text": ""}, ensure_ascii=False)
    return Entry(of.report_id, facts + of.text_sha256, f"work/extracted/{key}.jsonl", lambda: of)


def stored(store: Store, region: str = "410800", year: int = 2016, value: int = 1950, **given: Any) -> Entry:
    """The entry of a whole small report that gives VALUE 亿元 as its product."""
    made = report(region, year, LINE.format(value=value), **given)
    return entry(store, made, usual(made, f"{value}亿"))
