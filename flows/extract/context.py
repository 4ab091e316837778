"""Context: what sections, headings and time expressions say of status and period.

Offsets are those of the view. A reader of a report knows of each number whether it looks back or
ahead, and at which years; `Setting` is that knowledge, narrowed from section to paragraph to sentence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from flows.extract.clauses import Clause
from flows.extract.quantities import Quantity
from flows.extract.times import Time, count, find_times, span
from flows.model import Section

_ESTIMATE = re.compile(r"预计(?!到20)|初步核算|初步统计|初步预计|初步测算|有望|预计可|快报数|初步预测")
_AIM = re.compile(
    r"力争|争取(?!到|了)|确保(?!了)|目标是|预期目标|拟|计划(?=新|完|建|投|安|实|达|到|在|用|再)|规划(?=建|到|新)|将(?=达|新|完|建|超|突|增|实|提|投|超过|力争)|要(?=达|完成|力争|超过|实现|新|建|在|确保|增长)|到时|有待"
)
_AIM_HEAD = re.compile(
    r"(?:主要)?(?:预期)?(?:发展)?目标(?:任务)?(?:主要)?(?:是|为|：|如下)|今年(?:的)?(?:经济社会)?发展(?:的)?(?:主要)?(?:预期)?目标|总体要求是|总体要求和目标"
)
_PLAN_CUE = re.compile(
    r"^(?:今后|未来|下一?步|展望未来|新的一年|做好今年|今年(?:政府)?(?:是|工作|要|经济|发展|我们|主要|，))|今年(?:经济社会发展)?(?:的)?(?:主要)?预期目标|今年政府工作|今年经济社会发展(?:的)?(?:总体要求|主要)|(?:今后|未来)五年(?:的)?(?:主要|目标|发展|经济)"
)
_GREETING = re.compile(r"(?:(?:各位代表|同志们)[！，：。!]|(?:刚刚)?过去的(?=[12]\d{3})|回顾|总的看，)*")
_AHEAD = re.compile(r"新的一年|今年[，,]|今后|下一步|展望未来|今年(?:要|我们要|将)")
_RUNNING = re.compile(r"连续(?P<years>\d{1,2}|[一二两三四五六七八九十]{1,3})(?:多|余)?(?:个)?年")
_INTENT = re.compile(
    r"要|将|力争|争取|确保|计划|规划|拟|预算|安排|今年|明年|今后|必须|应当|目标|打算|届时|年内|以前|逐步"
)
_DONE = re.compile(r"(?:已|已经|目前|现有|累计已|(?<![比较])去年|(?<![比较])上年)[^，。；]{0,10}$")
_CUMULATIVE = re.compile(r"累计|总共|一共|共计|总计|合计|先后")
_FLOW = re.compile(
    r"^(?:(?:累计|共|先后|每年|年均|实际|全年|又|还|已|总共)*)(?:新增|新建|新改建|新开|新设|新(?!能源|材料|兴|型|疆|质|产业|业态|区)|建成(?!区)|完成|解决|减少|增加|改造|创建|实施|培育|引进|发放|淘汰|关停|取消|下放|治理|转移|脱贫|减贫|减税|降费|发行|开工|整治|修复|造林|办理|投入|帮助|安置|培训|招收|资助|救助|发射|制定|修订|生产(?!总值|力|性|能力)|压减|化解|退出|签约|落户|接待|拆除|安排|颁布|提请|授权|获|筹集|争取|兑现|查处|破获|支持|落实|推出|出台|成立|组建|举办|开展|建设|修建|试制|清理|免除|设立|补助|开垦|扩大|铺|架|征|吸收|吸引|利用|派)"
    r"|新增|新建|投资$|累计|投入|开工|脱贫|减税|改造|建成(?!区)|授予|被评|得到|获得|出访|涌现|取得|招收|毕业|贡献率|总和|之和|共计"
)
_BREAKS = re.compile(r"突破|跨|迈|站[上稳]|^破|登上|跃上")
_WHOLE_YEAR = re.compile(r".{0,6}?(?:全年|年度)")
_STANDING = frozenset({"公里", "平方公里", "千瓦", "微克/立方米", "岁"})
_STORED = re.compile(r"(?:余额|总量|总数|里程|存量|保有量|拥有量|规模|数量)$")
_STOCK_HEAD = re.compile(
    r"^(?:实有|现有|拥有|在册|共有)|(?:率|比重|占比|比例|余额|总量|总数|里程|面积|覆盖面|水平|人口|拥有量|存量|总里程|规模|强度|浓度|寿命|能力|装机|产量|增加值|总值|收入|生产总值|数量|总额)$"
)


@dataclass(frozen=True, slots=True)
class Setting:
    """Status and years that a statement has when it says nothing itself.

    `low` and `high` are years; `span_set` tells that the years were said as a span (五年来); `mixed`
    that the section speaks of several; `estimate` that 预计 reaches over the paragraph.
    """

    part: str
    low: int
    high: int
    explicit: bool = False
    estimate: bool = False
    period: str | None = None
    certain: bool = True


def of_section(section: Section, report_year: int) -> Setting:
    """The setting of a section from its part and the times in its headings."""
    year = report_year if section.part == "plan" else report_year - 1
    setting = Setting(section.part, year, year, certain=section.certain or section.part == "review")
    for title in section.path:
        times = [t for t in find_times(title, report_year) if t.low is not None and t.high is not None]
        points = [t for t in times if t.role in ("point", "end") and t.low == t.high]
        spans = [t for t in times if t.low != t.high]
        fitting = [t for t in spans if (t.high >= report_year) == (section.part == "plan")]  # type: ignore[operator]
        if points and any((t.high >= report_year) == (section.part == "plan") for t in points):  # type: ignore[operator]
            best = next(t for t in points if (t.high >= report_year) == (section.part == "plan"))  # type: ignore[operator]
            setting = replace(setting, low=best.low, high=best.high)
        elif fitting and not points:
            setting = replace(setting, low=fitting[0].low, high=fitting[0].high)
    return setting


def of_paragraph(paragraph: str, setting: Setting, report_year: int) -> tuple[Setting, bool]:
    """The setting of a paragraph, and whether its change of part lasts for those after it."""
    opening = paragraph[:60]
    times = find_times(opening, report_year)
    if setting.part == "review" and _PLAN_CUE.search(opening):
        lead = _leading(times, opening)
        low, high = (
            (lead.low, lead.high)
            if lead and lead.high and lead.high >= report_year
            else (report_year, report_year)
        )
        return Setting("plan", low or report_year, high or report_year), True
    lead = _leading(times, opening)
    if lead is None or lead.low is None or lead.high is None:
        return setting, False
    if setting.part == "review" and lead.high < report_year:
        lasts = lead.low == lead.high or lead.high - lead.low >= 3
        return Setting("review", lead.low, lead.high, True, False, lead.period), lasts and (
            setting.low == setting.high or setting.explicit
        )
    part = "plan" if lead.high >= report_year else "review"
    if part == "plan" and setting.part == "review" and lead.low == lead.high and lead.role != "end":
        return setting, False
    return Setting(part, lead.low, lead.high, True, False, lead.period), False


def _leading(times: list[Time], opening: str) -> Time | None:
    """The time expression that opens a paragraph and so governs it."""
    greeting = _GREETING.match(opening)
    at = greeting.end() if greeting else 0
    for time in times:
        if time.start < at and time.end <= at:
            continue
        if time.role in ("point", "span", "end") and time.start < at + 14:
            after = opening[time.end : time.end + 1]
            before = opening[at : time.start]
            if (
                time.low != time.high
                or (after in "，：、" and len(before) < 8)
                or before in ("预计", "——", "", "在", "回顾", "刚刚过去的")
            ):
                return time
    return None


def of_sentence(sentence: str, times: list[Time], setting: Setting, report_year: int) -> Setting:
    """The setting after a sentence's own opening: 预计 at its start reaches on, and so does a leading time."""
    lead = next(
        (t for t in times if t.role in ("point", "span", "end") and t.start <= 4 and t.low is not None), None
    )
    if setting.low != setting.high and _WHOLE_YEAR.match(sentence):
        setting = replace(setting, low=setting.high, period=None)
    if setting.part == "review" and setting.explicit and _AHEAD.match(sentence):
        return Setting("plan", report_year, report_year)
    if sentence.startswith(("预计", "初步核算", "据初步")) and lead is not None:
        return replace(
            setting, estimate=True, low=lead.low, high=lead.high, period=lead.period, explicit=True
        )
    if (
        lead is not None
        and lead.low is not None
        and lead.high is not None
        and sentence[lead.end : lead.end + 1] in "，、："
    ):
        spanned = lead.low != lead.high or (setting.low != setting.high and setting.part == "review")
        if spanned and (lead.high >= report_year) == (setting.part == "plan"):
            return replace(setting, low=lead.low, high=lead.high, period=lead.period, explicit=True)
    if (
        setting.part == "review"
        and _AIM_HEAD.search(sentence)
        and not re.search(r"完成|实现|超额|圆满", sentence[:30])
    ):
        return Setting("plan", report_year, report_year)
    return setting


def status_of(
    sentence: str, quantity: Quantity, clause: Clause, time: Time | None, setting: Setting, report_year: int
) -> str:
    """actual, estimate or target for one statement."""
    before = sentence[: quantity.left]
    near = sentence[clause.start : quantity.left]
    if clause.earlier or clause.predicate == "比":
        return "actual"
    future = time is not None and time.high is not None and time.high >= report_year
    if (
        clause.baseline is not None
        and time is None
        and clause.baseline.high == report_year - 1
        and clause.measure != "level"
    ):
        future = True
    past = time is not None and time.high is not None and time.high < report_year and time.role != "baseline"
    if setting.part == "plan":
        if not setting.certain and not future and not _INTENT.search(before):
            return "actual"
        if past or (_DONE.search(near) and not future):
            return "actual"
        return "target"
    if future and not re.search(r"以来|已|前[一二三四五六七八九十\d]+个月|季度", before):
        return "target"
    if _ESTIMATE.search(before) or setting.estimate:
        return "estimate"
    if _AIM.search(near) and (future or time is None) and not re.search(r"完成|实现了|超额|已", near):
        return "target"
    return "actual"


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
    low, high, period = setting.low, setting.high, setting.period
    own = time is not None and time.low is not None and time.high is not None
    if own:
        low, high, period = time.low, time.high, time.period  # type: ignore[union-attr, assignment]
    elif setting.part == "review" and status == "target" and high < report_year:
        low = high = report_year
        period = None
    if setting.part == "plan" and not setting.certain and status == "actual" and not own:
        low = high = report_year - 1
    if clause.earlier:
        if own and low == high and time.start >= clause.start:  # type: ignore[union-attr]
            return period
        if clause.baseline is not None and clause.baseline.high is not None:
            return str(clause.baseline.high)
        if (
            own
            and low != high
            and sentence[time.start - 1 : time.start] in ("从", "自")
            or own
            and low != high
            and re.search(r"[到至—]", sentence[time.start : time.end])
        ):  # type: ignore[union-attr]
            return str(low)
        return str(report_year - 1) if setting.part == "plan" or high >= report_year else str(low - 1)
    if clause.predicate == "比" and clause.baseline is not None:
        return clause.baseline.period
    running = _running(sentence, clause, quantity)
    if running:
        return span(high - running + 1, high)
    if (
        clause.baseline is not None
        and clause.measure in ("growth", "change", "multiple")
        and not clause.than
        and clause.baseline.high is not None
    ):
        base = clause.baseline.high
        return span(base + 1, high) if base < high else str(base + 1)
    if low != high and _at_end(sentence, quantity, clause, subject, status):
        return str(high)
    if clause.measure == "multiple" and clause.than and low != high:
        return str(high)
    if period and "-" in period:
        return period
    return span(low, high)


def _running(sentence: str, clause: Clause, quantity: Quantity) -> int:
    """N where 连续N年 stands before the quantity in its clause, or is the quantity; 0 otherwise."""
    match = None
    for match in _RUNNING.finditer(
        sentence, max(0, quantity.left - 30), min(len(sentence), quantity.right + 1)
    ):
        pass
    if match is None or re.search(r"[，、；。：]", sentence[match.end() : quantity.left]):
        return 0
    return count(match["years"])


def _at_end(sentence: str, quantity: Quantity, clause: Clause, subject: str, status: str) -> bool:
    """Whether a statement within a span is about its last year: a stock, not a flow."""
    if clause.measure == "rank":
        return not re.search(r"稳居|保持|连续|始终|成为|继续", clause.raw)
    if clause.measure in ("growth", "change", "multiple"):
        return False
    if clause.measure == "gap":
        return not re.search(r"年均|增速|增长", subject)
    if clause.predicate in ("保持在", "稳定在", "保持", "维持在") or (
        status == "target" and clause.predicate == "控制在"
    ):
        return False
    if clause.form == "share":
        return True
    if quantity.unit in ("%", "‰") and clause.measure == "level":
        return True
    if re.search(r"累计(?:建成|创建|培育|认定|拥有|达)", clause.raw):
        return True
    if _BREAKS.search(sentence[quantity.left : quantity.start]):
        return True
    if _CUMULATIVE.search(clause.raw):
        return bool(_STORED.search(subject))
    if clause.predicate in (
        "完成",
        "实现",
        "累计",
        "共",
        "合计",
        "总计",
        "共计",
        "累计达",
        "累计达到",
        "安排",
        "落实",
    ):
        return False
    if _FLOW.search(subject):
        return False
    return (
        clause.form == "reach"
        or bool(_STOCK_HEAD.search(subject))
        or quantity.unit in _STANDING
        or "年度" in subject
    )
