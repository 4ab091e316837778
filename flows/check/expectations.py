"""Great Expectations: the suites of `flows.check.suites`, run over a table. Imported nowhere else."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from typing import Any, Literal

from flows.check.suites import Item, SuiteError, columns_of, lines, suite

_FEW_COLUMNS = 4
_MANY_ROWS = 20_000


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


def warm() -> None:
    """Imports Great Expectations, which takes seconds, while other things are done."""
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
    import great_expectations  # noqa: F401


def run(name: str, frame: Any) -> list[Verdict]:
    """What the suite of NAME says of the pandas FRAME (which needs `suites.asked(name)`), in suite order.

    Raises SuiteError when Great Expectations does not know an expectation of the suite or what it is given,
    and RuntimeError when it cannot compute one.
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
    made = _made(name, expectations)
    source = context.data_sources.add_pandas("build")
    named: dict[str, Any] = {}
    for number, (few, wanted) in enumerate(_by_columns(made, expectations, len(frame))):
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


def _by_columns(
    made: Iterable[Any], given: Iterable[Item], rows: int
) -> Iterator[tuple[list[Any], list[str]]]:
    """What was MADE of the items GIVEN in runs, with the columns that each looks at.

    A run copies all that it is given, so it looks at few columns where there are many ROWS.
    """
    most = _FEW_COLUMNS if rows > _MANY_ROWS else 100
    few: list[Any] = []
    wanted: list[str] = []
    for one, item in zip(made, given, strict=True):
        mine = columns_of(item["kwargs"])
        if few and len({*wanted, *mine}) > most:
            yield few, wanted
            few, wanted = [], []
        few.append(one)
        wanted = list(dict.fromkeys([*wanted, *mine]))
    if few:
        yield few, wanted


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
