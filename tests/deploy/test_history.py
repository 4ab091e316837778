"""What `baogao run` did stays in Prefect's database when the server that it started has gone with it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.deploy.conftest import CITIES, OneShot
from tests.deploy.operator import Operator
from tests.deploy.server import Server

pytestmark = pytest.mark.slow


def test_flows_tasks_logs_and_artifacts_of_a_run_with_its_own_server_are_kept(
    one_shot: OneShot, tmp_path: Path
) -> None:
    with Server(tmp_path / "home", f"sqlite+aiosqlite:///{one_shot.database}") as later:
        someone = Operator(later.api, one_shot.output)
        (run,) = someone.ask("/flow_runs/filter", {"sort": "START_TIME_DESC", "limit": 1, "flow_runs": {
            "parent_task_run_id": {"is_null_": True}}})  # fmt: skip
        reports = f"{one_shot.output.parent}/reports"
        assert (run["name"], run["state"]["name"]) == (f"run: {reports[:80]}", "Published")

        def of(what: str, key: str, *runs: str) -> list[dict[str, Any]]:
            found: list[dict[str, Any]] = someone.ask(f"/{what}/filter", {what: {key: {"any_": runs}}})
            return found

        tasks = of("task_runs", "flow_run_id", run["id"])
        inner = of("flow_runs", "parent_task_run_id", *[task["id"] for task in tasks])
        assert sorted(flow["name"] for flow in inner) == ["check", "extract", "fetch", "publish"]
        (extract,) = [flow["id"] for flow in inner if flow["name"] == "extract"]
        batches = of("task_runs", "flow_run_id", extract)
        kinds = Counter(task["name"].split(" batch ")[0] for task in batches)
        assert kinds == {"read": len(CITIES), "extract": len(CITIES)}
        for one in (*tasks, *inner, *batches):
            assert one["state"]["type"] == "COMPLETED", one["name"]
            assert one["end_time"], one["name"]
        for batch in batches:
            states = someone.ask(f"/task_run_states/?task_run_id={batch['id']}")
            assert {state["type"] for state in states} == {"PENDING", "RUNNING", "COMPLETED"}
        told = [line["message"] for line in of("logs", "task_run_id", *[task["id"] for task in batches])]
        for wanted in ("1 captures read, 0 failed", "1 reports extracted"):
            assert sum(message.startswith(wanted) for message in told) == len(CITIES), wanted
        assert {"run-report", "release"} <= set(someone.artifacts(run["id"]))
        assert {"read-progress", "extract-progress"} <= set(someone.artifacts(extract))
