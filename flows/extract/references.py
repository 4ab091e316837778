"""References: what a subject leaves to the words before it (这个比重, 农业所占比重)."""

from __future__ import annotations

import re
from typing import Final

from flows.extract.parts import Thread
from flows.extract.phrases import clean

_THIS: Final = re.compile(
    r"这(?:一|个|些|种|项)(?P<noun>[\u4e00-\u9fff]{2})(?:[\u4e00-\u9fff]*的(?P<of>[\u4e00-\u9fff]{2,8}))?"
)
_ITS_SHARE: Final = re.compile(r"(?P<part>.+?)所占的?(?:比重|比例|份额)")
_WITHIN: Final = re.compile(r"在([^，。；：]{2,20})[中里内]，")
_BREAKS: Final = "，。；：、是"
_OF_TWO: Final = {"前者": -2, "后者": -1}
_LONGEST_NAMED: Final = 30


def refers(subject: str) -> bool:
    """Whether a subject says only in part what it is."""
    return subject.startswith(("这", "前者", "后者")) or "所占" in subject


def resolved(subject: str, thread: Thread, before: str) -> str:
    """A subject that refers back, with what it refers to in the thread or words before; else as it is."""
    thread_subject = thread.subject
    if subject[:2] in _OF_TWO:
        return thread.bases[_OF_TWO[subject[:2]]] + subject[2:] if len(thread.bases) > 1 else subject
    own = _ITS_SHARE.fullmatch(subject)
    if own:
        wholes = _WITHIN.findall(before)
        return f"{own['part']}占{wholes[-1]}比重" if wholes else subject
    this = _THIS.match(subject)
    if not this:
        return subject
    spoken_of = thread_subject.endswith(this["of"] or this["noun"]) and not thread_subject.startswith("这")
    if this["of"] and spoken_of:
        return thread_subject
    at = before.rfind(this["noun"])
    start = max(before.rfind(mark, 0, max(at, 0)) for mark in _BREAKS) + 1
    named = clean(before[start : at + 2]) if at >= 0 else ""
    if 2 < len(named) <= _LONGEST_NAMED:
        return named + subject[this.end("noun") :]
    return thread_subject if spoken_of else subject
