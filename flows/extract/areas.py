"""Areas: whether a number is about another area than the report's own (全省, 全国, a county's name)."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from flows import schemas
from flows.extract.phrases import leading_verb
from flows.extract.words import alternatives, members

COUNTRY: Final = "100000"
_WIDER: Final = {
    "country": (),
    "province": ("全国",),
    "prefecture": ("全省", "全国", "全区", "全自治区"),
    "county": ("全市", "全省", "全国", "全州"),
}
_WORLD: Final = members("world")
_NO_AREA: Final = re.compile(alternatives("no_area"))
_NAMED: Final = re.compile(alternatives("nationwide_title"))
_BUILT_UP: Final = re.compile(r"([\u4e00-\u9fff]{2,10}?(?:经济圈|都市圈|城市群))(?:建设|发展|能级|一体化)")
_KIND: Final = re.compile(
    rf"(?:{alternatives('area_kind')}|[\u4e00-\u9fff]{{2,4}}{alternatives('area_ending')})"
    rf"(?=[\u4e00-\u9fff])(?!{alternatives('area_topic')})"
)
_ZONE: Final = re.compile(
    rf"(?:国家级?|省级)?(?:经济技术|高新技术产业|经济|高新技术)?(?:{alternatives('area_kind')}|工业园区?)(?=[\u4e00-\u9fff])"
)


def area_of(head: str, region_code: str, region_level: str) -> tuple[str | None, str | None]:
    """The area that opens `head`, as written, and its code where it has one.

    (None, None) for the report's own.
    """
    for word in _WIDER.get(region_level, ()):
        if head.startswith(word) and not _NAMED.match(head, len(word)):
            return word, _wider_code(word, region_code)
    if head[:2] in _WORLD:
        return head[:2], None
    own = _shorts().get(region_code, "")
    zone = _ZONE.match(head, len(own)) if own and head.startswith(own) else None
    if zone:
        return head[: zone.end()], None
    for name in _by_opening(region_code).get(head[:2], ()):
        if head.startswith(name) and len(head) > len(name) and not _NO_AREA.match(head, len(name)):
            zone = _ZONE.match(head, len(name))
            return (head[: zone.end()], None) if zone else (name, _below(region_code)[name])
    kind = _KIND.match(head)
    return (kind.group(), None) if kind else (None, None)


def built_up(before: str) -> str | None:
    """The area whose building the clause before tells of (某某都市圈建设提速，经济总量…), or None."""
    match = _BUILT_UP.match(before) if "圈" in before or "城市群" in before else None
    return match[1] if match else None


@cache
def own_name(code: str) -> tuple[re.Pattern[str], str]:
    """The report's own region at the start of a phrase (北京, 北京市, 北京全市), and its first character."""
    region = schemas.regions().get(code)
    if region is None or code == COUNTRY:
        return re.compile("^(?:中国|我国)"), "中"
    names = f"{region.name}|{_shorts().get(code, region.name)}"
    return re.compile(f"^(?:{names})(?:全[省市区县州]|地区)?(?=[\\u4e00-\\u9fff]{{2}})"), region.name[0]


def _wider_code(word: str, region_code: str) -> str:
    if word == "全国":
        return COUNTRY
    return region_code[:2] + "0000" if word in ("全省", "全自治区", "全区") else region_code[:4] + "00"


@cache
def _by_opening(code: str) -> dict[str, tuple[str, ...]]:
    """The names of the areas inside `code` by their first two characters, longest first.

    A national report names areas without being about them alone, so it has none.
    """
    if code == COUNTRY:
        return {}
    found: dict[str, list[str]] = {}
    for name in _below(code):
        found.setdefault(name[:2], []).append(name)
    return {opening: tuple(sorted(names, key=len, reverse=True)) for opening, names in found.items()}


@cache
def _below(code: str) -> dict[str, str]:
    """Names (full and short) of the areas inside `code` → their codes."""
    inside: dict[str, str] = {}
    known, own = {code}, _shorts().get(code, "")
    for region in schemas.regions().values():
        if region.parent in known and region.code != code:
            known.add(region.code)
            inside.setdefault(region.name, region.code)
            short = _shorts().get(region.code, "")
            if len(short) >= 2 and not own.startswith(short) and leading_verb(short) != short:
                inside.setdefault(short, region.code)
                inside.setdefault(short + region.name[-1], region.code)
    return inside


@cache
def _shorts() -> dict[str, str]:
    """Short Chinese names by code: 玉树藏族自治州 → 玉树."""
    found: dict[str, str] = {}
    for row in schemas.rows("region_names.csv"):
        found.setdefault(row["code"], row["short"])
    return found
