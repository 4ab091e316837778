"""A table that comes in pieces, judged by its suite: each piece by its rows, and the table by all of them."""

from __future__ import annotations

from collections import defaultdict
from functools import partial
from typing import TYPE_CHECKING, Any

from flows import schemas
from flows.check import expectations, suites
from flows.check.expectations import Verdict
from flows.check.results import Row, result, together
from flows.check.rows import Failure
from flows.check.suites import Item
from flows.model import Finding

if TYPE_CHECKING:
    import pyarrow as pa


class Judged:
    """What the suite of the table NAME says, piece by piece.

    Whether a value occurs twice is asked within a piece: a key that begins with its report's is in one.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._rows = 0
        self._results: dict[str, list[Row]] = defaultdict(list)
        self._unfit: dict[str, int] = defaultdict(int)

    def failures(self, table: pa.Table) -> dict[int, list[Failure]]:
        """What the rows of the piece TABLE fail, by their number in it."""
        found: dict[int, list[Failure]] = defaultdict(list)
        self._rows += len(table)
        of_rows = [item for item in suites.suite(self.name) if not _of_table(item)]
        for verdict in expectations.run(self.name, table, of_rows):
            self._results[verdict.check].append(result(self.name, verdict, partial(self._key, table)))
            self._unfit[verdict.check] += verdict.unfit
            for row, message in zip(verdict.rows, self._messages(verdict, table), strict=True):
                found[row].append(Failure(verdict.check, verdict.severity, message, verdict.flag))
        return found

    def told(self) -> tuple[list[Row], list[Finding]]:
        """What became of each expectation, in the order of the suite, and what the table fails as a whole."""
        import pyarrow as pa

        items = suites.suite(self.name)
        whole = pa.table({"row": pa.nulls(self._rows)}).select([])
        for verdict in expectations.run(self.name, whole, [item for item in items if _of_table(item)]):
            self._results[verdict.check] = [result(self.name, verdict, str)]
        results = [self._together(item) for item in items if item["meta"]["check"] in self._results]
        findings = [
            Finding(one["check"], one["severity"], self.name, "", f"{self.name}: {one['message']}")
            for one in results
            if not one["holds"] and not one["failed"]
        ]
        return results, findings

    def _together(self, item: Item) -> Row:
        check = item["meta"]["check"]
        row = together(self._results[check])
        if "mostly" in item["kwargs"]:
            enough = row["asked"] - self._unfit[check] >= item["kwargs"]["mostly"] * row["asked"]
            row["holds"] = enough or self._rows < item["meta"].get("fewest", 0)
        return row

    def _key(self, table: pa.Table, row: int) -> str:
        return " ".join(str(table[name][row].as_py()) for name in schemas.table(self.name).key)

    def _messages(self, verdict: Verdict, table: pa.Table) -> list[str]:
        """What is said of each of the rows that fail."""
        if verdict.column not in table.column_names:
            return [verdict.message] * len(verdict.rows)
        values: list[Any] = table[verdict.column].take(verdict.rows).to_pylist() if verdict.rows else []
        if verdict.column in schemas.arrow_schema(self.name).names:
            return [f"{verdict.message} ({verdict.column} is {value!r})" for value in values]
        return [value if isinstance(value, str) else verdict.message for value in values]


def _of_table(item: Item) -> bool:
    return not suites.columns_of(item["kwargs"])
