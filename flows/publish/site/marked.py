"""The text of a report for reading: paragraphs and headings, every number a link to its record."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from typing import Any

from markupsafe import Markup, escape

from flows.publish.site.env import around, clean

Row = dict[str, Any]
Block = tuple[str, Markup]
_BREAK = re.compile(r"\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]")
_BLANKS = re.compile(r"\s+")
_ENDS = "。！？；：.!?;:”」』）)"
_GOES_ON = "，、。；：！？）”"
# Lines of a text with hard line breaks are about this long at most; those of other texts are paragraphs.
_NARROW = 45
_FULL = 0.6
"""A line with hard breaks goes on in the next one if it has this share of their usual width."""
_LONG = 20


def blocks(text: str, rows: Sequence[Row]) -> list[Block]:
    """The TEXT as blocks (`h3`, `h4` or `p`, with HTML), the numbers of ROWS marked.

    The offsets of ROWS are those of TEXT. Each observation has an anchor named after its key, also where it
    shares its number with another one.
    """
    lines = _lines(text, rows)
    headings = _headings(rows)
    wide = sorted(len(plain) for plain, _ in lines if plain)
    usual = wide[len(wide) * 9 // 10] if wide else 0
    return list(_joined(lines, headings, usual * _FULL if usual <= _NARROW else math.inf))


def _joined(lines: list[tuple[str, str]], headings: dict[str, int], full: float) -> Iterator[Block]:
    """The LINES as blocks: those of FULL length that end inside a sentence go on in the next one."""
    held, plain_before = "", ""
    for plain, html in lines:
        depth = headings.get(_bare(plain))
        inside = (
            bool(held)
            and plain_before[-1] not in _ENDS
            and (len(plain_before) >= full or plain[:1] in _GOES_ON)
        )
        if held and (depth is not None or not plain or not inside):
            yield "p", Markup(held)
            held = ""
        if depth is not None:
            yield ("h3" if depth == 0 else "h4"), Markup(html)
        elif plain:
            held += html
            plain_before = plain
    if held:
        yield "p", Markup(held)


def _lines(text: str, rows: Sequence[Row]) -> list[tuple[str, str]]:
    """The lines of TEXT, as they are and as HTML; a number that goes over a line break stays in one."""
    done: list[tuple[str, str]] = []
    plain: list[str] = []
    html: list[str] = []

    def end() -> None:
        done.append(("".join(plain).strip(), "".join(html).strip()))
        plain.clear()
        html.clear()

    def put(piece: str) -> None:
        for index, line in enumerate(_BREAK.split(piece)):
            if index:
                end()
            plain.append(line)
            html.append(str(escape(clean(line))))

    at = 0
    for row in sorted(rows, key=lambda row: (row["char_start"], -row["char_end"])):
        if row["char_start"] < at:
            html.append(f'<span id="{escape(row["observation_id"])}"></span>')
            continue
        put(text[at : row["char_start"]])
        number = _BLANKS.sub("", text[row["char_start"] : row["char_end"]])
        plain.append(number)
        html.append(_mark(number, row))
        at = row["char_end"]
    put(text[at:])
    end()
    return done


def _mark(number: str, row: Row) -> str:
    key = escape(row["observation_id"])
    kinds = f"n n-{row['status']}" + " coded" * bool(row["indicator"]) + " doubted" * bool(row["flags"])
    kinds += " long" * (len(number) > _LONG)
    return f'<a class="{kinds}" id="{key}" href="#r-{key}">{escape(clean(number))}</a>'


def _headings(rows: Sequence[Row]) -> dict[str, int]:
    """The headings above the numbers, without blanks, and how deep they are."""
    found: dict[str, int] = {}
    for section in {row["section"] for row in rows}:
        for depth, name in enumerate(section.split(" / ")):
            if name.strip():
                found.setdefault(_bare(name), depth)
    return found


def _bare(line: str) -> str:
    return _BLANKS.sub("", line)


def sentence(row: Row) -> Markup:
    """The sentence of an observation, cut to what is around its number, which is marked where it is found."""
    quote, number = clean(around(row["quote"], row["number_text"])), clean(row["number_text"])
    before, found, after = quote.partition(number)
    if not found:
        return Markup("<bdi>{}</bdi>").format(quote)
    return Markup("<bdi>{}<mark>{}</mark>{}</bdi>").format(before, number, after)
