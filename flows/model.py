"""The few types that the rooms hand on.

`Capture` (bytes as they came) → `Report` (a text with its place and year) → `Observation`
(one stated quantity) → `Finding` (what a check says of it) → `Checked` (tables that may be published) →
`Release` (what was published).
Plain data, importable without any third-party package.

Two kinds of offsets occur and are never mixed: offsets *of the text* (`Report.text`, as decoded;
these are published) and offsets *of the view* (`View.text`, cleaned for reading by the extractor;
these stay inside). The pieces of a `View` lead from the second to the first.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Level = Literal["country", "province", "prefecture", "county"]
Part = Literal["review", "plan", "notes"]
Measure = Literal["level", "growth", "change", "multiple", "gap", "rank"]
Status = Literal["actual", "estimate", "target"]
Bound = Literal["exact", "about", "lower", "upper", "range"]


@dataclass(frozen=True, slots=True)
class Capture:
    """Bytes as they came from a source, named by their SHA-256.

    `origin` is the path or address they came from, `name` the file name (a hint, never trusted),
    `metadata` what the source said beside them (title, year, region …, all strings), `region` and
    `year` what the user said, which overrules everything found.
    """

    sha256: str
    origin: str
    name: str
    size: int
    captured_at: str
    metadata: dict[str, str] = field(default_factory=dict)
    region: str | None = None
    year: int | None = None


@dataclass(frozen=True, slots=True)
class Rejected:
    """An input that is not published, and why.

    `reason` is a code from `schemas/reasons.csv` (`empty`, `not-a-report`, `no-region`, …), `message`
    one line that names what was wrong and what to do.
    """

    origin: str
    reason: str
    message: str


@dataclass(frozen=True, slots=True)
class View:
    """A cleaned reading of a text, and where each of its characters stands in the text it was made from.

    It is made of pieces of that text: piece `k` begins at `starts[k]` of the view and at `offsets[k]` of
    the text.
    """

    text: str
    starts: list[int]
    offsets: list[int]


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of the view under one heading: `[start, end)` offsets of the view.

    `path` are the headings above it, outermost first, its own last; `part` tells whether it looks
    back, ahead, or only explains words; `certain` is False where only a vague word of the heading says so.
    """

    start: int
    end: int
    path: tuple[str, ...]
    part: Part
    certain: bool = True


@dataclass(frozen=True, slots=True)
class Report:
    """A government work report: its text as decoded, and what is known of it."""

    report_id: str
    region_code: str
    region_name: str
    region_level: Level
    report_year: int
    title: str
    origin: str
    text: str
    text_sha256: str
    complete: bool
    capture_sha256: str = ""


@dataclass(slots=True)
class Observation:
    """One quantity stated in a report; the columns of `schemas/tables/observations.yaml`, in order."""

    observation_id: str
    report_id: str
    region_code: str
    region_name: str
    region_level: str
    report_year: int
    indicator: str | None
    subject: str
    area: str | None
    area_code: str | None
    measure: str
    status: str
    period: str | None
    value: float
    value_max: float | None
    unit: str
    bound: str
    number_text: str
    quote: str
    section: str
    char_start: int
    char_end: int
    rule: str
    confidence: float
    flags: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found: `severity` critical (the row is quarantined) or warning (it is flagged)."""

    check: str
    severity: Literal["critical", "warning", "info"]
    table: str
    key: str
    message: str
    flag: str | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """Checked tables, ready to be published: `path` is their folder, `inputs` the hash of their inputs.

    `counts` are the findings by check and severity; `blocked` are those that concern a table as a whole:
    with one of them nothing may be published.
    """

    path: str
    inputs: str
    reports: int
    observations: int
    quarantined: int
    flagged: int
    counts: dict[str, int]
    blocked: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Release:
    """A published version: where it lies, what it counts, and how it differs from the one before."""

    version: str
    path: str
    new: bool
    reports: int
    observations: int
    quarantined: int
    added: int
    removed: int
    changed: int
