"""Dask: two worker processes that were started elsewhere give the same bytes; one that goes is told."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from flows.server import free_port
from tests.conftest import EXAMPLE, Command
from tests.deploy.operator import ROOT, kill_all, wait
from tests.test_pipeline import data

pytest.importorskip("prefect_dask", reason="pip install 'baogao[dask]'")
pytestmark = pytest.mark.slow
TEXT = EXAMPLE.read_text("utf-8")
SPREAD = {"BAOGAO_TASK_RUNNER": "dask", "BAOGAO_POOL_CHARS": "0", "BAOGAO_BATCH_CHARS": "1"}


@contextmanager
def cluster(workers: int = 2) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """A scheduler with so many worker processes: its address, and its process."""
    port = free_port()
    address = f"tcp://127.0.0.1:{port}"
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    scheduler, worker = (
        [sys.executable, "-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", str(port)],
        [sys.executable, "-m", "distributed.cli.dask_worker", address, "--nthreads", "1"],
    )
    started = [subprocess.Popen([*scheduler, "--no-dashboard"], env=environment, **quiet)]  # type: ignore[call-overload]
    try:
        for _ in range(workers):
            started.append(
                subprocess.Popen([*worker, "--no-dashboard", "--no-nanny"], env=environment, **quiet)  # type: ignore[call-overload]
            )
        yield address, started[0]
    finally:
        for one in started:
            kill_all(one)


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    folder = tmp_path / "reports"
    folder.mkdir()
    for name in ("焦作", "濮阳", "许昌", "新乡"):
        (folder / f"{name}.txt").write_text(TEXT.replace("焦作", name), "utf-8")
    return folder


def test_two_workers_give_the_bytes_of_one_process(
    baogao: Command, tmp_path: Path, reports: Path, prefect_server: str
) -> None:
    alone = baogao("run", reports, "--output", tmp_path / "one", PREFECT_API_URL=prefect_server)
    assert alone.returncode == 0, alone.stderr
    with cluster() as (address, _):
        given = {**SPREAD, "BAOGAO_DASK": address, "PREFECT_API_URL": prefect_server}
        done = baogao("run", reports, "--output", tmp_path / "two", **given)
    assert done.returncode == 0, done.stderr
    assert "4 extracted anew" in done.stdout
    assert data(tmp_path / "two") == data(tmp_path / "one")


def test_a_scheduler_that_goes_is_told_and_nothing_is_half_published(
    baogao: Command, tmp_path: Path, reports: Path, prefect_server: str
) -> None:
    output = tmp_path / "output"
    with cluster(workers=0) as (address, scheduler):
        given = {**SPREAD, "BAOGAO_DASK": address, "PREFECT_API_URL": prefect_server}

        def end() -> None:
            wait(lambda: (output / "work" / "captures").is_dir(), 60, "captures")
            time.sleep(8)
            scheduler.kill()

        ending = threading.Thread(target=end)
        ending.start()
        done = baogao("run", reports, "--output", output, **given)
        ending.join()
    assert done.returncode == 1
    assert f"The Dask scheduler at {address}" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (output / "public").exists()
