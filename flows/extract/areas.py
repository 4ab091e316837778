"""Areas: whether a number is about another area than the report's own (全省, 全国, a county's name)."""

from __future__ import annotations

import re
from functools import cache

from flows import schemas

_WIDER = {
    "country": (),
    "province": ("全国",),
    "prefecture": ("全省", "全国", "全区", "全自治区"),
    "county": ("全市", "全省", "全国", "全州"),
}
_WORLD = ("世界", "全球", "国际")
_KINDS = r"(?:自贸试验区|自由贸易试验区|自贸区|高新区|经开区|开发区|综保区|综合保税区|产业园区|脱贫县|脱贫地区|贫困地区|贫困县|民族地区|东部地区|中部地区|西部地区|中西部地区|东北地区|沿海地区|示范区|保税区|[\u4e00-\u9fff]{2,4}(?:新城|新区|科技城|农谷|自贸港|经济区|城市群|都市圈|经济圈|经济带))"
_NO_AREA = re.compile(r"机场|港|至|到|—|－|-|站|市委|大学|银行|高铁|铁路|高速")
_KIND_AT_START = re.compile(rf"^{_KINDS}(?=[\u4e00-\u9fff])(?!建设|发展|管理)")


@cache
def _below(code: str) -> dict[str, str]:
    """Names (full and short) of the areas inside `code` → their codes."""
    inside: dict[str, str] = {}
    known = {code}
    for region in schemas.regions().values():
        if region.parent in known and region.code != code:
            if region.level != "county" or code != "100000":
                known.add(region.code)
            inside.setdefault(region.name, region.code)
            short = _shorts().get(region.code, "")
            if len(short) >= 2 and not _shorts().get(code, "").startswith(short):
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


@cache
def _by_opening(code: str) -> dict[str, tuple[str, ...]]:
    """The names of the areas inside `code` by their first two characters, longest first."""
    found: dict[str, list[str]] = {}
    for name in _below(code):
        found.setdefault(name[:2], []).append(name)
    return {opening: tuple(sorted(names, key=len, reverse=True)) for opening, names in found.items()}


@cache
def own_name(code: str) -> tuple[re.Pattern[str], str]:
    """The report's own region at the start of a phrase (北京, 北京市, 北京地区, 北京全市), and its first character."""
    region = schemas.regions().get(code)
    if region is None or code == "100000":
        return re.compile("^(?:中国|我国)"), "中"
    names = f"{region.name}|{_shorts().get(code, region.name)}"
    return re.compile(f"^(?:{names})(?:全[省市区县州]|地区)?(?=[\\u4e00-\\u9fff]{{2}})"), region.name[0]


def area_of(head: str, region_code: str, region_level: str) -> tuple[str | None, str | None]:
    """The area that opens `head`, as written, and its code where it is one; (None, None) for the report's own."""
    for word in _WIDER.get(region_level, ()):
        if head.startswith(word):
            return word, _wider_code(word, region_code)
    if head.startswith(_WORLD):
        return head[:2], None
    for name in _by_opening(region_code).get(head[:2], ()) if region_code != "100000" else ():
        if head.startswith(name) and len(head) > len(name) and not _NO_AREA.match(head, len(name)):
            return name, _below(region_code)[name]
    kind = _KIND_AT_START.match(head)
    if kind:
        return kind.group(), None
    return None, None


def _wider_code(word: str, region_code: str) -> str | None:
    if word == "全国":
        return "100000"
    if word in ("全省", "全自治区", "全区"):
        return region_code[:2] + "0000"
    return region_code[:4] + "00"
