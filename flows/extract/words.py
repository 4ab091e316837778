"""Word lists of the rules, from `schemas/words.csv`: what the grammar tells apart by words stands there.

A row is a word of a list, with what must not follow it and what must not stand before it (both are
alternatives of a regular expression; those before a word are of one length).
"""

from __future__ import annotations

from functools import cache

from flows import schemas


@cache
def alternatives(name: str) -> str:
    """The words of the list `name` as one group of a regular expression, longest first.

    Raises KeyError when there is no such list.
    """
    words = sorted(_lists()[name], key=lambda row: -len(row["word"]))
    return f"(?:{'|'.join(map(schemas.pattern, words))})"


@cache
def beginnings(name: str) -> str:
    """The characters that the words of the list `name` begin with. Raises KeyError when there is none."""
    return "".join(sorted({word[0] for word in members(name)}))


@cache
def members(name: str) -> frozenset[str]:
    """The words of the list `name`, without their conditions. Raises KeyError when there is no such list."""
    return frozenset(row["word"] for row in _lists()[name])


@cache
def by_last_character(name: str) -> dict[str, tuple[str, ...]]:
    """The words of the list `name` by their last character, longest first: what `str.endswith` may find."""
    found: dict[str, tuple[str, ...]] = {}
    for word in sorted(members(name), key=lambda word: (-len(word), word)):
        found[word[-1]] = (*found.get(word[-1], ()), word)
    return found


@cache
def by_first_character(name: str) -> dict[str, tuple[str, ...]]:
    """The words of the list `name` by their first character, longest first, for `str.startswith`."""
    found: dict[str, tuple[str, ...]] = {}
    for word in sorted(members(name), key=lambda word: (-len(word), word)):
        found[word[0]] = (*found.get(word[0], ()), word)
    return found


@cache
def _lists() -> dict[str, list[dict[str, str]]]:
    found: dict[str, list[dict[str, str]]] = {}
    for row in schemas.rows("words.csv"):
        found.setdefault(row["list"], []).append(row)
    return found
