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

from flows import load
from flows.publish.releases import sha256
from flows.server import free_port
from flows.store import Store
from tests.buckets import KEYS, Bucket
from tests.conftest import Command
from tests.deploy.conftest import CITIES, OneShot
from tests.deploy.operator import ROOT, kill_all, wait
from tests.test_pipeline import data

pytest.importorskip("prefect_dask", reason="pip install 'baogao[dask]'")
pytest.importorskip("s3fs", reason="pip install 'baogao[s3]'")
pytestmark = pytest.mark.slow
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


def connected(address: str) -> bool:
    """Whether somebody has a connection to ADDRESS on this machine (a row of /proc/net/tcp, state 01)."""
    port = f":{int(address.rpartition(':')[2]):04X}"
    rows = (line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:])
    return any(row[1].endswith(port) and row[3] == "01" for row in rows)


def test_two_workers_give_the_bytes_of_one_process(
    baogao: Command, tmp_path: Path, reports: Path, one_shot: OneShot, prefect_server: str, bucket: Bucket
) -> None:
    """On a disk, and in a bucket that all of them share."""
    with cluster() as (address, _):
        for root in (str(tmp_path / "output"), bucket.url):
            given = {**SPREAD, "BAOGAO_DASK": address, "PREFECT_API_URL": prefect_server}
            done = baogao("run", reports, "--output", root, **given)
            assert done.returncode == 0, done.stderr
            assert f"{len(CITIES)} extracted anew" in done.stdout
    local = data(one_shot.output)
    assert data(tmp_path / "output") == local
    store = Store(bucket.url)
    folder = f"public/{store.read_json('public/latest.json')['path']}"
    assert {name: sha256(store, f"{folder}/{name}") for name in local} == local

    verified = baogao("verify", "--output", bucket.url)
    assert (verified.returncode, verified.stdout) == (0, "1.0.0 is whole, and is what it says\n")
    assert load("panel", source=bucket.url).equals(load("panel", source=str(one_shot.output)))
    assert KEYS["AWS_SECRET_ACCESS_KEY"] not in done.stdout + done.stderr + verified.stderr


@pytest.mark.skipif(not Path("/proc/net/tcp").is_file(), reason="looks for connections in /proc")
def test_a_scheduler_that_goes_is_told_and_nothing_is_half_published(
    baogao: Command, tmp_path: Path, reports: Path, prefect_server: str
) -> None:
    output = tmp_path / "output"
    with cluster(workers=0) as (address, scheduler):
        given = {**SPREAD, "BAOGAO_DASK": address, "PREFECT_API_URL": prefect_server}
        gone: list[float] = []

        def end() -> None:
            wait(lambda: connected(address), 180, "a connection to the scheduler")
            time.sleep(2)
            scheduler.kill()
            gone.append(time.monotonic())

        ending = threading.Thread(target=end)
        ending.start()
        done = baogao("run", reports, "--output", output, **given)
        ending.join()
    assert done.returncode == 1
    assert time.monotonic() - gone[0] < 60
    assert f"The Dask scheduler at {address}" in done.stderr
    assert "BAOGAO_DASK" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (output / "public").exists()
