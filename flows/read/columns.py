"""Reading order: the pieces of text on printed pages → paragraphs, column by column.

Lengths are points (1/72 inch), from the upper left corner of a page.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from statistics import median

_MARGIN = 0.08
_FOLIO = re.compile(r"^[\s—–\-·•第/共页版]*\d{1,4}[\s—–\-·•/共页版\d]*$")
_MASTHEAD = re.compile(
    r"星期[一二三四五六日天]|责任?编辑|责编|版式|校对|第?[\dA-Z一二三四五六七八九十]{1,3}版"
)
_ON = re.compile(r"[（(]?\s*下转\s*第?\s*[\dA-Z一二三四五六七八九十]{1,4}\s*版\s*[）)]?$")
_FROM = re.compile(r"^[（(]?\s*(?:紧?上接|接)\s*第?\s*[\dA-Z一二三四五六七八九十]{1,4}\s*版\s*[）)]?")
_BIN = 2.0
_BLOCKED = 0.15
_FEWEST = 3
_SAME_SIZE = 1.25


@dataclass(frozen=True, slots=True)
class Line:
    """A piece of text with the box it stands in."""

    left: float
    top: float
    right: float
    bottom: float
    text: str

    @property
    def size(self) -> float:
        """The height of its characters."""
        return max(self.bottom - self.top, 1.0)


def paragraphs(pages: Sequence[tuple[float, float, list[Line]]]) -> list[str]:
    """The paragraphs on PAGES (width, height, pieces of text), in the order in which a person reads them.

    Running heads and page numbers are left out. Where a text goes on on a later page (下转四版 … 上接一版),
    what stands between is left out too.
    """
    heads = _running_heads(pages)
    blocks: list[list[Line]] = []
    for number, (_, height, pieces) in enumerate(pages):
        kept = [line for line in _lines(pieces) if not _is_head(line, height, heads, len(pages), number)]
        blocks.extend(_ordered(kept))
    return _joined_parts(_paragraphs(blocks))


def _lines(pieces: Iterable[Line]) -> list[Line]:
    """Pieces that stand side by side on one line, as one."""
    lines: list[Line] = []
    for piece in sorted(pieces, key=lambda one: (round(one.top + one.bottom), one.left)):
        for index in range(len(lines) - 1, max(-1, len(lines) - 60), -1):
            line = lines[index]
            level = abs((line.top + line.bottom) - (piece.top + piece.bottom)) < line.size * 0.8
            gap = piece.left - line.right
            if level and -0.5 * line.size < gap < 1.2 * line.size:
                lines[index] = replace(
                    line,
                    right=piece.right,
                    top=min(line.top, piece.top),
                    bottom=max(line.bottom, piece.bottom),
                    text=line.text + piece.text,
                )
                break
        else:
            lines.append(piece)
    return lines


def _running_heads(pages: Sequence[tuple[float, float, list[Line]]]) -> set[str]:
    """What stands in the margins of at least half the pages, whatever its digits."""
    seen: Counter[str] = Counter()
    for _, height, pieces in pages:
        seen.update({_masked(line.text) for line in _lines(pieces) if _in_margin(line, height)})
    return {text for text, times in seen.items() if times >= max(2, len(pages) / 2)}


def _masked(text: str) -> str:
    return re.sub(r"\d+", "#", "".join(text.split()))


def _in_margin(line: Line, height: float) -> bool:
    return line.bottom < height * _MARGIN or line.top > height * (1 - _MARGIN)


def _is_head(line: Line, height: float, heads: set[str], count: int, number: int) -> bool:
    if not _in_margin(line, height):
        return False
    if _masked(line.text) in heads or _FOLIO.match(line.text.strip()):
        return True
    return (
        _MASTHEAD.search(line.text) is not None and not _ON.search(line.text) and not _FROM.match(line.text)
    )


def _ordered(lines: list[Line]) -> list[list[Line]]:
    """The columns of a page in reading order; a line across columns is a block between them."""
    if len(lines) < 2 * _FEWEST:
        return [sorted(lines, key=lambda line: line.top)] if lines else []
    gutter = _gutter(lines)
    if gutter is None:
        return [sorted(lines, key=lambda line: (line.top, line.left))]
    across = sorted((line for line in lines if line.left < gutter < line.right), key=lambda line: line.top)
    columns = [line for line in lines if not line.left < gutter < line.right]
    blocks: list[list[Line]] = []
    for head in [*across, None]:
        above = [line for line in columns if head is None or line.top < head.top]
        columns = [line for line in columns if head is not None and line.top >= head.top]
        blocks += _ordered([line for line in above if line.right <= gutter])
        blocks += _ordered([line for line in above if line.left >= gutter])
        if head is not None:
            blocks.append([head])
    return blocks


def _gutter(lines: list[Line]) -> float | None:
    """Where a gap runs down between columns that hardly any line crosses; None when there is none."""
    left, right = min(line.left for line in lines), max(line.right for line in lines)
    bins = [0] * (int((right - left) / _BIN) + 2)
    for line in lines:
        for at in range(int((line.left - left) / _BIN), int((line.right - left) / _BIN) + 1):
            bins[at] += 1
    allowed, best, begun = _BLOCKED * len(lines), (0, 0), None
    for at, covered in enumerate([*bins, len(lines)]):
        if covered <= allowed:
            begun = at if begun is None else begun
        elif begun is not None:
            if at - begun > best[1] - best[0] and begun > 0 and at < len(bins) - 1:
                best = (begun, at)
            begun = None
    least = min(bins[slice(*best)], default=0)
    clear = [at for at in range(*best) if bins[at] == least]
    middle = left + (clear[len(clear) // 2] + 0.5) * _BIN if clear else left
    sides = [line.right <= middle for line in lines], [line.left >= middle for line in lines]
    wide = (best[1] - best[0]) * _BIN >= 0.5 * median(line.size for line in lines)
    return middle if wide and all(sum(side) >= _FEWEST for side in sides) else None


def _paragraphs(blocks: list[list[Line]]) -> list[str]:
    """Lines joined where a sentence goes on: in the column, into the next column, over the page."""
    found: list[str] = []
    last: Line | None = None
    full = False
    for block in blocks:
        left = min(line.left for line in block)
        right = max(line.right for line in block)
        for line in block:
            indented = line.left - left > 1.2 * line.size and len(block) > 1
            alike = last is not None and 1 / _SAME_SIZE < line.size / last.size < _SAME_SIZE
            if found and full and alike and not indented and not _FROM.match(line.text.strip()):
                found[-1] += line.text.strip()
            else:
                found.append(line.text.strip())
            last, full = line, right - line.right < 2 * line.size and len(block) > 1
    return [text for text in found if text]


def _joined_parts(texts: list[str]) -> list[str]:
    """A text without what stands between 下转四版 and 上接一版; as it is when one of them is missing."""
    for at, text in enumerate(texts):
        end = _ON.search(text)
        if not end:
            continue
        for then in range(at + 1, len(texts)):
            begin = _FROM.match(texts[then])
            if begin:
                rest = texts[then][begin.end() :].strip()
                first = text[: end.start()].strip()
                goes_on = bool(first) and first[-1] not in "。！？；："
                middle = [first + rest] if goes_on and rest else [first, rest]
                parts = [*texts[:at], *middle, *texts[then + 1 :]]
                return _joined_parts([part for part in parts if part])
    return texts
