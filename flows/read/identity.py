"""What a text is: of which area, read out in which year, whole or in part, or no report at all.

The text itself is asked first (the sitting, the title, the opening, the headings), then what came beside
it (title, year, area), then the file name, and last what the text only hints at. What the caller says
overrides everything. Only the head of a text and its headings are looked at, as long as they tell.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from flows import schemas
from flows.read import genre, places, years
from flows.read.layout import clean
from flows.read.reasons import Unreadable

_HEAD, _TAIL = 3000, 600
_GREETING = re.compile(r"各位代表|同志们[：:！!]")
_HEADING_START = re.compile(
    r"^[\s\u3000]*(?:第?[一二三四五六七八九十]{1,3}(?:、|部分|[）)])|[（(]|首先|[0-9０-９]{4})"
)
_YEAR_WORDS = re.compile(r"\d{4}(?:年度?)?")
_CONGRESS = re.compile(r"第?[一二三四五六七八九十\d]{1,4}届(全国)?(?:人民代表大会|人大)")
_BEFORE_NAME = re.compile(r"(?:人民)?(?=政府(?:\d{4}年)?的?工作(?:的)?报告)")
_NATIONAL = re.compile(
    r"(?:代表|受|据)[^。，]{0,16}(?:国务院|中央人民政府)|国务院(?:的)?(?:委托|决定)[^。]{0,8}[向由]"
    r"|[在向]第[一二三四五六七八九十]{1,3}届全国人民代表大会|国务院总理"
)
_OPENING = re.compile(r"代表([\u4e00-\u9fff]{2,24}?)(?:人民)?政府")
_OFFICE = re.compile(r"([\u4e00-\u9fff]{2,24}?)(?:人民)?(?:政府)?(?:代理?)?(?:[省市县区州盟旗]长|主席)")
# The name of the site behind the title of a page.
_SITE = re.compile(r"\s*[-_|–—]+[^-_|–—]{2,30}$")
_SOURCE = re.compile(r"^(?:来源|稿源|信息来源|发布机构|索引号)[：:]")
_CODE = re.compile(r"(?<!\d)\d{6}(?!\d)")
# An area that is named and not in the list: a town, a development zone, a county that is no more.
_UNKNOWN = re.compile(r"^[\u4e00-\u9fff]{1,18}[省市县区州盟旗镇乡]$")
_GENERIC = re.compile(r"^(?:[我本全各]?(?:省|市|县|区|州|盟|旗|镇|乡|自治[区州县旗])|本级)$")


@dataclass(frozen=True, slots=True)
class Identity:
    """What a report is: its area, the year in which it was read out, its title and whether it is whole."""

    region: schemas.Region
    year: int
    title: str
    complete: bool


def identify(
    text: str, name: str, metadata: Mapping[str, str], region: str | None, year: int | None
) -> Identity:
    """What TEXT is. NAME (of its file) and METADATA (by the fields of `schemas/fields.csv`) are hints, REGION
    (a code) and YEAR override.

    Raises Unreadable: `unknown-region`, `wrong-year`, `empty`, `not-a-report`, `no-region`, `no-year`.
    """
    given = _given_region(region)
    if year is not None and not years.EARLIEST <= year <= years.LATEST:
        raise Unreadable("wrong-year", detail=year)
    if not text.strip():
        raise Unreadable("empty")
    head = years.western(clean(text[:_HEAD]).text)
    body = _body(text)
    title = " ".join(metadata.get("title", "").split())
    genre.require_report(head, body, title, vouched=region is not None and year is not None)
    area = given or _region(head, body, name, metadata)
    when = year or _year(head, text, body, name, metadata)
    complete = genre.is_complete(head, clean(text[-_TAIL:]).text, title)
    return Identity(area, when, _title(head, title, area, when), complete)


def _given_region(code: str | None) -> schemas.Region | None:
    if code is None:
        return None
    if code.strip() not in schemas.regions():
        raise Unreadable("unknown-region", detail=code)
    return schemas.regions()[code.strip()]


def _body(text: str) -> str:
    """TEXT without blanks, in simplified script if it begins in the traditional one."""
    flat = "".join(text.split())
    return clean(flat).text if _is_traditional(flat) else flat


def _is_traditional(text: str) -> bool:
    return sum(map(text[:4000].count, "國會發業經濟報這個們為")) > 20


def _before_greeting(head: str) -> str:
    found = _GREETING.search(head)
    return head[: found.start()] if found else head[:400]


def _region(head: str, body: str, name: str, metadata: Mapping[str, str]) -> schemas.Region:
    told = list(_told_by_text(head))
    unknown = next((said for codes, said in told if not codes), None)
    clues = [codes for codes, _ in told if codes]
    if unknown and not (told and told[0][0]):
        raise Unreadable("no-region", detail=f"{unknown} is not in the list of regions")
    clues += [codes for codes in (*_told_beside(metadata), *_told_by_name(name)) if codes]
    code = places.settle(clues, body) if clues else places.most_named(body)
    if code is not None:
        return schemas.regions()[code]
    raise Unreadable("no-region", detail=_candidates(clues))


def _candidates(clues: list[tuple[str, ...]]) -> str:
    if not clues:
        return "neither the text nor the file name says it clearly"
    regions = schemas.regions()
    shown = [
        f"{code} {''.join(regions[c].name for c in reversed(places.lineage(code)[:-1]))}" for code in clues[0]
    ]
    return "it may be " + " or ".join(shown[:4]) + (" or others" if len(shown) > 4 else "")


def _told_by_text(head: str) -> Iterator[tuple[tuple[str, ...], str]]:
    """What the head says of the area, the strongest first: codes, or none and the unknown name."""
    top = _before_greeting(head)
    lines = [line for line in top.split("\n") if not _SOURCE.search(line)]
    flat = "".join(lines)
    opening = head[len(top) : len(top) + 600].replace("\n", "")
    for found in _CONGRESS.finditer(flat):
        if found[1]:
            continue
        before = flat[max(0, found.start() - 30) : found.start()]
        if codes := places.ending(before):
            yield codes, before
        elif said := _unknown(re.split(r"[在于，。：:\s—（(日]", before)[-1]):
            yield (), said
    for line in genre.title_lines("\n".join(lines)):
        yield from _told_by_title(line)
    if _NATIONAL.search(f"{flat}\n{opening}"):
        yield (places.COUNTRY,), "国务院"
    for pattern, where in ((_OPENING, opening), (_OFFICE, "\n".join(lines))):
        for found in pattern.finditer(where):
            if codes := places.ending(found[1]):
                yield codes, found[1]


def _told_by_title(title: str) -> Iterator[tuple[tuple[str, ...], str]]:
    named = _BEFORE_NAME.search(title)
    words = _YEAR_WORDS.sub("", title[: named.start()] if named else title).strip(" 　《“—-·.")
    if codes := places.whole(words):
        yield codes, words
    elif said := _unknown(words):
        yield (), said


def _unknown(words: str) -> str | None:
    return (
        words if _UNKNOWN.search(words) and not _GENERIC.search(words) and not places.ending(words) else None
    )


def _told_beside(metadata: Mapping[str, str]) -> list[tuple[str, ...]]:
    """What the source says of the area: the finest of county, city and province, and the title."""
    chain: list[tuple[str, ...]] = []
    for field in ("region", "province", "city", "county"):
        value = metadata.get(field, "").strip()
        code = _CODE.search(value)
        if code and code[0] in schemas.regions():
            chain.append((code[0],))
        elif codes := places.inside(value) or places.spelled(re.findall(r"[a-z]+", value.casefold())):
            chain.append(codes)
    return [*reversed(chain), places.inside(metadata.get("title", ""))]


def _told_by_name(name: str) -> list[tuple[str, ...]]:
    """What a file name tells: a code (410800-2016), Chinese names, or pinyin (jiaozuo-2016)."""
    stem = name.replace("\\", "/").rsplit("/", 1)[-1].rsplit(".", 1)[0]
    codes = [(code,) for code in _CODE.findall(stem) if code in schemas.regions()]
    return [*codes, places.inside(stem), places.spelled(re.findall(r"[a-z]+", stem.casefold()))]


def _year(head: str, text: str, body: str, name: str, metadata: Mapping[str, str]) -> int:
    top = _before_greeting(head)
    title = metadata.get("title", "")
    stem = name.replace("\\", "/").rsplit("/", 1)[-1]
    found = (
        years.sitting_year(top)
        or next(filter(None, map(years.title_year, genre.title_lines(top))), None)
        or years.congress_year(head[:1200])
        or years.headings_year(_headings(text))
        or years.title_year(years.western(title))
        or years.any_year(metadata.get("year", ""))
        or years.any_year(_CODE.sub("", stem))
        or years.any_year(title)
        or years.any_year(metadata.get("date", "")[:10])
        or years.expected_year(body)
    )
    if found is None:
        raise Unreadable("no-year")
    return found


def _headings(text: str) -> str:
    """The short lines of TEXT that begin like headings, cleaned, one a line."""
    lines = [line for line in text.split("\n") if len(line) < 60 and _HEADING_START.match(line)]
    return years.western("\n".join(clean(line).text for line in lines if "年" in line))


def _title(head: str, title: str, region: schemas.Region, year: int) -> str:
    """A title with place or year that the text or its source gives, else a made one."""
    for line in (*genre.title_lines(_before_greeting(head)), _SITE.sub("", title)):
        if genre.is_title(line) and re.search(r"\d{4}|[省市县区州盟旗院]", line):
            return line
    return f"{year}年{'国务院' if region.code == places.COUNTRY else region.name}政府工作报告"
