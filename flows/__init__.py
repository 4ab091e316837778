"""Baogao: China's government work reports as open data.

The few functions that a Python user needs; each is imported when it is first asked for, so that
`import flows` costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flows.model import Observation, Report

__version__ = "0.1.0"
__all__ = ["extract_report", "extract_text", "load", "read_text"]


def extract_text(
    text: str, region_code: str | None = None, report_year: int | None = None
) -> list[Observation]:
    """The observations of one report's text, in the order of the text.

    `region_code` (GB/T 2260, six digits) and `report_year` (the year in which the report was read out)
    are found in the text when they are not given. Offsets of the observations are those of `text`.
    Raises ValueError, with what to do, when the text is no report or its region or year cannot be told.
    """
    from flows.model import Rejected
    from flows.read import read_text

    report = read_text(text, region=region_code, year=report_year)
    if isinstance(report, Rejected):
        raise ValueError(report.message)
    return extract_report(report)


def extract_report(report: Report) -> list[Observation]:
    """The observations of a report that was read already; offsets are those of `report.text`."""
    from flows import extract
    from flows.read.layout import clean
    from flows.read.sections import find_sections

    view = clean(report.text)
    return extract.extract_report(report, view, find_sections(view, report.report_year))


def __getattr__(name: str) -> Any:
    if name == "read_text":
        from flows.read import read_text

        return read_text
    if name == "load":
        from flows.loading import load

        return load
    raise AttributeError(f"module 'flows' has no attribute {name!r}")
