"""Place names → areas of `schemas/regions.csv`: full names, short names, pinyin, and chains of them.

A name that several areas bear (鼓楼区, 吉林, suzhou) stands for all of them until something else that is
said tells them apart: the area above, the word with which a report calls its own area (全市, 我县), or
which of their areas above the text names.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache

from flows import schemas

COUNTRY = "100000"
_RANK = {"country": 0, "province": 1, "prefecture": 2, "county": 3}
_COUNTRY_NAMES = ("中国", "全国", "国务院", "中华人民共和国", "中华人民共和国国务院", "中央")
_LONGEST = 20
_KINDS = "省市县区州盟旗镇乡"
_KIND_OF = {"sheng": "省", "shi": "市", "xian": "县", "qu": "区", "zhou": "州", "meng": "盟", "qi": "旗"}
_SPELLED_KIND = re.compile("(?:di|zizhi)?(" + "|".join(_KIND_OF) + ")$")
# 全省 after these words, or before those, is a comparison with the area above and not the report's own area.
_OWN = re.compile(r"(?:(?<![于居列在为是占成到至超达])全|我)([国省市县区州盟旗])(?![第前首平均领率各排])")


@cache
def names() -> dict[str, tuple[str, ...]]:
    """Full, short and former Chinese names (恩施州, 毕节地区) → the codes of the areas that bear them."""
    regions = schemas.regions()
    found: dict[str, list[str]] = {}
    for region in regions.values():
        found.setdefault(region.name, []).append(region.code)
    for row in schemas.rows("region_names.csv"):
        region, short = regions[row["code"]], row["short"]
        called = [short]
        if region.name.endswith(("自治州", "自治县", "自治旗")):
            called.append(short + region.name[-1])
        elif region.level == "prefecture" and region.name[-1] == "市" and short[-1] not in _KINDS:
            called += [f"{short}地区", f"{short}市"]  # what it was, or was called, before
        for name in called:
            same = found.setdefault(name, [])
            if row["code"] not in same:
                same.append(row["code"])
    return {name: tuple(codes) for name, codes in found.items()} | dict.fromkeys(_COUNTRY_NAMES, (COUNTRY,))


@cache
def pinyin() -> dict[str, tuple[str, ...]]:
    """Short names in pinyin, without tones and blanks, → the codes of the areas that bear them."""
    found: dict[str, list[str]] = {}
    for row in schemas.rows("region_names.csv"):
        found.setdefault(row["pinyin"], []).append(row["code"])
    return {name: tuple(dict.fromkeys(codes)) for name, codes in found.items()}


def lineage(code: str) -> tuple[str, ...]:
    """The codes of an area and of all areas above it, nearest first."""
    found = [code]
    while (parent := schemas.regions()[found[-1]].parent) in schemas.regions() and parent not in found:
        found.append(parent)
    return tuple(found)


def whole(words: str) -> tuple[str, ...]:
    """The codes that WORDS name when they are nothing but names (河南省焦作市), outermost first, else ()."""
    found, rest = _tail(words)
    return () if rest else found


def ending(words: str) -> tuple[str, ...]:
    """The codes that the names at the end of WORDS stand for (在河南省焦作市 → Jiaozuo), else ()."""
    return _tail(words)[0]


def inside(words: str) -> tuple[str, ...]:
    """The codes that the names within WORDS stand for, read as a chain (河南省 / 2016年焦作市), else ()."""
    found: list[tuple[str, ...]] = []
    at = 0
    while at < len(words) - 1:
        length = next((n for n in range(_LONGEST, 1, -1) if words[at : at + n] in names()), 0)
        after = words[at + length : at + length + 1]
        # 许昌县 is another place than 许昌: a short name does not stand before the word for a kind of area.
        if length and not (after and after in _KINDS and words[at + length - 1] not in _KINDS):
            found.append(names()[words[at : at + length]])
        at += length or 1
    return _chained(found)


def spelled(words: Sequence[str]) -> tuple[str, ...]:
    """The codes that WORDS in pinyin stand for, read as a chain (henan, jiaozuo), else ()."""
    found: list[tuple[str, ...]] = []
    at = 0
    while at < len(words):
        for end in range(min(len(words), at + 4), at, -1):
            if codes := _spelled("".join(words[at:end])):
                found.append(codes)
                break
        else:
            end = at + 1
        at = end
    return _chained(found)


def own_kinds(text: str) -> Counter[str]:
    """How often TEXT (without blanks) calls its own area by its kind: 市 for 全市 and 我市, and so on."""
    return Counter(_OWN.findall(text))


def settle(clues: Sequence[tuple[str, ...]], text: str) -> str | None:
    """The one area that CLUES (the strongest first, each a tuple of codes) agree on, else None.

    TEXT (without blanks) decides between areas of one name: by what it calls its own area, by which
    areas above it names, and last by the level, if only one of them is at the highest.
    """
    told = [clue for clue in clues if clue]
    if not told:
        return None
    left = told[0]
    for clue in told[1:]:
        if len(left) > 1:
            left = tuple(code for code in left if set(lineage(code)) & set(clue)) or left
    for narrowed in (_by_kind, _by_parents, _by_level):
        if len(left) > 1:
            left = narrowed(left, text) or left
    return left[0] if len(left) == 1 else None


def most_named(text: str) -> str | None:
    """The area that TEXT (without blanks) speaks for, by the places it names, when one stands out; else None.

    What counts is its kind (全市) and how often it is named, together with the areas right below it.
    """
    kinds = own_kinds(text).most_common(2)
    if not kinds or kinds[0][1] < 5 or (len(kinds) > 1 and kinds[0][1] < 1.3 * kinds[1][1]):
        return None
    kind = kinds[0][0]
    regions = schemas.regions()
    own: Counter[str] = Counter()
    below: Counter[str] = Counter()
    for name, number in _counted(text).items():
        for code in names()[name]:
            if regions[code].name.endswith(kind):
                own[code] += number
            if len(names()[name]) == 1:
                below[regions[code].parent] += number
    scores = Counter({code: number + below[code] for code, number in own.items() if number >= 3})
    best = scores.most_common(2)
    if not best or best[0][1] < 5 or (len(best) > 1 and best[0][1] < 2 * best[1][1]):
        return None
    return best[0][0]


def _tail(words: str) -> tuple[tuple[str, ...], str]:
    chain: list[tuple[str, ...]] = []
    rest = words
    while length := next((n for n in range(min(_LONGEST, len(rest)), 1, -1) if rest[-n:] in names()), 0):
        chain.insert(0, names()[rest[-length:]])
        rest = rest[:-length]
    return _chained(chain), rest


def _chained(chain: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    """The last link of CHAIN, as far as it lies within the links before it."""
    found: tuple[str, ...] = ()
    for codes in chain:
        within = tuple(code for code in codes if set(lineage(code)) & set(found))
        found = within or codes
    return found


def _spelled(word: str) -> tuple[str, ...]:
    if word in pinyin():
        return pinyin()[word]
    stem, kind = _SPELLED_KIND.sub("", word), _SPELLED_KIND.search(word)
    codes = pinyin().get(stem, ()) if kind else ()
    same = tuple(c for c in codes if kind and schemas.regions()[c].name.endswith(_KIND_OF[kind[1]]))
    return same or codes


def _by_kind(codes: tuple[str, ...], text: str) -> tuple[str, ...]:
    kinds = own_kinds(text)
    most = max(kinds.values(), default=0)
    fitting = tuple(c for c in codes if kinds[schemas.regions()[c].name[-1]] * 2 > most)
    return fitting if most >= 3 else ()


def _by_parents(codes: tuple[str, ...], text: str) -> tuple[str, ...]:
    short = _short()
    scores = {c: sum(text.count(short[up]) for up in lineage(c)[1:] if up != COUNTRY) for c in codes}
    best = max(scores.values())
    return tuple(c for c in codes if scores[c] == best) if best else ()


def _by_level(codes: tuple[str, ...], text: str) -> tuple[str, ...]:
    highest = min(_RANK[schemas.regions()[code].level] for code in codes)
    return tuple(code for code in codes if _RANK[schemas.regions()[code].level] == highest)


def _counted(text: str) -> Counter[str]:
    """How often each name (of two names at one place the longer) stands in TEXT."""
    found: Counter[str] = Counter()
    firsts = _beginnings()
    at = 0
    while at < len(text) - 1:
        lengths = firsts.get(text[at : at + 2])
        length = next((n for n in lengths if text[at : at + n] in names()), 0) if lengths else 0
        if length:
            found[text[at : at + length]] += 1
        at += length or 1
    return found


@cache
def _beginnings() -> dict[str, tuple[int, ...]]:
    """The first two characters of names → the lengths of names that begin so, the longest first."""
    found: dict[str, set[int]] = {}
    for name in names():
        found.setdefault(name[:2], set()).add(len(name))
    return {first: tuple(sorted(lengths, reverse=True)) for first, lengths in found.items()}


@cache
def _short() -> dict[str, str]:
    return {row["code"]: row["short"] for row in reversed(schemas.rows("region_names.csv"))}
