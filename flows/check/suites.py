"""The suites: what is asked of each published table, as data, before anything is run.

A suite is the expectations derived from the table's columns (null, enum, pattern, bounds, key; all critical)
followed by those that `schemas/expectations/NAME.json` adds. In that file `meta.check` names the check,
`meta.message` says what is wrong with a row that fails, `meta.flag` is the flag of a warning, and
`meta.fewest` the number of rows from which on it is asked.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from functools import cache
from typing import Any

from flows import schemas
from flows.check import columns
from flows.schemas import Column

Item = dict[str, Any]
KEYS = ("type", "kwargs", "severity", "meta")
META = ("check", "message", "flag", "fewest")
SEVERITIES = ("critical", "warning", "info")
ASKED_OF_REPORTS = ("silent_about", "unlike_expected")
TABLES = (
    "observations", "reports", "panel", "targets", "texts", "indicators", "units", "regions", "flags",
    "discrepancies", "corrections", "quarantine",
)  # fmt: skip
BY_ROW = ("observations", "reports")  # their codes are looked up row by row, before there is a table
IN_PARTS = ("observations", "panel", "targets")
"""The tables that are judged part by part: their suites can ask of single rows and of their number only, and
whether a key is unique, as all rows of a region are in one part."""

_OF_ROWS = (
    "expect_column_values_", "expect_column_value_lengths_", "expect_column_pair_values_",
    "expect_multicolumn_values_", "expect_table_row_count_",
)  # fmt: skip
_OF_OTHER_ROWS = ("_unique", "_increasing", "_decreasing")
_COLUMN_KEYS = ("column", "column_A", "column_B")


class SuiteError(ValueError):
    """A suite cannot be used; `problems` say each with file, line and what is known instead."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@cache
def suite(name: str) -> list[Item]:
    """The expectations for the table NAME: the derived ones, then those of its JSON document.

    Raises SuiteError with everything that is wrong with the document.
    """
    return [*derived(name), *(item for item, _ in _written(name))]


def ensure_usable() -> None:
    """Raises SuiteError with everything that is wrong with any of the suites."""
    problems: list[str] = []
    for name in TABLES:
        try:
            suite(name)
        except SuiteError as error:
            problems += error.problems
        except OSError as error:
            problems.append(f"{_file(name)}: {error.strerror}. Every published table has a suite.")
    if problems:
        raise SuiteError(problems)


def lines(name: str) -> dict[str, str]:
    """By name of the check, where the document of the table NAME has it: file and line."""
    return {item["meta"]["check"]: f"{_file(name)}:{line}" for item, line in _written(name)}


def asked(name: str) -> list[str]:
    """The columns that the suite of the table NAME looks at."""
    found = [column for item in suite(name) for column in columns_of(item["kwargs"])]
    return list(dict.fromkeys(found))


def columns_of(kwargs: Mapping[str, Any]) -> list[str]:
    """The columns that an expectation with KWARGS looks at."""
    found = [kwargs[key] for key in _COLUMN_KEYS if key in kwargs]
    condition = kwargs.get("row_condition") or {}
    return [*found, *kwargs.get("column_list", []), *([condition["column"]["name"]] if condition else [])]


def critical_answers(name: str) -> list[str]:
    """The questions of `columns.NAMES` whose answer no keeps a row of the table NAME out."""
    return [
        item["kwargs"]["column"]
        for item in suite(name)
        if item["severity"] == "critical" and item["kwargs"].get("value_set") == [1]
    ]


def existing(column: str) -> str:
    """The name of the column that says whether what COLUMN refers to is there, as 1 or 0."""
    return f"{column}_exists"


def derived(name: str) -> Iterator[Item]:
    """The expectations that follow from how the table NAME is described."""
    table = schemas.table(name)
    for column in table.columns:
        yield from _of_column(column)
        if column.references and column.type != "list<string>" and name not in BY_ROW:
            message = f"{column.name} is not in {column.references}"
            kwargs = {"column": existing(column.name), "value_set": [1]}
            yield _item("expect_column_values_to_be_in_set", f"{column.name}-exists", message, kwargs)
    if len(table.key) > 1:
        kwargs = {"column_list": list(table.key)}
        message = f"another row has the same {', '.join(table.key)}"
        yield _item("expect_compound_columns_to_be_unique", "key-is-unique", message, kwargs)
    elif not any(column.unique for column in table.columns if column.name == table.key[0]):
        kwargs = {"column": table.key[0]}
        message = f"{table.key[0]} occurs more than once"
        yield _item("expect_column_values_to_be_unique", f"{table.key[0]}-is-unique", message, kwargs)


def _item(kind: str, check: str, message: str, kwargs: dict[str, Any]) -> Item:
    meta = {"check": check, "message": message}
    return {"type": kind, "kwargs": kwargs, "severity": "critical", "meta": meta}


def _of_column(column: Column) -> Iterator[Item]:
    def made(kind: str, check: str, message: str, **kwargs: Any) -> Item:
        given = {"column": column.name, **kwargs}
        return _item(f"expect_column_values_{kind}", f"{column.name}-{check}", message, given)

    name = column.name
    if column.type == "list<string>":
        return
    if not column.nullable:
        yield made("to_not_be_null", "is-given", f"{name} is missing")
    if column.unique:
        yield made("to_be_unique", "is-unique", f"{name} occurs more than once")
    if column.enum:
        listed = list(column.enum)
        yield made("to_be_in_set", "is-known", f"{name} is none of {listed}", value_set=listed)
    if column.pattern:
        message = f"{name} does not look like {column.pattern}"
        yield made("to_match_regex", "is-well-formed", message, regex=column.pattern)
    if column.minimum is not None or column.maximum is not None:
        given = {"min_value": column.minimum, "max_value": column.maximum}
        bounds = {key: value for key, value in given.items() if value is not None}
        yield made("to_be_between", "is-in-bounds", f"{name} is not within {bounds}", **bounds)


def _file(name: str) -> str:
    return f"schemas/expectations/{name}.json"


@cache
def _written(name: str) -> list[tuple[Item, int]]:
    """What the document of the table NAME adds, each with its line. Raises SuiteError."""
    return read(name, (schemas.folder() / "expectations" / f"{name}.json").read_text("utf-8"))


def read(name: str, text: str) -> list[tuple[Item, int]]:
    """The expectations in the JSON document TEXT for the table NAME, each with its line from 1.

    Raises SuiteError with everything that is wrong; whether Great Expectations knows their types is not
    asked here.
    """
    import yaml

    where = _file(name)
    try:
        given = json.loads(text)
    except json.JSONDecodeError as error:
        raise SuiteError([f"{where}:{error.lineno}: This is no JSON ({error.msg})."]) from None
    if not isinstance(given, dict) or not isinstance(given.get("expectations"), list):
        raise SuiteError([f'{where}:1: Give an object with "name" and a list "expectations".'])
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    root = yaml.compose(text.replace("\t", " "), Loader=loader)  # JSON is YAML, with line numbers
    nodes = next(value.value for key, value in root.value if key.value == "expectations")
    found = [
        (item, int(node.start_mark.line) + 1) for item, node in zip(given["expectations"], nodes, strict=True)
    ]
    problems = [f"{where}:{line}: {what}" for item, line in found for what in _wrong(name, item)]
    unknown = [key for key in given if key not in ("name", "expectations")]
    problems += [f"{where}:1: {key!r} is not known; known: name, expectations." for key in unknown]
    if given.get("name") != name:
        problems.append(f"{where}:1: name is {given.get('name')!r}; it is the table's, {name!r}.")
    if not problems:
        taken = [item["meta"]["check"] for item in derived(name)]
        for item, line in found:
            check = item["meta"]["check"]
            if check in taken:
                problems.append(f"{where}:{line}: Another check is called {check!r}. Give it another name.")
            taken.append(check)
    if problems:
        raise SuiteError(problems)
    return found


def _wrong(name: str, item: Any) -> Iterator[str]:
    """What is wrong with an expectation for the table NAME."""
    if not isinstance(item, dict):
        yield f"An expectation is an object of {', '.join(KEYS)}."
        return
    yield from (f"{key!r} is not known; known: {', '.join(KEYS)}." for key in item if key not in KEYS)
    if missing := [key for key in KEYS if key not in item]:
        yield f"{', '.join(missing)} {'is' if len(missing) == 1 else 'are'} missing."
        return
    if not isinstance(item["kwargs"], dict) or not isinstance(item["meta"], dict):
        yield "kwargs and meta are objects."
        return
    if item["severity"] not in SEVERITIES:
        yield f"severity {item['severity']!r} is not known; known: {', '.join(SEVERITIES)}."
    yield from _wrong_meta(item["meta"])
    kind = str(item["type"])
    if name in IN_PARTS and (not kind.startswith(_OF_ROWS) or kind.endswith(_OF_OTHER_ROWS)):
        yield f"{kind!r} asks neither of single rows nor of their number, but {name} is judged part by part."
    known = _known_columns(name)
    for column in columns_of(item["kwargs"]):
        if column not in known:
            near = get_close_matches(str(column), known, 5, 0.4) or known
            yield f"There is no column {column!r} to look at; known: {', '.join(near)}."


def _wrong_meta(meta: dict[str, Any]) -> Iterator[str]:
    yield from (f"meta.{key} is not known; known: {', '.join(META)}." for key in meta if key not in META)
    for key in ("check", "message"):
        if not isinstance(meta.get(key), str) or not meta[key].strip():
            yield f"meta.{key} is missing or empty."
    flags = [row["flag"] for row in schemas.rows("flags.csv")]
    if "flag" in meta and meta["flag"] not in flags:
        near = get_close_matches(str(meta["flag"]), flags, 5, 0.4) or flags
        yield f"meta.flag {meta['flag']!r} is not in schemas/flags.csv; known: {', '.join(near)}."


def _known_columns(name: str) -> list[str]:
    """The columns that a suite may look at: those of the table NAME, and those that only checks see."""
    found = [column.name for column in schemas.table(name).columns]
    if name == "observations":
        crosschecks = [row["check"].replace("-", "_") for row in schemas.rows("crosschecks.csv")]
        return [*found, *columns.NAMES, *crosschecks]
    references = [existing(column.name) for column in schemas.table(name).columns if column.references]
    return [*found, *references, *(ASKED_OF_REPORTS if name == "reports" else ())]
