"""Shortcuts of the scanners: what they look at first lets every expression through that could be found."""

from __future__ import annotations

import itertools
import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from flows.extract import phrases, predicates, times
from flows.extract.scanning import scan, scanner
from flows.extract.sentences import _split

ALL = scanner("(?s:.)", times._EXPRESSION)
LITERALS = sorted(set(re.findall(r"[\u4e00-\u9fff]+", times._EXPRESSION)))
PIECES = [
    *LITERALS,
    *"0123456789一二两三四五六七八九十几多年月日季个的：“”",
    "2015",
    "二〇一五",
    "第一",
    "20世纪",
]


def found(pattern: re.Pattern[str], text: str) -> list[tuple[str, tuple[int, int]]]:
    return [(name, match.span(name)) for name, match in scan(pattern, text)]


def test_times_of_two_pieces_are_found_as_without_the_shortcut() -> None:
    for text in map("".join, itertools.product(PIECES, ["", *PIECES])):
        assert found(times._TIME, text) == found(ALL, text), text
        assert times._CONTAINS.search(text) or not found(ALL, text), text


@settings(max_examples=500, deadline=None)
@given(text=st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
@example("20世纪80年代，本届政府近三年来，下个五年，“十三五”末，12:30，3日起，几年来，10月")
@example("2015月，20153日起，30155年前，201512:30")
@example("全国解放以来，新中国成立以后")
def test_times_are_found_as_without_the_shortcut(text: str) -> None:
    assert found(times._TIME, text) == found(ALL, text)


GUARDED = {
    "fillers": (phrases._FILLERS, f"(?=[{phrases._FILLER_FIRST}])"),
    "list marks": (phrases._LIST_MARK, "(?=[（一二三四五六七八九十\\d①-⑳])"),
    "changes": (predicates._CHANGE, f"(?={predicates._CHANGE_FIRST})"),
}


@pytest.mark.parametrize("name", GUARDED)
def test_what_is_told_at_once_is_what_the_whole_pattern_tells(name: str) -> None:
    pattern, guard = GUARDED[name]
    assert guard in pattern.pattern
    whole = re.compile(pattern.pattern.replace(guard, ""))
    words = sorted(
        set(re.findall(r"[\u4e00-\u9fff]+", whole.pattern)) | set("0123456789（）①，一二三十年的每")
    )
    texts = ["".join(pair) for pair in itertools.product(words, ["", *words])]
    spans = [match_of(whole, text) for text in texts]
    assert spans == [match_of(pattern, text) for text in texts]
    assert sum(span is not None for span in spans) > len(words)


def match_of(pattern: re.Pattern[str], text: str) -> tuple[int, int] | None:
    match = pattern.match(text)
    return match.span() if match else None


MARKED = re.compile(r"[^。！？!?；]*(?:；|[。！？!?][”’）]*|$)")


@given(text=st.text("。！？!?；”’）“甲乙1，", max_size=40))
@example("甲。”乙）。；”！！？”）甲")
def test_a_paragraph_is_split_behind_its_marks_and_what_they_close(text: str) -> None:
    assert [one for one in _split(text) if one] == [one for one in MARKED.findall(text) if one]
