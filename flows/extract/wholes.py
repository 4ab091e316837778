"""Wholes: in 占全国2000个县的40% the first number is a whole and the second a share of it."""

from __future__ import annotations

import re

from flows.extract.comparisons import is_ratio
from flows.extract.parts import Clause, Quantity

_WHOLE = re.compile(r"(?:占|相当于)([^，。；：占]{0,16})$")


def read_wholes(sentence: str, quantities: list[Quantity], clauses: list[Clause]) -> None:
    """Gives the form `whole` to a number that a share is taken of, and `share` to that share."""
    for index in range(1, len(clauses)):
        whole, part, quantity = clauses[index - 1], clauses[index], quantities[index]
        if not part.listed or not is_ratio(quantity) or is_ratio(quantities[index - 1]):
            continue
        noun = sentence[quantities[index - 1].right : quantity.left]
        match = _WHOLE.search(whole.raw) if noun.endswith("的") else None
        if match is None:
            continue
        whole.head, whole.tail, whole.form, whole.measure = match[1] + noun[:-1], "", "whole", "level"
        part.head, part.tail, part.form, part.measure = "", "", "share", "level"
        part.than, part.predicate = whole.head, "占"
