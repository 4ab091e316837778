"""Runs that die and servers that go: the next run, or the same one again, publishes the same bytes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import EXAMPLE, Command, latest
from tests.deploy.operator import ROOT, Operator, started_by, wait
from tests.deploy.server import Server, postgresql
from tests.test_pipeline import data

__all__ = ["postgresql"]
pytestmark = pytest.mark.slow
TEXT = EXAMPLE.read_text("utf-8")
CITIES = ("濮阳", "许昌", "新乡", "安阳", "鹤壁")
# Two processes, one report at a time, so that there is a middle in which to die.
SLOWLY = {"BAOGAO_BATCH_CHARS": "1", "BAOGAO_POOL_CHARS": "0", "BAOGAO_WORKERS": "1"}


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    """A folder of reports of five cities."""
    return written(tmp_path / "reports")


def written(folder: Path) -> Path:
    folder.mkdir()
    for name in CITIES:
        text = TEXT.replace("焦作市", f"{name}市").replace("焦作", name)
        (folder / f"{name}.txt").write_text(text, "utf-8")
    return folder


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory, prefect_server: str) -> dict[str, str]:
    """The bytes of a release of the reports that nothing disturbed."""
    folder = tmp_path_factory.mktemp("undisturbed")
    command = [sys.executable, "-m", "flows.cli", "run", str(written(folder / "reports"))]
    environment = {**os.environ, "PREFECT_API_URL": prefect_server, "PYTHONPATH": str(ROOT)}
    subprocess.run([*command, "--output", str(folder / "output")], check=True, env=environment, timeout=120)
    return data(folder / "output")


def extracted(output: Path) -> int:
    folder = output / "work" / "extracted"
    return len(list(folder.glob("*.jsonl"))) if folder.is_dir() else 0


def automations(**seconds: float) -> list[dict[str, Any]]:
    """The documented automations, quicker."""
    given = yaml.safe_load((ROOT / "docs" / "deploy" / "automations.yaml").read_text("utf-8"))
    for one in given["automations"]:
        one["trigger"]["within"] = seconds[one["name"].split("-")[1]]
    return list(given["automations"])


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="looks for processes in /proc")
def test_a_run_that_was_killed_starts_again_and_publishes_the_same(
    postgresql: str, reports: Path, undisturbed: dict[str, str], tmp_path: Path
) -> None:
    with Server(tmp_path / "prefect", postgresql) as server:
        someone = Operator(server.api, tmp_path / "output")
        for one in automations(dead=10, lost=600):
            someone.ask("/automations/", one)
        with someone.deployed(), someone.worker(**SLOWLY) as worker:
            key = someone.trigger("one-report/one-report", report=str(reports))
            wait(lambda: extracted(someone.folder) > 1, 90, "two extracted reports")
            for process in started_by(worker.pid):
                os.kill(process, signal.SIGKILL)
            before = extracted(someone.folder)
            assert before < len(CITIES)
            wait(lambda: someone.run(key)["state"]["type"] == "CRASHED", 60, "the crash")
            wait(lambda: someone.run(key)["state"]["name"] == "Published", 90, "the second try")
            assert someone.run(key)["run_count"] == 2
            assert f"{len(CITIES) - before} of {len(CITIES)} reports extracted anew" in all_logs(someone)
    assert data(someone.folder) == undisturbed


def all_logs(someone: Operator) -> str:
    found = someone.ask("/logs/filter", {"sort": "TIMESTAMP_DESC"})
    return "\n".join(one["message"] for one in found)


def test_worker_and_server_go_in_the_middle_and_come_back(
    postgresql: str, reports: Path, undisturbed: dict[str, str], tmp_path: Path
) -> None:
    """On PostgreSQL, with the leases on disk, as documented: a run that is gone gives its place free."""
    with Server(tmp_path / "prefect", postgresql) as server:
        someone = Operator(server.api, tmp_path / "output")
        with someone.deployed():
            with someone.worker(**SLOWLY):
                key = someone.trigger("one-report/one-report", report=str(reports))
                wait(lambda: extracted(someone.folder) > 1, 90, "two extracted reports")
                server.stop()
                server.start()
                assert someone.ended(key) == "Published"
            assert data(someone.folder) == undisturbed
            (reports / "jiaozuo.txt").write_text(TEXT, "utf-8")
            with someone.worker(**SLOWLY):
                lost = someone.trigger("baogao/daily", source=None, paths=[str(reports)])
                wait(lambda: someone.run(lost)["state"]["type"] == "RUNNING", 60, "the run")
            with someone.worker(**SLOWLY):
                # What the automation for lost runs does after three minutes.
                dead = {"state": {"type": "CRASHED"}, "force": True}
                someone.ask(f"/flow_runs/{lost}/set_state", dead)
                key = someone.trigger("baogao/daily", source=None, paths=[str(reports)])
                assert someone.ended(key) == "Published"
    assert latest(someone.folder)["rows"]["reports"] == len(CITIES) + 1


def test_sigterm_ends_a_run_and_leaves_no_process(
    reports: Path, undisturbed: dict[str, str], tmp_path: Path, baogao: Command, prefect_server: str
) -> None:
    output = tmp_path / "output"
    variables = {name: text for name, text in os.environ.items() if name != "PREFECT_API_URL"}
    running = subprocess.Popen(
        [sys.executable, "-m", "flows.cli", "run", str(reports), "--output", str(output)],
        env={**variables, **SLOWLY, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    wait(lambda: extracted(output) > 1, 90, "two extracted reports")
    running.send_signal(signal.SIGTERM)
    _, said = running.communicate(timeout=30)
    assert running.returncode == -signal.SIGTERM
    assert b"Traceback" not in said

    def others() -> list[int]:
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            with suppress(OSError, ProcessLookupError):
                if os.getsid(int(process.name)) == running.pid:
                    found.append(int(process.name))
        return found

    wait(lambda: not others(), 20, "the end of the server and the processes of the pool")
    assert not (output / "public").exists()
    done = baogao("run", reports, "--output", output, PREFECT_API_URL=prefect_server)
    assert done.returncode == 0, done.stderr
    assert data(output) == undisturbed
