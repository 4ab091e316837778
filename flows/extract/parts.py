"""What the steps hand on: numbers, times, quantities, clauses, settings, threads, statements.

All offsets are those of one sentence. What is made by the thousand has its `__init__` written out: the
compiler of `make fast` makes code of that, but not of what `dataclass` would generate.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True, init=False)
class Number:
    """A number as written at `[start, end)`.

    `value` (and `value_max` for two neighbouring digits such as 三四百), `fuzzy` when 多, 余, 几 or 来
    stands inside, `style` arabic, chinese, scale (a bare 万亿) or fraction, `unit` for 百分之 (%) and
    千分之 (‰).
    """

    start: int
    end: int
    value: float
    value_max: float | None
    fuzzy: bool
    style: str
    unit: str

    def __init__(
        self,
        start: int,
        end: int,
        value: float,
        value_max: float | None,
        fuzzy: bool,
        style: str,
        unit: str = "",
    ) -> None:
        self.start = start
        self.end = end
        self.value = value
        self.value_max = value_max
        self.fuzzy = fuzzy
        self.style = style
        self.unit = unit


@dataclass(slots=True, init=False)
class Time:
    """A time expression at `[start, end)`: years `low` to `high`, `period` as published, and its part.

    `role`: `point`, `span`, `end` (the last year of a plan), `baseline` (compared with: 比2010年),
    `previous` (比上年), `length` (五年累计: that many years, back or ahead), `inside` (三年内, in a plan),
    `name` (a plan that is only named), `part` (上半年 of a year said elsewhere), `then` (届时), `now`,
    `someday` (今后一个时期), or `other` (a date without a year of its own, which only says that its digits
    are no quantity).
    `low` and `high` are 0 where no year is known.
    """

    start: int
    end: int
    low: int
    high: int
    period: str | None
    role: str

    def __init__(
        self,
        start: int,
        end: int,
        low: int,
        high: int,
        period: str | None,
        role: str,
    ) -> None:
        self.start = start
        self.end = end
        self.low = low
        self.high = high
        self.period = period
        self.role = role


@dataclass(slots=True, init=False)
class Quantity:
    """A number that states how much, how many, or which rank.

    `[start, end)` is the number without its unit, `[left, right)` all of it with bound words and unit.
    `value`, `value_max`, `unit` and `kind` as in `schemas/units.csv`; `bound`; `rank` when it is a place
    in an order; `style` as in `Number`.
    """

    start: int
    end: int
    left: int
    right: int
    value: float
    value_max: float | None
    unit: str
    kind: str
    bound: str
    rank: bool
    style: str

    def __init__(
        self,
        start: int,
        end: int,
        left: int,
        right: int,
        value: float,
        value_max: float | None,
        unit: str,
        kind: str,
        bound: str,
        rank: bool,
        style: str,
    ) -> None:
        self.start = start
        self.end = end
        self.left = left
        self.right = right
        self.value = value
        self.value_max = value_max
        self.unit = unit
        self.kind = kind
        self.bound = bound
        self.rank = rank
        self.style = style


@dataclass(slots=True, init=False)
class Clause:
    """What stands around a quantity.

    `raw` is the text before it without times and comparisons, `head` the same without its predicate;
    `tail` the text after it; `measure` and `sign` (-1 for decreases); `form` names the rule that found
    them; `predicate` the predicate word; `than` is what it is compared with; `start` is where the clause
    begins; `listed` tells that it goes on a list begun by the quantity before; `earlier` that it is the
    first of 由…提高到…, `since` where its 由 stands, `arrived` the second, `averaged` that it is
    an average of years (年均); `distributive` that 分别 stands
    in it; `compared` that it is compared with another time, `baseline` the time that it is compared with;
    `follows` that only a comma parts it from the quantity before.
    """

    raw: str
    head: str
    tail: str
    start: int
    listed: bool
    compared: bool
    baseline: Time | None
    distributive: bool
    measure: str
    sign: int
    form: str
    than: str
    predicate: str
    earlier: bool
    arrived: bool
    averaged: bool
    since: int
    follows: bool

    def __init__(
        self,
        raw: str,
        head: str,
        tail: str,
        start: int,
        listed: bool,
        compared: bool,
        baseline: Time | None,
        distributive: bool,
        measure: str = "level",
        sign: int = 1,
        form: str = "plain",
        than: str = "",
        predicate: str = "",
        earlier: bool = False,
        arrived: bool = False,
        averaged: bool = False,
        since: int = 0,
        follows: bool = False,
    ) -> None:
        self.raw = raw
        self.head = head
        self.tail = tail
        self.start = start
        self.listed = listed
        self.compared = compared
        self.baseline = baseline
        self.distributive = distributive
        self.measure = measure
        self.sign = sign
        self.form = form
        self.than = than
        self.predicate = predicate
        self.earlier = earlier
        self.arrived = arrived
        self.averaged = averaged
        self.since = since
        self.follows = follows


@dataclass(slots=True, init=False)
class Setting:
    """Status and years that a statement has when it says nothing itself.

    `part` review or plan, and whether that is `certain`; `low` and `high` are years, `period` how they
    were said; `explicit` tells that the paragraph or sentence said them, `estimate` that 预计 reaches
    over the paragraph; `since` is the first of the years looked at together where their last one is said.
    """

    part: str
    low: int
    high: int
    explicit: bool
    estimate: bool
    period: str | None
    certain: bool
    since: int

    def __init__(
        self,
        part: str,
        low: int,
        high: int,
        explicit: bool = False,
        estimate: bool = False,
        period: str | None = None,
        certain: bool = True,
        since: int = 0,
    ) -> None:
        self.part = part
        self.low = low
        self.high = high
        self.explicit = explicit
        self.estimate = estimate
        self.period = period
        self.certain = certain
        self.since = since


@dataclass(slots=True, init=False)
class Thread:
    """What earlier statements of the paragraph leave to later ones.

    `subject` and `area` of the statement before, its opening `verb`, the last `bases` that 分别 may deal
    from, and the `topic` that the paragraph opens with; `when` are status and period of the last
    statement of each measure and `time` the last said, for the parts of it (其中); `parts` tells that those
    go on; `added` is what was added (经营主体新增) where the subject is what there is of it.
    """

    topic: str
    subject: str
    verb: str
    bases: list[str]
    area: str | None
    when: dict[str, tuple[str, str | None]]
    time: Time | None
    parts: bool
    added: str

    def __init__(self, topic: str) -> None:
        self.topic = topic
        self.subject = ""
        self.verb = ""
        self.bases = []
        self.area = None
        self.when = {}
        self.time = None
        self.parts = False
        self.added = ""


@dataclass(slots=True, init=False)
class Statement:
    """One quantity with all that the sentence says of it: the columns of an observation.

    `base` is the part of `subject` that later statements inherit.
    """

    quantity: Quantity
    clause: Clause
    subject: str
    base: str
    area: str | None
    area_code: str | None
    status: str
    period: str | None
    indicator: str | None

    def __init__(
        self,
        quantity: Quantity,
        clause: Clause,
        subject: str,
        base: str,
        area: str | None,
        area_code: str | None,
        status: str,
        period: str | None,
        indicator: str | None,
    ) -> None:
        self.quantity = quantity
        self.clause = clause
        self.subject = subject
        self.base = base
        self.area = area
        self.area_code = area_code
        self.status = status
        self.period = period
        self.indicator = indicator
