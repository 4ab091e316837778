"""What disagrees within one report, and what no area can have."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import pairwise, takewhile

from flows import schemas
from flows.amounts import agree, rounding, yearly
from flows.check.disagreement import (
    Discrepancy,
    Row,
    Series,
    factor_between,
    is_yearly_growth,
    key_of,
    limit_of,
    order,
    said_of,
    short,
)

FROM_TO = "(?:由|从|自)[^，。；]{0,40}[到至为]"
"""What a quote that gives both ends of a change says (regular expression): 由47.1%提高到54.5%."""
_FROM_TO = re.compile(FROM_TO)
_PRICES = re.compile("可比|不变价|扣除|实际|剔除")
_YEAR = re.compile(r"[0-9]{4}")


def stated_twice(rows: list[Row]) -> Iterator[Discrepancy]:
    """ROWS of one report state the same thing: what cannot be right beside the best of them."""
    best = min(rows, key=order)
    for row in rows:
        if row is not best and not agree(best, row):
            said = f"{said_of(row)}, elsewhere in the same report {short(best['value'])} {best['unit']}."
            yield Discrepancy("stated-twice", row, best, best["value"], said)


def change_against_growth(series: Series) -> Iterator[Discrepancy]:
    """Level, change and growth of one sentence that do not fit each other."""
    limit = limit_of("change-against-growth")
    by_report = {(row["report_id"], *key_of(row)): row for row in series.rows}
    for row in series.rows:
        if not is_yearly_growth(row):
            continue
        level, change = (
            by_report.get((row["report_id"], *key_of({**row, "measure": measure})))
            for measure in ("level", "change")
        )
        if (
            level is None
            or change is None
            or level["quote"] != change["quote"]
            or level["unit"] != change["unit"]
        ):
            continue
        if level["bound"] != "exact" or change["bound"] != "exact" or level["value"] == change["value"]:
            continue
        implied = 100 * change["value"] / (level["value"] - change["value"])
        if abs(implied - row["value"]) > limit:
            said = f"{said_of(row)}, but a change of {short(change['value'])} to {short(level['value'])} is"
            yield Discrepancy("change-against-growth", row, change, implied, f"{said} {implied:+.1f} %.")


def ends_against_change(rows: Sequence[Row]) -> Iterator[Discrepancy]:
    """由47.1%提高到54.5%, 提高7.4个百分点: two levels and a change of one subject in one sentence."""
    groups: dict[tuple[str, str, str], list[Row]] = defaultdict(list)
    for row in rows:
        if not _FROM_TO.search(row["quote"]) or _PRICES.search(row["quote"]):
            continue
        if row["bound"] == "exact" and row["measure"] in ("level", "change", "growth") and row["period"]:
            groups[row["report_id"], row["quote"], row["subject"]].append(row)
    for group in groups.values():
        if len(group) != 3:
            continue
        levels = [row for row in group if row["measure"] == "level"]
        moved = [row for row in group if row["measure"] != "level" and not yearly(row)]
        if len(levels) != 2 or not moved or levels[0]["unit"] != levels[1]["unit"]:
            continue
        first, last = sorted(levels, key=lambda row: _YEAR.findall(row["period"])[-1])
        if first["period"] == last["period"]:
            first, last = sorted(levels, key=lambda row: row["char_start"])
        yield from _moved(first, last, moved[0])


def _moved(first: Row, last: Row, moved: Row) -> Iterator[Discrepancy]:
    """Whether MOVED, a change or a growth, leads from the level FIRST to the level LAST."""
    slack = rounding(first["number_text"]) + rounding(last["number_text"])
    points = moved["unit"] == "百分点" and first["unit"] == "%"
    if moved["measure"] == "change" and (points or moved["unit"] == first["unit"]):
        expected, slack = last["value"] - first["value"], slack + rounding(moved["number_text"])
    elif (
        moved["measure"] == "growth" and moved["unit"] == "%" and first["unit"] != "%" and first["value"] > 0
    ):
        expected = 100 * (last["value"] / first["value"] - 1)
        slack = 100 * slack / first["value"] + rounding(moved["number_text"])
    else:
        return
    if abs(expected - moved["value"]) > slack * 1.01 + 1e-9:
        ends = f"{short(first['value'])} to {short(last['value'])}"
        said = f"{said_of(moved)}, but from {ends} it is {short(expected)}."
        yield Discrepancy("ends-against-change", moved, last, expected, said)


def subjects_in_order(rows: Sequence[Row]) -> Iterator[Discrepancy]:
    """Subjects of a sentence come in the order of their numbers, also behind 分别."""
    alike: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: row["char_start"]):
        alike[row["report_id"], row["quote"], row["measure"], row["unit"]].append(row)
    for (_, quote, *_), group in alike.items():
        for one, other in pairwise(group):
            first, last = _apart(one["subject"], other["subject"])
            if not (quote.count(first) == quote.count(last) == 1) or first in last or last in first:
                continue
            if quote.find(first) > quote.find(last):
                said = f"{said_of(one)} and {said_of(other)} stand in the other order than"
                yield Discrepancy("subjects-in-order", one, other, None, f"{said} {first} and {last}.")


def _apart(one: str, other: str) -> tuple[str, str]:
    """Two subjects without what both begin and end with: 城镇居民收入, 农村居民收入 → 城镇, 农村."""
    start = _alike(one, other)
    one, other = one[start:], other[start:]
    end = _alike(one[::-1], other[::-1])
    return (one[: len(one) - end], other[: len(other) - end])


def _alike(one: str, other: str) -> int:
    """How many characters ONE and OTHER have in common at their beginning."""
    return len(list(takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False))))


def parts_against_whole(series: Series) -> Iterator[Discrepancy]:
    """Parts that do not add up to their whole, or are larger (schemas/identities.csv)."""
    limit = limit_of("part-against-whole")
    for given in schemas.rows("identities.csv"):
        names = given["parts"].split("|")
        for (indicator, measure, period), whole in series.actual.items():
            if indicator != given["whole"] or measure != "level" or whole["bound"] == "range":
                continue
            parts = [series.level(name, period, whole) for name in names]
            found = [part for part in parts if part is not None and part["report_id"] == whole["report_id"]]
            if len(found) != len(names):
                continue
            total = sum(part["value"] * (factor_between(part, whole) or 1.0) for part in found)
            over = (total - whole["value"]) / max(abs(whole["value"]), 1e-300)
            if over > limit or (given["relation"] == "sum" and over < -limit):
                verb = "add up to" if len(found) > 1 else "is"
                said = f"{said_of(whole)}, but {' + '.join(names)} {verb} {short(total)}."
                yield Discrepancy("part-against-whole", whole, found[0], total, said)


def ratios(series: Series) -> Iterator[Discrepancy]:
    """Two indicators of a year in a ratio that no area has (schemas/ratios.csv)."""
    for given in schemas.rows("ratios.csv"):
        for (indicator, measure, period), below in series.actual.items():
            if indicator != given["denominator"] or measure != "level" or below["value"] <= 0:
                continue
            above = series.level(given["numerator"], period)
            if above is None or (above["unit"] != below["unit"] and above["unit"] != "人"):
                continue
            ratio = above["value"] / below["value"]
            if not float(given["least"]) <= ratio <= float(given["most"]):
                expected = float(given["least" if ratio < float(given["least"]) else "most"])
                said = f"{said_of(above)} is {ratio:.3g} of {indicator} ({short(below['value'])})"
                said += f"; usual is {given['least']} to {given['most']}."
                yield Discrepancy("ratio-in-bounds", above, below, expected * below["value"], said)


def ranks(rows: Sequence[Row]) -> Iterator[Discrepancy]:
    """Ranks beyond the number of areas of the level."""
    for row in rows:
        most = _peers().get(row["region_level"])
        if row["measure"] == "rank" and most is not None and row["value"] > most:
            said = f"{said_of(row)}, but there are only {most} areas of its level."
            yield Discrepancy("rank-among-peers", row, None, float(most), said)


@cache
def _peers() -> dict[str, int]:
    """How many areas of each level there are; of countries those that statistics compare."""
    found: dict[str, int] = defaultdict(int)
    for region in schemas.regions().values():
        found[region.level] += 1
    return {**found, "country": 250}
