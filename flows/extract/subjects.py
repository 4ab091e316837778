"""Subjects: the noun phrase that each number measures, complete in itself.

A subject comes from the words before the number, from the noun after it (五千家企业), or from the
statement before it (…，增长10%); 分别 deals subjects out one by one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache

from flows import schemas
from flows.extract import indicators
from flows.extract.clauses import Clause
from flows.extract.quantities import Quantity

_SPLIT = re.compile(r"以及|[、和与及]")
_NO_TAIL = re.compile(
    r"^(?:以上|以下|左右|[百千万亿]*元?(?:新)?(?:台阶|大关|关口|门槛|规模|的新阶段|俱乐部)|增长|提高|下降|增加|减少|达到?|上升|扩大|降低|居|位居|占|为|到|至|和(?!谐)|与|及|，|、|多|余|或|并|以来|提升|跃居|创(?![新业意])|且|等(?!级)|∶|）|（|[+＋])"
)
_LISTING = re.compile(r"[^、]{1,40}(?:、[^、]{1,24})+等(?=[^、]{2,}$)")
_GENERIC = frozenset(
    [
        "支出",
        "总投资",
        "投资",
        "总产",
        "单产",
        "年度产量",
        "年产量",
        "交易额",
        "覆盖率",
        "普及率",
        "覆盖面",
        "增速",
        "占比",
        "比重",
        "合格率",
        "总额",
        "总量",
        "产值",
        "销售收入",
        "销售额",
        "总产值",
        "收入",
        "产量",
        "营业收入",
        "面积",
        "里程",
        "数量",
        "到位率",
        "完成率",
        "覆盖",
        "装机占比",
        "价格",
        "规模",
        "余额",
        "总数",
        "人数",
        "成交额",
        "达标率",
        "优良率",
        "使用率",
        "入学率",
        "毛入学率",
        "贡献率",
        "参保率",
        "利润",
        "税收",
        "主营业务收入",
        "出口",
        "进口",
        "长度",
        "总长",
        "总里程",
        "建筑面积",
        "总面积",
        "其中",
        "受益",
        "惠及",
        "覆盖",
        "受益群众",
        "惠及群众",
        "带动就业",
        "总人口",
        "资金",
        "金额",
        "总产量",
        "新增",
        "净增",
    ]
)
_LEADING_YEARS = r"(?:这|前|近|第一个)?(?:[一二两三四五六七八九十]{1,2}|\d{1,2})年(?:来|间|中|内|合计|共)"
_PRONOUN = re.compile(
    r"^(?:即|它们?|其|这|该|虽然|但是|然而|仍然|仍|也就是|就|大约|年产量才|才|也|约|还|又|比例|在[^，]{0,16}(?:计划|期间|时期|年|中|上|里|内|以前|以后|的))+$"
)
_LIST_MARK = re.compile(r"^（?[一二三四五六七八九十\d]{1,2}）")
_PREPOSITION = re.compile(
    r"^(?:对(?!外|口|接)|占(?!比|地)|比(?!例|重|亚)|较|高于|居(?!民|家|住)|位居|由(?!于)|从(?!业)|在[全世]|为|达到?|其中(?:的)?|的)"
)
_TRAILING_VERB = re.compile(
    r"(?:(?:稳步|持续|平稳|快速|较快|大幅|进一步|显著|明显|实现|继续|不断|稳定|首次|普遍|全面|逐步|历史性)*(?:增长|增加|提高|提升|上升|下降|减少|降低|扩大|改善|发展|回升|突破|增强|恢复|加快|超过|完成|见效|增多|翻番|优化|好转|达标|向好|推进|增收)(?:态势|突破)?)$"
)
_UP_TO_VERB = re.compile(r"(?:同比)?(?:增长|提高|增加|下降|减少|达到?|超过|扩大|突破).*$")
_PER_HEAD = re.compile(r"^(?:户均|人均|亩均|年均|每户|单)")
_INDUSTRY = re.compile(r"第?[一二](?:次)?(?:产业)?")
_OWNER = re.compile(r"^[\u4e00-\u9fff]{1,8}?企业(?=[\u4e00-\u9fff]{2})(?!数|总数)")
_SHARED_HEADS = (
    "增加值",
    "总产量",
    "产量",
    "人均可支配收入",
    "可支配收入",
    "纯收入",
    "收入",
    "投资",
    "总产值",
    "产值",
    "销售额",
    "零售额",
    "余额",
    "吞吐量",
    "覆盖率",
    "普及率",
    "参保率",
    "增速",
    "里程",
    "总额",
    "面积",
    "数量",
    "比重",
    "占比",
)


@dataclass(slots=True)
class Thread:
    """What earlier statements of the paragraph leave to later ones."""

    subject: str = ""
    verb: str = ""
    bases: list[str] = field(default_factory=list)
    topic: str = ""
    area: str | None = None


@cache
def _verbs() -> re.Pattern[str]:
    words = sorted((row["verb"] for row in schemas.rows("verbs.csv")), key=len, reverse=True)
    return re.compile("(?:新|累计|再|又|已|共)?(?:" + "|".join(map(re.escape, words)) + ")")


@cache
def _fillers() -> re.Pattern[str]:
    rows = [row for row in schemas.rows("fillers.csv") if row["place"] == "start" and row["strip"] != "keep"]
    words = [
        re.escape(row["word"]) + (f"(?!{row['not_before']})" if row["not_before"] else "") for row in rows
    ]
    body = "|".join(sorted(words, key=len, reverse=True))
    return re.compile(f"^(?:{body}|{_LEADING_YEARS})+")


def leading_verb(text: str) -> str:
    """The verbs at the beginning of `text` (新改建, 完成), or nothing."""
    match = _verbs().match(text)
    if not match or (
        match.group()
        in ("进口", "出口", "生产", "发展", "制造", "转移", "服务", "投资", "改造", "上市", "用", "获")
        and len(text) > len(match.group())
        and text[match.end()] in "总额值量率性力业商的品企厂规"
    ):
        return ""
    return match.group()


def clean(text: str) -> str:
    """A subject without what only introduces it (其中, 预计, 全年, 全市 …)."""
    text = _LIST_MARK.sub("", text.strip().lstrip("、，和与及—-•●"))
    text = _fillers().sub("", text)
    if _PRONOUN.match(text):
        return ""
    return text.strip("的、，之了（“”") if not text.startswith("“") else text.strip("的、，之了（")


def subject_of(
    clause: Clause, quantity: Quantity, thread: Thread, before: str, next_tail: str
) -> tuple[str, str]:
    """The subject of a quantity as published, and the base that later statements inherit.

    `before` is the clause without quantities that stands directly before, `next_tail` the tail of the next
    quantity (for 34个总投资424亿元的项目).
    """
    head = clean(clause.head)
    if quantity.unit == "年" and clause.raw.endswith("连续"):
        base = head.removesuffix("连续") or thread.subject
        return f"{base}连续年数", base
    tail = _usable_tail(clause, quantity, head, next_tail)
    if clause.tail == "的" and head.endswith("总投资") and next_tail:
        subject = f"{clean(next_tail)}总投资"
        return subject, subject
    listing = _LISTING.match(head) if clause.form == "plain" else None
    if tail and head.endswith("等"):
        head = leading_verb(head)
    elif listing:
        head = leading_verb(head) + head[listing.end() :]
    if clause.form in ("share", "gap", "multiple", "rank") or (
        clause.measure in ("growth", "change") and clause.form != "verb-change"
    ):
        base = _inherited(head, thread, before, clause)
        if (
            clause.measure == "growth"
            and tail
            and not head
            and quantity.kind == "ratio"
            and not thread.subject
        ):
            base = tail
        return _formed(clause, base), base
    if clause.form in ("reach", "growth-noun"):
        base = _inherited(head, thread, before, clause)
        if tail and not head and clause.form == "reach" and (not base or clause.predicate.endswith("有")):
            base = tail
        return base, base
    if not head and not tail:
        base = _inherited("", thread, before, clause)
        return base, base
    verb = leading_verb(head)
    if head and verb == head and not tail and thread.subject:
        whole = leading_verb(thread.subject)
        return head + thread.subject[len(whole) :], head + thread.subject[len(whole) :]
    if (
        clause.listed
        and not verb
        and thread.verb
        and clause.start
        and head
        and not _PREPOSITION.match(head)
        and clause.raw[:1] in "、和与及"
    ):
        alone = indicators.code_of(head) and not indicators.code_of(thread.verb + head)
        subject = ("" if alone else thread.verb) + head + tail
        return subject, subject
    if _PER_HEAD.sub("", head) in _GENERIC or (verb and head[len(verb) :] in _GENERIC):
        subject = _with_topic(head, thread, before) + tail
    elif tail:
        subject = head + tail if not tail.startswith("的") or not head else head + tail[1:]
    else:
        subject = head
    subject = subject.strip("的")
    if clause.raw.lstrip("，（、").startswith("其中") and len(head) <= 6 and not tail:
        subject = _part_of_topic(subject, thread.subject)
        return subject, head
    return subject, re.sub(r"(?:累计|年均)?(?:新增|净增)$", "", subject) or subject


def _part_of_topic(part: str, topic: str) -> str:
    """其中城区段19条, after 整治沟渠: the part with what it is a part of, unless it says so itself."""
    whole = topic[len(leading_verb(topic)) :]
    shared = {part[i : i + 2] for i in range(len(part) - 1)} & {
        whole[i : i + 2] for i in range(len(whole) - 1)
    }
    return part if shared or len(whole) > 8 else part + whole


def _usable_tail(clause: Clause, quantity: Quantity, head: str, next_tail: str) -> str:
    """The noun after the number when it belongs to the subject."""
    tail = clause.tail
    if not tail or _NO_TAIL.match(tail):
        return ""
    if quantity.unit == "%" and not tail.startswith(("的", "以上的")) and head:
        return "" if len(head) > 1 else tail
    if tail in ("总投资", "投资", "年产值") and next_tail.startswith("的"):
        return next_tail[1:30]
    return re.sub(r"^的", "", tail)[:30] if head == "" or True else tail


def _inherited(head: str, thread: Thread, before: str, clause: Clause) -> str:
    """The subject before a predicate; what an empty one inherits."""
    if head and not _PREPOSITION.match(head):
        if head in _GENERIC:
            return _with_topic(head, thread, before)
        owner = _OWNER.match(thread.subject)
        if clause.listed and clause.raw[:1] == "、" and owner and not _OWNER.match(head) and len(head) < 8:
            return owner.group() + head
        if (
            clause.listed
            and clause.raw[:1] in "、和"
            and thread.verb
            and not leading_verb(head)
            and clause.form == "plain"
        ):
            return thread.verb + head
        return head
    if clause.earlier and before and not head:
        return clean(before)
    if before and not clause.listed:
        phrase = clean(before)
        shorter = _TRAILING_VERB.sub("", phrase)
        if shorter and len(shorter) <= 24 and (shorter != phrase or _names_something(shorter)):
            return shorter + head
        opening = _named_opening(phrase)
        if opening:
            return opening + head
    return thread.subject + head


def _named_opening(phrase: str) -> str:
    """The longest beginning of a clause that names an indicator (粮食产量屡创新高 → 粮食产量); nothing else."""
    for length in range(min(len(phrase), 16), 1, -1):
        if indicators.code_of(phrase[:length]):
            return phrase[:length]
    return ""


def _names_something(phrase: str) -> bool:
    """Whether a clause is a mere noun phrase (新建的铁路，就有…): it ends in a catalogue-like noun or 的 + noun."""
    return phrase.endswith(_SHARED_HEADS) or (
        bool(re.search(r"的[^，的]{1,8}$", phrase)) and not leading_verb(phrase)
    )


def _with_topic(head: str, thread: Thread, before: str) -> str:
    """A bare noun (总投资, 交易额) completed by what the statement before was about."""
    if head == "支出" and thread.subject.endswith("收入"):
        return thread.subject[:-2] + head
    topic = thread.subject or _UP_TO_VERB.sub("", clean(before))
    if not topic or topic.endswith(head):
        return topic or head
    if "产" in head and thread.topic and not thread.subject.startswith(thread.topic[:2]):
        topic = thread.topic
    topic = re.sub(r"(?:总数|数量|数|总量|总额|个数|(?:播种|种植)面积|单产|总产|产量)$", "", topic)
    return topic + head


def _formed(clause: Clause, base: str) -> str:
    """The subject as published for shares, gaps, multiples and ranks."""
    than = clause.than
    if clause.form == "share":
        return f"{base}占{than}比重" if than else base
    if clause.form == "gap":
        return f"{base}高于{than}的差距" if base else than
    if clause.form == "multiple" and than:
        return f"{base}相当于{than}的倍数"
    if clause.form == "rank":
        return f"{base}{than}位次"
    return base


def dealt(clause: Clause, group: int, thread: Thread) -> list[str]:
    """The subjects that 分别 deals out over `group` quantities; empty when it cannot be told."""
    head = clean(clause.head)
    head = re.sub(r"分别.*$", "", head)
    if not head:
        bases = list(dict.fromkeys(thread.bases))[-group:]
        return bases if len(bases) == group else []
    if group == 2 and "城乡" in head:
        return [head.replace("城乡", "城镇", 1), head.replace("城乡", "农村", 1)]
    items = [item for item in _SPLIT.split(head) if item]
    if len(items) != group:
        return []
    first_verb = leading_verb(items[0])
    last = items[-1]
    if re.match(r"第?三(?:次)?产业", last) and all(_INDUSTRY.fullmatch(item) for item in items[:-1]):
        rest = re.sub(r"^第?三(?:次)?产业", "", last)
        return [f"第{re.sub(r'第|次|产业', '', item)}产业{rest}" for item in items[:-1]] + [f"第三产业{rest}"]
    whole = [item + _shared_end(item, last) for item in items[:-1]] + [last]
    return [item if not first_verb or leading_verb(item) else first_verb + item for item in whole]


def _shared_end(item: str, last: str) -> str:
    """What an item of a list shares with the end of the last one: 粮食、棉花产量 → 产量."""
    if item.endswith(_SHARED_HEADS):
        return ""
    if "的" in last[1:-1]:
        return last[last.index("的") :]
    if last[len(item) : len(item) + 1] == "对":
        return last[len(item) :]
    at = last.find(item[-1])
    rest = last[at + 1 :] if at >= 0 else ""
    if len(rest) >= 2:
        return rest
    shared = next((noun for noun in _SHARED_HEADS if last.endswith(noun)), "")
    return shared if len(item) <= len(last) else ""
