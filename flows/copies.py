"""Copies: of several texts that are the same report, which is used, and which bear witness to it.

A sketch is the `_SIZE` smallest hashes of a text's shingles (Broder 1997, "On the resemblance and containment
of documents"): the share that two sketches have in common estimates the share that the texts have in common.
Only Chinese characters and digits are looked at, so that another header, layout or script of punctuation
changes little.
"""

from __future__ import annotations

import heapq
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

_SIZE = 128
_SHINGLE = 8
_FACTOR, _MIXER = 0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9  # odd and without pattern (those of SplitMix64)
SKETCHED = "2"
"""Which sketches can be compared with each other: to be raised when `sketch` gives other numbers."""
_WORDS = re.compile(r"[0-9\u3400-\u9fff]+")
# Copies of one report share nearly all, reports of two years hardly anything.
_SAME = 0.5
# A copy that lacks more than a twentieth of the longest is taken for an abridged one.
_WHOLE = 0.95


@dataclass(frozen=True, slots=True)
class Item:
    """A report that was read, without its text: the reading it stands in, its place there, its length.

    `sketch` is that of its text. `witnesses` are the origins of other copies of the same text, `rivals` the
    origins of other texts that claim to be this report.
    """

    reading: str
    index: int
    chars: int
    report: dict[str, Any]
    sketch: Sequence[int] = ()
    witnesses: tuple[str, ...] = ()
    rivals: tuple[str, ...] = ()

    @property
    def report_id(self) -> str:
        """The report's key, region code and year."""
        return str(self.report["report_id"])

    @property
    def origin(self) -> str:
        """The file name or address that it came from."""
        return str(self.report.get("origin", ""))


def sketch(text: str) -> tuple[int, ...]:
    """The sketch of TEXT: at most 128 numbers below 2³², ascending. Linear in the length of the text."""
    import numpy as np

    words = np.frombuffer("".join(_WORDS.findall(text)).encode("utf-32-le"), "<u4").astype(np.uint64)
    shingles = max(len(words) - _SHINGLE + 1, 0)
    hashes = np.zeros(shingles, np.uint64)
    for at in range(_SHINGLE):
        hashes *= np.uint64(_FACTOR)  # modulo 2⁶⁴
        hashes += words[at : at + shingles]
    hashes ^= hashes >> np.uint64(29)
    hashes *= np.uint64(_MIXER)
    return tuple(np.unique(hashes >> np.uint64(32))[:_SIZE].tolist())


def resemblance(one: Iterable[int], other: Iterable[int]) -> float:
    """The estimated share, 0 to 1, of what two texts say together that both say; from their sketches."""
    both = set(one) & set(other)
    smallest = heapq.nsmallest(_SIZE, {*one, *other})
    return sum(number in both for number in smallest) / len(smallest) if smallest else 1.0


def chosen(found: Iterable[tuple[tuple[str, str], Item]]) -> list[Item]:
    """One item per report, sorted by report_id, with its witnesses and rivals.

    FOUND are items with what tells when they were captured: moment (ISO 8601) and hash. What came again
    from the same origin replaces what came before. Of several origins a complete text goes before a part,
    a whole one before one that is shorter by more than a twentieth, and then the one captured last counts.
    """
    by_report: dict[str, dict[str, tuple[tuple[str, str, int], Item]]] = {}
    for captured, item in found:
        rank = (*captured, item.index)
        known = by_report.setdefault(item.report_id, {})
        if item.origin not in known or known[item.origin][0] < rank:
            known[item.origin] = (rank, item)
    return [_best(list(by_report[name].values())) for name in sorted(by_report)]


def _best(candidates: list[tuple[tuple[str, str, int], Item]]) -> Item:
    complete = any(item.report.get("complete") for _, item in candidates)
    fitting = [one for one in candidates if bool(one[1].report.get("complete")) == complete]
    longest = max(item.chars for _, item in fitting)
    best = max((one for one in fitting if one[1].chars >= _WHOLE * longest), key=lambda one: one[0])[1]
    witnesses: list[str] = []
    rivals: list[str] = []
    for _, item in candidates:
        if item is not best:
            same = resemblance(item.sketch, best.sketch) >= _SAME
            (witnesses if same else rivals).append(item.origin)
    return replace(best, witnesses=tuple(sorted(witnesses)), rivals=tuple(sorted(rivals)))
