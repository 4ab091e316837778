"""What a text is: a government work report or not, of which area, read out in which year, whole or in part.

The text itself is asked first (its title lines, its headings, how often which place is named), then the
file name, then what the source said beside it. What the caller says overrides everything.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from functools import cache
from typing import Any

from flows import schemas
from flows.model import Section
from flows.read.reasons import Unreadable

_REPORT = re.compile(
    r"政府工作(?:的)?报告|政府的工作报告|作(?:政府)?工作报告|报告(?:过去[^，。]{0,8}的)?(?:政府)?工作|(?:国务院|政府)[^。]{0,30}向大会[^。]{0,20}报告"
)
_ABOUT = re.compile(
    r"关于[《〈]?政府工作(?:的)?报告[》〉]?的(?:决议|说明|审议)|工作报告的决议|会议听取和?(?:并)?审议了?|的决议$",
    re.M,
)
_OTHER = re.compile(
    r"^.{0,40}(?:预算执行情况|国民经济和社会发展计划执行情况|人民法院|人民检察院|常务委员会|政协).{0,40}工作?报告",
    re.M,
)
_DIGITS = str.maketrans("〇○零一二三四五六七八九", "000123456789")
_YEAR = r"((?:19|20)\d\d|[一二][〇○零九八七六五四][〇○零一二三四五六七八九]{2})"
_READ_OUT = re.compile(
    rf"^[^。，\n]{{0,24}}?{_YEAR}年\d{{1,2}}月\d{{1,2}}日[^。\n]{{0,8}}?在?[^。\n]{{2,40}}(?:会议|代表大会)",
    re.M,
)
_TITLED = re.compile(rf"{_YEAR}年?[^。\n]{{0,30}}政府工作报告")
_DONE = re.compile(rf"{_YEAR}年(?:的)?(?:[^。，\n]{{0,14}})?(?:回顾|工作总结|主要工作)")
_AHEAD = re.compile(
    rf"{_YEAR}年(?:的)?(?:政府|经济社会|主要|发展|重点|总体)?[^。，\n]{{0,12}}(?:任务|安排|目标|部署|重点工作|总体要求|建议|思路)"
)
_CONGRESS = re.compile(r"在?([\u4e00-\u9fff]{2,16}?)第[一二三四五六七八九十]{1,4}届(?:全国)?人民代表大会")
_OFFICE = re.compile(r"([\u4e00-\u9fff]{2,16}?)(?:人民)?政府(?:工作报告|[省市县区州]长|主席)")
_LEVEL_WORDS = (
    ("province", ("全省", "我省", "全区", "自治区党委", "省委")),
    ("prefecture", ("全市", "我市", "市委", "全州", "我州", "州委", "全盟")),
    ("county", ("全县", "我县", "县委", "全旗", "区委", "我区")),
)
_PARTIAL = re.compile(
    r"[（(]?(?:上接|下转)第?[一二三四五六七八九十\d]+版|未完待续|[（(]摘要[）)]|[（(]节选[）)]"
)
_CODE = re.compile(r"(?<!\d)(\d{6})(?!\d)")
_FILE_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)")
_ORDER = {"country": 0, "province": 1, "prefecture": 2, "county": 3}
_HEAD = 1500


def check_report(view: str, title: str, sure: bool) -> None:
    """Raises Unreadable `not-a-report` for a text that is none. VIEW is the cleaned text.

    SURE (the caller named area and year) admits texts that do not call themselves a report.
    """
    head = view[:_HEAD]
    first = f"{title}\n{head[:200]}"
    if _ABOUT.search(first) and len(view) < 6000:
        raise Unreadable("not-a-report", detail="it is a decision about a report")
    if _OTHER.search(head[:120]) and not _REPORT.search(f"{title}\n{head[:120]}"):
        raise Unreadable("not-a-report", detail="it calls itself another kind of report")
    if sure or _REPORT.search(f"{title}\n{head}"):
        return
    if "各位代表" in view and len(view) > 3000:
        return
    raise Unreadable("not-a-report", detail="it does not call itself one and addresses no deputies")


def find_year(
    view: str, headings: list[Section], name: str, metadata: Mapping[str, str], given: int | None
) -> int:
    """The year in which the report was read out. Raises Unreadable `no-year`."""
    if given is not None:
        return given
    head = "\n".join(view[:_HEAD].split("\n")[:14])
    titles = "\n".join(section.path[-1] for section in headings if section.path)
    for text, pattern, shift in (
        (head, _READ_OUT, 0),
        (head[:400], _TITLED, 0),
        (metadata.get("title", ""), _TITLED, 0),
        (titles, _DONE, 1),
        (titles, _AHEAD, 0),
        (view[:6000], _DONE, 1),
    ):
        match = pattern.search(text)
        if match:
            return int(match[1].translate(_DIGITS)) + shift
    for text in (name, metadata.get("year", ""), metadata.get("title", ""), metadata.get("date", "")):
        found = _FILE_YEAR.search(text)
        if found:
            return int(found[1])
    raise Unreadable("no-year")


def find_region(view: str, name: str, metadata: Mapping[str, str], given: str | None) -> schemas.Region:
    """The area that the report speaks for. Raises Unreadable `no-region` or `unknown-region`."""
    if given is not None:
        return _named(given)
    head = "\n".join(view[:_HEAD].split("\n")[:14])
    opening = f"{metadata.get('title', '')}\n{head}"
    if re.search(
        r"代表国务院|全国人民代表大会第[一二三四五六七八九十]{1,3}次会议上|国务院政府工作报告|国务院的?委托",
        opening,
    ):
        return schemas.regions()["100000"]
    for pattern in (_CONGRESS, _OFFICE):
        for match in pattern.finditer(opening):
            found = _by_name(match[1], view, exact=True)
            if found:
                return found
    found = _most_named(view) or _by_file(name, view)
    if found:
        return found
    for field in ("code", "county", "city", "province", "region", "title"):
        value = metadata.get(field, "")
        if _CODE.fullmatch(value) and value in schemas.regions():
            return schemas.regions()[value]
        found = _by_name(value, view, exact=False) if value else None
        if found:
            return found
    raise Unreadable("no-region", detail="neither the text nor the file name says it clearly")


def is_complete(view: str) -> bool:
    """False for a text that is known to be a part: a newspaper page, an extract."""
    return _PARTIAL.search(view[:300]) is None and _PARTIAL.search(view[-300:]) is None


def _named(given: str) -> schemas.Region:
    region = schemas.regions().get(given.strip())
    if region is None:
        raise Unreadable("unknown-region", detail=given)
    return region


@cache
def _names() -> dict[str, tuple[schemas.Region, ...]]:
    """Full and short Chinese names → the areas that bear them, higher levels first."""
    found: dict[str, list[schemas.Region]] = {}
    regions = schemas.regions()
    for region in regions.values():
        found.setdefault(region.name, []).append(region)
    for row in schemas.rows("region_names.csv"):
        if row["code"] in regions and regions[row["code"]] not in found.get(row["short"], []):
            found.setdefault(row["short"], []).append(regions[row["code"]])
    return {
        name: tuple(sorted(same, key=lambda r: (_ORDER[r.level], r.code))) for name, same in found.items()
    }


def _by_name(text: str, view: str, *, exact: bool) -> schemas.Region | None:
    """The area whose name ends TEXT (exact) or stands in it; of several the one whose parent is named."""
    text = re.sub(r"(?:人民政府|人民|政府)$", "", text.strip())
    for start in range(max(0, len(text) - 14), max(0, len(text) - 1)):
        same = _names().get(text[start:])
        if same:
            return _told_apart(same, text[:start] + view[:_HEAD], view)
    if exact:
        return None
    inside = [n for n in _names() if len(n) > 1 and n in text]
    best = max(inside, key=len, default="")
    return _told_apart(_names()[best], text, view) if best else None


def _told_apart(same: tuple[schemas.Region, ...], near: str, view: str) -> schemas.Region | None:
    """Of areas of one name the only one at the highest level, else the one whose parent is named near by."""
    top = [region for region in same if region.level == same[0].level]
    if len(top) == 1:
        return top[0]
    regions = schemas.regions()

    def parents(region: schemas.Region) -> list[str]:
        names, parent = [], regions.get(region.parent)
        while parent is not None and parent.code != "100000":
            names += [parent.name, re.sub(r"(?:省|市|自治州|地区|盟)$", "", parent.name)[:4]]
            parent = regions.get(parent.parent)
        return names

    for text in (near, view):
        fitting = [region for region in top if any(len(n) > 1 and n in text for n in parents(region))]
        if len(fitting) == 1:
            return fitting[0]
    return None


@cache
def _automaton() -> Any:
    import ahocorasick

    automaton = ahocorasick.Automaton()
    for name in _names():
        if len(name) >= 2 and name not in ("中国", "全国"):
            automaton.add_word(name, name)
    automaton.make_automaton()
    return automaton


def _most_named(view: str) -> schemas.Region | None:
    """The area that a report names over and over, at the level of which it speaks (全市, 我省, 县委)."""
    weights = {level: sum(view.count(word) for word in words) for level, words in _LEVEL_WORDS}
    level = max(weights, key=lambda name: weights[name])
    if weights[level] < 5 or (level == "county" and weights["county"] < 2 * weights["prefecture"]):
        level = "prefecture" if weights["prefecture"] >= 5 else level
    if weights[level] < 5:
        return None
    counts = Counter(name for _, name in _automaton().iter(view))
    fitting: Counter[str] = Counter()
    for name, number in counts.items():
        for region in _names()[name]:
            if region.level == level or (level == "prefecture" and region.name.endswith("市")):
                fitting[region.code] += number
    best = fitting.most_common(2)
    if not best or best[0][1] < 5 or (len(best) > 1 and best[0][1] < 1.5 * best[1][1]):
        return None
    return schemas.regions()[best[0][0]]


@cache
def _pinyin() -> dict[str, tuple[schemas.Region, ...]]:
    found: dict[str, list[schemas.Region]] = {}
    for row in schemas.rows("region_names.csv"):
        region = schemas.regions().get(row["code"])
        if region is not None:
            found.setdefault(row["pinyin"], []).append(region)
    return {
        name: tuple(sorted(set(same), key=lambda r: (_ORDER[r.level], r.code)))
        for name, same in found.items()
    }


def _by_file(name: str, view: str) -> schemas.Region | None:
    """The area that a file name tells: a code, a Chinese name, or pinyin (jiaozuo-2016.txt)."""
    stem = name.rsplit("/", 1)[-1].rsplit(".", 1)[0]
    for code in _CODE.findall(stem):
        if code in schemas.regions():
            return schemas.regions()[code]
    for word in re.findall(r"[\u4e00-\u9fff]+", stem):
        found = _by_name(re.sub(r"政府工作报告.*$", "", word), view, exact=False)
        if found:
            return found
    for word in re.findall(r"[a-z]+", stem.casefold()):
        same = _pinyin().get(word) or _pinyin().get(re.sub(r"(?:sheng|shi|xian|qu)$", "", word))
        found = _told_apart(same, view[:_HEAD], view) if same else None
        if found:
            return found
    return None
