"""Statements: for each quantity of a sentence what it measures, of where, when, and with what status."""

from __future__ import annotations

import re
from typing import Final

from flows.extract import areas, distribution, indicators, references, subjects, threads
from flows.extract.baselines import COMPARED, carry_baselines
from flows.extract.clauses import read_clause, text_before
from flows.extract.composition import read_compositions
from flows.extract.parts import Clause, Quantity, Statement, Time
from flows.extract.periods import period_of, time_of
from flows.extract.phrases import clean, leading_verb, without_adverbs
from flows.extract.scanning import after_last
from flows.extract.sentences import Sentence
from flows.extract.status import status_of
from flows.extract.wholes import read_aims, read_others, read_plans, read_wholes
from flows.extract.words import alternatives
from flows.model import Report

_OURS: Final = re.compile(r"[我本][省市县区州旗国]|全[市县]")
_RATE_NOUN: Final = re.compile(rf"{alternatives('rate_noun')}$")
_RATE_SAID: Final = re.compile(
    rf"(?P<of>.{{2,16}}?){alternatives('rate_noun')}(?:力争|要|应|仍|也|同|与|低于|不高于|明显)"
)
_CHANGING: Final = re.compile(f"^(?:{alternatives('rise_verb')}|{alternatives('fall_verb')})")
_SHARE_OF_LAST: Final = re.compile("、[^占]+(?:占比|比重)")
_IN_ALL: Final = re.compile("(?:合计|总计|总额|规模)占")
_HEADING: Final = re.compile(r"[^，：；“\d]{4,14}。")
_WHERE: Final = re.compile("在(城镇|农村|城市|乡村)[中里]?")
_OF_ALL: Final = re.compile(
    "(?:产品|作物)[^，。；：]{0,12}?(?:，[^，。；：产]{0,12}){0,2}(产量|产值)[^，。；：]{0,16}："
)
_ASIDE: Final = re.compile(
    r"(?:按|据|根据|扣除|剔除|考虑)[^，]*(?:计算|统计|因素)|如前所[说述]|大家知道"
    r"|从[^，]{2,24}来?看|仅?次于[^，]{2,12}|受[^，]{2,16}(?:影响|拖累|带动|波及|冲击)|[^，]{0,6}在[^，]{1,30}(?:情况|基础|背景|条件|前提|形势)[上下]|经过[^，]{2,24}(?:努力|奋斗)"
)
_STRIVING: Final = re.compile(
    "[，、（]?(?:(?:实际)?工作中|执行中)?，?(?:要|并)?(?:力争|争取|确保|努力|奋力)(?:达到?|实现|完成|突破|争取)?"
)
_CLAUSE_MARK: Final = ("，", "；", "：", "。")
_MARK: Final = ("，", "；", "：", "。", "、")
_LONGEST_BEFORE: Final = 30
_MOST_ASIDES: Final = 2


def statements_of(report: Report, sentence: Sentence) -> list[Statement]:
    """The statements of a sentence, one for each of its quantities; its thread is carried on."""
    quantities, times, thread = sentence.quantities, sentence.times, sentence.thread
    clauses = [read_clause(sentence.text, quantities, index, times) for index in range(len(quantities))]
    groups = distribution.groups(quantities, clauses)
    read_wholes(sentence.text, quantities, clauses)
    read_plans(sentence.text, quantities, clauses)
    read_aims(sentence.text, quantities, clauses)
    read_others(sentence.text, quantities, clauses)
    carry_baselines(quantities, clauses, times)
    thread.parts = sentence.text.startswith("其中") or (thread.parts and sentence.previous.endswith("；"))
    statements: list[Statement] = []
    given = read_compositions(sentence.text, quantities, clauses)
    for index, (quantity, clause) in enumerate(zip(quantities, clauses, strict=True)):
        group = groups.get(index, [])
        if group and group[0] == index:
            before = _clause_before(sentence, clauses, index, whole=True)
            subjects_dealt = distribution.dealt(clause, len(group), thread, before)
            given.update(zip(group, _shares(statements, quantity, subjects_dealt), strict=False))
        if statements:
            distribution.continue_growth(clause, quantity, statements[-1].clause)
        last = statements[-1] if statements else None
        if (
            last is not None
            and last.clause.arrived
            and distribution.is_difference(clause, quantity, statements)
        ):
            clause.measure = "change"
        if last is not None:
            quantities[index] = distribution.with_bound(quantity, clause, last)
        statements.append(_statement(report, sentence, clauses, index, given.get(index), last))
        if clause.form in ("planned", "gap"):
            _date_plan(statements, sentence.times)
        threads.remember(thread, statements[-1])
    distribution.share_bounds(sentence.text, statements, groups)
    return statements


def _shares(before: list[Statement], quantity: Quantity, dealt: list[str]) -> list[str]:
    """The subjects dealt out; for points those of the shares that they are the changes of."""
    shares = before[-len(dealt) :] if dealt and quantity.unit == "百分点" else []
    changed = [one.subject for one in shares if one.clause.form == "share"]
    return changed if [one.base for one in shares] == dealt and len(changed) == len(dealt) else dealt


def _statement(
    report: Report,
    sentence: Sentence,
    clauses: list[Clause],
    index: int,
    given: str | None,
    last: Statement | None,
) -> Statement:
    """One statement; `given` is the subject that 分别 deals to it, `last` the statement before it."""
    quantity, clause, thread = sentence.quantities[index], clauses[index], sentence.thread
    if last is not None and clause.form == last.clause.form == "share":
        clause.than = clause.than or last.clause.than
    if given is None:
        before = _clause_before(sentence, clauses, index)
        next_tail = clauses[index + 1].tail if index + 1 < len(clauses) else ""
        subject, base = subjects.subject_of(clause, quantity, thread, before, next_tail)
        where = _WHERE.fullmatch(before) if before else None
        if where and base == subject and not subject.startswith(where[1]):
            subject = base = where[1] + subject
    else:
        subject, base = subjects.published(clause, given), given
    if last is not None and last.clause.form == "share" and base == last.base:
        compared = clause.form == "gap" or (clause.form == "rank" and last.indicator is not None)
        share = clause.form == "reach" and clause.measure == "level" and quantity.unit == "%"
        again = quantity.unit == "百分点" or clause.arrived or (share and not clause.head)
        if compared or (base == subject and again):
            base = last.subject
            subject = subjects.published(clause, base) if compared else base
    if last is not None and clause.form == "share" and not clause.than and last.clause.raw.startswith("其中"):
        whole = thread.bases[-2] if len(thread.bases) > 1 else ""
        subject = f"{base}占{whole}比重" if whole and whole != base else subject
    if last is not None and _is_use(clause, quantity, last):
        subject, base = f"{last.base}{clause.tail}比重", last.base
    if (
        subject == base
        and "产" in (sentence.lead or sentence.text)
        and (sentence.lead or "：" in sentence.text)
    ):
        of_all = _OF_ALL.search(sentence.lead + "：" if sentence.lead else sentence.text[: clause.start])
        subject = base = threads.with_measure(base, of_all[1]) if of_all else base
    if last is not None and clause.earlier and subject == base and _tells_as_before(clause, quantity, last):
        subject = base = threads.with_measure(base, last.base)
    if not base and not subject:
        subject = base = _opening_noun(sentence)
    if references.refers(base):
        said = sentence.previous + sentence.text[: clause.start]
        named = references.resolved(base, thread, said)
        subject, base = subject.replace(base, named), named
    head = given[len(leading_verb(given)) :] if given else clause.head.lstrip("、，和").removeprefix("预计")
    area, area_code = areas.area_of(head, report.region_code, report.region_level)
    if area is None and given is None and not clause.listed:
        area = areas.built_up(before)
    if area is None and base and base == thread.subject and not _OURS.search(clause.raw):
        area = thread.area
    percentage = quantity.unit == "%" and (clause.form == "reach" or clause.earlier)
    bare = percentage and given is None and not clause.head and bool(before)
    of_rate = _RATE_SAID.match(clean(before)) if bare else None
    if of_rate:
        subject = base = of_rate["of"]
    if percentage and (of_rate or _RATE_NOUN.search(base)):
        clause.measure, clause.form = "growth", "growth-noun"
    year, setting = sentence.coming, sentence.setting
    now = report.report_year if sentence.begun else report.report_year - 1
    own = time_of(sentence.text, sentence.quantities, index, sentence.times, setting, year, now)
    parts = thread.parts or clause.raw.lstrip("，、；（").startswith("其中")
    time = thread.time if parts and own is None else own
    if last is not None and _is_growth_again(last, clause, quantity, own):
        clause.measure, clause.sign, clause.form = "growth", last.clause.sign, "growth-list"
    status = status_of(
        sentence.text, sentence.lead, quantity, clause, time, setting, year, now if sentence.begun else 0
    )
    period = period_of(sentence.text, quantity, clause, subject, time, setting, year, status)
    if last is not None and _measures_growth(last, clause, base, time):
        period = last.period
    if last is not None and _goes_on(last, clause, base, time):
        status, period = last.status, (last.period or "").rpartition("/")[2] or None
    if last is not None and (_is_use(clause, quantity, last) or _is_share(last, clause, time)):
        status, period = last.status, last.period
    elif last is not None and quantity.unit == "%" and _is_share_of_flow(last, clause, time):
        status, period = thread.when.get("level", (status, period))
    if parts and own is None and clause.baseline is None and not clause.earlier and not clause.arrived:
        status, period = thread.when.get(clause.measure, (status, period))
    if not clause.earlier and clause.predicate != "比":
        thread.time = Time(0, 0, time.low, time.high, time.period, time.role) if time else None
    indicator = _indicator(quantity, clause, subject, base, area, report.region_code)
    if indicator and quantity.unit == "%" and last is not None and not last.indicator and _is_of(clause):
        indicator = None
    again = last is not None and last.clause.measure == clause.measure
    if last is not None and clause.form == "growth-list" and clause.raw.startswith("（"):
        subject, indicator = f"{last.base}（{clause.head.lstrip('（')}）", None
    if again and _is_on_other_basis(sentence.text, clause):
        subject, indicator = f"{subject or base}（同口径）", None
    return Statement(quantity, clause, subject or base, base, area, area_code, status, period, indicator)


def _date_plan(statements: list[Statement], times: list[Time]) -> None:
    """Gives the last statement the years of the fact, if it is the plan beside it or its gap to the plan."""
    last = statements[-1]
    facts = [one for one in statements[:-1] if one.clause.form != "planned" and one.base == last.base]
    if not facts:
        return
    if last.clause.form == "planned":
        if not any(last.clause.start <= time.start < last.quantity.left for time in times):
            last.period = facts[-1].period
    elif last.clause.form == "gap" and statements[-2].clause.form == "planned":
        last.status, last.period = facts[-1].status, facts[-1].period


def _is_on_other_basis(text: str, clause: Clause) -> bool:
    """Whether a bracket tells a growth once more, reckoned otherwise: 增长1.7%（同口径增长2.5%）."""
    return text.startswith(("（同口径", "（按同口径", "（可比口径", "（按可比口径"), clause.start)


def _is_growth_again(before: Statement, clause: Clause, quantity: Quantity, own: Time | None) -> bool:
    """Whether a percentage is the growth before it once more: 上涨18.5%，12月份达27%; 增长8%，力争达到9%."""
    later = own is not None and own.start >= before.quantity.left and not clause.head
    goes_on = (later or _STRIVING.fullmatch(clause.raw) is not None) and not clause.tail
    level = clause.measure == "level" and clause.form in ("reach", "plain") and not clause.earlier
    return goes_on and level and quantity.unit == "%" and before.clause.measure == "growth"


def _tells_as_before(clause: Clause, quantity: Quantity, before: Statement) -> bool:
    """Whether one thing after another is told to have come from so many units to so many."""
    alike = before.quantity.unit == quantity.unit and quantity.kind != "currency"
    return alike and before.clause.arrived and clause.form == "reach"


def _measures_growth(before: Statement, clause: Clause, base: str, time: Time | None) -> bool:
    """Whether a gap is that of the growth before it: 年均增长6%，高于全国1个百分点."""
    own = time is not None and time.start >= before.quantity.left
    return clause.form == "gap" and before.clause.measure == "growth" and before.base == base and not own


def _goes_on(before: Statement, clause: Clause, base: str, time: Time | None) -> bool:
    """Whether a statement says what was reached by the growth before it: 比1956年将增长5%，达到60亿元."""
    grown = before.clause.measure in COMPARED and before.clause.baseline is not None
    reached = clause.form == "reach" and not clause.earlier and clause.baseline is None
    own = time is not None and time.start >= before.quantity.left
    return grown and reached and not own and before.base == base


def _is_share(before: Statement, clause: Clause, time: Time | None) -> bool:
    """Whether a share is that of the statement before it: 五年投资4亿元，占全部的3%."""
    own = time is not None and time.start >= before.quantity.left
    goes_on = clause.follows or (clause.listed and clause.raw[:1] == "、")
    share = clause.form == "share" and not clause.head and goes_on and not clause.earlier
    return share and not own and before.clause.measure == "level"


def _is_part(clause: Clause) -> bool:
    """Whether a level is part of what was spoken of: 其中制造业占比70%."""
    return clause.measure == "level" and clause.raw.lstrip("，、（").startswith("其中")


def _is_of(clause: Clause) -> bool:
    """Whether a share is one of what was spoken of: 其中制造业占比70%; 投资增长8%、制造业占比70%."""
    return _is_part(clause) or _SHARE_OF_LAST.match(clause.raw) is not None


def _is_share_of_flow(before: Statement, clause: Clause, time: Time | None) -> bool:
    """Whether a percentage is of what was done over the years before it: 五年派出8000人，其中女生占3%."""
    own = time is not None and time.start >= before.quantity.left
    told = before.clause.measure == "level" or before.clause.measure in COMPARED
    return clause.follows and not clause.earlier and told and _is_part(clause) and not own


def _is_use(clause: Clause, quantity: Quantity, before: Statement) -> bool:
    """Whether a share is of the money before it: 累计支出4亿元，其中87%用于农村."""
    money = before.quantity.unit == "元" and quantity.unit == "%"
    return money and not clause.head.removeprefix("其中") and clause.tail.startswith(("用于", "投向"))


def _opening_noun(sentence: Sentence) -> str:
    """The first clause of a sentence, when it states nothing: what all of it is about."""
    end = sentence.text.find("，", 0, _LONGEST_BEFORE)
    if end <= 0 or sentence.quantities[0].left < end:
        return ""
    return clean(text_before(sentence.text, 0, end, sentence.times)[0])


def _clause_before(sentence: Sentence, clauses: list[Clause], index: int, whole: bool = False) -> str:
    """The clause directly before that of a quantity, when it states none itself; asides are passed over.

    It begins behind its last 、, unless it is wanted WHOLE.
    """
    begins = _CLAUSE_MARK if whole else _MARK
    text, end = sentence.text, clauses[index].start - 1
    if end < 0 and _HEADING.fullmatch(sentence.previous):
        return without_adverbs(threads.named_opening(sentence.previous[:-1]))
    if end <= 0 or clauses[index].listed or text[end] not in "，：、（":
        return ""
    start = after_last(begins, text, 0, end)
    for _ in range(_MOST_ASIDES):
        opening = after_last(_CLAUSE_MARK, text, 0, start) if text[start - 1] == "、" else start
        aside = _ASIDE.fullmatch(text, opening, end)
        if not aside and text_before(text, opening, end, sentence.times)[0]:
            break
        if opening == 0:
            return ""
        if text[opening - 1] != "，":
            break
        end = opening - 1
        start = after_last(begins, text, 0, end)
    if index and any(start <= quantity.start < end for quantity in sentence.quantities[:index]):
        return ""
    return text_before(text, start, end, sentence.times)[0][-_LONGEST_BEFORE:]


def _indicator(
    quantity: Quantity, clause: Clause, subject: str, base: str, area: str | None, region_code: str
) -> str | None:
    """The code of the catalogue that a statement is a value of, whatever area it names."""
    if clause.form == "completion" or (
        clause.form == "multiple" and quantity.unit == "%" and clause.baseline is None
    ):
        return None
    own, own_first = areas.own_name(region_code)
    if clause.form == "share":
        code = indicators.code_of(own.sub("", _IN_ALL.sub("占", subject)))
        return code if code and indicators.fits(code, clause.measure, quantity.unit) else None
    for candidate in (base,) if clause.form in ("gap", "multiple", "rank") else (subject, base):
        text = candidate.removeprefix(area or "")
        text = own.sub("", text) if text.startswith(own_first) else text
        if region_code == areas.COUNTRY and text.startswith("地方"):
            continue
        code = indicators.code_of(text, clause.measure == "change")
        moves = clause.measure in ("growth", "change") or clause.earlier or clause.arrived
        if code is None and moves:
            code = indicators.code_of(_without_change(text, clause))
        if code and (clause.form == "multiple" or indicators.fits(code, clause.measure, quantity.unit)):
            return code
    return None


def _without_change(text: str, clause: Clause) -> str:
    """What changes, without the words that say so: 固定资产投资增长幅度, 削减财政赤字, 带动工业投资."""
    if clause.form == "verb-change":
        return _CHANGING.sub("", text)
    pulled = text.removeprefix("带动").removeprefix("拉动")
    return _RATE_NOUN.sub("", pulled) if clause.measure != "change" or pulled == text else text
