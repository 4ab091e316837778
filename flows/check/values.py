"""Values that a person gives for a field of an observation: what can stand there, and how it is shown."""

from __future__ import annotations

import math
import re
from decimal import Decimal
from difflib import get_close_matches
from functools import cache
from typing import Any

from flows import schemas
from flows.check.invariants import code_lists
from flows.schemas import Column

Value = str | float | None
_FEW = 12


def decimal(value: Value) -> str | None:
    """VALUE as the release lists it: a number in decimal notation, a text as it is."""
    if not isinstance(value, float):
        return value
    text = format(Decimal(repr(value)), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def same(one: Any, other: Any) -> bool:
    """Whether two values of a field are the same; numbers to a billionth of their size."""
    if isinstance(one, int | float) and isinstance(other, int | float):
        return math.isclose(one, other, rel_tol=1e-9)
    return bool(one == other)


@cache
def correctable() -> dict[str, Column]:
    """The columns of observations that a correction may set, by name."""
    return {column.name: column for column in schemas.table("observations").columns if column.correctable}


def valued(field: str, text: str | None) -> Value:
    """TEXT (None for null) as a value of the correctable FIELD. Raises ValueError that says what is known."""
    column = correctable()[field]
    if text is None:
        if not column.nullable:
            also = "; for a number without a measure word write ''" if field == "unit" else ""
            raise ValueError(f"{field} cannot be null{also}.")
        return None
    if column.type == "double":
        try:
            number = float(text)
        except ValueError:
            number = math.nan
        if not math.isfinite(number):
            raise ValueError(
                f"{field} is {text!r}, which is no number; write it in the base unit, like 2040000000."
            )
        return number
    return text


def allowed(field: str, value: Value) -> str:
    """Why VALUE cannot be published as FIELD (with what is known instead), or ``""``."""
    column = correctable()[field]
    if not isinstance(value, str):
        return ""
    known = column.enum or tuple(sorted(code_lists().get(field, ())))
    if known and value not in known:
        shown = (
            ", ".join(get_close_matches(value, known, 5, 0.4) or known[:12])
            if len(known) > 12
            else ", ".join(known)
        )
        more = (
            f" … (schemas/{column.references.split('.')[0]}.csv has all {len(known)})"
            if len(known) > 12
            else ""
        )
        return f"{field} {value!r} is not known; known: {shown}{more}."
    if column.pattern and not re.search(column.pattern, value):
        return f"{field} {value!r} does not look like {column.pattern}."
    return ""
