"""PDF → text: born-digital reports and newspaper pages in columns, one paragraph a line.

The library reads whatever bytes say, so it works in a process of its own with limits of memory, processor
time and time: `python -m flows.read.pdf` takes a file on standard input and gives JSON.
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

from flows.read.reasons import Unreadable

_SECONDS = 120
_MEMORY = 2 * 1024**3
_MOST_PAGES = 2000
_MOST_CHARS = 20_000_000
_FEWEST_CHARS = 10  # on a page that is no mere picture


def is_pdf(data: bytes) -> bool:
    """Whether DATA is a PDF file; some begin with a few bytes of rubbish."""
    return b"%PDF-" in data[:1024]


def pdf_text(data: bytes) -> str:
    """The text of a PDF in reading order: headings across columns first, running heads left out.

    Raises Unreadable: `broken-pdf`, `scanned-pdf` when its pages are pictures, `hostile-pdf` when it takes
    more time or memory than any newspaper does.
    """
    command = [sys.executable, "-m", "flows.read.pdf"]
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise Unreadable("hostile-pdf", detail=f"not done after {_SECONDS} seconds") from None
    if done.returncode != 0:
        raise Unreadable("hostile-pdf", detail="it takes too much memory or time, or breaks the reader")
    answer: dict[str, Any] = json.loads(done.stdout)
    if "reason" in answer:
        raise Unreadable(answer["reason"], detail=answer["detail"])
    return str(answer["text"])


def _limit() -> None:
    """Keeps this process from taking the machine along."""
    try:
        import resource
    except ImportError:  # no such limits on this system: the time is still limited
        return
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))


def _read(data: bytes) -> dict[str, str]:
    import pypdfium2

    from flows.read.columns import Line, paragraphs

    try:
        document = pypdfium2.PdfDocument(data)
        count = len(document)
    except pypdfium2.PdfiumError as error:
        return {"reason": "broken-pdf", "detail": str(error)[:80]}
    if count > _MOST_PAGES:
        return {"reason": "hostile-pdf", "detail": f"{count} pages"}
    pages: list[tuple[float, float, list[Line]]] = []
    chars = 0
    for page in document:
        text = page.get_textpage()
        width, height = page.get_size()
        lines = []
        for index in range(text.count_rects()):
            left, bottom, right, top = text.get_rect(index)
            words = text.get_text_bounded(left, bottom, right, top).replace("\r", "").replace("\n", "")
            if words.strip():
                lines.append(Line(left, height - top, right, height - bottom, words))
                chars += len(words)
        if chars > _MOST_CHARS:
            return {"reason": "hostile-pdf", "detail": f"more than {_MOST_CHARS} characters"}
        pages.append((width, height, lines))
        text.close()
        page.close()
    if chars < _FEWEST_CHARS * max(1, count):
        return {"reason": "scanned-pdf", "detail": f"{count} pages, {chars} characters"}
    return {"text": "\n".join(paragraphs(pages))}


if __name__ == "__main__":
    _limit()
    json.dump(_read(sys.stdin.buffer.read()), sys.stdout)
