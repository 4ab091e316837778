"""Expectations on single values, asked of each different value of a column instead of each row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flows.check.suites import Item, columns_of

if TYPE_CHECKING:
    import pyarrow as pa

WHETHER_GIVEN = {"expect_column_values_to_not_be_null", "expect_column_values_to_be_null"}
_OF_A_VALUE = {
    "expect_column_values_to_be_in_set", "expect_column_values_to_match_regex",
    "expect_column_values_to_be_between", "expect_column_value_lengths_to_be_between", *WHETHER_GIVEN,
}  # fmt: skip
"""What these say of a row depends on one value alone, so it holds of all rows that have the value."""
_OFTEN = 10  # rows to a value, from which on it is worth while


def kinds(items: list[Item]) -> dict[str, set[str]]:
    """By column, the types of the ITEMS that look at it."""
    found: dict[str, set[str]] = {}
    for item in items:
        for column in columns_of(item["kwargs"]):
            found.setdefault(column, set()).add(item["type"])
    return found


class Values:
    """The different values of those columns of a table in which values occur again and again.

    `table` has a column for each of them, with the last value of the shorter ones repeated. Of a column that
    ITEMS only ask whether something is given it has one value, or null, or both.
    """

    def __init__(self, given: pa.Table, items: list[Item]) -> None:
        import numpy as np
        import pyarrow as pa
        import pyarrow.compute as pc

        self._codes: dict[str, Any] = {}
        self._missing: dict[str, int] = {}
        known: dict[str, Any] = {}
        for column, asked in kinds(items).items():
            if column in given.column_names and asked & _OF_A_VALUE:
                values = given[column]
                absent = values.is_null(nan_is_null=True)
                told = absent if asked <= WHETHER_GIVEN else values
                codes, different = told.to_pandas().factorize(use_na_sentinel=False)
                if 0 < _OFTEN * len(different) <= len(given):
                    self._codes[column], self._missing[column] = codes, pc.sum(absent).as_py()
                    known[column] = values.take(np.unique(codes, return_index=True)[1])
        places = np.arange(max(map(len, known.values()), default=0))
        self.table = pa.table(
            {column: values.take(np.minimum(places, len(values) - 1)) for column, values in known.items()}
        )

    def tell(self, item: Item) -> bool:
        """Whether what an expectation says of the rows of `table` says all."""
        of_rows = {"mostly", "row_condition"} & item["kwargs"].keys()
        return item["type"] in _OF_A_VALUE and not of_rows and item["kwargs"]["column"] in self._codes

    def missing(self, column: str) -> int:
        """How many rows have nothing in COLUMN."""
        return self._missing[column]

    def rows(self, column: str, places: list[int]) -> list[int]:
        """The numbers of the rows that have one of the values at PLACES in `table`."""
        import numpy as np

        found: list[int] = np.flatnonzero(np.isin(self._codes[column], places)).tolist()
        return found
