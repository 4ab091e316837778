"""Distribution: 分别 deals numbers out over subjects; what a list says once holds for all of it."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from flows.extract import indicators
from flows.extract.baselines import JOINTS
from flows.extract.comparisons import is_ratio
from flows.extract.parts import Clause, Quantity, Statement, Thread
from flows.extract.phrases import BUILT, PER_UNIT, clean, leading_verb
from flows.extract.predicates import predicate
from flows.extract.threads import of_side, without_added
from flows.extract.words import alternatives, by_last_character, members

_SPLIT: Final = re.compile(r"以及|[、和与及]")
_INDUSTRY: Final = re.compile(r"第?[一二]次?(?:产业)?")
_THIRD_INDUSTRY: Final = re.compile(r"第?三次?产业")
_ALL_INDUSTRIES: Final = re.compile("三次产业|三大产业|一二三次?产业?")
_ORDINALS: Final = "一二三"
_INDUSTRY_WORDS: Final = re.compile(r"第|次|产业")
_RATIO_NOUN: Final = re.compile(rf"{alternatives('ratio_noun')}$")
_TOWN_AND_COUNTRY: Final = re.compile(r"城乡|城镇(?:常住)?(?:居民)?[、和与及]农村")
_BOTH: Final = re.compile(rf"{_TOWN_AND_COUNTRY.pattern}|存贷款")
_PAIRS: Final = (("城乡", "城镇", "农村"), ("存贷款", "存款", "贷款"))
_OWNED: Final = re.compile(r"(.{2,12}?)(?:实现|完成)(?=.{2})")
_LONGEST_TWIN: Final = 3
_LONGEST_BARE: Final = 3
_GROWN: Final = ("rise", "fall", "growth-list", "verb-change")
_GROWN_OR_RATE: Final = (*_GROWN, "growth-noun")
_ADJUSTED: Final = re.compile("(?:扣除|剔除|按)[^，]{2,12}(?:因素|口径)(?:后)?")
_MOVED: Final = ("收窄", "回升", "回落", "放缓", "加快", "反弹")
_GROWING_NOUN: Final = re.compile(rf"{alternatives('growing_noun')}$")
_EXTREME: Final = re.compile("最?[高低快慢多少]的")
_RECKONED: Final = re.compile("（(?:不?包括|不?含|扣除|剔除|按)[^，。；）]*$")
_JOINTS: Final = "".join(JOINTS)
_PLACE: Final = re.compile("(?:全[国省市区州县]|世界|全球)?第")
_BOTH_MOVE: Final = re.compile(
    "(?:近年来|首次|历史性|均|都|继续|持续)*(?:实现|出现|保持|呈现)?"
    "[“]?双双?(?:下降|增长|提升|提高|增|降|升)[”]?$"
)
_LOOSE: Final = frozenset("多余几来")
_SPREADING: Final = ("about", "lower", "upper")
Groups = dict[int, list[int]]


def groups(quantities: list[Quantity], clauses: list[Clause]) -> Groups:
    """For every quantity under a 分别 the indices of all quantities that it deals out to.

    The clauses of a group take the predicate of its first.
    """
    found: Groups = {}
    for index, clause in enumerate(clauses):
        again = index - 1 in found and (not clause.listed or clauses[index - 1].earlier)
        if not clause.distributive and not _deals_silently(quantities, clauses, index, again):
            continue
        group = [index]
        while group[-1] + 1 < len(clauses) and _is_dealt(clauses[group[-1] + 1]):
            group.append(group[-1] + 1)
        if len(group) > 1:
            found.update(dict.fromkeys(group, group))
            _mark_origins(clauses, group)
        for member in group[1:]:
            one = clauses[member]
            same = clause.measure == "multiple" and quantities[member].unit == quantities[index].unit
            one.measure = clause.measure if same else _measure_in(quantities[member], clause.measure)
            one.sign, one.form, one.than = clause.sign, clause.form, clause.than
            one.predicate, one.baseline, one.averaged = clause.predicate, clause.baseline, clause.averaged
            one.earlier, one.arrived = clause.earlier, clause.arrived
    return found


def _measure_in(quantity: Quantity, dealt: str) -> str:
    """The measure DEALT to a quantity, as its unit has it: 分别增加5万吨、1.2倍和30%."""
    if dealt not in ("growth", "change", "multiple") or quantity.unit == "百分点":
        return dealt
    return "multiple" if quantity.unit in ("倍", "番") else "growth" if is_ratio(quantity) else "change"


def _mark_origins(clauses: list[Clause], group: list[int]) -> None:
    """分别从7家、8家增加到17家、18家: all of the first list are what there was before."""
    after = group[-1] + 1
    if clauses[group[0]].predicate in ("从", "由") and after < len(clauses):
        arrives = predicate(clauses[after].raw)
        if clauses[after].listed and arrives == (clauses[after].raw, "reach"):
            for index in group:
                clauses[index].earlier = True


def dealt(clause: Clause, count: int, thread: Thread, before: str) -> list[str]:
    """The subjects that 分别 deals out over `count` quantities; empty when it cannot be told.

    `before` is the clause without quantities that stands directly before.
    """
    if clause.form == "gap" and "、" in clause.than:
        return []
    head, _, rest = clean(clause.head).replace("农村牧区", "农村").partition("分别")
    before = _BOTH_MOVE.sub("", before)
    if (not head or head in members("rate_noun")) and len(_SPLIT.split(before)) == count:
        head = clean(before)
    if not head or head in members("rate_noun") | members("generic_noun"):
        bases = list(dict.fromkeys(thread.bases))[-count:]
        bases = [without_added(base) for base in bases] if "累计" in clause.raw else bases
        return [base + head for base in bases] if len(bases) == count else []
    if head.startswith("人均") and _TOWN_AND_COUNTRY.search(before):
        head = f"城乡居民{head}"
    head = _TOWN_AND_COUNTRY.sub("城乡", head).replace("存、贷款", "存贷款")
    for both, *parts in _PAIRS if count == 2 and not _named_one_by_one(head) else ():
        if both in head:
            sides = [head.replace(both, part, 1) for part in parts]
            return sides if rest else [of_side(side, thread.subject) or side for side in sides]
    every = _ALL_INDUSTRIES.match(head) if count == len(_ORDINALS) else None
    if every:
        return [f"第{ordinal}产业{head[every.end() :]}" for ordinal in _ORDINALS]
    items = [item for item in _SPLIT.split(head) if item]
    if len(items) != count:
        return []
    built = BUILT.search(items[0])
    if built and all(item in members("built") for item in items[1:]):
        return [items[0], *(items[0][: built.start()] + item for item in items[1:])]
    owner = _OWNED.match(items[0])
    if owner:
        items = [owner[1] + item for item in (items[0][owner.end() :], *items[1:])]
    if all(item in members("generic_noun") for item in items):
        return [thread.subject + item for item in items]
    if rest in members("gain_verb"):
        return [rest + item for item in items]
    bare = [item in members("generic_noun") | members("own_amount") for item in items[1:]]
    if all(bare) and not all(map(indicators.code_of, items)):
        ends = (by_last_character(name).get(items[0][-1], ()) for name in ("own_amount", "generic_noun"))
        own = next((noun for nouns in ends for noun in nouns if items[0].endswith(noun)), "")
        items[1:] = [items[0].removesuffix(own) + item if own else item for item in items[1:]]
    items[1:] = [indicators.named_with(item, items[0]) or item for item in items[1:]]
    kind = _kind_of(items[0])
    items[1:] = [kind + item if kind and len(item) <= _LONGEST_BARE else item for item in items[1:]]
    third = _THIRD_INDUSTRY.match(items[-1])
    if third and all(_INDUSTRY.fullmatch(item) for item in items[:-1]):
        rest = items[-1][third.end() :]
        return [f"第{_INDUSTRY_WORDS.sub('', item)}产业{rest}" for item in items[:-1]] + [f"第三产业{rest}"]
    per_unit = PER_UNIT.match(items[0])
    if per_unit:
        named = [item for item in items[1:] if indicators.code_of(per_unit.group() + item)]
        items = [per_unit.group() + item if item in named else item for item in items]
    verb = leading_verb(items[0])
    whole = [_with_end(item, items[-1]) for item in items[:-1]] + [items[-1]]
    noun = rest[len(leading_verb(rest)) :] if whole[-1] and not indicators.code_of(whole[-1]) else ""
    return [(item if _is_whole(item, verb) else verb + item) + noun for item in whole]


def _named_one_by_one(head: str) -> bool:
    """Whether two things are named, not one for town and country: 城乡基本养老、基本医疗保险参保率."""
    return len([item for item in _SPLIT.split(head) if len(item) > 1]) > 1


def _with_end(item: str, last: str) -> str:
    """An item of a list with what it shares with the last one, unless both are indicators without that.

    What makes an indicator of it is shared: 高技术、装备制造业增加值 → 高技术制造业增加值.
    """
    whole = item + _shared_end(item, last)
    if indicators.code_of(whole):
        return whole
    if indicators.code_of(item) and indicators.code_of(last):
        return item
    ends = (item + last[at:] for at in range(1, len(last) - 1) if len(item) > 1)
    return next(filter(indicators.code_of, ends), whole)


def _kind_of(item: str) -> str:
    """What makes the first of a list narrower than the indicator it ends in: 农产品网络零售额 → 农产品."""
    if indicators.code_of(item) or leading_verb(item):
        return ""
    return next((item[:at] for at in range(2, len(item) - 1) if indicators.code_of(item[at:])), "")


def _is_whole(item: str, verb: str) -> bool:
    """Whether an item of a list needs no verb of the first: it has its own, or names an indicator alone."""
    return bool(leading_verb(item)) or bool(indicators.code_of(item) and not indicators.code_of(verb + item))


def continue_growth(clause: Clause, quantity: Quantity, before: Clause) -> None:
    """增长8%、规上工业增加值7%: a listed percentage without a predicate goes on with the growth before it."""
    if before.form == "verb-change" and before.measure == "change":
        return _continue_change(clause, before)
    if quantity.unit != "%" or before.measure != "growth" or clause.form not in ("plain", "reach"):
        return
    if _says_again(clause) or (not clause.tail and _grows_too(clause, before)):
        turned = before.sign < 0 and clause.predicate.startswith("回升")
        clause.measure, clause.sign, clause.form = "growth", 1 if turned else before.sign, "growth-list"
        clause.averaged = clause.averaged or before.averaged


def _grows_too(clause: Clause, before: Clause) -> bool:
    """Whether a percentage is the growth of one more thing: 、规上工业增加值7%; ，其中轻工业为9%."""
    if before.form in _GROWN and clause.form == "plain" and clause.head and clause.raw[:1] in "、和，":
        return not _RATIO_NOUN.search(clause.head)
    follows = clause.follows and (clause.form == "plain" or clause.predicate in ("为", "定为"))
    noun = _RECKONED.sub("", clause.head.removeprefix("其中"))
    return follows and before.form in _GROWN_OR_RATE and _GROWING_NOUN.search(noun) is not None


def is_difference(clause: Clause, quantity: Quantity, before: Sequence[Statement]) -> bool:
    """Whether a percentage is what two others differ by: 由44%提高到45%，即提高1%."""
    if clause.measure != "growth" or quantity.unit != "%" or len(before) < 2:
        return False
    left, reached = before[-2:]
    shares = left.clause.earlier and left.quantity.unit == reached.quantity.unit == "%"
    return shares and math.isclose(abs(reached.quantity.value - left.quantity.value), quantity.value)


def _says_again(clause: Clause) -> bool:
    """Whether a percentage says the growth before once more: （不包括村办企业5%）, 高的达到9%, 更达12%."""
    if clause.form == "reach" and _EXTREME.fullmatch(clause.head):
        clause.head = ""
        return True
    bare = clause.form == "reach" and not clause.head
    if bare and ("更" in clause.raw or "曾" in clause.raw or clause.predicate.startswith(_MOVED)):
        return True
    if clause.form == "plain" and clause.follows and clause.raw.endswith("（"):
        return True
    if clause.follows and not clause.head and clause.raw in ("力争", "争取", "确保"):
        return True
    if _ADJUSTED.fullmatch(clause.head):
        clause.head = ""
        return True
    return _RECKONED.match(clause.raw) is not None


def _continue_change(clause: Clause, before: Clause) -> None:
    """净增企业5万家、个体户8万户: what is listed under the verb of a change changes too."""
    verb, noun = leading_verb(clean(before.head)), clean(clause.head)
    joined = clause.listed and clause.form == "plain" and clause.raw[:1] in "、和与及"
    if joined and verb and noun and not clause.tail and not leading_verb(noun):
        clause.head, clause.form = verb + noun, "verb-change"
        clause.measure, clause.sign = "change", before.sign


def with_bound(quantity: Quantity, clause: Clause, last: Statement) -> Quantity:
    """跨越2000亿元、3000亿元两个台阶: what is passed before the first of a list is passed for the others."""
    before = last.quantity
    said = before.left < before.start or last.clause.raw in ("、", "和")
    passed = said and before.bound in ("lower", "upper") and quantity.bound == "exact"
    bare = clause.raw in ("、", "和") and before.unit == quantity.unit
    return replace(quantity, bound=before.bound) if passed and bare and not before.rank else quantity


def share_bounds(sentence: str, statements: list[Statement], dealt_out: Groups) -> None:
    """分别达到10%和20%以上: a bound behind the last covers the list."""
    for index, group in dealt_out.items():
        if index != group[-1]:
            continue
        last = statements[index].quantity
        bound = last.bound if _LOOSE.isdisjoint(sentence[last.start : last.end + 1]) else ""
        others = [statements[member] for member in group[:-1]]
        if bound in _SPREADING and all(one.quantity.bound == "exact" for one in others):
            for one in others:
                one.quantity = replace(one.quantity, bound=bound)


def _is_dealt(clause: Clause) -> bool:
    """Whether a clause is a mere number of a list: only a joint, 同比增长 or 全省第 before it."""
    raw = clause.raw.lstrip(_JOINTS)
    said = clause.raw.strip("、和与及，以 ")
    return clause.listed and (said in ("", "同比增长") or _PLACE.match(raw) is not None)


def _deals_silently(
    quantities: Sequence[Quantity], clauses: Sequence[Clause], index: int, again: bool
) -> bool:
    """城乡居民收入增长5.3%、8.1%: two bare numbers after 城乡 are dealt out as under 分别.

    So are two that follow on numbers dealt out, with no subject of their own (`again`).
    """
    if index + 1 >= len(clauses):
        return False
    clause = clauses[index]
    against_two = clause.form == "gap" and "、" in clause.than
    again = again or _follows_two(quantities, clauses, index)
    if _names_as_many(quantities, clauses, index):
        return True
    if not _BOTH.search(clause.raw) and not against_two and (not again or clean(clause.head)):
        return False
    alike = quantities[index + 1].unit in (quantities[index].unit, "百分点" if against_two else None)
    alike |= quantities[index].rank and quantities[index + 1].rank
    return clauses[index + 1].raw in ("、", "和") and alike


def _names_as_many(quantities: Sequence[Quantity], clauses: Sequence[Clause], index: int) -> bool:
    """Whether as many things are named as bare numbers follow: 污水、垃圾处理率达81%和77%."""
    clause = clauses[index]
    if clause.listed or clause.form not in ("plain", "reach", "rise", "fall"):
        return False
    after = index + 1
    while after < len(clauses) and clauses[after].raw in JOINTS:
        after += 1
    units = {"%" if one.unit == "‰" else one.unit for one in quantities[index:after]}
    if after - index < 2 or len(units) > 1:
        return False
    items = _SPLIT.split(_TOWN_AND_COUNTRY.sub("城乡", clean(clause.head)))
    whole = _THIRD_INDUSTRY.match(items[-1]) is not None or all(len(item) > 1 for item in items)
    return len(items) == after - index and whole


def _follows_two(quantities: Sequence[Quantity], clauses: Sequence[Clause], index: int) -> bool:
    """Whether two values of two things stand before: 城镇…20574元，农村…8265元，年均增长9.9%和8.2%."""
    if index < 2 or clauses[index].measure == "level" or clauses[index].listed:
        return False
    both = all(clauses[i].measure == "level" and clauses[i].head for i in (index - 2, index - 1))
    alike = quantities[index - 1].unit == quantities[index - 2].unit
    return both and (alike or clauses[index].measure in ("growth", "multiple"))


def _shared_end(item: str, last: str) -> str:
    """What an item of a list shares with the end of the last one: 粮食、棉花产量 → 产量.

    中、高等教育 → 等教育, too.
    """
    if len(item) == 1 and last[1:2] == "等":
        return last[1:]
    nouns = by_last_character("shared_noun")
    if item.endswith(nouns.get(item[-1], ())):
        return ""
    if "的" in last[1:-1]:
        return last[last.index("的") :]
    if last[len(item) : len(item) + 1] == "对":
        return last[len(item) :]
    at = last.find(item[-1])
    rest = last[at + 1 :] if at >= 0 else ""
    if len(rest) >= 2:
        return rest
    if item[0] == last[0] and len(item) <= _LONGEST_TWIN and not indicators.code_of(item):
        return last[len(item) :]
    end = next((noun for noun in nouns.get(last[-1], ()) if last.endswith(noun)), "")
    return end if len(item) <= len(last) or indicators.code_of(item + end) else ""
