"""Web pages → main text, title and date."""

from __future__ import annotations

import re

_BLOCKS = "//body//*[self::p or self::h1 or self::h2 or self::h3 or self::h4 or self::li or self::td]"


def html_text(page: str) -> tuple[str, dict[str, str]]:
    """The main text of a page, one line a paragraph, and its title and date as far as it tells them.

    Falls back on all block elements when no main text can be told; an empty text when there is none.
    """
    import logging

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    from trafilatura import bare_extraction

    metadata: dict[str, str] = {}
    text = ""
    found = bare_extraction(
        page, include_comments=False, include_tables=True, favor_recall=True, with_metadata=True
    )
    if found is not None and not isinstance(found, dict):
        text = found.text or ""
        metadata = {name: value for name, value in (("title", found.title), ("date", found.date)) if value}
    whole = _blocks(page)
    if len(re.sub(r"\s", "", text)) * 2 < len(re.sub(r"\s", "", whole)):
        text = whole
    return text, metadata


def _blocks(page: str) -> str:
    from lxml import etree, html

    try:
        root = html.document_fromstring(page)
    except (etree.ParserError, ValueError):
        return ""
    for node in root.xpath("//script|//style|//nav|//footer|//form"):
        node.drop_tree()
    lines: list[str] = []
    for node in root.xpath(_BLOCKS):
        if not node.xpath(".//p|.//li|.//td"):
            line = " ".join(node.text_content().split())
            if line:
                lines.append(line)
    return "\n".join(lines) or "\n".join(
        " ".join(line.split()) for line in root.text_content().split("\n") if line.strip()
    )
