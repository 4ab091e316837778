"""The cleaned reading of a text: traditional script becomes simplified, one character for one."""

from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st

from flows.read.layout import _simplified


@settings(deadline=None)
@given(st.text())
@example("國\ud800\udc00產")
@example("𠮷業\ufffe\U0010ffff")
def test_script_changes_character_by_character(text: str) -> None:
    simple = _simplified(text)
    assert len(simple) == len(text)
    assert simple == "".join(map(_simplified, text))
    assert all(new == old or old >= "\u3400" for new, old in zip(simple, text, strict=True))


def test_traditional_and_old_characters_are_simplified() -> None:
    assert _simplified("國民經濟發展，擧辦3所學校") == "国民经济发展，举办3所学校"
