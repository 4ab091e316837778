"""One report as a page: its text with every number marked, each with its record on hover or focus.

The page is one file without scripts and without requests, made for auditing by eye.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import escape

from flows.model import Observation, Report

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_SHOWN = (
    "subject",
    "indicator",
    "area",
    "measure",
    "status",
    "period",
    "value",
    "value_max",
    "unit",
    "bound",
    "rule",
    "confidence",
)
_STYLE = """
:root { color-scheme: light dark; --ink: #1b1b1b; --paper: #fdfcf8; --quiet: #6b6b6b;
  --line: #ddd8cc;
  --actual: #d7e8d4; --estimate: #f6e7bd; --target: #d5e3f4; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8e6e1; --paper: #17181a; --quiet: #9a9a95;
  --line: #3a3a3a;
  --actual: #24452a; --estimate: #55451a; --target: #1f3b5c; } }
body { margin: 0; background: var(--paper); color: var(--ink); font: 1.06rem/1.9 "Noto Serif CJK SC",
  "Source Han Serif SC", "Songti SC", SimSun, Georgia, serif; }
main { max-width: 46rem; margin: 0 auto; padding: 2rem 1.2rem 12rem; }
h1 { font-size: 1.5rem; line-height: 1.4; margin: 0 0 .3rem; }
.facts, .key { color: var(--quiet); font-size: .9rem; line-height: 1.6; }
.key mark { margin-right: .8em; }
p { margin: 0 0 .8em; overflow-wrap: anywhere; }
mark { position: relative; color: inherit; border-radius: .2em; padding: 0 .1em; cursor: help; }
mark:focus { outline: 2px solid currentColor; }
.actual { background: var(--actual); }
.estimate { background: var(--estimate); }
.target { background: var(--target); }
.coded { border-bottom: 2px solid currentColor; }
.record { display: none; position: absolute; left: 0; top: 1.9em; z-index: 1; width: max-content;
  max-width: 24rem;
  padding: .6rem .8rem; background: var(--paper); border: 1px solid var(--line); box-shadow: 0 4px 16px #0003;
  font: .82rem/1.5 "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", system-ui, sans-serif; }
mark:hover .record, mark:focus .record { display: block; }
.record b { font-weight: 600; color: var(--quiet); } .record span { display: block; }
@media print { .record { display: none !important; } }
"""


def report_page(report: Report, observations: Sequence[Observation]) -> str:
    """The HTML page of a report. Offsets of the observations are those of `report.text`.

    Everything that comes from the text is escaped; control and direction characters are shown as �.
    """
    title = report.title or f"{report.region_name} {report.report_year}"
    coded = sum(row.indicator is not None for row in observations)
    facts = (
        f"{report.report_id} · {len(observations)} observations, {coded} with an indicator · {report.origin}"
    )
    key = "".join(f'<mark class="{status}">{status}</mark>' for status in ("actual", "estimate", "target"))
    return (
        f'<!doctype html>\n<html lang="zh-Hans">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{_text(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n"
        f"<h1>{_text(title)}</h1>\n<p class=facts>{_text(facts)}</p>\n"
        f'<p class="key">{key}<span class="coded">underlined</span>: in the catalogue</p>\n'
        + "".join(_paragraphs(report.text, observations))
        + "</main>\n</body>\n</html>\n"
    )


def _paragraphs(text: str, observations: Sequence[Observation]) -> Iterator[str]:
    """The text as paragraphs, line by line; a number that goes over a line break stays in one mark."""
    pieces: list[str] = []
    at = 0
    for row in sorted(observations, key=lambda row: row.char_start):
        if row.char_start < at:
            continue
        pieces.append(_broken(text[at : row.char_start]))
        pieces.append(_marked(text[row.char_start : row.char_end], row))
        at = row.char_end
    pieces.append(_broken(text[at:]))
    for paragraph in "".join(pieces).split("\x00"):
        if paragraph.strip():
            yield f"<p>{paragraph.strip()}</p>\n"


def _broken(text: str) -> str:
    return "\x00".join(_text(line) for line in text.splitlines()) + ("\x00" if text.endswith("\n") else "")


def _marked(number: str, row: Observation) -> str:
    fields = "".join(
        f"<span><b>{name}</b> {_text(_shown(getattr(row, name)))}</span>"
        for name in _SHOWN
        if getattr(row, name) is not None
    )
    shade = f"{row.status} coded" if row.indicator else row.status
    shown = _text(re.sub(r"\s+", "", number))
    record = f'<span class="record" role="note">{fields}</span>'
    return f'<mark class="{shade}" id="n{row.char_start}" tabindex="0">{shown}{record}</mark>'


def _shown(value: object) -> str:
    return f"{value:,.10g}" if isinstance(value, float) else str(value)


def _text(text: str) -> str:
    return escape(_CONTROL.sub("\ufffd", text))
