"""CSV that Excel opens safely, and Stata files that are the same whenever they are written."""

from __future__ import annotations

import csv
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyreadstat
import pytest

from flows import schemas
from flows.publish import stata, writers
from flows.publish.panel import panel
from flows.publish.writers import cell, write_table
from tests.builders import report, usual


def write(folder: Path, rows: list[dict[str, Any]], name: str = "panel") -> Path:
    """The folder with the table NAME of ROWS in all formats."""
    folder.mkdir(exist_ok=True)
    batch = pa.RecordBatch.from_pylist(rows, schema=schemas.arrow_schema(name))
    assert write_table(name, lambda: [batch], folder) == len(rows)
    return folder


def rows(**given: Any) -> list[dict[str, Any]]:
    return [row | given for row in panel(usual(report()))]


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("=1+1", "'=1+1"),
        ("+86", "'+86"),
        ("-3", "'-3"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("＝1+1", "'＝1+1"),
        (["=1", "b"], "'=1;b"),
        ("1-3", "1-3"),
        ("", ""),
        (None, ""),
        ([], ""),
        (["outlier", "corrected"], "outlier;corrected"),
        (-3.27, "-3.27"),
        (-3.0, "-3"),
        (13491440000000.0, "13491440000000"),
        (1e22, "1e+22"),
        (0.1, "0.1"),
        (2016, "2016"),
        (True, "true"),
        (False, "false"),
    ],
)
def test_a_cell_is_a_number_or_a_text_that_is_no_formula(value: Any, written: str) -> None:
    assert cell(value) == written


def test_csv_begins_with_the_mark_and_quotes_what_needs_it(tmp_path: Path) -> None:
    odd = rows(region_name='一"二",三\r\n四', unit="=HYPERLINK(1)", value=-3.5, flags=["outlier"])
    path = write(tmp_path, odd) / "panel.csv"
    data = path.read_bytes()
    assert data.startswith(b"\xef\xbb\xbfregion_code,") and data.endswith(b"\r\n")
    assert data.replace(b"\r\n", b"").count(b"\n") == 0
    with open(path, encoding="utf-8-sig", newline="") as lines:
        found = list(csv.DictReader(lines, strict=True))
    assert list(found[0]) == schemas.arrow_schema("panel").names
    assert [(one["region_name"], one["unit"], one["value"], one["flags"]) for one in found] == [
        ('一"二",三\r\n四', "'=HYPERLINK(1)", "-3.5", "outlier")
    ] * 3


def test_stata_is_of_format_118_with_chinese_labels(tmp_path: Path) -> None:
    path = write(tmp_path, rows()) / "panel.dta"
    assert b"<release>118</release><byteorder>LSF</byteorder>" in path.read_bytes()[:100]
    with pd.read_stata(path, iterator=True) as file:
        assert file.data_label == schemas.table("panel").label
        assert file.variable_labels() == {
            column.name: column.label for column in schemas.table("panel").columns
        }
    found, _ = pyreadstat.read_dta(str(path))
    assert list(found["region_name"]) == ["焦作市"] * 3
    assert list(found["report_year"]) == [2016] * 3 and found["value_max"].isna().all()


@pytest.mark.parametrize("name", ["panel", "targets"])
def test_every_column_of_a_stata_file_has_a_label_that_fits(name: str) -> None:
    table = schemas.table(name)
    labels = [table.label, *(column.label for column in table.columns)]
    assert all(0 < len(label) <= 80 for label in labels)
    assert len(set(labels)) == len(labels)
    assert all(len(column.name) <= 32 for column in table.columns)


def test_long_texts_in_stata_are_kept_whole(tmp_path: Path) -> None:
    long = "长" * 3000
    path = write(tmp_path, rows(region_name=long)) / "panel.dta"
    assert list(pd.read_stata(path)["region_name"]) == [long] * 3
    found, _ = pyreadstat.read_dta(str(path))
    assert list(found["region_name"]) == [long] * 3


def test_stata_is_the_same_however_the_rows_arrive(tmp_path: Path) -> None:
    given = [
        {**row, "unit": "元" * number, "value_max": [0.5, None][number % 2], "flags": ["x"] * (number % 4)}
        for number, row in enumerate(rows() * 3, 1)
    ]
    for number, row in enumerate(given, 1):
        row.update(report_year=1990 + number, mentions=10**number, clash=number == 3)
    table = pa.Table.from_pylist(given, schemas.arrow_schema("panel"))
    made = []
    for size in (1, 2, 5, 9):
        path = tmp_path / f"{size}.dta"
        assert stata.write_dta("panel", lambda size=size: table.to_batches(size), path) == 9  # type: ignore[misc]
        made.append(path.read_bytes())
    assert len(set(made)) == 1
    found, _ = pyreadstat.read_dta(str(path))
    for column in ("unit", "report_year", "mentions", "clash", "region_name"):
        assert found[column].tolist() == table[column].to_pylist()
    assert found["flags"].tolist() == [";".join(row["flags"]) for row in given]


def test_an_empty_table_has_its_columns_in_every_format(tmp_path: Path) -> None:
    folder = write(tmp_path, [], "targets")
    names = schemas.arrow_schema("targets").names
    assert list(pd.read_stata(folder / "targets.dta").columns) == names
    assert list(pd.read_csv(folder / "targets.csv").columns) == names
    assert list(pd.read_parquet(folder / "targets.parquet").columns) == names


@pytest.mark.parametrize("arriving", [1, 7, 1000])
def test_a_row_group_ends_where_a_region_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arriving: int
) -> None:
    monkeypatch.setitem(writers._GROUP, "observations", 10)
    sizes = {"110000": 4, "120000": 5, "130000": 2, "140000": 10, "150000": 23, "210000": 1}
    given = [usual(report(code))[0] for code, size in sizes.items() for _ in range(size)]
    schema = schemas.arrow_schema("observations")
    parts = [given[first : first + arriving] for first in range(0, len(given), arriving)]
    batches = [pa.RecordBatch.from_pylist(part, schema=schema) for part in parts]
    assert write_table("observations", lambda: batches, tmp_path) == len(given)
    file = pq.ParquetFile(tmp_path / "observations.parquet")
    groups = [file.read_row_group(number)["region_code"] for number in range(file.num_row_groups)]
    assert [
        {one["values"]: one["counts"] for one in group.value_counts().to_pylist()} for group in groups
    ] == [
        {"110000": 4, "120000": 5},
        {"130000": 2},
        {"140000": 10},
        {"150000": 10},
        {"150000": 10},
        {"150000": 3, "210000": 1},
    ]
    assert file.read().to_pylist() == given
    once = pa.RecordBatch.from_pylist(given, schema=schema)
    (tmp_path / "once").mkdir()
    write_table("observations", lambda: [once], tmp_path / "once")
    for path in (tmp_path / "once").iterdir():
        assert path.read_bytes() == (tmp_path / path.name).read_bytes(), path.name


def test_the_bytes_do_not_depend_on_the_clock_the_place_or_the_language(tmp_path: Path) -> None:
    program = (
        "import sys, pathlib; from tests.publish.test_writers import rows, write;"
        "write(pathlib.Path(sys.argv[1]), rows())"
    )
    one = write(tmp_path / "one", rows())
    environment = {"TZ": "Pacific/Auckland", "LC_ALL": "C", "PYTHONHASHSEED": "7", "PATH": ""}
    command = [sys.executable, "-c", program, str(tmp_path / "two")]
    subprocess.run(command, check=True, env=environment, cwd=Path(__file__).parents[2])
    for path in sorted(one.iterdir()):
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes(), path.name


def test_another_time_stamp_would_be_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = write(tmp_path / "one", rows()) / "panel.dta"
    monkeypatch.setattr(stata, "_TIME_STAMP", datetime(2020, 2, 2))
    assert one.read_bytes() != (write(tmp_path / "two", rows()) / "panel.dta").read_bytes()
