"""Time expressions: where they stand in a sentence and which years they mean.

Offsets are those of the string given.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import Final

from flows.extract.parts import Time
from flows.extract.scanning import scan, scanner
from flows.extract.words import alternatives
from flows.extract.years import count, plans, span, suffix, year

_CN: Final = "〇○零一二三四五六七八九"
_YEAR: Final = rf"(?:(?<![\d.])(?:19|20)\d\d(?![\d.])|(?<![{_CN}])[一二][{_CN}]{{3}}(?![{_CN}十百千]))"
_COUNT: Final = r"(?:\d{1,2}|十[一二三四五六七八九]?|[一二两三四五六七八九]十?[一二三四五六七八九]?|几)"
_SMALL: Final = r"(?:[两三四五六七八九十]|[2-9]|10)"
_UP_TO: Final = r"月?(?:——|[至到—–\-－~～])"
_CN_MONTH: Final = "[一二三四五六七八九十]{1,2}"
_MONTH: Final = rf"(?:(?<!\d)(?:\d{{1,2}}{_UP_TO})?\d{{1,2}}|(?:{_CN_MONTH}{_UP_TO})?{_CN_MONTH})月"
_PLAN: Final = r"(?:十[一二三四五六七]五|[一二三四五六七八九]五|十五)"
_PLAN_PART: Final = (
    "末|期末|收官之年|时期|期间|以来|初|[前头后][一二三四]年"
    "|(?=累计|合计|五年|期内|共(?!和|同|产|享))"
)  # fmt: skip
_ORDINAL_PART: Final = r"末|时期|期间|(?=合计|共|内)|的?(?:第[一二三四五]年|最后一年|前[一二三四]年)"
# With what an expression begins: its first character, and what tells cheaply whether to try them all.
_FIRST: Final = (
    '[0-9一二两三四五六七八九十几第“"‘过这近最前头本今后未下接往去上明当全多历届期目现迄至截如解建新]'
)
# The engine of `re` passes by alternatives the sooner, the more of them begin with one character each.
_OPENING: Final = (
    r"[0-9](?<!\d.)(?:\d?[多余年月日:：至到—–\-－~～]|(?<=[12])[90]\d\d|(?<=2)[01]世)"
    rf"|[一二两三四五六七八九十几][{_CN}十多余年月日季至到—]"
    r"|第[一二三四五六七八九十]|“[一二三四五六七八九十]|\"[一二三四五六七八九十]|‘[一二三四五六七八九十]"
    rf"|这[\d{_CN}十两几的年]|近[\d{_CN}十两几的年]|前[\d{_CN}十两几的年]"
    "|去年|上年|今年|本年|明年|当年|全年|多年|历年|过去|最近|上一|上个|上半|前一年|头一年"
    r"|下[一二两三四五六七八九十几\d个的半]|本届|本世|今后|往后|今明|未来|接下|当前|期末|届时|目前|现在"
    "|迄今|至今|如今|截至|解放|建国|全国解放|全国建国|新中国"
)
_SUMMED: Final = (
    r"有(?=[\d近约])|全[社国省市区县]|总体|利用|实际|造林|取得|压缩|财政|投入|培育|引进|解决|转移|累计|共(?!和|同|产|享)|合计|总计|平均|增长|增加|建成|新增|安排"
    "|招收|出版|培养|完成|城镇|新建|为|铁路|公路|整理|退耕|提高|年均|提升(?!行动|工程|计划)|上升|下降|降低|净增|翻|前移|前进|分别|支出|拨付|发放|减免"
)
# What begins with a year, with a word, with a count; what is left begins now so, now otherwise.
_WITH_YEAR: Final = (
    rf"(?P<between>(?P<from>{_YEAR})年?(?:[至到—–\-－~～]|——|[、和](?={_YEAR}年?(?:两|三)年|{_YEAR}年(?:都|均|各|新增|累计|共|合计)))"
    rf"(?P<to>{_YEAR}|\d\d(?=年))年?(?:的?这?(?P<betweencount>{_COUNT})年)?(?:期?间|之?内|中|里)?)"
    rf"|(?P<onwards>(?P<begun>{_YEAR})年(?:开始|起)，?在?(?P<onwardscount>{_COUNT})年之?内)"
    rf"|(?P<upto>(?P<last>{_YEAR})年以?前的?(?P<uptocount>{_COUNT})年)"
    rf"|(?P<dated>(?P<year>{_YEAR})年"
    rf"(?P<within>上半年|下半年|前三季度|第?[一二三四]季度|{_MONTH}(?:份|底|末|初)?|年?[底末初]|前(?![移进]))?"
    r"(?P<since>以来|(?<=自\d\d\d\d年)起)?起?)"
)
_WITH_WORD: Final = (
    r"(?P<term_before>(?:上一?|前一)个五年)"
    r"|(?P<several>多年来|近年来|几年来|历年|本届政府(?!(?:任期|工作)?的?(?:最后|第一|收官)))"
    rf"|(?P<ahead>(?:今后|未来|下一?个?|接下来|往后|今明)的?(?P<aheadcount>{_COUNT})年(?:内)?)"
    r"|(?P<someday>(?:未来|今后)(?:一个时期|一段时期|几年|一年))"
    r"|(?P<relative>(?P<word>去年|上年(?!均)|[上前头]一年|前年|今年|本年度?|明年|当年|过去一年|过去的一年|全年"
    r"|[去今本上]年度)"
    rf"(?P<wordpart>上半年|下半年|第?[一二三四]季度|前三季度|{_MONTH}(?:份|底|末)?|年?[底末初])?)"
    r"|(?P<then>届时)"
    r"|(?P<term>(?<![学本上])期末)"
    r"|(?P<now>(?<![项题数])目前(?!期)|现在|迄今|至今|截至目前|当前|如今|解放前|建国初期)"
    r"|(?P<founded>(?:(?:全国)?(?:解放|建国)|新中国成立)(?:以来|以后))"
)
_WITH_COUNT: Final = (
    rf"(?P<ago>(?<!\d)(?P<agocount>{_COUNT})年前(?![移进]))"
    rf"|(?P<inside>(?<![第前\d])(?P<insidecount>{_SMALL})年(?:之|时间)?内)"
    rf"|(?P<later>(?<![第\d前])(?P<latercount>{_SMALL})年后(?!的))"
    rf"|(?P<taking>(?<=用)(?P<takingcount>{_SMALL})年(?:左右)?的?时间)"
    r"|(?P<clock>(?<!\d)\d{1,2}[:：]\d{2}|(?:(?<!\d)\d{1,2}|[一二三四五六七八九十]{1,3})日(?=[至到、，。起在]))"
    rf"|(?<![第近续来去今明前上每一十百\d.])(?P<length>(?P<lengthcount>{_SMALL})年(?={_SUMMED}))"
)
_EXPRESSION: Final = (
    rf"(?=[12一二])(?:{_WITH_YEAR})"
    rf"|(?P<plan>[“\"‘]?(?P<planned>{_PLAN})[”\"’]?(?:计划|规划)?的?(?P<planpart>{_PLAN_PART})"
    rf"|[“\"‘](?P<quoted>{_PLAN})[”\"’](?:计划|规划|目标|任务)?)"
    r"|(?P<ordinal>(?P<ordinalplan>第[一二三四五六七八九十]{1,3}个五年)(?:计划|规划)?"
    rf"(?P<ordinalpart>{_ORDINAL_PART})?)"
    rf"|(?P<back>(?:过去|这|近|最近|(?<![提学])前(?!一年)|本届政府(?:任期)?)的?(?P<backcount>{_COUNT})年(?:来|中间|中|间|里)?"
    rf"|(?<![第\d])(?P<come>{_COUNT})(?:多|余)?年(?:来|间|中间|中))"
    rf"|(?![0-9{_CN}两十])(?:{_WITH_WORD})"
    rf"|(?=[0-9{_CN}两十几])(?:{_WITH_COUNT})"
    r"|(?P<part>上半年|下半年|前三季度|(?:1|一)[至到—–\-－~～](?:[234二三四])季度|第?[一二三四](?:、[一二三四])?季度|前(?:\d{1,2}|[一二三四五六七八九十]{1,2})个月"
    rf"|{_MONTH}(?:份|底|末|\d{{1,2}}日|[一二三四五六七八九十]{{1,3}}日)?(?!饼|球|亮|街))"
    r"|(?P<decade>(?<!\d)(?:(?:二十世纪|20世纪)?(?:[五六七八九]十|\d0)年代[初中末]?|本世纪末?"
    r"|(?:二十一|21|二十|20)世纪(?:末|中叶|初)?))"
)
_TIME: Final = scanner(_FIRST, _EXPRESSION, _OPENING)
_MONTHS: Final = re.compile(rf"[前头]|[1一].[234二三四]季|(?:\d{{1,2}}|{_CN_MONTH}){_UP_TO}")
_CONTAINS: Final = scanner(
    "[年五纪日月今迄期:：届目现当季解建新未本]",
    "[年五纪日月今迄期:：]|届时|目前|现在|当前|季度|解放|建国|新中国|未来|本届",
)
_FOUNDED: Final = 1949
LAST_YEAR: Final = ("上年", "上一年", "前一年", "头一年")
_UNHEARD_OF: Final = re.compile(
    "的?(?:最|第|从|没有|首次|所)|[^，。；：]{0,24}?(?:的最|最[\u4e00-\u9fff]的|从未|首次|罕见|少有)"
)
_LONGEST_SPAN: Final = 60
_LONGEST_NAME: Final = 10
_COMPARING: Final = ("比", "较", "于", "超过")
_AGAINST_BACK: Final = ("是", "为", *_COMPARING)
_COMPARED_AFTER: Final = re.compile(
    r"(?:[^，。；：]{0,6}?|的[^，。；：]{1,18}?)(?:相比|比较|对比)|(?:基本|大体)?(?:持平|相当)"
)
_REASON: Final = re.compile(rf"{alternatives('reason')}[^，。；]{{0,12}}$")
_REASON_REACH: Final = 16
_EXCEPT: Final = re.compile("[^，。；]{0,12}外")
_OUT_OF: Final = re.compile("的?[^，。；：、到至]{2,8}中")
_TOWARDS: Final = re.compile("的[^，。；：、]{2,8}，")
_PRICES: Final = re.compile("年?的?(?:(?:不变|可比|固定)价|价格?计算)")
_FROM_DAY: Final = re.compile(r"(?:[\d一二三十]{1,3}日)?起")
_LEFT_OVER: Final = re.compile("(?:度)?(?:结转|结余)")
_AGAINST: Final = re.compile("(?:相当于|等于|是|超过了?|比)[^，。；：]{0,6}$")
_TOTAL: Final = re.compile(
    rf"[^，。；：]{{0,4}}?(?:总和|之和|总数|总量|总投入|总投资|总额|总产量|增加额|新增额|增量)(?:的[{_CN}十百\d.点]+[多余]?倍|还?[多高])"
    rf"|[^，。；：]{{0,12}}率的[{_CN}十百\d.点]+[多余]?倍"
)
_PRESCRIBES: Final = re.compile("(?:计划|规划)?(?:草案|纲要|建议)?(?:规定|要求|提出|确定)(?!的)")
_WHEN_TOLD: Final = re.compile("(?:我们|政府|国务院|中央)?(?:曾|就)?提出(?!的|了)")
_SINCE: Final = re.compile("[^，。；]{1,8}以来")
_ON_BASIS: Final = re.compile(r"[^，。；\d百分]{0,10}?基[础数]上")
_WITH: Final = re.compile("[同与和跟][^，。；：、]*$")
_WITH_REACH: Final = 14
_TIMES_OF: Final = re.compile(rf"的(?:大约|将近|[约近])?[{_CN}十百点\d.两]+[多余]?倍")
_ACCORDING: Final = re.compile(r"按照?[^，。；]*$")
_ACCORDING_REACH: Final = 8
_ALIKE_AFTER: Final = ("那样", "一样", "同样")
DESCRIBED: Final = re.compile("比[^，。；、的比]{1,12}的$")
_AFTER_DESCRIBED: Final = frozenset("增减提下上多少又还再")
DESCRIPTION: Final = 15
_TO_DO: Final = re.compile("，?(?:和今后|[^，。；]{0,4}?(?:要|应|须))")
_MOST: Final = ("最", "来最", "的最", "来的最")
_OF_PLAN: Final = ("的第", "的最后", "的开局", "的收官", "的起步", "的关键")
_VISION: Final = ("远景", "愿景", "议程")
_BECAME: Final = ("整为", "变为", "转为", "改为", "升为", "降为", "加为", "少为")
_MOVES: Final = ("增长", "提高", "上升", "下降", "递增", "平均每年", "年均")


def find_times(text: str, coming: int, late: bool = False) -> list[Time]:
    """All time expressions of `text` in order; 五年来 ends with the year before `coming`.

    去年 is the year before `coming`, too, unless the report is read `late` in the year that it looks back at.
    """
    if not _CONTAINS.search(text):
        return []
    found = []
    for kind, match in scan(_TIME, text):
        time = _READERS.get(kind, _other)(match, coming - late if kind == "relative" else coming)
        if time.role == "name" and is_plan_told(text, time):
            time.role = "span"
        named = kind == "part" and _is_in_name(text, time)
        if (
            named
            or text.startswith(_ALIKE_AFTER, time.end)
            or _is_source(text, time)
            or _is_measure(text, time)
        ):
            time = _other(match, coming)
        if time.role != "other" and _compared_with(text, time):
            time.role = "previous" if text.startswith(LAST_YEAR, time.start) else "baseline"
        found.append(time)
    return found


def _compared_with(text: str, time: Time) -> bool:
    """Whether something is compared with a time: 比2010年, 是2010年的…, 与去年相比."""
    before = text[max(0, time.start - 3) : time.start]
    if before.endswith(("高于", "低于", "超过")) and text.startswith(_MOVES, time.end):
        return False
    return (
        before.endswith(("比", "较", "高于", "低于", "快于", "慢于"))
        or _described(text, time)
        or (
            before.endswith(("是", "为", "等于", "相当于"))
            and text.startswith("的", time.end)
            and not text.startswith(_OF_PLAN, time.end)
            and before[1:] not in _BECAME
        )
        or (text.endswith(("恢复到", "恢复至"), 0, time.start) and text.startswith("的", time.end))
        or (text.startswith("的", time.end) and _TIMES_OF.match(text, time.end) is not None)
        or (("基础上" in text or "基数上" in text) and _ON_BASIS.match(text, time.end) is not None)
        or _is_contrasted(text, time)
    )


def _described(text: str, time: Time) -> bool:
    """Whether a year that is compared with has an attribute: 比大丰收的1979年增产."""
    if text[time.start - 1 : time.start] != "的" or text[time.end : time.end + 1] not in _AFTER_DESCRIBED:
        return False
    return DESCRIBED.search(text, max(0, time.start - DESCRIPTION), time.start) is not None


def _is_in_name(text: str, time: Time) -> bool:
    """Whether a month or a part of a year stands in a name in quotation marks: “十二月花市”."""
    opened = text.rfind("“", max(0, time.start - _LONGEST_NAME), time.start)
    if opened < 0 or text.find("”", opened, time.start) >= 0:
        return False
    return text.find("”", time.end, time.end + _LONGEST_NAME) > 0


def _is_source(text: str, time: Time) -> bool:
    """Whether a time only says where something came from or went, why, or what is left out.

    从去年超收收入中安排, 对去年的灾区，, 考虑到去年歉收，, 除2020年外, 2004年我们提出….
    """
    if _REASON.search(text, time.start - _REASON_REACH, time.start):
        return True
    since = time.role == "part" and text[time.start - 1 : time.start] in ("自", "从")
    if since and _SINCE.match(text, time.end):
        return True
    if time.role == "point" and _WHEN_TOLD.match(text, time.end):
        return True
    before = text[time.start - 1 : time.start]
    if before == "除" and not text.endswith("扣除", 0, time.start):
        return _EXCEPT.match(text, time.end) is not None
    if before == "对":
        return _TOWARDS.match(text, time.end) is not None
    return before == "从" and _OUT_OF.match(text, time.end) is not None


def is_plan_told(text: str, time: Time) -> bool:
    """Whether a plan is named as what its years were or shall be by: 按照“七五”计划, “七五”计划规定."""
    according = _ACCORDING.search(text, time.start - _ACCORDING_REACH, time.start) is not None
    return according or _PRESCRIBES.match(text, time.end) is not None


def _is_measure(text: str, time: Time) -> bool:
    """Whether a time only says what is measured: 按1980年不变价格, 上年结转收入, 相当于前九年总和的1.6倍."""
    if ("价" in text or "结" in text) and (_PRICES.match(text, time.end) or _LEFT_OVER.match(text, time.end)):
        return True
    if "总" not in text and "之和" not in text and "倍" not in text:
        return False
    return _TOTAL.match(text, time.end) is not None and _AGAINST.search(text, 0, time.start) is not None


def _is_contrasted(text: str, time: Time) -> bool:
    """Whether a time stands between 同 and 相比: 同恢复时期的1952年相比."""
    if "比" not in text and "持平" not in text and "相当" not in text:
        return False
    if _COMPARED_AFTER.match(text, time.end) is None:
        return False
    return _WITH.search(text, time.start - _WITH_REACH, time.start) is not None


def _made(match: re.Match[str], low: int, high: int, role: str, part: str = "") -> Time:
    start, end = match.span(match.lastgroup or 0)
    return Time(start, end, low, high, span(low, high) + part, role)


def _other(match: re.Match[str], report_year: int, role: str = "other") -> Time:
    start, end = match.span(match.lastgroup or 0)
    return Time(start, end, 0, 0, None, role)


def _between(match: re.Match[str], report_year: int) -> Time:
    low, high = year(match["from"]), year(match["to"])
    if high < 100:
        high += low // 100 * 100
    if not 0 < high - low < _LONGEST_SPAN:
        return _other(match, report_year)
    years = match["betweencount"]
    return _made(match, low + (years is not None and count(years) == high - low), high, "span")


def _onwards(match: re.Match[str], report_year: int) -> Time:
    begun, years = year(match["begun"]), count(match["onwardscount"])
    return _made(match, begun, begun + years - 1, "span") if years else _other(match, report_year)


def _upto(match: re.Match[str], report_year: int) -> Time:
    last, years = year(match["last"]), count(match["uptocount"])
    return _made(match, last - years + 1, last, "span") if years else _other(match, report_year)


def _dated(match: re.Match[str], report_year: int) -> Time:
    said = year(match["year"])
    named = match.string.startswith(_VISION, match.end("dated"))
    if named or match.string.endswith("面向", 0, match.start("dated")):
        return _made(match, said, said, "name")
    if match["since"] and said < report_year - 1:
        return _made(match, said, report_year - 1, "span")
    begins = _FROM_DAY.match(match.string, match.end("dated")) or match["dated"].endswith("起")
    return _made(match, said, said, "point", "" if begins else suffix(match["within"]))


def _plan(match: re.Match[str], report_year: int) -> Time:
    name = match["planned"] or match["quoted"]
    if name not in plans():
        return _other(match, report_year)
    low, high = plans()[name]
    part = match["planpart"] or ""
    if part in ("末", "期末", "收官之年"):
        return _made(match, high, high, "end")
    if part.startswith(("前", "头")):
        return _made(match, low, low + count(part[1]) - 1, "span")
    if part.startswith("后"):
        return _made(match, high - count(part[1]) + 1, high, "span")
    summed = match["planpart"] is not None
    return _made(match, low, high, "span" if summed else "name")


def _ordinal(match: re.Match[str], report_year: int) -> Time:
    if match["ordinalplan"] not in plans():
        return _other(match, report_year)
    low, high = plans()[match["ordinalplan"]]
    part = match["ordinalpart"]
    if part and (part == "末" or "最后" in part):
        return _made(match, high, high, "end")
    return _made(match, low, high, "name" if part is None else "span")


def _back(match: re.Match[str], report_year: int) -> Time:
    years, last = count(match["backcount"] or match["come"]), report_year - 1
    if not years or match.string.startswith(_MOST, match.end("back")):
        return _other(match, report_year)
    before = match["back"].startswith("前") and match.string.endswith(_AGAINST_BACK, 0, match.start())
    if before and years > 1:
        return _made(match, last - 2 * years + 1, last - years, "span")
    begun = [low for low, high in plans().values() if low <= last <= high]
    if match["back"].startswith("前") and begun and 1 < years <= last - begun[0] + 1:
        return _made(match, begun[0], begun[0] + years - 1, "span")
    return _made(match, last - years + 1, last, "span" if years > 1 else "point")


def _term_before(match: re.Match[str], report_year: int) -> Time:
    return _made(match, report_year - 10, report_year - 6, "span")


def _ago(match: re.Match[str], report_year: int) -> Time:
    then = report_year - 1 - count(match["agocount"])
    return _made(match, then, then, "point")


def _several(match: re.Match[str], report_year: int) -> Time:
    if match["several"] == "本届政府":
        return _made(match, report_year - 5, report_year - 1, "span")
    return _other(match, report_year)


def _ahead(match: re.Match[str], report_year: int) -> Time:
    years = count(match["aheadcount"])
    if not years:
        return _someday(match, report_year)
    return _made(match, report_year, report_year + years - 1, "span")


def _someday(match: re.Match[str], report_year: int) -> Time:
    return _made(match, report_year, report_year, "someday")


def _inside(match: re.Match[str], report_year: int) -> Time:
    last = report_year + count(match["insidecount"] or match["takingcount"]) - 1
    return _made(match, report_year, last, "inside")


def _later(match: re.Match[str], report_year: int) -> Time:
    then = report_year + count(match["latercount"]) - 1
    return _made(match, then, then, "point")


def _relative(match: re.Match[str], report_year: int) -> Time:
    word = match["word"]
    if word in ("全年", "当年", "本年"):
        part = suffix(match["wordpart"])
        return Time(*match.span("relative"), 0, 0, part or None, "part" if part else "same")
    if word in ("前一年", "头一年") and not match.string.endswith(_COMPARING, 0, match.start()):
        return _other(match, report_year)
    shift = {"去": -1, "上": -1, "头": -1, "过": -1, "一": -1, "前年": -2, "前": -1, "明": 1}
    years = shift.get(word[:2], shift.get(word[0], 0))
    return _made(match, report_year + years, report_year + years, "point", suffix(match["wordpart"]))


def _part(match: re.Match[str], report_year: int) -> Time:
    part = suffix(match["part"])
    whole = _MONTHS.match(match["part"]) or match["part"].startswith(("12月", "十二月"))
    role = "part" if part else "same" if whole else "other"
    return Time(*match.span("part"), 0, 0, part or None, role)


def _decade(match: re.Match[str], report_year: int) -> Time:
    if match["decade"] != "本世纪末":
        return _other(match, report_year)
    last = (report_year // 100 + 1) * 100
    return _made(match, last, last, "point")


def _length(match: re.Match[str], report_year: int) -> Time:
    return _made(match, report_year - count(match["lengthcount"]), report_year - 1, "length")


def _founded(match: re.Match[str], report_year: int) -> Time:
    unheard = _UNHEARD_OF.match(match.string, match.end("founded"))
    if unheard or match["founded"].endswith("以后"):
        return _other(match, report_year)
    return _made(match, _FOUNDED, report_year - 1, "span")


def _now(match: re.Match[str], report_year: int) -> Time:
    ahead = _TO_DO.match(match.string, match.end("now"))
    return _other(match, report_year, "other" if ahead else "now")


_READERS: Final[dict[str, Callable[[re.Match[str], int], Time]]] = {
    "between": _between,
    "onwards": _onwards,
    "upto": _upto,
    "dated": _dated,
    "plan": _plan,
    "ordinal": _ordinal,
    "back": _back,
    "term_before": _term_before,
    "ago": _ago,
    "several": _several,
    "ahead": _ahead,
    "someday": _someday,
    "inside": _inside,
    "taking": _inside,
    "later": _later,
    "relative": _relative,
    "part": _part,
    "decade": _decade,
    "length": _length,
    "then": partial(_other, role="then"),
    "term": partial(_other, role="term"),
    "now": _now,
    "founded": _founded,
}
