"""The lists of areas: each code stands once, and the areas above it form a tree."""

from __future__ import annotations

from collections import Counter

from flows import schemas

# What an area may lie in. Some provinces have counties directly below them.
ABOVE = {
    "country": {""},
    "province": {"country"},
    "prefecture": {"province"},
    "county": {"province", "prefecture"},
}


def test_each_region_stands_once_in_the_order_of_the_codes() -> None:
    codes = [row["code"] for row in schemas.rows("regions.csv")]
    assert [code for code, times in Counter(codes).items() if times > 1] == []
    assert codes == sorted(codes)
    assert all(len(code) == 6 and code.isdigit() for code in codes)


def test_every_region_lies_in_one_of_a_higher_level() -> None:
    known = schemas.regions()
    wrong = [
        code
        for code, region in known.items()
        if (known[region.parent].level if region.parent in known else region.parent)
        not in ABOVE[region.level]
    ]
    assert wrong == []


def test_the_way_up_ends_at_the_country_without_circles() -> None:
    known = schemas.regions()
    for code in known:
        way = [code]
        while (parent := known[way[-1]].parent) and len(way) < 5:
            way.append(parent)
        assert way[-1] == "100000" and len(set(way)) == len(way), way


def test_names_are_of_known_regions() -> None:
    known = schemas.regions()
    assert [row for row in schemas.rows("region_names.csv") if row["code"] not in known] == []


def test_cities_without_counties_are_prefectures() -> None:
    assert [schemas.regions()[code].level for code in ("441900", "442000", "460400")] == ["prefecture"] * 3


def test_a_name_in_many_spellings_is_told_once() -> None:
    assert schemas.spellings("出口|{货物/外贸/}进口{总额/}") == [
        "出口",
        "货物进口总额",
        "货物进口",
        "外贸进口总额",
        "外贸进口",
        "进口总额",
        "进口",
    ]


def test_no_spelling_names_two_indicators() -> None:
    named: dict[str, str] = {}
    for row in schemas.rows("indicators.csv"):
        for name in schemas.spellings(row["synonyms"]):
            assert named.setdefault(name, row["code"]) == row["code"], name
