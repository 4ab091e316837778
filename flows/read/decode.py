"""Bytes → text: the encoding is told by what the bytes make, not by what anybody says of them."""

from __future__ import annotations

import codecs
import re

from flows.read.reasons import Unreadable

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# The most frequent characters of Chinese prose, in both scripts: real text is full of them.
_COMMON = frozenset(
    "的一是在和国年中大发人工有为会业生以经展不建了市地全行化政个到要定新进民上高农現國發業會經進萬與為"
)
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_SAMPLE = 20_000
_PLAUSIBLE = 0.03


def decode(data: bytes) -> str:
    """The text of DATA, without a byte order mark; line ends stay as they are.

    Raises Unreadable: `empty`, `binary`, or `unknown-encoding` when none of UTF-8, UTF-16 (marked), GB18030
    and Big5 gives a text in which the frequent characters of Chinese (or plain ASCII words) stand.
    """
    if not data.strip():
        raise Unreadable("empty")
    for mark, name in _MARKS:
        if data.startswith(mark):
            text = _strict(data, name)
            if text is None:
                raise Unreadable("unknown-encoding")
            return text.removeprefix("\ufeff")
    if len(_CONTROL.findall(data[:_SAMPLE])) * 500 > len(data[:_SAMPLE]):
        raise Unreadable("binary")
    text = _strict(data, "utf-8")
    if text is not None:
        return text
    best = max(
        (t for t in (_strict(data, "gb18030"), _strict(data, "big5hkscs")) if t), key=plausible, default=None
    )
    if best is None or plausible(best) < _PLAUSIBLE:
        raise Unreadable("unknown-encoding")
    return best


def _strict(data: bytes, name: str) -> str | None:
    try:
        return data.decode(name)
    except UnicodeDecodeError:
        return None


def plausible(text: str) -> float:
    """The share of frequent Chinese characters among the characters beyond ASCII of a sample of TEXT."""
    sample = [character for character in text[:_SAMPLE] if character > "\x7f"]
    return sum(character in _COMMON for character in sample) / len(sample) if sample else 1.0
