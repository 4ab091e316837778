"""Tables → files. The same rows give the same bytes: no clock, no machine, no order of arrival in them.

Parquet is written in groups of about the same number of rows, however the rows arrive, and a region is not
torn apart; its footer holds the title of the table and leaves the rest to datapackage.json, so that a table
that did not change keeps its bytes from version to version.
"""

from __future__ import annotations

import csv
import gzip
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from flows import schemas
from flows.publish.stata import Batches, write_dta
from flows.publish.tables import file_name

if TYPE_CHECKING:
    import pyarrow as pa

# Rows of a group, at most: few enough that a reader of one region or one report skips nearly all others.
_GROUP = {"observations": 8192, "texts": 64}
_GROUP_ELSE = 65536
_REGION = "region_code"
# What makes spreadsheets take a text for a formula; the full-width signs do so in Chinese ones.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_EXACT = 2**53


def write_table(name: str, batches: Batches, folder: Path) -> int:
    """Writes the table NAME in all its formats into FOLDER and gives its number of rows.

    BATCHES gives the rows in their final order each time that it is called; a writer holds one at a time.
    """
    written = 0
    for form in schemas.table(name).formats:
        if form not in _WRITERS:
            known = ", ".join(_WRITERS)
            raise ValueError(f"schemas/tables/{name}.yaml: unknown format {form!r}; known: {known}")
        written = _WRITERS[form](name, batches, folder / file_name(name, form))
    return written


def _parquet(name: str, batches: Batches, path: Path) -> int:
    import pyarrow.parquet as pq

    schema = schemas.arrow_schema(name).with_metadata({"title": schemas.table(name).title})
    written = 0
    with pq.ParquetWriter(str(path), schema, compression="zstd", compression_level=9) as writer:
        for group in _groups(batches(), schema, _GROUP.get(name, _GROUP_ELSE)):
            writer.write_table(group, row_group_size=group.num_rows)
            written += group.num_rows
    return written


def _json_lines(name: str, batches: Batches, path: Path) -> int:
    written = 0
    with open(path, "wb") as file, gzip.GzipFile("", "wb", 6, file, mtime=0) as packed:
        for batch in batches():
            packed.write(b"".join(b"%b\n" % orjson.dumps(row) for row in batch.to_pylist()))
            written += batch.num_rows
    return written


def _json(name: str, batches: Batches, path: Path) -> int:
    """One array, a row a line."""
    written = 0
    with open(path, "wb") as file:
        file.write(b"[")
        for row in (row for batch in batches() for row in batch.to_pylist()):
            file.write(b",\n" if written else b"\n")
            file.write(orjson.dumps(row))
            written += 1
        file.write(b"\n]\n" if written else b"]\n")
    return written


def _csv(name: str, batches: Batches, path: Path) -> int:
    """RFC 4180 in UTF-8 with a byte order mark, which tells Excel the encoding."""
    written = 0
    with open(path, "w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(column.name for column in schemas.table(name).columns)
        for batch in batches():
            cells = [map(cell, column.to_pylist()) for column in batch.columns]
            writer.writerows(zip(*cells, strict=True))
            written += batch.num_rows
    return written


def cell(value: Any) -> str:
    """VALUE as a cell: null is empty, lists are joined by ;, and no text can become a formula.

    A text that a spreadsheet could take for a formula gets an apostrophe in front; numbers stay numbers.
    """
    if isinstance(value, list):
        value = ";".join(value)
    if isinstance(value, str):
        return f"'{value}" if value.startswith(_FORMULA) else value
    if value is None:
        return ""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) <= _EXACT else repr(value)
    return str(value).lower()  # true and false among them


def _groups(batches: Iterable[pa.RecordBatch], schema: pa.Schema, size: int) -> Iterator[pa.Table]:
    """The rows of BATCHES as tables of SIZE rows at most; none for no rows.

    A table ends where a region ends, unless the region fills all of it, so that a reader of one region
    needs one table.
    """
    import pyarrow as pa

    waiting: list[pa.Table] = []
    count = 0
    for batch in batches:
        waiting.append(pa.Table.from_batches([batch]).cast(schema))
        count += batch.num_rows
        if count <= size:
            continue
        rows = pa.concat_tables(waiting).combine_chunks()
        while rows.num_rows > size:
            end = _end(rows, size)
            yield rows.slice(0, end)
            rows = rows.slice(end)
        waiting, count = [rows], rows.num_rows
    if count:
        yield pa.concat_tables(waiting).combine_chunks()


def _end(rows: pa.Table, size: int) -> int:
    """How many of ROWS, which are more than SIZE, come before the region that row SIZE belongs to."""
    import pyarrow.compute as pc

    if _REGION not in rows.schema.names:
        return size
    regions = rows[_REGION]
    return int(pc.index(regions, regions[size]).as_py()) or size


_WRITERS: dict[str, Callable[[str, Batches, Path], int]] = {
    "parquet": _parquet,
    "jsonl.gz": _json_lines,
    "json": _json,
    "csv": _csv,
    "dta": write_dta,
}
