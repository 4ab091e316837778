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
from flows.check.by_value import WHETHER_GIVEN, kinds
from flows.check.results import Row, result
from flows.model import Finding

if TYPE_CHECKING:
    import pyarrow as pa

_FEW = 3
_FEW_ROWS = 1024


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
    """The columns of the table NAME that its suite looks at, and whether what they refer to is KNOWN.

    Of a column of which it only asks whether something is given, that is all there is.
    """
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    asked = kinds(suites.suite(name))
    described = schemas.table(name)
    looked_up = [one for one in described.columns if suites.existing(one.name) in asked]
    whole = {*described.key, *(one.name for one in looked_up)}
    whole |= {column for column, asks in asked.items() if not asks <= WHETHER_GIVEN}
    wanted = [one.name for one in described.columns if one.name in whole | {*asked}]
    file = pq.ParquetFile(folder / f"{name}.parquet")
    table = file.read([column for column in wanted if column in whole])
    for column in wanted:
        if column not in whole:
            table = table.append_column(column, _given(file, column))
    for one in looked_up:
        there = pc.is_in(table[one.name], value_set=known(one.references)).cast(pa.int8())
        there = pc.if_else(pc.is_valid(table[one.name]), there, pa.scalar(None, pa.int8()))
        table = table.append_column(suites.existing(one.name), there)
    return table


def _given(file: Any, column: str) -> pa.ChunkedArray:
    """1 where COLUMN of a Parquet FILE, which need not fit into memory, has something, and else null."""
    import pyarrow as pa
    import pyarrow.compute as pc

    one, nothing = pa.scalar(1, pa.int8()), pa.scalar(None, pa.int8())
    batches = file.iter_batches(_FEW_ROWS, columns=[column])
    found = [pc.if_else(batch.column(0).is_valid(), one, nothing) for batch in batches]
    return pa.chunked_array(found, pa.int8())


def _known(folder: Path, references: str) -> pa.Array:
    """The values of the column that REFERENCES names, as TABLE.COLUMN."""
    import pyarrow.parquet as pq

    name, _, column = references.partition(".")
    return pq.read_table(folder / f"{name}.parquet", columns=[column])[column].combine_chunks()


def _key(table: Any, names: tuple[str, ...], row: int) -> str:
    return " ".join(str(table[name][row].as_py()) for name in names)
