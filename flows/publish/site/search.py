"""An index of the sentences that a browser can search without a server.

Sentences are indexed by the report they stand in: Chinese by pairs of characters, Latin letters and figures
by words. A page loads the few files that hold its pairs, and then the sentences of the reports that have most
of them. Reports in traditional script are found by simplified characters too.
"""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from collections.abc import Iterable
from functools import cache

from flows.publish.site.explorer import put
from flows.publish.site.files import Files
from flows.publish.site.words import simplified

SHARDS = 512
_WORD = re.compile(r"[0-9a-z]+(?:\.[0-9]+)?")
_HAN = re.compile(r"[\u3400-\u9fff]{2,}")


class Index:
    """Which reports have which pairs and words.

    Reports are numbered as they come, and have to come as `meta` lists them: region by region, year by year.
    """

    def __init__(self) -> None:
        self._reports = 0
        self._found: dict[str, bytearray] = defaultdict(bytearray)
        self._last: dict[str, int] = {}

    def add(self, sentences: Iterable[str]) -> None:
        """Takes up the next report with its sentences."""
        terms: set[str] = set()
        for sentence in sentences:
            terms |= _terms(sentence)
        for term in terms:
            self._found[term] += _step(self._reports - self._last.get(term, -1))
            self._last[term] = self._reports
        self._reports += 1

    def write(self, files: Files) -> None:
        """Writes the index in parts of like size: `data/search/N.js` has the terms whose shard is N."""
        parts: list[dict[str, str]] = [{} for _ in range(SHARDS)]
        for term in sorted(self._found):
            parts[_shard(term)][term] = self._found[term].decode()
        for number, part in enumerate(parts):
            put(files, f"search/{number}", part)


def _terms(sentence: str) -> set[str]:
    """The pairs of characters and the words of SENTENCE, in simplified characters as well."""
    found: set[str] = set()
    for text in {sentence, simplified(sentence)}:
        for run in _HAN.findall(text):
            found.update(map("".join, itertools.pairwise(run)))
        found.update(_WORD.findall(text.lower()))
    return found


def _shard(term: str) -> int:
    """The part of the index that has TERM; `search.js` reckons in the same way."""
    found = 0
    for sign in term:
        found = (found * 31 + ord(sign)) % SHARDS
    return found


@cache
def _step(number: int) -> bytes:
    """The way from one report to the next, in base 26: the last digit is a capital letter, and so ends it."""
    rest, last = divmod(number, 26)
    digits = chr(ord("A") + last)
    while rest:
        rest, digit = divmod(rest, 26)
        digits = chr(ord("a") + digit) + digits
    return digits.encode()
