"""Tables → Stata's .dta, format 118 (Stata 14 and newer), with Chinese labels.

The only file here that needs pandas. The time stamp inside is the same for ever, so that the same rows
give the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows import schemas

if TYPE_CHECKING:
    import pyarrow as pa

_VERSION = 118
_LABEL = 80  # characters that Stata has room for
_TIME_STAMP = datetime(1949, 10, 1)


def write_dta(name: str, batches: Iterable[pa.RecordBatch], path: Path) -> int:
    """Writes the rows of the table NAME to PATH and gives their number.

    Lists are joined by ;, numbers that are null are missing, texts that are null are empty. Texts of more
    than 2045 bytes become strL. The whole table is held in memory, as the format wants its widths first; a
    text that occurs in many rows is held once.
    """
    import pandas as pd
    import pyarrow as pa
    import pyarrow.compute as pc

    table = schemas.table(name)
    rows = pa.Table.from_batches(batches, schemas.arrow_schema(name))
    columns = {}
    for column in table.columns:
        values = rows[column.name]
        if column.type == "list<string>":
            columns[column.name] = _texts(pc.binary_join(values, ";"))
        elif column.type == "string":
            columns[column.name] = _texts(values)
        else:
            columns[column.name] = values.to_pandas()
    pd.DataFrame(columns).to_stata(
        str(path),
        write_index=False,
        version=118,
        byteorder="little",
        time_stamp=_TIME_STAMP,
        data_label=(table.label or table.title)[:_LABEL],
        variable_labels={one.name: (one.label or one.description)[:_LABEL] for one in table.columns},
    )
    return int(rows.num_rows)


def _texts(values: pa.ChunkedArray) -> Any:
    """VALUES as a NumPy array of strings; equal ones are the same object."""
    import numpy as np

    words = values.fill_null("").combine_chunks().dictionary_encode()
    return np.array(words.dictionary.to_pylist(), dtype=object)[words.indices.to_numpy()]
