"""Observations: quantities, clauses, subjects, context and indicators put together, report by report."""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace

from flows.extract import areas, confidence, context, indicators, subjects
from flows.extract.clauses import Clause, head_text, read_clause
from flows.extract.context import Setting
from flows.extract.quantities import Quantity, find_quantities
from flows.extract.times import Time, find_times, span
from flows.model import Observation, Report, Section, View

_SENTENCE_END = re.compile(r"[。！？!?](?:[”’）]*)|；")
_SPOKEN_NUMBER = re.compile(r"[\d一二三四五六七八九十百千万亿两半]")
_WRITTEN_NUMBER = re.compile(
    r"[\d百千万亿十]|第[一二三四五六七八九]|一半|分之|[一二三四五六七八九两][倍番成位]|[一二两三四五六七八九]{2}"
)
_SPOKEN = re.compile(
    r"百分之[一二三四五六七八九十]|[一二三四五六七八九十百千万亿点]{2,}[余多]?(?:元|吨|人|亩|公里|户|斤|倍)"
)
_WRITTEN = re.compile(r"\d[万亿多余]*(?:元|吨|人|亩|公里|户|斤|倍|%|美元)")
_GOVERNING = frozenset({"baseline", "point", "span", "end"})
_CHAPTER = re.compile(r"第[一二三四五六七八九十]+部分|[一二三四五六七八九十]+、")
_OURS = re.compile(r"[我本][省市县区州旗国]|全[市县]")
_NO_BREAKS = {10: None, 13: None}
_GROWTH = re.compile(r"(?:增速|增幅|涨幅|增长率)$")
_NO_BASELINE = re.compile(r"同比|比上年|比去年|较上年|比上一年|年初")
_MASKED = re.compile(r"[\d.,零〇一二三四五六七八九十百千万亿兆两]+")


@dataclass(slots=True)
class Statement:
    """One quantity with all that the sentence says of it."""

    quantity: Quantity
    clause: Clause
    subject: str
    base: str
    area: str | None
    area_code: str | None
    status: str
    period: str | None
    code: str | None


def observations_of(report: Report, view: View, sections: list[Section]) -> list[Observation]:
    """All observations of a report, in the order of the text."""
    spoken = len(_SPOKEN.findall(view.text)) > len(_WRITTEN.findall(view.text))
    found: list[Observation] = []
    seen: dict[str, int] = {}
    for section, start, sentence, statements in _statements(report, view, sections, spoken):
        quote = _quote(report.text, view, start, start + len(sentence))
        masked, places = _mask(sentence)
        again = seen[masked] = seen.get(masked, 0) + 1
        taken: dict[int, int] = {}
        for statement in statements:
            place = bisect_right(places, statement.quantity.start)
            taken[place] = taken.get(place, 0) + 1
            mask = f"{masked}|{again}|{place}|{taken[place]}"
            found.append(_observation(report, view, section, start, statement, quote, mask))
    return found


def _statements(
    report: Report, view: View, sections: list[Section], spoken: bool
) -> Iterator[tuple[Section, int, str, list[Statement]]]:
    """Every sentence that states quantities, with its section and its offset in the view."""
    any_number = _SPOKEN_NUMBER if spoken else _WRITTEN_NUMBER
    lasting, chapter = None, ""
    for section in sections:
        if section.part == "notes":
            continue
        setting = context.of_section(section, report.report_year)
        if section.path and _CHAPTER.match(section.path[0]) and section.path[0] != chapter:
            lasting, chapter = None, section.path[0]
        setting = lasting or setting
        for start, paragraph in _paragraphs(view.text, section):
            if not any_number.search(paragraph):
                continue
            here, lasts = context.of_paragraph(paragraph, setting, report.report_year)
            if lasts:
                setting = lasting = here
            thread = subjects.Thread(topic=_topic(paragraph))
            carried: list[Time] = []
            for offset, sentence in _sentences(paragraph):
                counts = any_number.search(sentence) is not None
                times = find_times(sentence if counts else sentence[:24], report.report_year)
                here = context.of_sentence(sentence, times, here, report.report_year)
                times = carried + times
                carried = (
                    [replace(t, start=0, end=0) for t in times if t.start < 12 and t.role in _GOVERNING]
                    if sentence.endswith("；")
                    else []
                )
                if not counts:
                    continue
                quantities = find_quantities(sentence, times, spoken)
                if quantities:
                    statements = _of_sentence(report, sentence, quantities, times, here, thread)
                    yield section, start + offset, sentence, statements


def _topic(paragraph: str) -> str:
    """What a paragraph is about, from an opening sentence without quantities: 粮食生产再创新高。 → 粮食生产."""
    end = paragraph.find("。", 0, 24)
    opening = paragraph[:end].lstrip("—") if end > 0 else ""
    return "" if re.search(r"[\d，]", opening) else opening[:4]


def _paragraphs(text: str, section: Section) -> Iterator[tuple[int, str]]:
    start = section.start
    for paragraph in text[section.start : section.end].split("\n"):
        if paragraph:
            yield start, paragraph
        start += len(paragraph) + 1


def _sentences(paragraph: str) -> Iterator[tuple[int, str]]:
    start = 0
    for mark in _SENTENCE_END.finditer(paragraph):
        yield start, paragraph[start : mark.end()]
        start = mark.end()
    if start < len(paragraph):
        yield start, paragraph[start:]


def _of_sentence(
    report: Report,
    sentence: str,
    quantities: list[Quantity],
    times: list[Time],
    setting: Setting,
    thread: subjects.Thread,
) -> list[Statement]:
    clauses = [read_clause(sentence, quantities, index, times) for index in range(len(quantities))]
    dealt = _deal(quantities, clauses)
    _carry_baseline(quantities, clauses, times)
    statements: list[Statement] = []
    groups: dict[int, list[str]] = {}
    for index, (quantity, clause) in enumerate(zip(quantities, clauses)):
        group = dealt.get(index)
        if group and group[0] == index:
            given = subjects.dealt(clause, len(group), thread)
            for member, name in zip(group, given):
                groups[member] = [name]
        _continue_list(quantities, clauses, statements, index)
        statement = _statement(
            report, sentence, quantities, clauses, index, times, setting, thread, groups.get(index)
        )
        statements.append(statement)
        _remember(thread, statement)
    _share_bounds(statements, dealt)
    return statements


def _deal(quantities: list[Quantity], clauses: list[Clause]) -> dict[int, list[int]]:
    """For every quantity under a 分别 the indices of all quantities that it deals out to."""
    found: dict[int, list[int]] = {}
    for index, clause in enumerate(clauses):
        if not clause.distributive and not _deals_silently(quantities, clauses, index):
            continue
        group = [index]
        for later in range(index + 1, len(clauses)):
            if clauses[later].raw.strip("、和与及，，以 ") not in ("", "同比增长") and not clauses[
                later
            ].raw.strip("、和与及").startswith(("全省第", "第")):
                break
            if not clauses[later].listed:
                break
            group.append(later)
        if len(group) > 1:
            for member in group:
                found[member] = group
            for member in group[1:]:
                clauses[member].measure, clauses[member].sign = clause.measure, clause.sign
                clauses[member].form, clauses[member].than, clauses[member].predicate = (
                    clause.form,
                    clause.than,
                    clause.predicate,
                )
                clauses[member].baseline = clause.baseline
    return found


def _deals_silently(quantities: list[Quantity], clauses: list[Clause], index: int) -> bool:
    """城乡居民收入增长5.3%、8.1%: two bare numbers after 城乡 are dealt out as if 分别 stood there."""
    if index + 1 >= len(clauses) or "城乡" not in clauses[index].raw:
        return False
    return clauses[index + 1].raw in ("、", "和") and quantities[index + 1].unit == quantities[index].unit


def _carry_baseline(quantities: list[Quantity], clauses: list[Clause], times: list[Time]) -> None:
    """比1978年增长…，平均每年增长…: a comparison goes on until another one; 由1978年的… begins one too."""
    baseline: Time | None = None
    at = 0
    paired = False
    for clause, quantity in zip(clauses, quantities):
        fresh = [
            t
            for t in times
            if at <= t.start < quantity.left and t.role in ("baseline", "point", "span", "end")
        ]
        at = quantity.left
        if clause.earlier:
            own = [t for t in fresh if t.start >= clause.start and t.role == "point"]
            compared = [t for t in fresh if t.role == "baseline"]
            baseline = own[0] if own else compared[-1] if compared else baseline
            clause.baseline = baseline if not own else None
            paired = True
            continue
        if fresh and not paired:
            baseline = fresh[-1] if fresh[-1].role == "baseline" else None
        paired = False
        if _NO_BASELINE.search(clause.raw) or any(
            t.role == "previous" and clause.start <= t.start < quantity.left for t in times
        ):
            baseline = None
        if clause.baseline is None and clause.measure in ("growth", "change", "multiple") and not clause.than:
            clause.baseline = baseline


def _continue_list(
    quantities: list[Quantity], clauses: list[Clause], statements: list[Statement], index: int
) -> None:
    """增长8%、规上工业增加值7%: a listed percentage without a predicate goes on with the growth before it."""
    clause = clauses[index]
    if not index or clause.form != "plain" or quantities[index].unit != "%" or not statements:
        return
    before = statements[-1]
    if (
        before.clause.measure == "growth"
        and before.clause.form in ("rise", "fall", "growth-list", "verb-change")
        and clause.head
        and not clause.tail
    ):
        if (
            not re.search(r"(?:率|比重|占比|比例|水平|覆盖面|份额|度|面)$", clause.head)
            and clause.raw[:1] in "、和，"
        ) or (not clause.raw.strip("、和与及")):
            clause.measure, clause.sign, clause.form = "growth", before.clause.sign, "growth-list"


def _statement(
    report: Report,
    sentence: str,
    quantities: list[Quantity],
    clauses: list[Clause],
    index: int,
    times: list[Time],
    setting: Setting,
    thread: subjects.Thread,
    dealt: list[str] | None,
) -> Statement:
    quantity, clause = quantities[index], clauses[index]
    next_tail = clauses[index + 1].tail if index + 1 < len(clauses) else ""
    before = _clause_before(sentence, quantities, clauses, index, times)
    subject, base = subjects.subject_of(clause, quantity, thread, before, next_tail)
    if dealt:
        base = dealt[0]
        subject = subjects._formed(clause, base)
    area, area_code = areas.area_of(clause.head.lstrip("、，和"), report.region_code, report.region_level)
    if area is None and base == thread.subject and base and not _OURS.search(clause.raw):
        area, area_code = thread.area, None
    time = _time_of(
        quantity, clause, times, clauses[index - 1] if index else None, setting, report.report_year
    )
    if clause.form == "reach" and quantity.unit == "%" and _GROWTH.search(base):
        clause.measure, clause.form = "growth", "growth-noun"
    if time is not None and time.role == "then":
        time = None
    status = context.status_of(sentence, quantity, clause, time, setting, report.report_year)
    period = context.period_of(sentence, quantity, clause, subject, time, setting, report.report_year, status)
    code = _code(quantity, clause, subject, base, area, report.region_code)
    return Statement(quantity, clause, subject or base, base, area, area_code, status, period, code)


def _clause_before(
    sentence: str, quantities: list[Quantity], clauses: list[Clause], index: int, times: list[Time]
) -> str:
    """The clause directly before that of a quantity, when it states none itself."""
    end = clauses[index].start - 1
    if end <= 0 or clauses[index].listed or sentence[end] not in "，：":
        return ""
    start = max((sentence.rfind(mark, 0, end) for mark in "，；：。、"), default=-1) + 1
    if any(start <= quantity.start < end for quantity in quantities[:index]):
        return ""
    return head_text(sentence, start, end, times)[0][-30:]


def _time_of(
    quantity: Quantity,
    clause: Clause,
    times: list[Time],
    before: Clause | None,
    setting: Setting,
    report_year: int,
) -> Time | None:
    """The last time expression that stands before a quantity in its sentence and is no baseline.

    The year of the first of 由…提高到… is not that of the second.
    """
    found = None
    for time in times:
        if time.end > quantity.left:
            break
        if before is not None and before.earlier and before.start <= time.start < clause.start:
            continue
        if time.role in ("point", "span", "end"):
            found = time
        elif time.role == "inside" and setting.part == "plan":
            found = time
        elif time.role == "length":
            found = _length(time, setting, report_year)
        elif time.role == "part" and time.period:
            found = _part_of(time, found, setting)
    return found


def _length(time: Time, setting: Setting, report_year: int) -> Time | None:
    """五年累计: the span of the setting when it is that long, else so many years back or, in a plan, ahead."""
    years = time.high - time.low + 1  # type: ignore[operator]
    if setting.high - setting.low + 1 == years:
        low = setting.low
    else:
        low = report_year if setting.part == "plan" else report_year - years
    return Time(time.start, time.end, low, low + years - 1, span(low, low + years - 1), "span")


def _part_of(part: Time, year: Time | None, setting: Setting) -> Time | None:
    """上半年 of the year said before, else of the year that the setting is about."""
    if year is not None and year.period and "-" in year.period:
        return year
    whole = year.high if year is not None else setting.high if setting.low == setting.high else None
    if whole is None:
        return year
    return Time(part.start, part.end, whole, whole, f"{whole}{part.period}", "point")


def _remember(thread: subjects.Thread, statement: Statement) -> None:
    clause = statement.clause
    if statement.base:
        thread.subject = statement.base
        thread.area = statement.area
    if clause.form == "plain" or clause.form == "reach":
        if not (clause.listed and clause.raw[:1] in "、和与及"):
            thread.verb = subjects.leading_verb(subjects.clean(clause.head))
    if clause.measure == "level" or clause.form in ("rise", "fall"):
        thread.bases = [*thread.bases[-7:], statement.base]


def _share_bounds(statements: list[Statement], dealt: dict[int, list[int]]) -> None:
    """分别达到10%和20%以上: a bound behind the last covers the list."""
    for index, group in dealt.items():
        if index != group[-1]:
            continue
        last = statements[index].quantity
        if last.bound in ("about", "lower", "upper") and all(
            statements[i].quantity.bound == "exact" for i in group[:-1]
        ):
            for member in group[:-1]:
                old = statements[member].quantity
                statements[member].quantity = Quantity(
                    old.start,
                    old.end,
                    old.left,
                    old.right,
                    old.value,
                    old.value_max,
                    old.unit,
                    old.kind,
                    last.bound,
                    old.rank,
                    old.style,
                )


def _code(
    quantity: Quantity, clause: Clause, subject: str, base: str, area: str | None, region_code: str
) -> str | None:
    own, own_first = areas.own_name(region_code)
    if clause.form == "share":
        return indicators.code_of(own.sub("", subject))
    candidates = [base] if clause.form in ("gap", "multiple", "rank") else [subject, base]
    for candidate in candidates:
        text = candidate[len(area) :] if area and candidate.startswith(area) else candidate
        text = own.sub("", text) if text[:1] == own_first else text
        code = indicators.code_of(text)
        if code and indicators.fits(code, clause.measure, quantity.unit):
            return code
    return None


def _observation(
    report: Report,
    view: View,
    section: Section,
    start: int,
    statement: Statement,
    quote: str,
    mask: str,
) -> Observation:
    quantity, clause = statement.quantity, statement.clause
    char_start = view.origin[start + quantity.start]
    char_end = view.origin[start + quantity.end - 1] + 1
    sign = clause.sign if clause.measure in ("growth", "change", "multiple") else 1
    value = quantity.value * sign
    value_max = None if quantity.value_max is None else quantity.value_max * sign
    if value_max is not None and value_max < value:
        value, value_max = value_max, value
    key = hashlib.blake2b(mask.encode(), digest_size=6).hexdigest()
    rule = f"{clause.form}{'/dealt' if clause.distributive else ''}{'/listed' if clause.listed else ''}"
    observation = Observation(
        observation_id=f"{report.report_id}-{key}",
        report_id=report.report_id,
        region_code=report.region_code,
        region_name=report.region_name,
        region_level=report.region_level,
        report_year=report.report_year,
        indicator=statement.code,
        subject=statement.subject or "（未写明）",
        area=statement.area,
        area_code=statement.area_code,
        measure=clause.measure,
        status=statement.status,
        period=statement.period,
        value=float(value),
        value_max=value_max,
        unit="位" if clause.measure == "rank" and quantity.unit == "名" else quantity.unit,
        bound=quantity.bound,
        number_text=report.text[char_start:char_end].translate(_NO_BREAKS),
        quote=quote,
        section=" / ".join(section.path),
        char_start=char_start,
        char_end=char_end,
        rule=rule,
        confidence=0.0,
    )
    observation.confidence = confidence.of(observation)
    return observation


def _mask(sentence: str) -> tuple[str, list[int]]:
    """The sentence with # for every run of digits, and where these runs begin: what stays when values change."""
    return _MASKED.sub("#", sentence), [run.start() for run in _MASKED.finditer(sentence)]


def _quote(text: str, view: View, start: int, end: int) -> str:
    return re.sub(r"\s*[\r\n]+\s*", "", text[view.origin[start] : view.origin[end - 1] + 1]).strip()
