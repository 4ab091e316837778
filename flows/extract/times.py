"""Time expressions: where they stand in a sentence and which years they mean.

A period is written `2015`, `2011/2015`, `2015-H1`, `2015-Q1` or `2015-03`. Offsets are those of the
string given.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from flows import schemas

_CN_DIGITS = "〇○零一二三四五六七八九"
_TO_DIGITS = str.maketrans("〇○零一二三四五六七八九", "000123456789")
_YEAR = rf"(?:(?<![\d.])(?:19|20)\d\d(?![\d.])|(?<![{_CN_DIGITS}])[一二][{_CN_DIGITS}]{{3}}(?![{_CN_DIGITS}十百千]))"
_COUNT = r"(?:\d{1,2}|十[一二三四五六七八九]?|[一二两三四五六七八九]十?[一二三四五六七八九]?|几)"
_FIRST = '[0-9一二两三四五六七八九十几第“"‘过这近最前本今后未下接往去上明当全多历届目现迄至截如解建]'
_TIME = re.compile(
    rf"(?={_FIRST})(?:"
    rf"(?P<from>{_YEAR})年?(?:[至到—–\-－~～]|——|[、和](?={_YEAR}年?(?:两|三)年))(?P<to>{_YEAR}|\d\d(?=年))年?(?:[两三]年|间|期间)?"
    rf"|(?P<year>{_YEAR})年(?P<within>上半年|下半年|前三季度|[一二三四]季度|第[一二三四]季度|(?:\d{{1,2}}|[一二三四五六七八九十]{{1,2}})月(?:份|底|末|初)?|年?[底末初]|前)?(?P<since>以来)?起?"
    r"|(?P<plan>[“\"‘]?(?:十[一二三四五六七]五|[一二三四五六七八九]五|十五)[”\"’]?(?:计划|规划)?(?:的)?(?P<planpart>末|期末|收官之年|时期|期间|以来|初|前[一二三四]年|头[一二三四]年)|[“\"‘](?:十[一二三四五六七]五|[一二三四五六七八九]五|十五)[”\"’](?P<planname>计划|规划|目标|任务)?)"
    r"|(?P<ordinal>第[一二三四五六七八九十]{1,3}个五年(?:计划|规划)?(?P<ordinalpart>末|时期|期间|的?(?:第[一二三四五]年|最后一年|前[一二三四]年))?)"
    rf"|(?P<back>(?:过去|这|近|最近|前|本届政府(?:任期)?)的?(?P<backcount>{_COUNT})年(?:来|中|间|里)?|(?<![第\d])(?P<come>{_COUNT})(?:多|余)?年(?:来|间|中)|(?P<ago>{_COUNT})年前|(?P<several>多年来|近年来|几年来|历年|本届政府))"
    rf"|(?P<ahead>(?:今后|未来|下一?个?|接下来|往后)的?(?P<aheadcount>{_COUNT})年(?:内)?|(?<![第前\d])(?P<inside>[两三四五六七八九十]|[2-9]|10)年(?:之)?内|(?:未来|今后)(?P<years>一个时期|一段时期|几年|一年))"
    r"|(?P<word>去年|上年|上一年|前年|今年|本年度?|明年|当年|过去一年|过去的一年|一年来|全年|(?:去|今|本|上)年度)(?P<wordpart>上半年|下半年|第?[一二三四]季度|前三季度|(?:\d{1,2}|[一二三四五六七八九十]{1,2})月(?:份|底|末)?|年?[底末初])?"
    r"|(?P<part>上半年|下半年|前三季度|第?[一二三四]季度|前(?P<months>\d{1,2}|[一二三四五六七八九十]{1,2})个月|(?:\d{1,2}|[一二三四五六七八九十]{1,2})月(?:份|底|末|\d{1,2}日|[一二三四五六七八九十]{1,3}日)?(?!饼|球|亮))"
    rf"|(?P<decade>(?:二十世纪|20世纪)?(?:[五六七八九]十|\d0)年代[初中末]?|本世纪末?|(?:二十一|21|二十|20)世纪(?:末|中叶|初)?)"
    r"|(?P<clock>\d{1,2}[:：]\d{2}|(?:\d{1,2}|[一二三四五六七八九十]{1,3})日(?=[至到、，。起在]))"
    r"|(?<![第近续来去今明前上每一\d])(?P<length>[两三四五六七八九十]|[2-9]|10)年(?=累计|共(?!和|同|产|享)|合计|总计|平均|增长|增加|建成|新增|安排|招收|出版|培养|完成|城镇|新建|为)"
    r"|(?P<then>届时|目前|现在|迄今|至今|截至目前|当前|如今|解放前|建国以来|建国初期)"
    r")"
)
_CONTAINS = re.compile(r"年|五|纪|日|月|届时|目前|现在|今|当前|季度|迄|解放|建国|:|：|本届")
_BASELINE_BEFORE = re.compile(r"(?:比|较|与|同|和|是|相当于|等于|超过|高于|低于|为)$")


@dataclass(slots=True)
class Time:
    """A time expression at `[start, end)`: years `low` to `high`, `period` as published, and its part.

    `role`: `point`, `span`, `end` (the last year of a plan), `baseline` (compared with: 比2010年), `previous` (比上年),
    `length` (五年累计: that many years, back or ahead), `inside` (三年内, in a plan), `now`, or `other` (a date without a year of its own, which only says that its digits are no quantity).
    """

    start: int
    end: int
    low: int | None
    high: int | None
    period: str | None
    role: str


@cache
def plans() -> dict[str, tuple[int, int]]:
    """First and last year of every five-year plan, by 十三五 and by 第十三个五年."""
    found: dict[str, tuple[int, int]] = {}
    for row in schemas.rows("plans.csv"):
        found[row["name"]] = found[row["ordinal"][:-2]] = (int(row["start"]), int(row["end"]))
    return found


def find_times(text: str, report_year: int) -> list[Time]:
    """All time expressions of `text` in order; relative ones (去年, 五年来) are read from `report_year`."""
    if not _CONTAINS.search(text):
        return []
    found = []
    for match in _TIME.finditer(text):
        time = _time(match, report_year)
        if time.role != "other" and _BASELINE_BEFORE.search(text, max(0, match.start() - 3), match.start()):
            rest = text[match.end() : match.end() + 3]
            before = text[max(0, match.start() - 1) : match.start()]
            if before == "于" and text[max(0, match.start() - 2)] in "高低快慢多少":
                before = "比"
            if (
                before in ("比", "较")
                or (before in ("是", "于", "为", "到") and rest[:1] == "的")
                or (before in ("与", "同", "和") and rest[:2] in ("相比", "比较"))
            ):
                role = "previous" if match["word"] and match["word"].startswith("上") else "baseline"
                time = Time(time.start, time.end, time.low, time.high, time.period, role)
        found.append(time)
    return found


def span(low: int, high: int) -> str:
    """`2011/2015`, or `2015` when both are the same year."""
    return str(low) if low == high else f"{low}/{high}"


def _time(match: re.Match[str], report_year: int) -> Time:
    start, end = match.span()

    def made(low: int, high: int, role: str, part: str = "") -> Time:
        return Time(start, end, low, high, span(low, high) + part, role)

    if match["from"]:
        low, high = _year(match["from"]), _year(match["to"])
        high = high + low // 100 * 100 if high < 100 else high
        return made(low, high, "span") if 0 < high - low < 60 else Time(start, end, None, None, None, "other")
    if match["year"]:
        year = _year(match["year"])
        if match["since"] and year < report_year - 1:
            return made(year, report_year - 1, "span")
        if match["within"] == "前":
            return made(year, year, "point")
        return made(year, year, "point", _within(match["within"]))
    if match["plan"]:
        return _plan(match, start, end)
    if match["ordinal"]:
        low, high = plans().get(match["ordinal"].split("年")[0] + "年", (0, 0))
        part = match["ordinalpart"] or ""
        if not low:
            return Time(start, end, None, None, None, "other")
        if not part:
            return Time(start, end, low, high, span(low, high), "name")
        return made(high, high, "end") if part == "末" or "最后" in part else made(low, high, "span")
    if match["length"]:
        years = count(match["length"])
        return Time(
            start,
            end,
            report_year - years,
            report_year - 1,
            span(report_year - years, report_year - 1),
            "length",
        )
    if match["back"]:
        return _back(match, report_year, made)
    if match["inside"]:
        end_year = report_year + count(match["inside"]) - 1
        return made(end_year, end_year, "inside")
    if match["decade"] and match["decade"].endswith("本世纪末"):
        end_year = (report_year // 100 + 1) * 100
        return made(end_year, end_year, "point")
    if match["ahead"]:
        years = count(match["aheadcount"]) if match["aheadcount"] else 0
        if not years:
            return Time(start, end, report_year, report_year, str(report_year), "now")
        return made(report_year, report_year + years - 1, "span")
    if match["word"]:
        return _word(match, report_year, made)
    if match["part"]:
        return Time(
            start,
            end,
            None,
            None,
            _within(match["part"]) or None,
            "part" if _within(match["part"]) else "other",
        )
    if match["then"]:
        return Time(start, end, None, None, None, "then" if match["then"] == "届时" else "now")
    return Time(start, end, None, None, None, "other")


def _plan(match: re.Match[str], start: int, end: int) -> Time:
    name = re.sub(r"[“”\"‘’]", "", match["plan"])
    key = next((k for k in (name[:3], name[:2]) if k in plans()), "")
    if not key:
        return Time(start, end, None, None, None, "other")
    low, high = plans()[key]
    part = match["planpart"] or ""
    if part in ("末", "期末", "收官之年"):
        return Time(start, end, high, high, str(high), "end")
    if part[:1] in "前头" and part:
        return Time(start, end, low, low + count(part[1]) - 1, span(low, low + count(part[1]) - 1), "span")
    return Time(start, end, low, high, span(low, high), "span" if part else "name")


def _back(match: re.Match[str], report_year: int, made):  # type: ignore[no-untyped-def]
    last = report_year - 1
    counted = match["backcount"] or match["come"]
    if match["ago"]:
        years = count(match["ago"])
        return made(last - years, last - years, "point")
    if not counted or counted == "几":
        several = match["several"] or ""
        if several.startswith("本届"):
            return made(last - 4, last, "span")
        return Time(match.start(), match.end(), None, None, None, "other")
    years = count(counted)
    return made(last - years + 1, last, "span") if years > 1 else made(last, last, "point")


def _word(match: re.Match[str], report_year: int, made):  # type: ignore[no-untyped-def]
    word = match["word"]
    if word == "全年" or word == "当年":
        return Time(match.start(), match.end(), None, None, None, "same")
    shift = -1 if word[0] in "去上过一" else -2 if word[0] == "前" else 1 if word[0] == "明" else 0
    return made(report_year + shift, report_year + shift, "point", _within(match["wordpart"]))


def _within(part: str | None) -> str:
    """The suffix of a part of a year: 上半年 → -H1, 一季度 → -Q1, 3月 → -03; nothing for 底, 末, 初."""
    if not part:
        return ""
    if "半年" in part:
        return "-H1" if part[0] == "上" else "-H2"
    if part == "前三季度":
        return "-Q3"
    if "季度" in part:
        return f"-Q{'一二三四'.index(part.strip('第')[0]) + 1}"
    month = re.match(r"(\d{1,2}|[一二三四五六七八九十]{1,2})月(?:份)?$", part)
    if month and 1 <= count(month[1]) <= 12:
        return f"-{count(month[1]):02d}"
    return ""


def count(text: str) -> int:
    """A small count in digits or characters (十二 → 12); 0 for 几."""
    if text.isascii():
        return int(text)
    if text == "几":
        return 0
    tens, ten, ones = text.rpartition("十")
    digits = "零一二三四五六七八九"
    if not ten:
        return 2 if text == "两" else digits.index(text[0])
    return (digits.index(tens) if tens else 1) * 10 + (digits.index(ones) if ones else 0)


def _year(text: str) -> int:
    return int(text.translate(_TO_DIGITS))
