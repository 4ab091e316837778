"""Tables → Stata's .dta, format 118 (Stata 14 and newer), with Chinese labels.

The only file here that needs pandas. The time stamp inside is the same for ever, so that the same rows
give the same bytes.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from flows import schemas

if TYPE_CHECKING:
    import pyarrow as pa

Batches: TypeAlias = "Callable[[], Iterable[pa.RecordBatch]]"
"""Gives the rows of a table in their order, each time that it is called."""

_LABEL: Final = 80  # characters that Stata has room for
_FIXED: Final = 2045  # bytes of the longest text that stands in its row
_TIME_STAMP: Final = datetime(1949, 10, 1)


def write_dta(name: str, batches: Batches, path: Path) -> int:
    """Writes the rows of the table NAME to PATH and gives their number.

    Lists are joined by ;, numbers that are null are missing, texts that are null are empty. The rows are gone
    through twice, as the format wants the widths of all columns first, and a batch is held in memory at a
    time; but where a text has more than 2045 bytes (Stata's strL) the whole table is.
    """
    import pyarrow as pa

    extremes = _extremes(name, batches())
    if not len(extremes) or _longest(extremes) > _FIXED:
        whole = pa.Table.from_batches(batches(), schemas.arrow_schema(name))
        path.write_bytes(_File(name, whole).content)
        return len(whole)
    # With the extremes behind them the rows of each batch get the widths that those of all have.
    frame = _File(name, extremes)
    written = 0
    with open(path, "wb") as file:
        file.write(frame.content[: frame.begin])
        for batch in batches():
            made = _File(name, pa.concat_tables([pa.Table.from_batches([batch]), extremes]))
            file.write(made.content[made.begin : made.begin + len(batch) * made.width])
            written += len(batch)
        file.write(frame.content[frame.end :])
        for place, packed in frame.with_rows(written):
            file.seek(place)
            file.write(packed)
    return written


class _File:
    """A .dta of ROWS of the table NAME, as pandas makes it.

    `content` has the data from byte `begin` to `end`, each row `width` bytes.
    """

    def __init__(self, name: str, rows: pa.Table) -> None:
        import pandas as pd

        table = schemas.table(name)
        packed = BytesIO()
        pd.DataFrame({one.name: _values(rows[one.name]) for one in table.columns}).to_stata(
            packed,
            write_index=False,
            version=118,
            byteorder="little",
            time_stamp=_TIME_STAMP,
            data_label=(table.label or table.title)[:_LABEL],
            variable_labels={one.name: (one.label or one.description)[:_LABEL] for one in table.columns},
        )
        self.content = packed.getvalue()
        # The map of a .dta has the places of its 14 sections; the tenth is <data>, after it comes <strls>.
        self._map = self.content.index(b"<map>") + len("<map>")
        self._places = struct.unpack_from("<14Q", self.content, self._map)
        self.begin = self._places[9] + len("<data>")
        self.end = self._places[10] - len("</data>")
        self.width = (self.end - self.begin) // max(len(rows), 1)

    def with_rows(self, number: int) -> list[tuple[int, bytes]]:
        """What is to be written where if there are NUMBER rows: their number, and the places behind them."""
        count = self.content.index(b"<N>") + len("<N>")
        more = self.begin + number * self.width - self.end
        places = [place + more * (section > 9) for section, place in enumerate(self._places)]
        return [(count, struct.pack("<Q", number)), (self._map, struct.pack("<14Q", *places))]


def _values(values: pa.ChunkedArray) -> Any:
    """VALUES in a type that depends on their schema alone."""
    import pyarrow as pa

    if pa.types.is_integer(values.type) or pa.types.is_boolean(values.type):
        return values.cast(pa.float64()).to_numpy() if values.null_count else values.to_numpy()
    return values.to_numpy() if pa.types.is_floating(values.type) else _texts(values).to_numpy()


def _texts(values: pa.ChunkedArray) -> pa.ChunkedArray:
    import pyarrow as pa
    import pyarrow.compute as pc

    joined = pc.binary_join(values, ";") if pa.types.is_list(values.type) else values
    return joined.fill_null("")


def _extremes(name: str, batches: Iterable[pa.RecordBatch]) -> pa.Table:
    """Two rows that have, column by column, the longest text or the least and the greatest number of BATCHES.

    No row where there is none.
    """
    import pyarrow as pa

    schema = schemas.arrow_schema(name)
    found = schema.empty_table()
    for batch in batches:
        rows = pa.concat_tables([found, pa.Table.from_batches([batch], schema)])
        if len(rows):
            found = pa.table([_extreme(column) for column in rows.columns], schema)
    return found


def _extreme(values: pa.ChunkedArray) -> pa.Array:
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_primitive(values.type):
        return pa.array(pc.min_max(values).as_py().values(), values.type)
    lengths = pc.binary_length(_texts(values))
    longest = pc.index(lengths, pc.max(lengths)).as_py()
    return values.take(pa.array([longest, longest])).combine_chunks()


def _longest(extremes: pa.Table) -> int:
    """The bytes of the longest text."""
    import pyarrow as pa
    import pyarrow.compute as pc

    texts = [one for one in extremes.columns if not pa.types.is_primitive(one.type)]
    return max(int(pc.max(pc.binary_length(_texts(one))).as_py()) for one in texts)
