"""Under which names tables and JSON objects keep texts, titles, years and areas: `schemas/fields.csv`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

from flows import schemas

MARKS = ",\t;|"
_LEAST_TEXT = 200
_LONGEST_FACT = 500


@cache
def known_fields() -> dict[str, str]:
    """Name of a column, in small letters → the field that it is."""
    return {row["name"].casefold(): row["field"] for row in schemas.rows("fields.csv")}


def text_name(names: Sequence[str], rows: Sequence[Mapping[str, str]]) -> str | None:
    """The name under which the text stands in ROWS: a known one, else that of the longest Chinese text."""
    chinese = {name: max((_chinese(row.get(name, "")) for row in rows), default=0) for name in names}
    known = [name for name in names if known_fields().get(name.strip().casefold()) == "text"]
    best = max(known or names, key=lambda name: chinese[name], default=None)
    return best if best is not None and (known or chinese[best] >= _LEAST_TEXT) else None


def _chinese(text: str) -> int:
    return sum("\u4e00" <= character <= "\u9fff" for character in text)


def facts(cells: Mapping[str, str]) -> dict[str, str]:
    """What stands beside the text, by fields; of several columns that are one field the first."""
    found: dict[str, str] = {}
    for name, value in cells.items():
        field = known_fields().get(name.strip().casefold())
        if field and field != "text" and value.strip():
            found.setdefault(field, value.strip()[:_LONGEST_FACT])
    return found
