"""The tables of a release as they were written, judged by their suites before the release goes out.

Observations and reports have been judged row by row when they were collected. What is made from them, and
the code lists, is judged here: a row that fails a critical check there is a fault of the program or of
`schemas/`, and the release must not go out. Long tables are judged piece by piece, so that memory stays flat.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows import schemas
from flows.check import suites
from flows.check.by_value import WHETHER_GIVEN, kinds
from flows.check.pieces import Judged
from flows.check.results import Row
from flows.model import Finding

if TYPE_CHECKING:
    import pyarrow as pa

_FEW = 3
_FEW_ROWS = 64  # of long texts
_PIECE = 200_000  # rows: few enough for flat memory, so many that what each piece costs anyway is paid seldom


def judge(folder: Path) -> tuple[list[Row], list[Finding]]:
    """What the suites say of the Parquet files in FOLDER: rows of `quality.json`, and what speaks against it.

    Raises SuiteError when a suite cannot be used.
    """
    results: list[Row] = []
    for name in [name for name in suites.TABLES if name not in suites.BY_ROW]:
        judged = Judged(name)
        for piece in _pieces(name, folder):
            judged.failures(piece)
        results += judged.told()[0]
    return results, [_finding(one) for one in results if not one["holds"]]


def _finding(told: Row) -> Finding:
    """One finding for all rows of a table that fail: they were not written by anybody outside."""
    examples = ", ".join(told["examples"][:_FEW])
    rows = f", {told['failed']} rows: {examples}" if told["failed"] else ""
    message = f"{told['table']}: {told['message']}{rows}"
    return Finding(told["check"], told["severity"], told["table"], "", message)


def _pieces(name: str, folder: Path) -> Iterator[pa.Table]:
    """The columns of the table NAME that its suite looks at, and whether what they refer to is there.

    Of a column of which it only asks whether something is given, that is all there is. The tables of
    `suites.IN_PARTS` come in pieces of whole row groups, and so of whole regions.
    """
    import pyarrow.parquet as pq

    file = pq.ParquetFile(folder / f"{name}.parquet")
    sizes = [file.metadata.row_group(group).num_rows for group in range(file.num_row_groups)]
    most = _PIECE if name in suites.IN_PARTS else sum(sizes)
    groups: list[int] = []
    for group, size in enumerate(sizes):
        if groups and sum(sizes[one] for one in groups) + size > most:
            yield _asked(name, folder, file, groups)
            groups = []
        groups.append(group)
    yield _asked(name, folder, file, groups)


def _asked(name: str, folder: Path, file: Any, groups: list[int]) -> pa.Table:
    """The GROUPS of rows of FILE, as `_pieces` gives them."""
    import pyarrow as pa
    import pyarrow.compute as pc

    asked = kinds(suites.suite(name))
    described = schemas.table(name)
    looked_up = [one for one in described.columns if suites.existing(one.name) in asked]
    whole = {*described.key, *(one.name for one in looked_up)}
    whole |= {column for column, asks in asked.items() if not asks <= WHETHER_GIVEN}
    wanted = [one.name for one in described.columns if one.name in whole | {*asked}]
    table = file.read_row_groups(groups, [column for column in wanted if column in whole])
    for column in wanted:
        if column not in whole:
            table = table.append_column(column, _given(file, groups, column))
    for one in looked_up:
        known = _known(folder, one.references, table[one.name])
        there = pc.is_in(table[one.name], value_set=known).cast(pa.int8())
        there = pc.if_else(pc.is_valid(table[one.name]), there, pa.scalar(None, pa.int8()))
        table = table.append_column(suites.existing(one.name), there)
    return table


def _given(file: Any, groups: list[int], column: str) -> pa.ChunkedArray:
    """1 where COLUMN of a Parquet FILE, which need not fit into memory, has something, and else null."""
    import pyarrow as pa
    import pyarrow.compute as pc

    one, nothing = pa.scalar(1, pa.int8()), pa.scalar(None, pa.int8())
    batches = file.iter_batches(_FEW_ROWS, row_groups=groups, columns=[column])
    found = [pc.if_else(batch.column(0).is_valid(), one, nothing) for batch in batches]
    return pa.chunked_array(found, pa.int8())


def _known(folder: Path, references: str, values: pa.ChunkedArray) -> pa.Array:
    """Those of VALUES that the column has that REFERENCES names, as TABLE.COLUMN.

    Row groups whose statistics say that they hold none are not read.
    """
    import pyarrow.compute as pc
    import pyarrow.dataset as ds

    name, _, column = references.partition(".")
    wanted = values.unique().drop_null()
    if not len(wanted):
        return wanted
    ends = pc.min_max(wanted)
    among = pc.field(column)
    near = (among >= ends["min"]) & (among <= ends["max"]) & among.isin(wanted)
    table = ds.dataset(folder / f"{name}.parquet").to_table(columns=[column], filter=near)
    return table[column].combine_chunks()
