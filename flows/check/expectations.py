"""Great Expectations: the suites of `flows.check.suites`, run over a table. Imported nowhere else."""

from __future__ import annotations

import os
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

from flows.check.by_value import Values
from flows.check.suites import Item, SuiteError, columns_of, lines, suite

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an expectation says of a table.

    `rows` are the numbers of the failing rows: none if it holds, or if the table fails as a whole. `asked` is
    how many values were looked at, null for an expectation on the whole table, and `unfit` how many of them
    do not fit, be they as few as it allows.
    """

    check: str
    severity: Literal["critical", "warning", "info"]
    column: str
    message: str
    flag: str | None
    kind: str
    holds: bool
    asked: int | None
    unfit: int
    rows: tuple[int, ...]


def warm() -> None:
    """Imports Great Expectations, which takes seconds, while other things are done."""
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
    import great_expectations  # noqa: F401


def run(name: str, table: pa.Table, items: list[Item] | None = None) -> list[Verdict]:
    """What the suite of NAME says of TABLE (which needs the columns `suites.asked(name)`), in suite order.

    With ITEMS only these of its expectations are asked. Raises SuiteError when Great Expectations does not
    know an expectation of the suite or what it is given, and RuntimeError when it cannot compute one.
    """
    expectations = suite(name) if items is None else items
    values = Values(table, expectations)
    by_value = {one["meta"]["check"]: one for one in expectations if values.tell(one)}
    by_row = [one for one in expectations if one["meta"]["check"] not in by_value]
    results = _validated(name, by_row, table) | _validated(name, [*by_value.values()], values.table)
    verdicts = []
    for given in expectations:
        result = results[given["meta"]["check"]]
        if failure := _exception(result.exception_info or {}):
            where = f"schemas/expectations/{name}.json: {given['type']} ({given['meta']['check']})"
            raise RuntimeError(f"{where} cannot be computed: {failure}")
        holds = bool(result.success) or len(table) < given["meta"].get("fewest", 0)
        # What has to hold for most rows says nothing of those for which it does not.
        single = not holds and "mostly" not in given["kwargs"]
        rows = [int(row) for row in result.result.get("unexpected_index_list") or [] if single]
        asked = _asked(result.result)
        if given["meta"]["check"] in by_value:
            column = given["kwargs"]["column"]
            rows = values.rows(column, rows)
            asked = len(table) - (values.missing(column) if "missing_count" in result.result else 0)
        unfit = len(rows) if single else int(result.result.get("unexpected_count") or 0)
        verdicts.append(_verdict(given, holds, asked, unfit, tuple(sorted(rows))))
    return verdicts


def _validated(name: str, expectations: list[Item], table: pa.Table) -> dict[str, Any]:
    """The results by the name of the check (Great Expectations gives them in an order of its own)."""
    if not expectations:
        return {}
    import great_expectations as gx

    wanted = dict.fromkeys(column for one in expectations for column in columns_of(one["kwargs"]))
    frame = table.select([column for column in wanted if column in table.column_names]).to_pandas()
    batch = _definition().get_batch({"dataframe": frame})
    asked = gx.ExpectationSuite(name=name, expectations=_made(name, expectations))
    named = {_name(one): one for one in batch.validate(asked, result_format="COMPLETE").results}
    if len(named) != len(expectations):
        raise RuntimeError(f"{len(named)} named results for the {len(expectations)} expectations of {name}")
    return named


@cache
def _definition() -> Any:
    """What Great Expectations makes batches of DataFrames by; a context takes longer than an expectation."""
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
    import great_expectations as gx

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False, "metric_calculations": False}  # type: ignore[assignment]
    asset = context.data_sources.add_pandas("build").add_dataframe_asset("table")
    return asset.add_batch_definition_whole_dataframe("all")


def _made(name: str, expectations: list[Item]) -> list[Any]:
    """EXPECTATIONS as objects (a suite of Great Expectations would drop the unknown ones in silence)."""
    from great_expectations.expectations.registry import get_expectation_impl

    made: list[Any] = []
    problems: list[str] = []
    places = lines(name)
    for item in expectations:
        where = places.get(item["meta"]["check"], f"the columns of {name}")
        kind = item["type"]
        if kind not in _kinds():
            near = get_close_matches(kind, _kinds(), 3, 0.4)
            known = f"near to it: {', '.join(near)}" if near else "the gallery of Great Expectations has all"
            problems.append(f"{where}: Great Expectations does not know {kind!r}; {known}.")
            continue
        try:
            one = get_expectation_impl(kind)
            made.append(one(**item["kwargs"], severity=item["severity"], meta=item["meta"]))
        except ValueError as error:  # pydantic's, with the fields that are wrong
            told: list[Any] = getattr(error, "errors", list)()
            fields = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in told)
            problems.append(f"{where}: {kind} cannot be made of its kwargs ({fields or error}).")
    if problems:
        raise SuiteError(problems)
    return made


@cache
def _kinds() -> list[str]:
    """The types of expectations that Great Expectations knows."""
    from great_expectations.expectations.registry import list_registered_expectation_implementations

    return sorted(list_registered_expectation_implementations())


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


def _verdict(given: Item, holds: bool, asked: int | None, unfit: int, rows: tuple[int, ...]) -> Verdict:
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
        unfit=unfit,
        rows=rows,
    )
