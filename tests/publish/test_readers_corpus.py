"""The release of the real reports, and what people read it with: no program has a warning to give."""

from __future__ import annotations

import logging
import os
import re
import shutil
import subprocess
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import mlcroissant  # type: ignore[import-untyped]  # ships no types
import pyarrow.parquet as pq
import pyreadstat
import pytest

from flows import schemas
from flows.publish.tables import NAMES
from flows.settings import settings
from flows.summary import Summary
from tests.publish.test_readers import READ
from tests.test_pipeline import run

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def summary(corpus: Path, prefect_server: str, tmp_path_factory: pytest.TempPathFactory) -> Summary:
    """What a run over the real reports says."""
    settings.cache_clear()
    said, _ = run(tmp_path_factory.mktemp("corpus"), corpus)
    return said


@pytest.fixture(scope="module")
def folder(summary: Summary) -> Path:
    """The folder of its release, which is not to be changed."""
    assert summary.release is not None
    return Path(summary.release.path)


@pytest.fixture(scope="module")
def rows(folder: Path) -> dict[str, int]:
    """How many rows each table has."""
    return {name: pq.ParquetFile(folder / f"{name}.parquet").metadata.num_rows for name in NAMES}


@pytest.fixture(autouse=True)
def no_warnings() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        # Frictionless leaves files for the garbage collector to close.
        warnings.simplefilter("ignore", ResourceWarning)
        yield


def test_every_report_is_told_and_released(summary: Summary) -> None:
    provinces = [name for name in summary.reports if name[2:6] == "0000" and name[:6] != "100000"]
    country = [name for name in summary.reports if name.startswith("100000-")]
    assert (len(provinces), len(country), len(summary.reports)) == (30, 34, 65)
    assert "410800-2016" in summary.reports
    assert summary.rejected == []
    assert {one.reason for one in summary.not_reports} == {"not-a-report"}
    assert summary.ok
    assert summary.release is not None and summary.release.reports == 65
    assert summary.release.quarantined == 0


def test_frictionless(folder: Path, rows: dict[str, int], validate: Callable[[Path], Any]) -> None:
    told = validate(folder)
    assert told.valid, told.flatten(["name", "row", "field", "type", "message"])[:10]
    assert not told.warnings and not any(task.warnings for task in told.tasks)
    counted = {task.name: task.stats.get("rows") or 0 for task in told.tasks}
    assert {name: counted[name] for name in NAMES} == rows
    assert counted["panel-json"] == counted["panel-csv"] == rows["panel"]


@pytest.mark.parametrize("name", NAMES)
def test_pandas_and_duckdb(folder: Path, rows: dict[str, int], name: str) -> None:
    columns = [column.name for column in schemas.table(name).columns]
    for form in schemas.table(name).formats:
        path = folder / f"{name}.{form}"
        frame = READ[form](path)
        assert len(frame) == rows[name]
        assert list(frame.columns) == (columns if rows[name] or form not in ("json", "jsonl.gz") else [])
        if form != "dta" and (rows[name] or form == "parquet"):
            found = duckdb.execute(f"SELECT * FROM '{path}'")
            assert [column[0] for column in found.description or ()] == columns
            assert len(found.fetchall()) == rows[name]


@pytest.mark.parametrize("name", ["panel", "targets"])
def test_pyreadstat(folder: Path, name: str) -> None:
    stata, meta = pyreadstat.read_dta(str(folder / f"{name}.dta"))
    parquet = pq.read_table(folder / f"{name}.parquet")
    assert meta.column_labels == [column.label for column in schemas.table(name).columns]
    for column in ("region_name", "period", "unit"):
        assert stata[column].tolist() == parquet[column].to_pylist()
    assert len(stata) == parquet.num_rows > 500


def test_mlcroissant(folder: Path, rows: dict[str, int], caplog: pytest.LogCaptureFixture) -> None:
    # Of what its own libraries do, which is not about the release.
    warnings.simplefilter("ignore", DeprecationWarning)
    with caplog.at_level(logging.WARNING):
        dataset = mlcroissant.Dataset(jsonld=str(folder / "croissant.json"))
        issues = dataset.metadata.ctx.issues
        assert not issues.errors and not issues.warnings, issues.report()
        for name in NAMES:
            assert sum(1 for _ in dataset.records(name)) == rows[name], name
    assert not caplog.records


def test_r(folder: Path, rows: dict[str, int]) -> None:
    """The lines of the README, those of packages that are there; a warning is an error."""
    program = shutil.which("Rscript")
    blocks = re.findall(r"```r\n(.*?)```", (folder / "README.md").read_text("utf-8"), re.S)
    known = [block for block in blocks if program and _installed(program, block)]
    if not known:
        said = "there is no R (Debian: r-base-core, r-cran-haven, r-cran-data.table, r-cran-jsonlite)"
        (pytest.fail if os.environ.get("R_REQUIRED") else pytest.skip)(said)
    assert program is not None and "panel.dta" in known[0]
    asked = 'for (one in list(panel, targets, reports, observations)) cat(nrow(one), "")\n'
    asked += (
        'cat(attr(panel$region_code, "label"), reports$region_name[reports$report_id == "410800-2016"])\n'
    )
    said = run_r(program, "options(warn = 2)\n" + "".join(known) + asked, folder)
    counts = [str(rows[name]) for name in ("panel", "targets", "reports", "observations")]
    assert said.split() == [*counts, "地区代码", "焦作市"]


def _installed(program: str, block: str) -> bool:
    """Whether all packages are there that BLOCK uses."""
    names = ", ".join(f'"{name}"' for name in dict.fromkeys(re.findall(r"([\w.]+)::", block)))
    asked = f"cat(all(sapply(c({names}), requireNamespace, quietly = TRUE)))"
    return run_r(program, asked) == "TRUE"


def run_r(program: str, text: str, folder: Path | None = None) -> str:
    """What R prints when it is given TEXT."""
    environment = {**os.environ, "LC_ALL": "C.UTF-8"}
    done = subprocess.run(
        [program, "-e", text], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
