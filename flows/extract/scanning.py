"""Scanning: a fast search for patterns whose alternatives begin with one of a few characters.

The engine of `re` skips quickly to a character of a set only where a pattern opens with that set and not
with alternatives. A scanner opens with the set, and looks at the alternatives from behind its one character.

Where a rule looks a few characters back it may ask for a start before the text: `re` takes it for the first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator


def scanner(first: str, alternatives: str, opening: str = "") -> re.Pattern[str]:
    """A pattern for `scan`: `first` is a character class that every alternative begins with.

    Each of the alternatives is one named group, whole. Where they are many, `opening` are few and simple
    ones, one of which fits wherever one of them does, to tell sooner where none can.
    """
    return re.compile(rf"{first}(?<=(?={opening})(?={alternatives}).)")


def after_last(marks: tuple[str, ...], text: str, start: int, end: int) -> int:
    """Where `text[start:end]` goes on behind the last of some marks; `start` where none of them occurs."""
    last = start - 1
    for mark in marks:
        last = max(last, text.rfind(mark, start, end))
    return last + 1


def scan(pattern: re.Pattern[str], text: str) -> Iterator[tuple[str, re.Match[str]]]:
    """What `pattern` finds in `text`, in order and without overlaps.

    With each match the name of its alternative; the text found is `match[name]`.
    """
    match = pattern.search(text)
    while match:
        name = match.lastgroup or ""
        yield name, match
        match = pattern.search(text, match.end(name))
