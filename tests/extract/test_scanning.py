"""Shortcuts of the scanners: what they look at first lets every expression through that could be found."""

from __future__ import annotations

import itertools
import re

from hypothesis import example, given, settings
from hypothesis import strategies as st

from flows.extract import times
from flows.extract.scanning import scan, scanner

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
