"""Web pages → main text, title and date."""

from __future__ import annotations

import logging
import re
from html import unescape
from typing import Any

_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_TITLE = re.compile(r"<title[^>]*>([^<]*)", re.I)
_BLOCKS = (
    "p",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "li",
    "tr",
    "div",
    "section",
    "article",
    "blockquote",
    "pre",
    "br",
)


def html_text(page: str) -> tuple[str, dict[str, str]]:
    """The main text of a page, one line a paragraph, and its title and date as far as it tells them.

    Falls back on all blocks when the main text is less than half of the page's; empty when there is none.
    """
    page = _DECLARATION.sub("", page)
    text, metadata = _main(page)
    whole = _whole(page)
    return (whole if _weight(text) * 2 < _weight(whole) else text), metadata


def _main(page: str) -> tuple[str, dict[str, str]]:
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    logging.getLogger("htmldate").setLevel(logging.CRITICAL)
    from trafilatura import bare_extraction

    found: Any = bare_extraction(
        page,
        include_comments=False,
        include_tables=True,
        favor_recall=True,
        with_metadata=True,
        # Any year on a page is taken for its date otherwise.
        date_extraction_params={"extensive_search": False, "original_date": True},
    )
    if found is None:
        return "", {}
    title, titles = found.title or "", _TITLE.findall(page)
    # What the page calls itself in full says more: 政府工作报告 - 焦作市人民政府.
    full = " ".join(unescape(titles[0]).split()) if titles else ""
    facts = {"title": full if title in full else title, "date": found.date or ""}
    return found.text or "", {name: fact for name, fact in facts.items() if fact}


def _whole(page: str) -> str:
    """All words of the page but those of its frame, one block a line."""
    from lxml import etree, html

    try:
        root = html.document_fromstring(page)
    except (etree.ParserError, ValueError):
        return ""
    for node in root.xpath("//script|//style|//nav|//footer|//form|//noscript|//head"):
        node.drop_tree()
    for node in root.iter(*_BLOCKS):
        node.text = "\n" + (node.text or "")
        node.tail = "\n" + (node.tail or "")
    for node in root.iter("td", "th"):
        node.tail = " " + (node.tail or "")
    return "\n".join(" ".join(line.split()) for line in root.text_content().split("\n") if line.strip())


def _weight(text: str) -> int:
    return len("".join(text.split()))
