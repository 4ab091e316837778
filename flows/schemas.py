"""Reads `schemas/`: everything that is written down once as data is read here and nowhere else.

In a checkout the folder lies beside `flows/`; in an installed wheel it travels inside as
`flows/_schemas`. Reading a CSV needs the standard library only; YAML is imported when it is asked for.
"""

from __future__ import annotations

import csv
import hashlib
import json
import re
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

from flows.model import Rejected

_CHOICE = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, slots=True)
class Region:
    """An area of GB/T 2260: six-digit code, Chinese name, level, code of the area above it."""

    code: str
    name: str
    level: str
    parent: str


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a published table, as `schemas/tables/NAME.yaml` describes it.

    `label` is Chinese; `correctable` columns are those that a correction may set.
    """

    name: str
    type: str
    description: str
    nullable: bool = False
    unique: bool = False
    enum: tuple[str, ...] = ()
    pattern: str = ""
    minimum: float | None = None
    maximum: float | None = None
    references: str = ""
    label: str = ""
    correctable: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A published table: its columns in order, its key, and the sentence that describes it."""

    name: str
    title: str
    description: str
    key: tuple[str, ...]
    formats: tuple[str, ...]
    columns: tuple[Column, ...]
    label: str = ""


@cache
def folder() -> Path:
    """The folder of schemas: inside the installed package, or beside it in a checkout."""
    inside = Path(__file__).parent / "_schemas"
    return inside if inside.is_dir() else Path(__file__).parent.parent / "schemas"


@cache
def rows(name: str) -> tuple[dict[str, str], ...]:
    """The rows of `schemas/NAME` (a CSV with a header), every cell a string.

    Raises FileNotFoundError for a name that is not there.
    """
    with open(folder() / name, encoding="utf-8", newline="") as lines:
        return tuple(csv.DictReader(lines))


def pattern(row: dict[str, str]) -> str:
    """The `word` of a row as a regular expression, with what must not stand around it.

    `not_before` and `not_after` are alternatives of a regular expression, those of `not_after` of one length.
    Both are written behind the word: `re` skips quickly to what begins with a character.
    """
    word = re.escape(row["word"])
    before = f"(?<!(?:{row['not_after']}){word})" if row.get("not_after") else ""
    after = f"(?!{row['not_before']})" if row["not_before"] else ""
    return word + before + after


def spellings(names: str) -> list[str]:
    """The names in a cell of `synonyms`, which | parts; {货物/外贸/}出口 are three of them."""
    found: list[str] = []
    for name in names.split("|"):
        parts = _CHOICE.split(name)
        choices = [part.split("/") if place % 2 else [part] for place, part in enumerate(parts)]
        found += map("".join, product(*choices))
    return found


@cache
def document(name: str) -> Any:
    """The YAML or JSON document `schemas/NAME`."""
    text = (folder() / name).read_text("utf-8")
    if name.endswith(".json"):
        return json.loads(text)
    import yaml

    # LibYAML's loader is ten times as fast; a build of PyYAML may lack it.
    return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


@cache
def regions() -> dict[str, Region]:
    """All regions by code, in the order of the codes."""
    return {row["code"]: Region(**row) for row in rows("regions.csv")}


@cache
def table(name: str) -> Table:
    """The published table NAME with its columns in order."""
    given = document(f"tables/{name}.yaml")
    columns = tuple(
        Column(**{**column, "enum": tuple(column.get("enum", ()))}) for column in given["columns"]
    )
    return Table(
        name=name,
        title=given["title"],
        description=given["description"],
        key=tuple(given["key"]),
        formats=tuple(given["formats"]),
        columns=columns,
        label=given.get("label", ""),
    )


@cache
def fingerprint(*names: str) -> str:
    """SHA-256 (hex) over the schema files NAMES, so that what was derived from them can be told apart."""
    digest = hashlib.sha256()
    for name in names:
        digest.update(name.encode() + b"\0" + (folder() / name).read_bytes() + b"\0")
    return digest.hexdigest()


def arrow_schema(name: str) -> Any:
    """The pyarrow.Schema of the published table NAME. Raises ValueError for a type that is not known."""
    import pyarrow as pa

    types = {"string": pa.string(), "boolean": pa.bool_(), "double": pa.float64(), "int16": pa.int16()}
    types |= {"int32": pa.int32(), "int64": pa.int64(), "list<string>": pa.list_(pa.string())}
    for column in table(name).columns:
        if column.type not in types:
            known = ", ".join(types)
            raise ValueError(
                f"schemas/tables/{name}.yaml: {column.name} has type {column.type!r}; known: {known}"
            )
    return pa.schema(
        [pa.field(column.name, types[column.type], column.nullable) for column in table(name).columns]
    )


def rejected(origin: str, reason: str, **facts: object) -> Rejected:
    """The rejection of `origin` for `reason`, a code of `schemas/reasons.csv`.

    The message is one line: the origin, what is wrong and what to do, with the `facts` that the list's
    sentence has room for. Raises KeyError for a code that is not in the list.
    """
    sentence = {row["code"]: row["message_en"] for row in rows("reasons.csv")}[reason]
    told = {name: " ".join(str(fact).split()) for name, fact in facts.items()}
    return Rejected(origin, reason, f"{origin}: {sentence.format(**told)}")
