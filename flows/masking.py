"""Names and passwords in addresses are nobody's business: not the log's, not the page's of a run."""

from __future__ import annotations

import re

_LOGIN = re.compile(r"(?<=://)[^\s/?#'\"]+@")


def masked(text: str) -> str:
    """TEXT with `…` in place of the name and password of every address in it (`https://user:word@host/`)."""
    return _LOGIN.sub("…@", text) if "@" in text else text
