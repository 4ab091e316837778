"""Copies of a report: which one is used, and what is told of the others."""

from __future__ import annotations

import itertools
import random

import pytest

from flows.copies import Item, chosen, resemblance, sketch
from tests.fetch.site import report

TEXT = "".join(f"第{n}项工作完成投资{n * 37}亿元，增长{n}.{n % 10}%，建成{n}座。\n" for n in range(1, 300))


def item(origin: str, text: str = TEXT, complete: bool = True) -> Item:
    facts = {"report_id": "410800-2016", "origin": origin, "complete": complete}
    return Item(origin, 0, len(text), facts, sketch(text))


def best(*found: tuple[str, Item]) -> Item:
    """The item chosen of items with the day on which they were captured, whatever their order."""
    for turned in itertools.permutations(((day, one.origin), one) for day, one in found):
        (result,) = chosen(turned)
    return result


def test_the_sketch_tells_copies_from_other_texts() -> None:
    reprint = "某报讯 记者报道\n" + TEXT.replace("，", ",").replace("\n", "\n\n 　")
    assert resemblance(sketch(TEXT), sketch(reprint)) > 0.9
    dice = random.Random(7)
    cut = "".join(line for line in TEXT.splitlines(True) if dice.random() < 0.8)
    assert 0.6 < resemblance(sketch(TEXT), sketch(cut)) < 0.95
    other = "".join(f"今年我们修建了{n}所学校和{n * 3}座桥梁。\n" for n in range(300))
    assert resemblance(sketch(TEXT), sketch(other)) < 0.05
    assert resemblance(sketch(report(2024, 3)), sketch(report(2023, 4))) < 0.9


@pytest.mark.parametrize("text", ["", "abc", "一二三", "\ud800x", "　" * 1000])
def test_any_text_has_a_sketch(text: str) -> None:
    assert resemblance(sketch(text), sketch(text)) == 1.0 and len(sketch(text)) <= 128


def test_the_same_origin_replaces_what_it_gave_before() -> None:
    result = best(("2026-01-01", item("a")), ("2026-01-02", item("a", TEXT[:5000])))
    assert (result.chars, result.witnesses, result.rivals) == (5000, (), ())


def test_a_complete_copy_goes_before_a_part_and_a_whole_one_before_an_abridged_one() -> None:
    whole, part = item("whole"), item("part", complete=False)
    short = item("short", TEXT[: int(len(TEXT) * 0.9)])
    result = best(("2026-01-01", whole), ("2026-01-02", part), ("2026-01-03", short))
    assert (result.origin, result.witnesses, result.rivals) == ("whole", ("part", "short"), ())


def test_of_equal_copies_the_one_captured_last_counts() -> None:
    result = best(
        ("2026-01-01", item("a")), ("2026-01-03", item("b", TEXT + "完")), ("2026-01-02", item("c"))
    )
    assert (result.origin, result.witnesses) == ("b", ("a", "c"))


def test_another_text_that_claims_to_be_the_report_is_a_rival() -> None:
    other = "".join(f"今年我们修建了{n}所学校和{n * 3}座桥梁。\n" for n in range(30))
    result = best(("2026-01-01", item("a")), ("2026-01-02", item("b", other)))
    assert (result.origin, result.witnesses, result.rivals) == ("a", (), ("b",))
