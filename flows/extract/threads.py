"""Threads: what a statement inherits from those before it in the paragraph, and from the clause before."""

from __future__ import annotations

import re
from typing import Final

from flows.extract import indicators
from flows.extract.parts import Clause, Statement, Thread
from flows.extract.phrases import PER_UNIT, clean, leading_verb
from flows.extract.predicates import is_nominal
from flows.extract.words import alternatives, by_last_character, members

_PREPOSITION: Final = re.compile(alternatives("preposition"))
_TRAILING_VERB: Final = re.compile(
    rf"{alternatives('trailing_adverb')}*{alternatives('trailing_verb')}(?:态势|突破)?$"
)
_CHANGED: Final = re.compile(rf"(?:同比)?{alternatives('change_word')}.*$")
_AS_FOR: Final = re.compile(r"[以拿就对](.{1,20}?)(?:来说|来讲|来看|而言)")
_PER_HEAD: Final = re.compile(rf"^{alternatives('per_head')}")
_HAVING: Final = re.compile("(.{2,8}?)(?:还|仍|仍然|尚)?有([^有]{2,6})")
_GRANTED: Final = re.compile("对([^的]{2,12}的[^的]{0,8}(?:标准|补[贴助]|贷款))")
_RAISED: Final = re.compile(
    rf"(?:{alternatives('closing_adverb')}|[一二两三四五六七八九十]{{1,3}}[年次]|适当|较大幅度)*(?:提高|上调|调高|下调|调低|降低)了?(?P<noun>.{{2,24}})"
)
_OF_RAISED: Final = re.compile(
    rf"(?:人均|户均|平均|每?[年月人户])*|(?:提[高标价升]?|调整|上调)?(?:{alternatives('rate_noun')}|幅度)"
)
_WORKS: Final = re.compile("([^，]{2,20}?(?:项目|工程|机场|铁路|高速公路|公路|水库|电站|基地|园区))(?=.{2})")
PER_CAPITA: Final = re.compile("按[^，按]{0,4}人口(?:平均|计算)")
_PEOPLE: Final = re.compile("农牧民|农民|(?:农村|城镇|城市)(?:常住)?居民")
_OWNER: Final = re.compile(r"[\u4e00-\u9fff]{1,8}?企业(?=[\u4e00-\u9fff]{2})(?!数|总数)")
_NAMED_END: Final = re.compile(rf"{alternatives('shared_noun')}$")
_MEASURE_END: Final = re.compile(rf"的?((?:年|月|日|平均)*{alternatives('shared_noun')})$")
_SAYS_MEASURE: Final = re.compile(
    rf"(?:{alternatives('shared_noun')}|{alternatives('stock_noun')}|数|额|费)$"
)
_LONGEST_THING: Final = 6
_OF_NOUN_END: Final = re.compile(r"的[^，的]{1,8}$")
_AMOUNT: Final = re.compile(rf"{alternatives('amount_noun')}$")
_SIDE: Final = re.compile(alternatives("side"))
_ACTING: Final = re.compile(rf"{alternatives('acting')}.*$")
_TRADE_END: Final = re.compile(rf"{alternatives('trade_noun')}$")
_PROJECTS: Final = re.compile(r"等(?:项目|工程|线路)?$")
_RATE_END: Final = re.compile(rf"{alternatives('rate_noun')}$")
_EARNED: Final = re.compile("(?<=.{2})(?:实现|完成)(?:主营业务|营业|销售)?收入$")
_CAUSE: Final = re.compile("(?<=.{2})(?:由于|因为|因(?![素此地子])).*$")
_RUNNING: Final = re.compile("(?:已?连续|连年|逐年|年年|保持).*$")
_YEARLY: Final = re.compile("(?<=..)已?连续[^，]{1,4}年.*$")
_CAPACITY: Final = re.compile(rf"{alternatives('capacity_noun')}$")
_ADDED: Final = re.compile(
    "^(?:累计|年均)?(?:新增|净增|新建|新登记|新设立?|新注册|新办|新植|新栽|新种|新发展)(?=.{2})"
)
_BUDGET_SIDE: Final = re.compile("(?:收入|支出)(?:总数|总额|合计)?$")
_BUDGET: Final = re.compile("预算|决算|财政")
_PARTED: Final = re.compile(r"[\d，]")
_ECONOMY: Final = "经济"
_TOPIC_END: Final = 24
_TOPIC_LENGTH: Final = 4
_YEAR_BY_YEAR: Final = ("连年", "逐年", "年年", "连续", "持续")
_LEFT_OUT: Final = ("剔除", "扣除", "不含", "不包括")
_TELLING: Final = tuple(members("acting") | members("closing_adverb") | members("telling"))
_LONGEST_PHRASE: Final = 24
_LONGEST_NAME: Final = 16
_LONGEST_OWNED: Final = 8
_BASES_KEPT: Final = 8


def topic_of(paragraph: str) -> str:
    """What a paragraph is about, from an opening without quantities: 粮食生产再创新高。 → 粮食生产."""
    end = paragraph.find("。", 0, _TOPIC_END)
    opening = paragraph[:end].lstrip("—") if end > 0 else ""
    return "" if _PARTED.search(opening) else opening[:_TOPIC_LENGTH]


def remember(thread: Thread, statement: Statement) -> None:
    """Leaves to the thread what later statements may inherit from this one."""
    clause = statement.clause
    if not clause.earlier and clause.predicate != "比" and clause.form != "planned":
        thread.when[clause.measure] = (statement.status, statement.period)
    if clause.form == "whole" or clause.raw.startswith(_LEFT_OUT):
        return
    thread.added = statement.subject if statement.subject.endswith(("新增", "净增")) else ""
    if statement.base:
        thread.subject, thread.area = statement.base, statement.area
    joined = clause.listed and clause.raw[:1] in "、和与及"
    joined |= goes_on_adding(clause, thread)
    joined |= (
        clause.raw.startswith("其中") and bool(thread.verb) and statement.subject.startswith(thread.verb)
    )
    if clause.form in ("plain", "reach") and not joined:
        thread.verb = f"{clean(clause.head)}的" if is_nominal(clause) else leading_verb(clean(clause.head))
    if clause.measure == "level" or clause.form in ("rise", "fall"):
        thread.bases = [*thread.bases, statement.base][-_BASES_KEPT:]


def goes_on_adding(clause: Clause, thread: Thread) -> bool:
    """Whether a capacity is one more of those added: 新增装机容量3万千瓦，采煤能力5万吨，通车里程8公里."""
    adding = clause.follows and clause.form == "plain" and thread.verb in members("gain_verb")
    return adding and all(_CAPACITY.search(noun) for noun in (clause.head, thread.subject))


def inherited(head: str, thread: Thread, before: str, clause: Clause) -> str:
    """The subject before a predicate; what an empty one inherits.

    `before` is the clause without quantities that stands directly before.
    """
    if head.endswith("之比") and clause.raw.startswith(("与", "同")) and thread.subject:
        return f"{thread.subject}与{head}"
    raised = _RAISED.fullmatch(clean(before)) if before and _OF_RAISED.fullmatch(head) else None
    if raised:
        return raised["noun"]
    if head and not begins_with_preposition(head):
        return _own(head, thread, before, clause)
    granted = _GRANTED.fullmatch(head)
    if granted:
        return granted[1]
    named = head.rpartition("、")[2].removeprefix("实现")
    if named and named != head and indicators.code_of(named):
        return named
    if clause.earlier and before and not head:
        begun = _TRAILING_VERB.sub("", clean(before))
        return _told_of(clean(before)) or (begun if indicators.code_of(begun) else clean(before))
    if before and not clause.listed:
        phrase = clean(before)
        per_head = "人均" + thread.subject if PER_CAPITA.fullmatch(phrase) else ""
        if per_head and indicators.code_of(per_head):
            return per_head + head
        spoken_of = _AS_FOR.fullmatch(phrase)
        if spoken_of:
            return spoken_of[1] + head
        having = _HAVING.fullmatch(phrase)
        if having and indicators.code_of(having[1] + having[2]):
            return having[1] + having[2] + head
        turned = named_opening(phrase) if "了" in phrase else ""
        if turned and "了" in phrase[len(turned) :]:
            return turned + head
        shorter = _TRAILING_VERB.sub("", _YEARLY.sub("", _CAUSE.sub("", phrase)))
        is_named = shorter != phrase or _names_something(shorter) or _is_counted(shorter, clause)
        told_of = "" if indicators.code_of(shorter) else _told_of(phrase)
        if shorter and len(shorter) <= _LONGEST_PHRASE and is_named and not told_of:
            return shorter + head
        opening = told_of or named_opening(phrase)
        if opening:
            return opening + head
    economy = clause.measure == "growth" and not thread.subject and thread.topic.startswith(_ECONOMY)
    return (_ECONOMY if economy else thread.subject) + head


def with_topic(head: str, thread: Thread, before: str) -> str:
    """A bare noun (总投资, 交易额) completed by what the statement before was about."""
    if _BUDGET_SIDE.fullmatch(head):  # what was carried over (结转) is in the total alone
        spoken_of = [base for base in (*thread.bases, thread.subject) if _BUDGET_SIDE.search(base)]
        budgets = [base for base in spoken_of if "结转" not in base and not _BUDGET_SIDE.fullmatch(base)]
        if head.startswith("收入总") and any("结转" in base for base in spoken_of):
            return head
        if budgets and (thread.subject in spoken_of or _BUDGET.search(budgets[-1])):
            return _BUDGET_SIDE.sub("", budgets[-1]) + head
    named = indicators.completed(head, clean(before)) if before else ""
    if not named and not thread.subject and thread.topic:
        named = indicators.completed(head, thread.topic, opening=True)
    if named:
        return named
    if head in members("per_head"):
        opening = named_opening(clean(before))
        return opening + head if opening else head + thread.subject
    phrase = _RUNNING.sub("", clean(before))
    caused = _CAUSE.sub("", phrase)
    works = _WORKS.match(phrase) if "投资" in head else None
    noun = _bare_noun(before) or named_opening(phrase) or (caused if caused != phrase else "")
    noun = works[1] if works and not noun else noun
    topic = noun or _EARNED.sub("", thread.subject) or _CHANGED.sub("", phrase)
    if not topic or topic.endswith(head[len(leading_verb(head)) :] or head):
        return topic or head
    if head in members("own_amount"):
        topic = topic.removesuffix("增加值")
        own = (noun for noun in by_last_character("own_amount").get(topic[-1:], ()) if topic.endswith(noun))
        topic = topic.removesuffix(next(own, "")) or topic
    elif head in members("rate_noun"):
        topic = _RATE_END.sub("", topic)
    if head.startswith("总") and head != topic:
        topic = without_added(topic)
        topic = topic.removesuffix(head[1:]) if len(head) > 2 else topic
    if not noun and "产" in head and thread.topic and not thread.subject.startswith(thread.topic[:2]):
        topic = thread.topic if _named_beginning(thread.topic, head) else topic
    if indicators.code_of(topic + head):
        return topic + head
    if head in members("rate_noun"):
        return topic + head
    topic = _AMOUNT.sub("", topic)
    if head in members("amount_noun"):
        return topic + head
    return _named_ending(topic, head) or _named_beginning(topic, head) or topic + head


def without_added(subject: str) -> str:
    """What there is of something, after what was added to it: 新增企业12家、累计达46家."""
    return _ADDED.sub("", subject)


def with_measure(name: str, other: str) -> str:
    """A mere thing with the measure that was said of another: 钢产量由5万吨增加到6万吨，煤由… → 煤产量."""
    measure = _MEASURE_END.search(other) if 0 < len(name) <= _LONGEST_THING else None
    return name + measure[1] if measure and not _SAYS_MEASURE.search(name) else name


def _is_counted(phrase: str, clause: Clause) -> bool:
    """Whether a clause describes what the next one counts: 建立外交关系的国家，已经有九十个."""
    return clause.predicate.endswith("有") and _OF_NOUN_END.search(phrase) is not None


def _bare_noun(before: str) -> str:
    """What the clause before is about, when it names a trade or its work: 乡镇企业保持旺盛势头 → 乡镇企业."""
    phrase = _ACTING.sub("", clean(before))
    named = 2 < len(phrase) <= _LONGEST_NAME and _TRADE_END.search(phrase) and not leading_verb(phrase)
    return phrase if named else ""


def _named_ending(topic: str, head: str) -> str:
    """The shortest end of a topic that with `head` names an indicator: …高速公路等项目 + 通车里程."""
    whole = _PROJECTS.sub("", topic)
    for length in range(2, min(len(whole), _LONGEST_NAME) + 1):
        if indicators.code_of(whole[-length:] + head):
            return whole[-length:] + head
    return ""


def _named_beginning(topic: str, head: str) -> str:
    """The longest beginning of a topic that with `head` names an indicator: 粮食播种面积 + 产量."""
    for length in range(min(len(topic), _LONGEST_NAME), 1, -1):
        if indicators.code_of(topic[:length] + head) not in (None, indicators.code_of(head)):
            return topic[:length] + head
    return ""


def is_generic(head: str, thread: Thread, before: str) -> bool:
    """Whether a noun says nothing without what it is of: 总投资, 收入, 人均收入.

    出口 and 税收 do say it themselves, but not after what is no headline figure (奶酪产量增长…，出口…).
    """
    if head in members("per_head"):
        return True
    return _PER_HEAD.sub("", head) in members("generic_noun") and not is_headline(head, thread, before)


def is_headline(head: str, thread: Thread, before: str) -> bool:
    """Whether a noun names an indicator, and neither thread nor the clause before speaks of another thing."""
    if thread.subject:
        alone = indicators.code_of(thread.subject) is not None
    else:
        alone = _CHANGED.search(before) is None
    return alone and indicators.code_of(head) is not None


def begins_with_preposition(head: str) -> bool:
    """Whether a head is no noun phrase of its own (对…, 占…, 比…)."""
    return _PREPOSITION.match(head) is not None


def _own(head: str, thread: Thread, before: str, clause: Clause) -> str:
    """The subject that a clause says itself, with what its list leaves out."""
    if clause.compared and thread.subject.endswith(head):
        return thread.subject
    if not indicators.code_of(head) and clause.measure == "growth":
        for base in reversed(thread.bases):
            if base.endswith(head) and base != head and indicators.code_of(base):
                return base
    stem = _RATE_END.sub("", head)
    if stem and stem != head and thread.subject.endswith(stem) and not indicators.code_of(stem):
        return thread.subject
    bare = head in members("generic_noun") or head in members("per_head")
    if bare and is_generic(head, thread, before):
        return with_topic(head, thread, before)
    per_unit = PER_UNIT.match(thread.subject) if clause.listed else None
    if per_unit and indicators.code_of(per_unit.group() + head):
        return per_unit.group() + head
    beside = of_side(head, thread.subject)
    if beside:
        return beside
    owner = _OWNER.match(thread.subject) if clause.listed and clause.raw[:1] == "、" else None
    if owner and len(head) < _LONGEST_OWNED and not _OWNER.match(head):
        return owner.group() + head
    people = _PEOPLE.match(clean(before)) if before and head.startswith("人均") else None
    return people.group() + head if people else named_with(head, thread, before) or head


def of_side(head: str, spoken_of: str) -> str:
    """What is told of one side after it was of another (城镇居民收入4万元；农村居民2万元), or nothing."""
    other = _SIDE.match(spoken_of) if head in members("side") else None
    return head + spoken_of[other.end() :] if other and other.group() != head else ""


def named_with(head: str, thread: Thread, before: str) -> str:
    """The indicator that a short `head` names with what was spoken of, see `indicators.named_with`."""
    short = len(head) <= _LONGEST_NAME
    return indicators.named_with(head, clean(before), thread.subject) if short else ""


def named_opening(phrase: str) -> str:
    """The longest beginning of a clause that names an indicator (粮食产量屡创新高 → 粮食产量), or nothing."""
    for length in range(min(len(phrase), _LONGEST_NAME), 1, -1):
        if indicators.code_of(phrase[:length]):
            return phrase[:length]
    return ""


def _told_of(phrase: str) -> str:
    """The indicator that a clause opens with and tells of (财政收入连年攀升 → 财政收入), or nothing."""
    opening = named_opening(phrase)
    told = opening.endswith(_YEAR_BY_YEAR) or phrase.startswith(_TELLING, len(opening))
    return opening if opening and told else ""


def _names_something(phrase: str) -> bool:
    """Whether a clause is a mere noun phrase: it ends in a noun of measure or in 的 and a noun."""
    if _NAMED_END.search(phrase):
        return True
    return _OF_NOUN_END.search(phrase) is not None and not leading_verb(phrase)
