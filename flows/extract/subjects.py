"""Subjects: the noun phrase that each number measures, complete in itself.

A subject comes from the words before the number, from the noun after it (五千家企业), or from the
statement before it (…，增长10%).
"""

from __future__ import annotations

import re
from typing import Final

from flows.extract import indicators
from flows.extract.parts import Clause, Quantity, Thread
from flows.extract.phrases import BUILT, clean, leading_verb
from flows.extract.predicates import is_nominal
from flows.extract.threads import (
    PER_CAPITA,
    begins_with_preposition,
    goes_on_adding,
    inherited,
    is_generic,
    is_headline,
    named_with,
    of_side,
    with_topic,
    without_added,
)
from flows.extract.words import alternatives, members

_NO_TAIL: Final = re.compile(
    rf"{alternatives('no_tail')}|(?:[两三四]个)?(?:[百千万亿]*元)?新?{alternatives('milestone')}"
)
_LISTING: Final = re.compile(r"[^、]{1,40}(?:、[^、]{1,24})+等(?=[^、]{2,}$)")
_ADDED: Final = re.compile(r"(?:累计|年均)?(?:新增|净增)$")
_JOINT_END: Final = re.compile(r"(?:以及|[和及、]|(?<!参)与)$")
_PLANNED: Final = re.compile("(?:^|(?<=.{2})(?<![年原定比成超过的项五期度]))计划$")
_REACHING: Final = frozenset({"覆盖", "惠及", "受益"})  # the people that what was spoken of reaches
_PEOPLED: Final = "人口"
_POPULATION: Final = re.compile(
    f"{_PEOPLED}的?(?:这样一个)?(?:发展中|农业|社会主义)?(?:大国|国家|大省|大市|大县)"
)
_PEOPLE: Final = frozenset({"人", "人次", "名"})
_INVESTMENT: Final = re.compile("(?:计划|预计)?总投资额?$")
_SHARE_IN: Final = re.compile("在([^，、在]{2,14}?)中的?(?:所占)?(?:占比|比重|比例|份额)")
_FIRST_OF: Final = re.compile("成为[^，]{0,6}?(?:首个|首座|第一个|唯一)(.{2,})$")
_TOLD: Final = re.compile("的(?:任务|统计|调查|测算)$")
_PAYERS: Final = ("财政", "政府", "国家", "中央", "省级")
_PAID: Final = frozenset({"安排", "投入", "拨付", "下达", "支出", "拿出"})
_USES: Final = ("用于", "投向")
_LONGEST_TAIL: Final = 30
_LONGEST_PART: Final = 6
_LONGEST_WHOLE: Final = 8


def subject_of(
    clause: Clause, quantity: Quantity, thread: Thread, before: str, next_tail: str
) -> tuple[str, str]:
    """The subject of a quantity as published, and the base that later statements inherit.

    `before` is the clause without quantities that stands directly before, `next_tail` the tail of the next
    quantity (for 34个总投资424亿元的项目).
    """
    head = clean(clause.head)
    if before and head and PER_CAPITA.fullmatch(before) and not head.startswith("人均"):
        head = f"人均{head}"
    share = _SHARE_IN.fullmatch(clause.head) if clause.head.startswith("在") else None
    if share:
        owner = inherited("", thread, before, clause)
        subject = f"{owner}占{share[1]}比重"
        return subject, subject
    first = _FIRST_OF.search(head) if clause.tail.startswith("的") else None
    if first:
        return first[1], first[1]
    if clause.tail.startswith(_PEOPLED) and _POPULATION.match(clause.tail):
        return _PEOPLED, _PEOPLED
    if clause.form == "plain" and head.startswith("比") and begins_with_preposition(head):
        return thread.subject, thread.subject
    if quantity.unit == "年" and clause.raw.endswith("连续"):
        base = head.removesuffix("连续") or inherited("", thread, before, clause)
        return f"{base}连续年数", base
    if clause.tail.startswith("的") and head.endswith("投资") and (clause.tail[1:] or next_tail):
        invested = "总投资" if head.endswith("总投资") else "投资"
        subject = f"{clean(clause.tail[1:] or next_tail)}{invested}"
        return subject, subject
    tail = _usable_tail(clause, quantity, head, next_tail)
    head = _without_list(head, tail, clause)
    if clause.form not in ("plain", "verb-change"):
        return _of_predicate(clause, quantity, thread, head, tail, before)
    if not head and not tail:
        base = inherited("", thread, before, clause)
        return base, base
    return _of_noun(clause, thread, head, tail, before, quantity.unit in _PEOPLE)


def published(clause: Clause, base: str) -> str:
    """The subject as published: shares, gaps, multiples and ranks name what they compare `base` with."""
    than = clause.than
    if clause.form == "share":
        return f"{base}占{than}比重" if than else base if base.endswith("比重") else f"{base}占比"
    if clause.form == "completion":
        return f"{base}完成{than}比例"
    if clause.form == "gap":
        return f"{base}高于{than}的差距" if base and than else base or than
    if clause.form == "multiple" and than:
        return f"{base}相当于{than}的倍数"
    if clause.form == "rank":
        return f"{base}{than}位次"
    return base


def _without_list(head: str, tail: str, clause: Clause) -> str:
    """建设学校、医院等项目5个 → 建设项目; with the noun behind the number nothing but the verb stays."""
    if tail and head.endswith("等"):
        return leading_verb(head)
    listing = _LISTING.match(head) if "等" in head and clause.form == "plain" else None
    verb = leading_verb(head) if listing else ""
    return verb + head[listing.end() :] if listing and (verb or not _is_bare(head, listing.end())) else head


def _is_bare(head: str, at: int) -> bool:
    """Whether what follows a list says nothing alone (国债、专项债等资金)."""
    return head[at:] in members("generic_noun")


def _of_predicate(
    clause: Clause, quantity: Quantity, thread: Thread, head: str, tail: str, before: str
) -> tuple[str, str]:
    """The subject of a growth, change, comparison or value that is reached."""
    head = "" if clause.form == "rank" and head in members("count_noun") else head
    base = inherited(_PLANNED.sub("", head) if head.endswith("计划") else head, thread, before, clause)
    if not head and clause.measure == "growth" and thread.added:
        base = thread.added
    if not head and clause.listed and "累计" in clause.raw:
        base = without_added(base)
    if clause.form == "reach":
        if tail and is_nominal(clause):
            subject = f"{head}的{tail}"
            return subject, subject
        if tail and not head and (not base or clause.predicate.endswith("有")):
            base = tail
        if head and quantity.unit == "元" and head.endswith(_PAYERS) and clause.predicate in _PAID:
            base = f"{head}{clause.predicate}{tail or '资金'}"
        return base, base
    if clause.measure == "growth" and tail and not head and quantity.kind == "ratio" and not thread.subject:
        base = tail
    return published(clause, base), base


def _of_noun(
    clause: Clause, thread: Thread, head: str, tail: str, before: str, people: bool
) -> tuple[str, str]:
    """The subject of a number with its noun: 新建学校5所, 5万名学生, 总投资5亿元.

    What a verb alone is done to is what was spoken of, unless its unit names it (PEOPLE: 培训5万人).
    """
    verb = leading_verb(head)
    if head and verb == head and not tail and before:
        done = f"{clean(before)}{head}" if head in _REACHING else indicators.completed(head, before)
        if done:
            return done, done
    if people and verb == head not in _REACHING and not tail and len(head) > 1:
        return head, head
    if head and verb == head and not tail and thread.subject and not _is_itself(head, thread, before):
        done = indicators.completed(head, thread.subject, opening=True)
        subject = done or head + _INVESTMENT.sub("", _without_verb(thread.subject))
        return subject, subject
    added = clause.raw.startswith("其中") or goes_on_adding(clause, thread)
    added = added and clause.follows and not tail and thread.verb in members("gain_verb")
    if clause.listed and head.startswith("总") and without_added(thread.subject) != thread.subject:
        subject = with_topic(head, thread, before) + tail
        return subject, subject
    if (clause.listed or added) and (head or tail) and not verb and (added or _goes_on(clause, thread, head)):
        alone = not added and indicators.code_of(head) and not indicators.code_of(thread.verb + head)
        subject = ("" if alone else thread.verb) + head + tail
        return subject, subject
    named = of_side(head, thread.subject) or named_with(head, thread, before) if head and not tail else ""
    if named:
        return named, named
    if verb and verb == head and tail:
        subject = head + tail
    elif is_generic(head, thread, before) or (verb and head[len(verb) :] in members("generic_noun")):
        subject = with_topic(head, thread, before) + tail
    else:
        subject = head + (tail.removeprefix("的") if head else tail)
    subject = subject.strip("的")
    if clause.raw.lstrip("，（、").startswith("其中") and len(head) <= _LONGEST_PART and not tail:
        verb = leading_verb(thread.subject)
        if verb and indicators.code_of(verb + subject):
            return verb + subject, head
        part = _part_of(subject, thread.subject[len(verb) :])
        if verb.startswith("新") and indicators.code_of(part) != indicators.code_of(verb + part):
            return verb + part, verb + part  # 高速铁路 of the railways newly built are not all there are
        return (verb + part if verb in members("gain_verb") and not leading_verb(part) else part), head
    ends = subject.endswith(("新增", "净增"))
    return subject, (_ADDED.sub("", subject) or subject) if ends else subject


def _is_itself(verb: str, thread: Thread, before: str) -> bool:
    """Whether a verb alone is what is measured: 造林; 出口 where no other thing is spoken of."""
    named = indicators.code_of(verb) is not None
    return named and (verb not in members("noun_verb") or is_headline(verb, thread, before))


def _goes_on(clause: Clause, thread: Thread, head: str) -> bool:
    """Whether a list goes on under the verb of its first member: 新建学校5所、医院3所."""
    joined = bool(clause.start) and clause.raw[:1] in "、和与及"
    return joined and bool(thread.verb) and not begins_with_preposition(head)


def _part_of(part: str, whole: str) -> str:
    """其中城区段19条, after 整治沟渠: the part with what it is a part of, unless it says so itself."""
    pairs = [{text[i : i + 2] for i in range(len(text) - 1)} for text in (part, whole)]
    return part if pairs[0] & pairs[1] or len(whole) > _LONGEST_WHOLE else part + whole


def _usable_tail(clause: Clause, quantity: Quantity, head: str, next_tail: str) -> str:
    """The noun after the number when it belongs to the subject."""
    tail = _JOINT_END.sub("", clause.tail) if clause.tail else ""
    if not tail or _NO_TAIL.match(tail):
        return ""
    if quantity.unit == "%" and head and not tail.startswith(("的", "以上的", *_USES)):
        return "" if len(head) > 1 else tail
    if tail in ("总投资", "投资", "年产值") and next_tail.startswith("的"):
        return next_tail[1:_LONGEST_TAIL]
    if tail.endswith("中") and "在" in clause.raw:
        tail = tail[:-1]
    return _TOLD.sub("", tail.removeprefix("的"))[:_LONGEST_TAIL]


def _without_verb(subject: str) -> str:
    return BUILT.sub("", subject[len(leading_verb(subject)) :])
