"""Periods: which time expression is that of a quantity, and the period that follows from it."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from flows.extract.baselines import COMPARED
from flows.extract.parts import Clause, Quantity, Setting, Time
from flows.extract.predicates import is_nominal
from flows.extract.status import is_beside_done, is_of_aim
from flows.extract.words import alternatives, members
from flows.extract.years import count, span

_RUNNING: Final = re.compile(r"连续(?P<years>\d{1,2}|[一二两三四五六七八九十]{1,3})[多余]?个?年")
_RUNNING_REACH: Final = 30
_LONGEST_TERM: Final = 10
_MARK: Final = re.compile(r"[，、；。：]")
_ORIGIN: Final = frozenset("由从")
_ARRIVED: Final = frozenset("到至为")
_BASED: Final = re.compile("(?:基础|基数|起点|高位)上，")
_LEFT_BEHIND: Final = re.compile("，|(?:因素|影响)后?")
_FROM_NOW: Final = re.compile("今年(?:开始|起)")
_DEADLINE: Final = re.compile("[底末]?以?前(?!沿)[^，。；]+，")
_ONLY: Final = re.compile("还?(?:只|仅|才)(?:有|是|为)?|还不[到足]")
_LEFT_OUT: Final = ("剔除", "扣除")
_ARRIVAL: Final = re.compile("[到至为]")
_YEAR_BEFORE: Final = re.compile("[上去]年|上一年|年初|同期|上期|同比")
_MOVED: Final = re.compile("提高|提升|上升|下降|降低|净增|翻")
_PRESENT: Final = frozenset("目现迄至截当如")
_SUM: Final = re.compile('总和|之和|合计|总数|[五四三两二十]年$|时期|期间|[一二三四五六七八九十]五[”"]?$')
_SO_MANY: Final = re.compile(r"[\d一二两三四五六七八九十]{1,2}年")
_SUMMED: Final = re.compile("(?:合计|总和|总计|平均)，")
_UNTIL: Final = frozenset("到至自从据")
_MONTH: Final = re.compile(r"-\d\d$")
_YEAR_END: Final = re.compile("年[底末]")
_OVER_YEARS: Final = re.compile(r"[到至—]")
_GATHERED: Final = re.compile(alternatives("gathered"))
_SPENT: Final = re.compile(alternatives("spending"))
_CUMULATIVE: Final = re.compile(alternatives("cumulative"))
_PER_YEAR: Final = re.compile("平均每年|每年|年平?均(?=产量|产值|收入|增加)")
_AVERAGED: Final = re.compile(r"[\d一二三四五六七八九十]年平均(?!每)")
_YEARLY: Final = re.compile("年(?![度均底末平新])")
_STILL: Final = ("还有", "仍有", "尚有", "现有", "尚余", "还剩")
_SIZES: Final = ("人口", "总量", "规模", "面积", "总数")
_RATE_END: Final = re.compile("(?:幅度|增幅|增速|涨幅|增量)$")
_STATE: Final = re.compile(rf"[\u4e00-\u9fff]{{2,14}}?{alternatives('state_reached')}")
_TIMELESS: Final = re.compile("我[国省市区县州]有(?!关)[^，。；]{0,24}$")
_CROSSING: Final = re.compile(rf"{alternatives('crossing')}|^破")
_LASTING: Final = re.compile(alternatives("lasting"))
_GROWING: Final = re.compile(alternatives("growing"))
_FLOW: Final = re.compile(
    rf"^{alternatives('flow_adverb')}*{alternatives('flow_verb')}|{alternatives('flow_word')}"
)
_VERB: Final = re.compile(alternatives("verb"))
_STORED: Final = re.compile(rf"{alternatives('stored_noun')}$")
_REACHES: Final = re.compile(rf"{alternatives('stock_verb')}$")
_STOCK: Final = re.compile(rf"^{alternatives('stock_verb')}|{alternatives('stock_noun')}$")


def time_of(
    sentence: str,
    quantities: list[Quantity],
    index: int,
    times: list[Time],
    setting: Setting,
    report_year: int,
    present: int,
) -> Time | None:
    """The last time expression that stands before `quantities[index]` in its sentence and is no baseline.

    目前 is the year `present`.

    The year that something came from (由2010年的5座增加到9座) is not that of what it came to.
    """
    quantity = quantities[index]
    found = None
    for time in times:
        if time.end > quantity.left:
            break
        if index and time.role in ("point", "part", "end") and _is_behind(sentence, quantities, index, time):
            continue
        if _is_aside(sentence, time, quantity):
            continue
        if time.role == "now" and not time.high:
            past = found is not None or setting.high != present
            if past and sentence[time.start] in _PRESENT:
                found = replace(time, low=present, high=present, period=str(present))
        elif time.role in ("point", "span", "end", "someday"):
            found = time
        elif time.role == "inside":
            found = _inside(time, setting) if setting.part == "plan" else found
        elif time.role == "length":
            alone = index and quantities[index - 1].left >= time.end and _MOVED.match(sentence, time.end)
            found = found if alone else _length(time, setting, report_year)
        elif time.role == "same" and found is not None and found.period and "-" in found.period:
            found = replace(found, period=str(found.high))
        elif time.role == "part":
            found = _part_of(time, found, setting)
        elif time.role == "term":
            last = found.high if found is not None and found.high else setting.high
            found = replace(time, low=last, high=last, period=str(last), role="end")
    if found is not None and _MONTH.search(found.period or "") and _is_of_event(sentence, quantities, found):
        found = replace(found, period=str(found.high))
    if (
        found is not None
        and "-" in (found.period or "")
        and _YEAR_END.search(sentence, found.end, quantity.left)
    ):
        found = replace(found, period=str(found.high))
    return found


def _is_of_event(sentence: str, quantities: list[Quantity], time: Time) -> bool:
    """Whether a month is only that of an event told before the numbers: 4月，经批准设立新区，下辖12个镇."""
    first = next((one for one in quantities if one.left >= time.end), None)
    if time.end == 0 or first is None:
        return False
    if not sentence.startswith("，", time.end) or sentence[time.start - 1 : time.start] in _UNTIL:
        return False
    return "，" in sentence[time.end + 1 : first.left]


def _is_aside(sentence: str, time: Time, quantity: Quantity) -> bool:
    """Whether a time was left behind before a quantity: in closed brackets, as a deadline, with 继 or 基础上.

    支出（扣除2022年资金）增长3%; 9月底前建成通车，新建学校3所; 继上年下降之后，又下降3%.
    """
    if sentence[time.start - 1 : time.start] == "继":
        return "，" in sentence[time.end : quantity.left]
    deadline = _DEADLINE.match(sentence, time.end)
    if deadline and deadline.end() <= quantity.left:
        return True
    if sentence[time.start - 1 : time.start] == "在" and _BASED.search(sentence, time.end, quantity.left):
        return True
    if sentence.endswith(_LEFT_OUT, 0, time.start) and _LEFT_BEHIND.search(sentence, time.end, quantity.left):
        return True
    opened = sentence.rfind("（", 0, time.start)
    if opened < 0 or sentence.find("）", opened, time.start) >= 0:
        return False
    return sentence.find("）", time.end, quantity.left) >= 0


def _is_behind(sentence: str, quantities: list[Quantity], index: int, time: Time) -> bool:
    """Whether a time is only that of a quantity before: left by it, or arrived at (到2010年的9座，…)."""
    if _is_left(sentence, quantities, index, time) or _is_compared(sentence, quantities, index, time):
        return True
    if _is_said_after(sentence, quantities, index, time):
        return True
    if sentence[time.start - 1 : time.start] not in _ARRIVED or not sentence.startswith("的", time.end):
        return False
    first = next(one for one in quantities if one.left >= time.end)
    between = sentence[first.right : quantities[index].left]
    return first.left == time.end + 1 and "，" in between and "其中" not in between


def _is_said_after(sentence: str, quantities: list[Quantity], index: int, time: Time) -> bool:
    """Whether a time stands behind the quantity that it is of: 50个县到2019年全部达标，搬迁8万人."""
    before = quantities[index - 1]
    if not before.right <= time.start or _MARK.search(sentence, before.right, time.start):
        return False
    to = sentence[time.start - 1 : time.start] in ("到", "在") and time.start - 1 > before.right
    return to and "，" in sentence[time.end : quantities[index].left]


def _is_compared(sentence: str, quantities: list[Quantity], index: int, time: Time) -> bool:
    """Whether a time is only that of a value told for comparison: 1997年只有5座，…."""
    first = next(one for one in quantities if one.left >= time.end)
    if first is quantities[index] or _ONLY.fullmatch(sentence, time.end, first.left) is None:
        return False
    return sentence[first.right : quantities[index].left].startswith("，")


def _is_left(sentence: str, quantities: list[Quantity], index: int, time: Time) -> bool:
    """Whether a quantity tells what became of what there was in a year: 由2010年的5座增加到9座."""
    if sentence[time.start - 1 : time.start] not in _ORIGIN:
        return False
    first = next(one for one in quantities if one.left >= time.end)
    if first is quantities[index] or "，" in sentence[time.end : first.left]:
        return False
    begun = sentence.startswith("起步", first.right)
    return begun or _ARRIVAL.search(sentence, first.right, quantities[index].left) is not None


def period_of(
    sentence: str,
    quantity: Quantity,
    clause: Clause,
    subject: str,
    time: Time | None,
    setting: Setting,
    report_year: int,
    status: str,
) -> str | None:
    """The period of one statement: its own time, else that of its setting; ends of spans for stocks."""
    if time is not None and time.role == "someday":
        return None
    timeless = time is None and setting.part == "plan" and status == "actual"
    if timeless and _TIMELESS.search(sentence, 0, quantity.left):
        return None
    set_before = (status == "target" and setting.part == "review") and (
        is_of_aim(sentence, quantity, clause) or is_beside_done(sentence, quantity)
    )
    low, high, period = _years(time, setting, report_year, status, set_before)
    carried = time is not None and time.end == 0
    if carried and low == high == setting.high and "累计" in clause.raw:
        low, period = setting.since or setting.low, None
    if clause.earlier:
        return _earlier(sentence, clause, subject, time, low, high, period, setting, report_year, status)
    base = clause.baseline
    if clause.predicate == "比" and base is not None:
        return base.period
    running = _running(sentence, quantity)
    if running:
        ahead = _FROM_NOW.search(sentence, 0, quantity.left) is not None
        return span(report_year, report_year + running - 1) if ahead else span(high - running + 1, high)
    if base is not None and base.high and clause.measure in COMPARED and not clause.than:
        if base.low < base.high == high:
            return span(low, high)
        if period and "-" in period and high <= base.high + 1:
            return f"{base.high + 1}{period[4:]}"
        return span(base.high + 1, high) if base.high < high else str(base.high + 1)
    over_years = clause.averaged or (clause.measure == "growth" and "累计" in clause.raw)
    if status == "target" and low == high > report_year and over_years:
        return span(setting.low if setting.low < setting.high == high else report_year, high)
    since = setting.since or setting.low
    if low == high == setting.high and since < high and clause.measure == "growth":
        low = since if clause.averaged else low
    if low != high:
        if _over_a_year(sentence, quantity, clause):
            return str(high)
        summed = time is not None and _is_summed(sentence, quantity, clause, time)
        compared = clause.measure == "multiple" and clause.than and not _SUM.search(clause.than)
        yearly = _PER_YEAR.search(subject) or _PER_YEAR.search(clause.raw)
        yearly = yearly or _AVERAGED.search(sentence, clause.start, quantity.left)
        if (
            not (yearly or clause.averaged)
            and not summed
            and (
                compared
                or clause.arrived
                or _is_at_end(sentence, quantity, clause, subject, status, time is not None)
            )
        ):
            return str(high)
    return period if period and "-" in period else span(low, high)


def _is_summed(sentence: str, quantity: Quantity, clause: Clause, time: Time) -> bool:
    """Whether a number sums up the years said before it: 五年合计，…; 五年铁路建设新线80公里."""
    bare = _SO_MANY.fullmatch(sentence, time.start, time.end) is not None
    passed = _CROSSING.search(sentence, quantity.left, quantity.start) is not None
    summed = _SUMMED.search(sentence, time.end, quantity.left) is not None
    return summed or (bare and clause.form == "plain" and not passed)


def _over_a_year(sentence: str, quantity: Quantity, clause: Clause) -> bool:
    """Whether something is compared with the year before (比上年增长), not on the average of many years."""
    compared = clause.compared or "同比" in clause.raw
    if not compared or clause.baseline is not None or clause.measure not in ("growth", "change"):
        return False
    yearly = _YEAR_BEFORE.search(sentence, clause.start, quantity.left) is not None
    return yearly and not clause.averaged


def _years(
    time: Time | None, setting: Setting, report_year: int, status: str, set_before: bool
) -> tuple[int, int, str | None]:
    """The years of a statement and how they were said, its own or those of its setting.

    `set_before` tells of a target that it was one of the years looked back at.
    """
    if time is not None and time.high:
        return time.low, time.high, time.period
    if setting.part == "plan" and status == "actual":
        return report_year - 1, report_year - 1, setting.period
    if setting.part == "review" and status == "target" and setting.high < report_year and not set_before:
        return report_year, report_year, None
    return setting.low, setting.high, setting.period


def _earlier(
    sentence: str,
    clause: Clause,
    subject: str,
    time: Time | None,
    low: int,
    high: int,
    period: str | None,
    setting: Setting,
    report_year: int,
    status: str,
) -> str | None:
    """The period of the first of 由…提高到…: its own year, what is compared with, or the year before."""
    own = time if time is not None and time.high else None
    if status == "target" and setting.part == "review":
        return period or span(low, high)
    if own and low == high and clause.since <= own.start < own.end:
        return period
    if clause.baseline is not None and clause.baseline.high:
        yearly = _PER_YEAR.search(clause.raw) or _PER_YEAR.search(subject)
        return clause.baseline.period if yearly else str(clause.baseline.high)
    if own and low != high:
        since = sentence[own.start - 1 : own.start] in ("从", "自")
        if since or _OVER_YEARS.search(sentence, own.start, own.end):
            return str(low)
    if setting.part == "plan" or high >= report_year:
        return str(report_year - 1)
    within = own is None or (low == high and own.start < clause.start)
    first = setting.since if high - _LONGEST_TERM < setting.since else setting.low
    return str((first if within and first < setting.high == high else low) - 1)


def _length(time: Time, setting: Setting, report_year: int) -> Time:
    """五年累计: the span of the setting when that long, else so many years back or, in a plan, ahead."""
    years = time.high - time.low + 1
    if setting.high - setting.low + 1 == years:
        low = setting.low
    else:
        low = report_year if setting.part == "plan" else report_year - years
    return Time(time.start, time.end, low, low + years - 1, span(low, low + years - 1), "span")


def _inside(time: Time, setting: Setting) -> Time:
    """五年内: the span of the setting when that long, else so many years ahead."""
    if setting.high - setting.low != time.high - time.low:
        return time
    return replace(time, low=setting.low, high=setting.high, period=span(setting.low, setting.high))


def _part_of(part: Time, year: Time | None, setting: Setting) -> Time | None:
    """上半年 of the year said before, else of the year that the setting is about."""
    of_setting = setting.high if setting.low == setting.high else 0
    whole = of_setting if year is None else year.high
    return Time(part.start, part.end, whole, whole, f"{whole}{part.period}", "point") if whole else year


def _running(sentence: str, quantity: Quantity) -> int:
    """N where 连续N年 stands before the quantity in its clause, or is the quantity; 0 otherwise."""
    if "连续" not in sentence:
        return 0
    found = list(_RUNNING.finditer(sentence, quantity.left - _RUNNING_REACH, quantity.right + 1))
    if not found or _MARK.search(sentence, found[-1].end(), quantity.left):
        return 0
    return count(found[-1]["years"])


def _is_at_end(
    sentence: str, quantity: Quantity, clause: Clause, subject: str, status: str, said: bool
) -> bool:
    """Whether a statement within a span is about its last year; `said`: its sentence says the span itself."""
    if clause.measure == "rank":
        return not _LASTING.search(clause.raw) and not _RATE_END.search(clause.head)
    if clause.measure == "gap":
        return not _GROWING.search(subject)
    if clause.measure != "level" or clause.predicate in members("holding") or "始终" in clause.raw:
        return False
    if _YEARLY.match(clause.head) or clause.raw.endswith(_STILL):
        return True
    if clause.predicate == "控制在" and (said or status == "target") and not subject.endswith(_SIZES):
        return False
    if clause.form == "share" or quantity.unit in ("%", "‰"):
        return not _RATE_END.search(clause.head)
    gathered = _GATHERED.search(clause.raw)
    spent = gathered is not None and gathered.group().startswith("累计") and (said or _SPENT.search(subject))
    if (gathered and not spent) or _CROSSING.search(sentence[quantity.left : quantity.start]):
        return True
    return _is_stock(quantity, clause, subject, said)


def _is_stock(quantity: Quantity, clause: Clause, subject: str, said: bool) -> bool:
    """Whether a level is what there is at a time (a stock), not what was done over a span (a flow).

    A mere noun with its number is, where its sentence does not say the span.
    """
    if _CUMULATIVE.search(clause.raw):
        return _STORED.search(subject) is not None
    if clause.predicate in members("flow_predicate") or _FLOW.search(subject):
        return False
    if said and (is_nominal(clause) or clause.head.startswith(("实现", "完成"))):
        return False
    if not said and (not clause.head or clause.head.endswith("等")) and _STATE.match(clause.tail):
        return True
    held = clause.form == "reach" or quantity.unit in members("stock_unit") or "年度" in subject
    held = held or _REACHES.search(clause.head) is not None
    named = clause.form == "plain" and not clause.tail and quantity.unit in members("standing_unit")
    return held or (named and not said and not _VERB.search(subject)) or _STOCK.search(subject) is not None
