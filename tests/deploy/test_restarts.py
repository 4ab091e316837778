"""Runs that die and servers that go: the next run, or the same one again, publishes the same bytes."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import EXAMPLE, latest
from tests.deploy.conftest import CITIES, SLOWLY
from tests.deploy.hook import BLOCK, SECRET, heard
from tests.deploy.operator import ROOT, Operator, kill_all, session_of, started_by, wait
from tests.deploy.server import Server, postgresql
from tests.test_pipeline import data, run

__all__ = ["postgresql"]
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="looks for processes in /proc"),
]


@pytest.fixture(scope="module")
def server(postgresql: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server on PostgreSQL, with the leases on disk, as documented; all is deployed there."""
    folder = tmp_path_factory.mktemp("server")
    with Server(folder / "prefect", postgresql) as one, Operator(one.api, folder).deployed():
        yield one


def extracted(output: Path) -> int:
    folder = output / "work" / "extracted"
    return len(list(folder.glob("*.jsonl"))) if folder.is_dir() else 0


def automations(**seconds: float) -> list[dict[str, Any]]:
    """The documented automations, quicker."""
    given = yaml.safe_load((ROOT / "docs" / "deploy" / "automations.yaml").read_text("utf-8"))
    for one in given["automations"]:
        one["trigger"]["within"] = seconds[one["name"].split("-")[1]]
    return list(given["automations"])


def test_a_run_that_was_killed_is_told_starts_again_and_publishes_the_same(
    server: Server, reports: Path, undisturbed: dict[str, str], tmp_path: Path
) -> None:
    someone = Operator(server.api, tmp_path / "output")
    made = [someone.ask("/automations/", one)["id"] for one in automations(dead=20, lost=600)]
    with heard(server.api) as told, someone.worker(**SLOWLY, BAOGAO_NOTIFY=BLOCK) as worker:
        key = someone.trigger("one-report/one-report", report=str(reports))
        wait(lambda: extracted(someone.folder) > 1, 180, "two extracted reports")
        for process in started_by(worker.pid):
            os.kill(process, signal.SIGKILL)
        before = extracted(someone.folder)
        assert before < len(CITIES)
        wait(lambda: told, 120, "what the hook is told")
        assert "Crashed" in told[0]
        assert SECRET not in told[0]
        wait(lambda: someone.run(key)["state"]["name"] == "Published", 180, "the second try")
        states = [state["name"] for state in someone.ask(f"/flow_run_states/?flow_run_id={key}")]
        assert someone.run(key)["run_count"] == 2, states
        assert len(told) == 1
        assert f"{len(CITIES) - before} of {len(CITIES)} reports extracted anew" in all_logs(someone)
    for one in made:
        someone.ask(f"/automations/{one}", method="DELETE")
    assert data(someone.folder) == undisturbed


def all_logs(someone: Operator) -> str:
    found = someone.ask("/logs/filter", {"sort": "TIMESTAMP_DESC"})
    return "\n".join(one["message"] for one in found)


def test_worker_and_server_go_in_the_middle_and_come_back(
    server: Server, reports: Path, undisturbed: dict[str, str], tmp_path: Path
) -> None:
    """A run that is gone gives its place free."""
    someone = Operator(server.api, tmp_path / "output")
    with someone.worker(**SLOWLY):
        key = someone.trigger("one-report/one-report", report=str(reports))
        wait(lambda: extracted(someone.folder) > 1, 180, "two extracted reports")
        server.stop()
        server.start()
        assert someone.ended(key) == "Published"
        assert data(someone.folder) == undisturbed
        (reports / "jiaozuo.txt").write_text(EXAMPLE.read_text("utf-8"), "utf-8")
        lost = someone.trigger("baogao/daily", source=None, paths=[str(reports)])
        wait(lambda: someone.run(lost)["state"]["type"] == "RUNNING", 120, "the run")
    with someone.worker(**SLOWLY):
        # What the automation for lost runs does after three minutes.
        someone.ask(f"/flow_runs/{lost}/set_state", {"state": {"type": "CRASHED"}, "force": True})
        key = someone.trigger("baogao/daily", source=None, paths=[str(reports)])
        assert someone.ended(key) == "Published"
    assert latest(someone.folder)["rows"]["reports"] == len(CITIES) + 1


@contextmanager
def half_done(reports: Path, output: Path) -> Iterator[subprocess.Popen[bytes]]:
    """`baogao run` with a server of its own, that has extracted two of the reports."""
    variables = {name: text for name, text in os.environ.items() if name != "PREFECT_API_URL"}
    running = subprocess.Popen(
        [sys.executable, "-m", "flows.cli", "run", str(reports), "--output", str(output)],
        env={**variables, **SLOWLY, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        wait(lambda: extracted(output) > 1, 180, "two extracted reports")
        yield running
        wait(lambda: not session_of(running.pid), 60, "the end of the server and the processes of the pool")
    finally:
        kill_all(running)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_a_run_that_is_ended_leaves_no_process(
    how: signal.Signals, reports: Path, undisturbed: dict[str, str], tmp_path: Path, prefect_server: str
) -> None:
    output = tmp_path / "output"
    with half_done(reports, output) as running:
        running.send_signal(how)
        _, said = running.communicate(timeout=60)
        assert running.returncode == -how
        assert b"Traceback" not in said
    assert not (output / "public").exists()
    # The server of the tests has the same database. Of a run that is killed nobody is left to say so.
    someone = Operator(prefect_server, output)
    named = {"name": {"any_": [f"run: {str(reports)[:80]}"]}}
    (known,) = someone.ask("/flow_runs/filter", {"sort": "START_TIME_DESC", "limit": 1, "flow_runs": named})
    assert known["state"]["type"] == ("CRASHED" if how is signal.SIGTERM else "RUNNING")
    assert run(output, reports)[0].outcome == "published"
    assert data(output) == undisturbed


def test_a_run_whose_server_goes_says_so_within_a_minute(reports: Path, tmp_path: Path) -> None:
    with half_done(reports, tmp_path / "output") as running:
        (server,) = [one for one in started_by(running.pid) if b"uvicorn" in command_of(one)]
        os.kill(server, signal.SIGKILL)
        _, said = running.communicate(timeout=60)
        assert running.returncode == 1
        assert re.search(rb"Error: The Prefect server at http://127.0.0.1:\d+/api fails .*: run again.", said)
        assert b"Traceback" not in said
    assert not (tmp_path / "output" / "public").exists()


def command_of(process: int) -> bytes:
    """What a process was started with."""
    return Path(f"/proc/{process}/cmdline").read_bytes()
