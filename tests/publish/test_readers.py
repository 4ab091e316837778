"""What readers use: Frictionless, pandas and DuckDB take every file of a release without a warning."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import duckdb
import jsonschema  # type: ignore[import-untyped]  # ships no types
import pandas as pd
import pyarrow.parquet as pq
import pytest
from frictionless import validate

from flows import check, publish, schemas
from flows.publish.tables import NAMES, json_schema
from flows.store import Store
from tests.builders import entry, report, stored, usual


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release of three reports, really checked: with a flag, a range, another area, a quarantined row."""
    store = Store(str(tmp_path_factory.mktemp("out")))
    one = report("410000", 2020)
    first, second, third = usual(one)
    first |= {"flags": [], "value": -1.0, "bound": "range", "value_max": 2e11, "unit": ""}
    second |= {"area": "焦作", "area_code": "410800", "indicator": None, "period": None, "section": ""}
    third |= {"measure": "size"}
    entries = [stored(store), stored(store, "100000", 2018), entry(store, one, [first, second, third])]
    publish.publish(store, check.check(store, entries))
    path = store.local("public/releases/1.0.0")
    assert path is not None
    return path


@pytest.fixture(autouse=True)
def no_warnings() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        # Frictionless leaves files for the garbage collector to close.
        warnings.simplefilter("ignore", ResourceWarning)
        yield


def test_frictionless_finds_nothing_to_say(folder: Path) -> None:
    told = validate(str(folder / "datapackage.json"))
    assert told.valid, told.flatten(["name", "row", "field", "type", "message"])
    assert not told.warnings and not any(task.warnings for task in told.tasks)
    assert {task.name for task in told.tasks} >= {*NAMES, "observations-jsonl", "reports-json"}
    rows = {task.name: task.stats.get("rows") for task in told.tasks}
    assert (rows["observations"], rows["observations-jsonl"], rows["quarantine"], rows["reports"]) == (
        8,
        8,
        1,
        3,
    )


def test_frictionless_takes_empty_tables(tmp_path: Path) -> None:
    store = Store(str(tmp_path))
    publish.publish(store, check.check(store, [stored(store)]))
    told = validate(str(tmp_path / "public" / "releases" / "1.0.0" / "datapackage.json"))
    assert told.valid, told.flatten(["name", "type", "message"])


@pytest.mark.parametrize("name", NAMES)
def test_pandas_and_duckdb_read_the_same_rows_from_every_file(folder: Path, name: str) -> None:
    columns = [column.name for column in schemas.table(name).columns]
    counted = set()
    for form in schemas.table(name).formats:
        path = folder / f"{name}.{form}"
        if form == "parquet":
            frame = pd.read_parquet(path)
        else:
            frame = pd.read_json(path, lines=form == "jsonl.gz", dtype=False)
        assert list(frame.columns) == columns
        found = duckdb.execute(f"SELECT * FROM '{path}'")
        assert [column[0] for column in found.description or ()] == columns
        counted |= {len(frame), len(found.fetchall())}
    assert len(counted) == 1 and counted.pop() > 0


def test_values_survive_every_format(folder: Path) -> None:
    parquet = pq.read_table(folder / "observations.parquet").to_pylist()
    lines = pd.read_json(folder / "observations.jsonl.gz", lines=True, dtype=False).to_dict("records")
    assert len(parquet) == len(lines) == 8
    for one, other in zip(parquet, lines, strict=True):
        assert {name: value for name, value in one.items() if value is not None} == {
            name: value for name, value in other.items() if not (isinstance(value, float) and value != value)
            and value is not None
        }  # fmt: skip
    jsonschema.validate(parquet, {"type": "array", "items": json_schema("observations")})


def test_parquet_is_sorted_compressed_typed_and_of_a_small_footer(folder: Path) -> None:
    file = pq.ParquetFile(folder / "observations.parquet")
    assert file.schema_arrow.remove_metadata() == schemas.arrow_schema("observations")
    assert file.metadata.row_group(0).column(0).compression == "ZSTD"
    assert set(file.metadata.metadata) == {b"title", b"ARROW:schema"}
    rows = file.read().to_pylist()
    assert rows == sorted(rows, key=lambda row: (row["report_id"], row["char_start"]))
    assert rows[0]["region_code"] == "100000"


def test_every_row_meets_the_invariants(folder: Path) -> None:
    found = duckdb.execute(f"""
        SELECT count(*) FROM '{folder}/observations.parquet' JOIN '{folder}/texts.parquet' USING (report_id)
        WHERE text[char_start + 1 : char_end] = number_text AND contains(quote, number_text)
          AND region_code IN (SELECT code FROM '{folder}/regions.parquet')
          AND unit IN (SELECT unit FROM '{folder}/units.parquet')
          AND (indicator IS NULL OR indicator IN (SELECT code FROM '{folder}/indicators.parquet'))
    """).fetchall()
    assert found == [(8,)]
