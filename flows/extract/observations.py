"""Observations: the statements of a report as rows, with their identity, quote and offsets in its text."""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_right
from typing import Final

from flows.extract import confidence
from flows.extract.baselines import COMPARED
from flows.extract.parts import Clause, Statement
from flows.extract.sentences import Sentence, sentences_of
from flows.extract.statements import statements_of
from flows.model import Observation, Report, Section, View

_IN_NUMBER: Final = "[0-9.,零〇一二三四五六七八九十百千万亿兆两]"
_NUMBER_RUN: Final = re.compile(f"({_IN_NUMBER}{_IN_NUMBER}*+)")
_BLANKS: Final = re.compile(r"\s+")
_NO_SUBJECT: Final = "（未写明）"


def observations_of(report: Report, view: View, sections: list[Section]) -> list[Observation]:
    """All observations of a report, in the order of the text."""
    found: list[Observation] = []
    seen: dict[str, int] = {}
    text: str = report.text
    origin = _Origin(view)
    for sentence in sentences_of(report, view, sections):
        statements = statements_of(report, sentence)
        origin.go_to(sentence.start)
        quote, section = _quote(text, origin, sentence), " / ".join(sentence.section.path)
        for statement, key in zip(statements, _keys(sentence, statements, seen), strict=True):
            found.append(_observation(report, text, origin, sentence.start, statement, quote, section, key))
    return found


class _Origin:
    """Where characters of the view stand in the text that it was made from, found from one place in it on."""

    def __init__(self, view: View) -> None:
        self.starts: list[int] = view.starts
        self.offsets: list[int] = view.offsets
        self.piece = 0

    def go_to(self, at: int) -> None:
        """Makes `at` of the view the place to look from; few pieces lie between it and what is asked for."""
        self.piece = bisect_right(self.starts, at) - 1

    def of(self, at: int) -> int:
        """The offset in the text of the character at `at` of the view, which is not before the place."""
        piece, starts = self.piece, self.starts
        while piece + 1 < len(starts) and starts[piece + 1] <= at:
            piece += 1
        return self.offsets[piece] + at - starts[piece]


def rule_of(clause: Clause) -> str:
    """The rule that made an observation: the form of its clause (see `predicates`), /dealt, /listed."""
    return f"{clause.form}{'/dealt' if clause.distributive else ''}{'/listed' if clause.listed else ''}"


def _keys(sentence: Sentence, statements: list[Statement], seen: dict[str, int]) -> list[str]:
    """What names the quantities of a sentence within their report.

    A key stays the same when values are revised: it is made of the sentence with # for every run of
    digits, how often that was seen, and the place of the number in it.
    """
    pieces: list[str] = _NUMBER_RUN.split(sentence.text)
    runs, at = [], 0
    for piece in pieces:
        at += len(piece)
        runs.append(at)
    runs, masked = runs[::2], "#".join(pieces[::2])
    seen[masked] = times = seen.get(masked, 0) + 1
    of_sentence = hashlib.blake2b(f"{masked}|{times}|".encode(), digest_size=6)
    taken: dict[int, int] = {}
    keys = []
    for statement in statements:
        place = bisect_right(runs, statement.quantity.start)
        taken[place] = taken.get(place, 0) + 1
        key = of_sentence.copy()
        key.update(f"{place}|{taken[place]}".encode())
        keys.append(key.hexdigest())
    return keys


def _observation(
    report: Report,
    text: str,
    origin: _Origin,
    start: int,
    statement: Statement,
    quote: str,
    section: str,
    key: str,
) -> Observation:
    """The row of a statement; its sentence begins at `start` of the view."""
    quantity, clause = statement.quantity, statement.clause
    char_start, char_end = origin.of(start + quantity.start), origin.of(start + quantity.end - 1) + 1
    written = text[char_start:char_end].replace("\n", "").replace("\r", "")
    value, value_max = _signed(statement)
    # By position, in the order of the columns: naming them takes longer than the rest of the row.
    return Observation(
        f"{report.report_id}-{key}",
        report.report_id,
        report.region_code,
        report.region_name,
        report.region_level,
        report.report_year,
        statement.indicator,
        statement.subject or _NO_SUBJECT,
        statement.area,
        statement.area_code,
        clause.measure,
        statement.status,
        statement.period,
        value,
        value_max,
        "位" if clause.measure == "rank" and quantity.unit == "名" else quantity.unit,
        quantity.bound,
        written,
        quote,
        section,
        char_start,
        char_end,
        rule_of(clause),
        confidence.of(clause.form, written, statement.period, statement.indicator),
    )


def _signed(statement: Statement) -> tuple[float, float | None]:
    """Lower and upper value; what fell has fallen by a negative number, a gap downwards is negative."""
    quantity, clause = statement.quantity, statement.clause
    sign = clause.sign if clause.measure in COMPARED or clause.measure == "gap" else 1
    if quantity.value_max is None:
        return float(quantity.value * sign), None
    low, high = sorted((quantity.value * sign, quantity.value_max * sign))
    return float(low), high


def _quote(text: str, origin: _Origin, sentence: Sentence) -> str:
    """The sentence as it stands in the text, without line breaks."""
    start, end = sentence.start, sentence.start + len(sentence.text)
    written = text[origin.of(start) : origin.of(end - 1) + 1]
    words = written.split()
    return words[0] if len(words) == 1 else _BLANKS.sub(_unbroken, written).strip()


def _unbroken(blanks: re.Match[str]) -> str:
    """White space as it stands, or nothing where a line is broken in it."""
    return "" if "\n" in blanks.group() or "\r" in blanks.group() else blanks.group()
