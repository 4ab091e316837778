"""Room 3: reports → observations, by deterministic rules and tables.

What the fields mean stands in schemas/tables/observations.yaml.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from flows import schemas
from flows.extract.observations import observations_of
from flows.model import Observation, Report, Section, View

_TABLES = (
    "bounds.csv",
    "confidence.csv",
    "headings.csv",
    "indicators.csv",
    "plans.csv",
    "predicates.csv",
    "region_names.csv",
    "regions.csv",
    "units.csv",
    "words.csv",
)


def extract_report(report: Report, view: View, sections: list[Section]) -> list[Observation]:
    """The observations of a report in the order of its text.

    `view` and `sections` are those that the read room made of `report.text`; `char_start` and `char_end` of
    the observations are offsets of `report.text`. Never raises on any text.
    """
    return observations_of(report, view, sections)


@cache
def fingerprint() -> str:
    """SHA-256 of this room's code and of the tables it reads: what was extracted under another is stale."""
    digest = hashlib.sha256(schemas.fingerprint(*_TABLES).encode())
    package = Path(__file__).parent.parent
    rooms = [path for room in ("extract", "read") for path in sorted((package / room).glob("*.py"))]
    for path in (*rooms, package / "values.py"):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()
