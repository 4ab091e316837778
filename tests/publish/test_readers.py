"""What readers use: Frictionless, pandas and DuckDB take every file of a release without a warning."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import jsonschema  # type: ignore[import-untyped]  # ships no types
import pandas as pd
import pyarrow.parquet as pq
import pyreadstat
import pytest

from flows import check, publish, schemas
from flows.publish.tables import NAMES, json_schema
from flows.settings import settings
from flows.store import Store
from tests.builders import entry, observation, report, stored, usual


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release of five reports, really checked: with a flag, a range, another area, a quarantined row.

    Two of them are of one place: the earlier one has aims for what the later one reports.
    """
    store = Store(str(tmp_path_factory.mktemp("out")))
    one = report("410000", 2020)
    first, second, third = usual(one)
    first |= {"flags": [], "bound": "lower", "unit": ""}
    second |= {"area": "焦作", "area_code": "410800", "indicator": None, "period": None, "section": ""}
    third |= {"measure": "size"}
    entries = [stored(store), stored(store, "100000", 2018), entry(store, one, [first, second, third])]
    aim = report("420000", 2019, "目标：生产总值增长7%—8%，城镇新增就业4万人以上；生产总值增长9%。")
    aimed: dict[str, Any] = {"status": "target", "period": "2019", "confidence": 0.25, "flags": ["outlier"]}
    jobs = {"indicator": "urban_new_jobs", "unit": "人", "bound": "lower", "value": 40000.0}
    growth = {"measure": "growth", "unit": "%", "bound": "range", "value": 7.0, "value_max": 8.0}
    rows = [observation(aim, "7%—8", **growth, **aimed), observation(aim, "4万", **jobs, **aimed)]
    again = {"measure": "growth", "unit": "%", "value": 9.0, "bound": "about"}
    rows.append(observation(aim, "9", **again, **aimed))
    entries += [entry(store, aim, rows), stored(store, "420000", 2020)]
    with corrected(tmp_path_factory.mktemp("own") / "corrections.yaml", rows[1]):
        publish.publish(store, check.check(store, entries))
    path = store.local("public/releases/1.0.0")
    assert path is not None
    return path


@contextmanager
def corrected(file: Path, row: dict[str, Any]) -> Iterator[None]:
    """With a correction of the subject of the observation ROW."""
    given = {"report": row["report_id"], "offset": row["char_start"], "field": "subject"}
    given |= {"expect": row["subject"], "value": "地区生产总值", "reason": "原文如此", "who": "两位读者"}
    file.write_text(json.dumps([given], ensure_ascii=False), "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BAOGAO_CORRECTIONS", str(file))
        patch.setenv("BAOGAO_GATE_QUARANTINE", "1")
        settings.cache_clear()
        yield
    settings.cache_clear()


@pytest.fixture(autouse=True)
def no_warnings() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        # Frictionless leaves files for the garbage collector to close.
        warnings.simplefilter("ignore", ResourceWarning)
        yield


def test_frictionless_finds_nothing_to_say(folder: Path, validate: Callable[[Path], Any]) -> None:
    told = validate(folder)
    assert told.valid, told.flatten(["name", "row", "field", "type", "message"])
    assert not told.warnings and not any(task.warnings for task in told.tasks)
    assert {task.name for task in told.tasks} >= {*NAMES, "observations-jsonl", "reports-json", "targets-csv"}
    rows = {task.name: task.stats.get("rows") for task in told.tasks}
    assert (rows["observations"], rows["observations-jsonl"], rows["quarantine"], rows["reports"]) == (
        14,
        14,
        1,
        5,
    )
    assert rows["panel"] == rows["panel-json"] == rows["panel-csv"] == 12
    assert rows["targets"] == rows["targets-json"] == rows["targets-csv"] == 2


def test_frictionless_takes_empty_tables(tmp_path: Path, validate: Callable[[Path], Any]) -> None:
    store = Store(str(tmp_path))
    publish.publish(store, check.check(store, [stored(store)]))
    told = validate(tmp_path / "public" / "releases" / "1.0.0")
    assert told.valid, told.flatten(["name", "type", "message"])


READ: dict[str, Any] = {
    "parquet": pd.read_parquet,
    "jsonl.gz": lambda path: pd.read_json(path, lines=True, dtype=False),
    "json": lambda path: pd.read_json(path, dtype=False),
    "csv": pd.read_csv,
    "dta": pd.read_stata,
}


@pytest.mark.parametrize("name", NAMES)
def test_pandas_and_duckdb_read_the_same_rows_from_every_file(folder: Path, name: str) -> None:
    columns = [column.name for column in schemas.table(name).columns]
    counted = set()
    for form in schemas.table(name).formats:
        path = folder / f"{name}.{form}"
        frame = READ[form](path)
        assert list(frame.columns) == columns
        if form == "dta":
            counted.add(len(frame))
            continue
        found = duckdb.execute(f"SELECT * FROM '{path}'")
        assert [column[0] for column in found.description or ()] == columns
        counted |= {len(frame), len(found.fetchall())}
    assert len(counted) == 1 and counted.pop() > 0


def test_values_survive_every_format(folder: Path) -> None:
    parquet = pq.read_table(folder / "observations.parquet").to_pylist()
    lines = pd.read_json(folder / "observations.jsonl.gz", lines=True, dtype=False).to_dict("records")
    assert len(parquet) == len(lines) == 14
    for one, other in zip(parquet, lines, strict=True):
        assert {name: value for name, value in one.items() if value is not None} == {
            name: value for name, value in other.items() if not (isinstance(value, float) and value != value)
            and value is not None
        }  # fmt: skip
    jsonschema.validate(parquet, {"type": "array", "items": json_schema("observations")})


@pytest.mark.parametrize("name", ["panel", "targets"])
def test_csv_and_stata_say_the_same_as_parquet(folder: Path, name: str) -> None:
    parquet = pq.read_table(folder / f"{name}.parquet").to_pylist()
    texts = {column.name for column in schemas.table(name).columns if column.type == "string"}
    frame = pd.read_csv(folder / f"{name}.csv", dtype=dict.fromkeys(texts, str))
    stata, meta = pyreadstat.read_dta(str(folder / f"{name}.dta"))
    for found in (frame, stata, pd.read_stata(folder / f"{name}.dta")):
        for one, other in zip(parquet, found.to_dict("records"), strict=True):
            assert {key: _plain(value) for key, value in other.items()} == {
                key: _plain(value) for key, value in one.items()
            }
    assert meta.file_label == schemas.table(name).label
    assert meta.column_labels == [column.label for column in schemas.table(name).columns]
    assert meta.column_labels[0] == "地区代码"


def _plain(value: Any) -> Any:
    """VALUE as CSV and Stata can say it: lists joined, truth as 0 or 1, nothing as nothing."""
    if isinstance(value, list):
        return ";".join(value)
    if value is None or value == "" or value != value:
        return ""
    return value if isinstance(value, str) else float(value)


def test_targets_are_joined_to_what_was_reached(folder: Path) -> None:
    rows = pq.read_table(folder / "targets.parquet").to_pylist()
    assert [(row["indicator"], row["target"], row["actual"], row["result"]) for row in rows] == [
        ("gdp", 7.0, 8.5, "met"),
        ("urban_new_jobs", 40000.0, 30000.0, "missed"),
    ]
    panel = {row["observation_id"]: row for row in pq.read_table(folder / "panel.parquet").to_pylist()}
    assert panel[rows[0]["target_observation_id"]]["flags"] == [
        "disagrees-with-itself",
        "low-confidence",
        "outlier",
    ]
    assert panel[rows[0]["actual_observation_id"]]["report_year"] == 2020


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
    assert found == [(14,)]
