"""A run that is killed at any moment leaves a release that can be read, and the next run finishes the job."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import EXAMPLE, Command, latest

pytestmark = pytest.mark.slow

TEXT = EXAMPLE.read_text("utf-8").replace("焦作市", "濮阳市").replace("焦作", "濮阳")


def files(folder: Path) -> set[str]:
    return {path.name for path in folder.rglob("*") if not path.name.startswith(".")}


def new_in(folder: Path, before: set[str]) -> Callable[[], bool]:
    return lambda: bool(files(folder) - before)


def kill_when(happened: Callable[[], bool], output: Path, report: Path, server: str) -> bool:
    """Starts a run and kills it with SIGKILL as soon as HAPPENED; whether it was still running then."""
    command = [sys.executable, "-m", "flows.cli", "run", str(report), "--output", str(output)]
    running = subprocess.Popen(
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PREFECT_API_URL": server},
    )
    end = time.monotonic() + 60
    while not happened() and running.poll() is None:
        assert time.monotonic() < end, "the moment never came"
        time.sleep(0.001)
    killed = running.poll() is None
    running.send_signal(signal.SIGKILL)
    running.wait()
    return killed


def test_killed_at_every_stage(baogao: Command, tmp_path: Path, prefect_server: str) -> None:
    output = tmp_path / "output"
    report = tmp_path / "puyang.txt"
    report.write_text(TEXT, "utf-8")
    assert baogao("run", EXAMPLE, PREFECT_API_URL=prefect_server).returncode == 0
    before = latest(output)

    for stage in ("work/captures", "work/read", "work/extracted", "work/staging", "work/checked"):
        moment = new_in(output / stage, files(output / stage))
        assert kill_when(moment, output, report, prefect_server), stage
        assert latest(output) == before

    releases = output / "public" / "releases"
    kill_when(new_in(releases, files(releases)), output, report, prefect_server)
    assert latest(output)["version"] in ("1.0.0", "1.1.0")

    done = baogao("run", report, PREFECT_API_URL=prefect_server)
    assert done.returncode == 0, done.stdout + done.stderr
    assert latest(output)["version"] == "1.1.0"
    assert latest(output)["rows"]["reports"] == 2
    assert sorted(path.name for path in releases.iterdir() if path.is_dir()) == ["1.0.0", "1.1.0"]
    assert not [path for path in (output / "work" / "staging").glob("*") if path.is_dir()]


@pytest.mark.parametrize("seconds", [0.5, 1.5, 2.5, 3.5])
def test_killed_at_some_moment_of_the_first_run(
    baogao: Command, tmp_path: Path, prefect_server: str, seconds: float
) -> None:
    output = tmp_path / "output"
    end = time.monotonic() + seconds
    kill_when(lambda: time.monotonic() > end, output, EXAMPLE, prefect_server)
    if (output / "public" / "latest.json").exists():
        assert latest(output)["version"] == "1.0.0"
    done = baogao("run", EXAMPLE, PREFECT_API_URL=prefect_server)
    assert done.returncode == 0, done.stdout + done.stderr
    assert latest(output)["version"] == "1.0.0"
