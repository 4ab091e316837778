"""Headings and parts: which stretch of a report looks back, which looks ahead.

Works on the view (`flows.read.layout.clean`); all offsets here are offsets of the view.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Final

from flows import schemas
from flows.model import Part, Section, View

_MARKED: Final = re.compile(
    r"(?P<one>第[一二三四五六七八九十]{1,3}(?:部分|章)|[一二三四五六七八九十]{1,3}、)"
    r"|(?P<two>[（(][一二三四五六七八九十]{1,3}[）)])"
    r"|(?P<three>\d{1,2}[.、．](?!\d)|[（(]\d{1,2}[）)])"
)
_YEAR: Final = re.compile(r"(?<!\d)((?:19|20)\d\d)年?|([一二]?[九〇零二][〇零一二三四五六七八九]{2})年")
_PLAN: Final = re.compile(r"[“\"‘]([一二三四五六七八九]五|十[一二三四五六七]?五)[”\"’]")
_HEADING_END: Final = re.compile(r"[。！？；\n]")
_NOTES: Final = re.compile(r"(?:有关|相关|部分)?(?:名词|用语|词语|术语)(?:解释|注释|说明)|注释$|附件|附[:：]")
_DIGIT: Final = re.compile(r"\d")
_NO_HEADING: Final = re.compile(r"[，。：；！、…—:?？!]")
_LONGEST_HEADING: Final = 60
_DIGITS: Final = str.maketrans("〇零一二三四五六七八九", "00123456789")


@dataclass(slots=True)
class _Heading:
    start: int
    end: int
    depth: int
    title: str


def find_sections(view: View, report_year: int | None = None) -> list[Section]:
    """The sections of a report in the order of the text, without gaps, covering the whole view.

    `report_year` is the year in which the report was read: a heading that names it (or a later year)
    looks ahead, one that names an earlier year looks back. The stretch before the first heading is a
    section without a path. Never raises; a text without headings is one review section.
    """
    sections: list[Section] = []
    path: list[tuple[int, str]] = []
    part: Part = "review"
    certain = True
    parts: dict[int, tuple[Part, bool]] = {}
    start = 0
    for heading in _headings(view.text):
        if heading.start > start:
            sections.append(Section(start, heading.start, tuple(t for _, t in path), part, certain))
        path = [(depth, title) for depth, title in path if depth < heading.depth]
        above = parts.get(path[-1][0], ("review", True)) if path else (part, certain)
        own = _part(heading.title, report_year, heading.depth)
        own = above if own == ("plan", False) and above == ("plan", True) else own
        part, certain = own if own and (heading.depth <= 1 or not path) and above[0] != "notes" else above
        path.append((heading.depth, heading.title))
        parts[heading.depth] = (part, certain)
        start = heading.start
    sections.append(Section(start, len(view.text), tuple(t for _, t in path), part, certain))
    return sections


def _headings(text: str) -> list[_Heading]:
    """Marked headings (一、 （一） 1.), or short unmarked lines where a report has no 一、 at all."""
    found: list[_Heading] = []
    loose: list[_Heading] = []
    start = 0
    for line in text.split("\n"):
        marked = _MARKED.match(line)
        if marked:
            end = _HEADING_END.search(line)
            title = line[: end.start()] if end else line
            depth = 1 if marked["one"] else 2 if marked["two"] else 3
            if len(title) <= _LONGEST_HEADING:
                found.append(_Heading(start, start + len(title), depth, title))
        elif (
            3 < len(line) <= 24
            and not _NO_HEADING.search(line)
            and start
            and (not _DIGIT.search(line) or _part(line, 2000))
        ):
            loose.append(_Heading(start, start + len(line), 1, line))
        start += len(line) + 1
    if any(heading.depth == 1 for heading in found):
        return sorted(
            found + [heading for heading in loose if _NOTES.match(heading.title)],
            key=lambda heading: heading.start,
        )
    return sorted(found + loose, key=lambda heading: heading.start)


def _part(title: str, report_year: int | None, depth: int = 1) -> tuple[Part, bool] | None:
    """What a heading says of its section, and whether for certain; one that says both looks back first."""
    if _NOTES.match(title):
        return "notes", True
    said: set[Part] = set()
    years = [int((a or b).translate(_DIGITS)) for a, b in _YEAR.findall(title)]
    years += [_plan_end(name) for name in _PLAN.findall(title)]
    if report_year and years:
        said.update("plan" if year >= report_year else "review" for year in years)
    for word, part, _ in _words("yes"):
        if word in title:
            said.add(part)
    if said:
        return ("review" if "review" in said else "plan"), True
    body = _MARKED.sub("", title, count=1).lstrip()
    for word, part, certain in _words("no", "start"):
        if word in body and (certain == "no" or (depth == 1 and body.startswith(word))):
            return part, False
    return None


@cache
def _words(*certain: str) -> tuple[tuple[str, Part, str], ...]:
    """The words that tell what a heading begins: word, part, and whether for certain (yes, no, start)."""
    rows = (row for row in schemas.rows("headings.csv") if row["certain"] in certain)
    return tuple((r["word"], "plan" if r["part"] == "plan" else "review", r["certain"]) for r in rows)


@cache
def _plan_ends() -> dict[str, int]:
    return {row["name"]: int(row["end"]) for row in schemas.rows("plans.csv")}


def _plan_end(name: str) -> int:
    return _plan_ends()[name]
