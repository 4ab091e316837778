"""Reports of five cities, and one run over them that nothing disturbs: the others are compared with it."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import EXAMPLE
from tests.deploy.operator import ROOT, kill_all, session_of, wait
from tests.test_pipeline import data

CITIES = ("濮阳", "许昌", "新乡", "安阳", "鹤壁")
# One process, one report at a time, so that there is a middle in which to die.
SLOWLY = {"BAOGAO_BATCH_CHARS": "1", "BAOGAO_POOL_CHARS": "0", "BAOGAO_WORKERS": "1"}


def written(folder: Path, cities: tuple[str, ...] = CITIES) -> Path:
    """The folder, with a report of each of the cities."""
    folder.mkdir()
    text = EXAMPLE.read_text("utf-8")
    for name in cities:
        (folder / f"{name}.txt").write_text(
            text.replace("焦作市", f"{name}市").replace("焦作", name), "utf-8"
        )
    return folder


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    """A folder of reports of five cities."""
    return written(tmp_path / "reports")


@dataclass(frozen=True)
class OneShot:
    """`baogao run` with a server of its own: what it said, where it published, and Prefect's database."""

    said: str
    output: Path
    database: Path


@pytest.fixture(scope="session")
def one_shot(tmp_path_factory: pytest.TempPathFactory, prefect_server: str) -> OneShot:
    """A run over the reports of five cities, which is over when its server is gone as well."""
    folder = tmp_path_factory.mktemp("one-shot")
    database = folder / "prefect" / "prefect.db"
    database.parent.mkdir()
    # The database of the session is migrated already, which a new one would have to be.
    known = Path(os.environ["PREFECT_HOME"]) / "prefect.db"
    with closing(sqlite3.connect(known)) as ours, closing(sqlite3.connect(database)) as other:
        ours.backup(other)
    command = [sys.executable, "-m", "flows.cli", "run", str(written(folder / "reports"))]
    variables = {name: text for name, text in os.environ.items() if name != "PREFECT_API_URL"}
    running = subprocess.Popen(
        [*command, "--output", str(folder / "output")],
        env={**variables, **SLOWLY, "PREFECT_HOME": str(database.parent), "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        said, trouble = running.communicate(timeout=180)
        wait(lambda: not session_of(running.pid), 60, "the end of the server")
    finally:
        kill_all(running)
    assert running.returncode == 0, trouble
    return OneShot(said, folder / "output", database)


@pytest.fixture
def undisturbed(one_shot: OneShot) -> dict[str, str]:
    """The bytes of a release of the reports that nothing disturbed."""
    return data(one_shot.output)
