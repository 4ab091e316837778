"""The tables of a release as they were written, judged by their suites before the release goes out.

Observations and reports have been judged row by row when they were collected. What is made from them, and
the code lists, is judged here: a row that fails a critical check there is a fault of the program or of
`schemas/`, and the release must not go out.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows import schemas
from flows.check import expectations, suites
from flows.check.results import Row, result
from flows.model import Finding

if TYPE_CHECKING:
    import pyarrow as pa

_FEW = 3


def judge(folder: Path) -> tuple[list[Row], list[Finding]]:
    """What the suites say of the Parquet files in FOLDER: rows of `quality.json`, and what speaks against it.

    Raises SuiteError when a suite cannot be used.
    """
    results: list[Row] = []
    found: list[Finding] = []
    known = cache(partial(_known, folder))
    for name in [name for name in suites.TABLES if name not in suites.BY_ROW]:
        table = _table(name, folder, known)
        keys = partial(_key, table, schemas.table(name).key)
        for verdict in expectations.run(name, table):
            results.append(result(name, verdict, keys))
            if not verdict.holds:
                found.append(_finding(name, verdict, results[-1]))
    return results, found


def _finding(name: str, verdict: expectations.Verdict, told: Row) -> Finding:
    """One finding for all rows of the table NAME that fail: they were not written by anybody outside."""
    rows = f", {len(verdict.rows)} rows: {', '.join(told['examples'][:_FEW])}" if verdict.rows else ""
    return Finding(verdict.check, verdict.severity, name, "", f"{name}: {verdict.message}{rows}")


def _table(name: str, folder: Path, known: Callable[[str], pa.Array]) -> pa.Table:
    """The columns of the table NAME that its suite looks at, and whether what they refer to is KNOWN."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    asked = suites.asked(name)
    columns = schemas.table(name).columns
    wanted = [one.name for one in columns if {one.name, suites.existing(one.name)} & {*asked}]
    table = pq.read_table(folder / f"{name}.parquet", columns=wanted)
    for column in columns:
        if suites.existing(column.name) in asked:
            there = pc.is_in(table[column.name], value_set=known(column.references)).cast(pa.int8())
            there = pc.if_else(pc.is_valid(table[column.name]), there, pa.scalar(None, pa.int8()))
            table = table.append_column(suites.existing(column.name), there)
    return table


def _known(folder: Path, references: str) -> pa.Array:
    """The values of the column that REFERENCES names, as TABLE.COLUMN."""
    import pyarrow.parquet as pq

    name, _, column = references.partition(".")
    return pq.read_table(folder / f"{name}.parquet", columns=[column])[column].combine_chunks()


def _key(table: Any, names: tuple[str, ...], row: int) -> str:
    return " ".join(str(table[name][row].as_py()) for name in names)
