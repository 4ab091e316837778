"""Wikitext (the raw text of a page of Wikisource) → plain text, one paragraph a line."""

from __future__ import annotations

import re

_HEADING = re.compile(r"^=+\s*(.*?)\s*=+\s*$", re.M)
_BLANK_LINES = re.compile(r"\n{2,}")


def is_wikitext(name: str) -> bool:
    """Whether a capture of this name is raw wikitext."""
    return name.endswith(".wiki")


def wiki_text(raw: str) -> str:
    """The words of a page: without templates, references, categories and marks; links keep their words."""
    import mwparserfromhell

    code = mwparserfromhell.parse(_HEADING.sub(r"\1", raw))
    for tag in code.filter_tags(matches=lambda node: str(node.tag).lower() in ("ref", "gallery")):
        code.remove(tag)
    for link in code.filter_wikilinks(matches=lambda node: ":" in str(node.title)):
        code.remove(link)
    return _BLANK_LINES.sub("\n", code.strip_code(normalize=True, collapse=True)).strip()
