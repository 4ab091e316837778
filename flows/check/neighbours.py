"""The numbers of a sentence beside each other: whether a word between them explains another year.

地区生产总值增长5%，固定资产投资增长6%: nothing stands between the two numbers that could lead from one year
to another, so both are about the same.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

Row = dict[str, Any]

_FROM = re.compile("[由从從自比][^，。；]*$")  # 由51家整合为33家
_LISTED = re.compile(r"\s*[^，。；、\s]{0,4}、\s*")  # 分别从771家、481家
_TIME = re.compile(
    "[年月季期末底初今明去昨前后後來来时時现現已到至比由从從自]|五[”》]|规划|規劃|计划|計劃|累[计計]"
)


def same_year(rows: Sequence[Row], text: str) -> list[bool | None]:
    """For each of ROWS (in the order of TEXT) whether it is about the year of its neighbours in the sentence.

    None where it stands alone, or where something between the two may lead to another period.
    """
    found: list[bool | None] = [None] * len(rows)
    for number, (one, other) in enumerate(pairwise(rows)):
        if not _alike(one, other):
            continue
        between = text[one["char_end"] : other["char_start"]]
        if _TIME.search(between):
            continue
        if not _LISTED.fullmatch(between) and _FROM.search(
            text[max(one["char_start"] - 40, 0) : one["char_start"]]
        ):
            continue
        agree = one["period"] == other["period"]
        for place in (number, number + 1):
            found[place] = agree if found[place] is None else found[place] and agree
    return found


def _alike(one: Row, other: Row) -> bool:
    return bool(
        one["quote"] == other["quote"]
        and one["status"] == other["status"]
        and len(one["period"] or "") == len(other["period"] or "") == len("2015")
        and one["char_end"] <= other["char_start"]
    )
