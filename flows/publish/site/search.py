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
from typing import Any

from flows.publish.site.explorer import put
from flows.publish.site.files import Files
from flows.publish.site.words import simplified

SHARDS = 512
_WORD = re.compile(r"[0-9a-z]+(?:\.[0-9]+)?")
_HAN = re.compile(r"[\u3400-\u9fff]{2,}")
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


class Index:
    """Which reports have which pairs and words; reports are numbered in the order in which they come."""

    def __init__(self) -> None:
        self._reports: list[str] = []
        self._found: dict[str, bytearray] = defaultdict(bytearray)
        self._last: dict[str, int] = {}

    def add(self, report_id: str, sentences: Iterable[tuple[str, Any]]) -> None:
        """Takes up a report with its sentences."""
        number = len(self._reports)
        self._reports.append(report_id)
        terms: set[str] = set()
        for sentence, _ in sentences:
            terms |= _terms(sentence)
        for term in terms:
            held = self._found[term]
            step = number - self._last.get(term, -1)
            held += _base36(step) + b" "
            self._last[term] = number

    def write(self, files: Files) -> None:
        """Writes the index in parts: `data/search/N.js`, N being the first character modulo SHARDS."""
        parts: list[dict[str, str]] = [{} for _ in range(SHARDS)]
        for term in sorted(self._found):
            parts[ord(term[0]) % SHARDS][term] = self._found[term][:-1].decode()
        for number, part in enumerate(parts):
            put(files, f"search/{number}", part)
        put(files, "search/reports", self._reports)


def _terms(sentence: str) -> set[str]:
    """The pairs of characters and the words of SENTENCE, in simplified characters as well."""
    found: set[str] = set()
    for text in {sentence, simplified(sentence)}:
        for run in _HAN.findall(text):
            found.update(map("".join, itertools.pairwise(run)))
        found.update(_WORD.findall(text.lower()))
    return found


def _base36(number: int) -> bytes:
    digits = ""
    while True:
        number, rest = divmod(number, 36)
        digits = _DIGITS[rest] + digits
        if not number:
            return digits.encode()
