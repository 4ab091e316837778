"""Great Expectations: the suites of `schemas/expectations/`, run over a table. Imported nowhere else.

A suite is the expectations derived from the table's columns (null, enum, pattern, bounds, uniqueness; all
critical) followed by those that `schemas/expectations/NAME.json` adds. In that file `meta.check` names the
check, `meta.message` says what is wrong with a row that fails, and `meta.flag` is the flag of a warning.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from flows import schemas
from flows.schemas import Column

_FEW_COLUMNS = 4


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an expectation says of a table.

    `rows` are the numbers of the failing rows: none if it holds, or if the table fails as a whole. `asked` is
    how many values were looked at, null for an expectation on the whole table.
    """

    check: str
    severity: Literal["critical", "warning", "info"]
    column: str
    message: str
    flag: str | None
    kind: str
    holds: bool
    asked: int | None
    rows: tuple[int, ...]


def suite(name: str) -> list[dict[str, Any]]:
    """The expectations for the table NAME: the derived ones, then those of its JSON document."""
    derived = [item for column in schemas.table(name).columns for item in _derived(column)]
    return derived + list(schemas.document(f"expectations/{name}.json")["expectations"])


def columns(name: str) -> list[str]:
    """The columns that the suite of the table NAME looks at."""
    found: list[str] = []
    for item in suite(name):
        found += _columns_of(item["kwargs"])
    return list(dict.fromkeys(found))


def warm() -> None:
    """Imports Great Expectations, which takes seconds, while other things are done."""
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
    import great_expectations  # noqa: F401


def critical_answers(name: str) -> list[str]:
    """The questions of `columns.QUESTIONS` whose answer no keeps a row of the table NAME out."""
    return [
        item["kwargs"]["column"]
        for item in suite(name)
        if item["severity"] == "critical" and item["kwargs"].get("value_set") == [1]
    ]


def run(name: str, frame: Any) -> list[Verdict]:
    """What the suite of NAME says of the pandas FRAME (which needs `columns(name)`), in suite order.

    Raises ValueError when Great Expectations does not know an expectation of the suite, and RuntimeError
    when it cannot compute one.
    """
    expectations = suite(name)
    results = _validated(name, expectations, frame.reset_index(drop=True))
    verdicts = []
    for given in expectations:
        result = results[given["meta"]["check"]]
        if failure := _exception(result.exception_info or {}):
            where = f"schemas/expectations/{name}.json: {given['type']} ({given['meta']['check']})"
            raise RuntimeError(f"{where} cannot be computed: {failure}")
        holds = bool(result.success) or len(frame) < given["meta"].get("fewest", 0)
        # What has to hold for most rows says nothing of those for which it does not.
        single = not holds and "mostly" not in given["kwargs"]
        rows = sorted(int(row) for row in result.result.get("unexpected_index_list") or [] if single)
        verdicts.append(_verdict(given, holds, _asked(result.result), tuple(rows)))
    return verdicts


def _validated(name: str, expectations: list[dict[str, Any]], frame: Any) -> dict[str, Any]:
    """The results by the name of the check (Great Expectations gives them in an order of its own)."""
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
    import great_expectations as gx

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False, "metric_calculations": False}  # type: ignore[assignment]
    made = gx.ExpectationSuite(name=name, expectations=expectations)
    if len(made.expectations) != len(expectations):
        known = {expectation.expectation_type for expectation in made.expectations}
        unknown = ", ".join(sorted({item["type"] for item in expectations} - known))
        raise ValueError(f"schemas/expectations/{name}.json: Great Expectations does not know {unknown}")
    source = context.data_sources.add_pandas("build")
    named: dict[str, Any] = {}
    for number, (few, wanted) in enumerate(_by_columns(made.expectations)):
        batch = (
            source.add_dataframe_asset(f"{name}-{number}")
            .add_batch_definition_whole_dataframe("all")
            .get_batch({"dataframe": frame[[column for column in wanted if column in frame]]})
        )
        part = context.suites.add(gx.ExpectationSuite(name=f"{name}-{number}", expectations=few))
        results = batch.validate(part, result_format="COMPLETE").results
        named |= {_name(result): result for result in results}
    if len(named) != len(expectations):
        raise RuntimeError(f"{len(named)} named results for the {len(expectations)} expectations of {name}")
    return named


def _by_columns(expectations: Iterable[Any]) -> Iterator[tuple[list[Any], list[str]]]:
    """EXPECTATIONS in runs that look at few columns, with those: each one copies all that it is given."""
    few: list[Any] = []
    wanted: list[str] = []
    for one in expectations:
        mine = _columns_of(one.configuration.kwargs)
        if few and len({*wanted, *mine}) > _FEW_COLUMNS:
            yield few, wanted
            few, wanted = [], []
        few.append(one)
        wanted = list(dict.fromkeys([*wanted, *mine]))
    if few:
        yield few, wanted


def _columns_of(kwargs: Mapping[str, Any]) -> list[str]:
    """The columns that an expectation with KWARGS looks at."""
    found = [kwargs[key] for key in ("column", "column_A", "column_B") if key in kwargs]
    return [*found, *kwargs.get("column_list", [])]


def _name(result: Any) -> str:
    return str(result.expectation_config.meta["check"])


def _exception(info: dict[str, Any]) -> str:
    """What the exception_info of a result (flat, or by metric) tells of an exception, or ``""``."""
    if info.get("raised_exception"):
        return str(info.get("exception_message"))
    return next(
        (found for value in info.values() if isinstance(value, dict) and (found := _exception(value))), ""
    )


def _asked(result: dict[str, Any]) -> int | None:
    """How many values an expectation looked at; nulls are passed over."""
    count = result.get("element_count")
    return None if count is None else int(count) - int(result.get("missing_count") or 0)


def _verdict(given: dict[str, Any], holds: bool, asked: int | None, rows: tuple[int, ...]) -> Verdict:
    meta = given["meta"]
    return Verdict(
        check=meta["check"],
        severity=given["severity"],
        column=given["kwargs"].get("column", ""),
        message=meta["message"],
        flag=meta.get("flag"),
        kind=given["type"],
        holds=holds,
        asked=asked,
        rows=rows,
    )


def _derived(column: Column) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []

    def add(kind: str, check: str, message: str, **kwargs: Any) -> None:
        meta = {"check": f"{column.name}-{check}", "message": f"{column.name} {message}"}
        given = {"column": column.name, **kwargs}
        found.append({"type": kind, "kwargs": given, "severity": "critical", "meta": meta})

    if column.type == "list<string>":
        return found
    if not column.nullable:
        add("expect_column_values_to_not_be_null", "is-given", "is missing")
    if column.unique:
        add("expect_column_values_to_be_unique", "is-unique", "occurs more than once")
    if column.enum:
        listed = list(column.enum)
        add("expect_column_values_to_be_in_set", "is-known", f"is none of {listed}", value_set=listed)
    if column.pattern:
        message = f"does not look like {column.pattern}"
        add("expect_column_values_to_match_regex", "is-well-formed", message, regex=column.pattern)
    if column.minimum is not None or column.maximum is not None:
        bounds = {"min_value": column.minimum, "max_value": column.maximum}
        bounds = {key: value for key, value in bounds.items() if value is not None}
        add("expect_column_values_to_be_between", "is-in-bounds", f"is not within {bounds}", **bounds)
    return found
