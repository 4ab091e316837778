"""A real server and a real worker: what is deployed, what starts it, how runs end and what they leave."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from urllib.error import HTTPError

import pytest

from tests.conftest import EXAMPLE, latest
from tests.deploy.hook import BLOCK, SECRET, heard
from tests.deploy.operator import ROOT, Operator, kill_all, wait

pytestmark = pytest.mark.slow
TEXT = EXAMPLE.read_text("utf-8")


@pytest.fixture(scope="module")
def told(prefect_server: str) -> Iterator[list[str]]:
    """What the web hook is told."""
    with heard(prefect_server) as what:
        yield what


@pytest.fixture(scope="module")
def operator(
    prefect_server: str, told: list[str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Operator]:
    """All is deployed, and a worker is there; the schedules are those of the test alone."""
    folder = tmp_path_factory.mktemp("operator")
    (folder / "inbox").mkdir()
    someone = Operator(prefect_server, folder / "output")
    given = {"BAOGAO_INBOX": str(folder / "inbox"), "BAOGAO_SITE_URL": "https://data.example/"}
    with someone.deployed(), someone.worker(**given, BAOGAO_NOTIFY=BLOCK):
        yield someone


def test_all_is_deployed_with_its_schedules(operator: Operator) -> None:
    daily, season = (operator.deployment(f"baogao/{name}") for name in ("daily", "congress-season"))
    schedules = [one["schedules"][0]["schedule"] for one in (daily, season)]
    assert [(one["cron"], one["timezone"]) for one in schedules] == [
        ("30 6 * * *", "Asia/Shanghai"),
        ("0 */4 * 1-3 *", "Asia/Shanghai"),
    ]
    form = operator.deployment("one-report/one-report")["parameter_openapi_schema"]["properties"]
    assert (form["year"]["anyOf"][0]["minimum"], form["year"]["anyOf"][0]["maximum"]) == (1949, 2100)
    assert "GB/T 2260" in form["region"]["description"]


def test_started_by_command_and_by_the_api_and_by_a_schedule(operator: Operator) -> None:
    given = ["--param", f"report={EXAMPLE}", "--param", "year=2016", "--watch"]
    first = operator.prefect("deployment", "run", "one-report/one-report", *given)
    assert first.returncode == 0, first.stdout + first.stderr
    assert "'Published'" in first.stdout
    assert latest(operator.folder)["version"] == "1.0.0"

    (operator.folder.parent / "inbox" / "puyang.txt").write_text(
        TEXT.replace("焦作市", "濮阳市").replace("焦作", "濮阳"), "utf-8"
    )
    second = operator.trigger("baogao/daily", source="inbox")
    assert operator.ended(second) == "Published"
    assert latest(operator.folder)["version"] == "1.1.0"
    left = operator.artifacts(second)
    assert "# Published" in left["run-report"]
    assert "1.1.0" in left["run-report"]
    assert "`410900-2016`" in left["run-report"]
    assert "https://data.example/releases/1.1.0/" in left["release"]

    key = operator.deployment("baogao/daily")["id"]
    often = {"schedule": {"interval": 10, "timezone": "Asia/Shanghai"}, "active": True}
    (schedule,) = operator.ask(f"/deployments/{key}/schedules", [often])
    try:
        wanted = {
            "flow_runs": {"deployment_id": {"any_": [key]}},
            "deployments": {"id": {"any_": [key]}},
            "sort": "START_TIME_DESC",
        }

        def fired() -> list[str]:
            runs = operator.ask("/flow_runs/filter", wanted)
            done = [one for one in runs if one["auto_scheduled"] and one["state"]["type"] == "COMPLETED"]
            return [str(one["state"]["name"]) for one in done]

        wait(fired, 180, "a run of the schedule")
        assert fired()[-1] == "Nothing new"
    finally:
        operator.ask(f"/deployments/{key}/schedules/{schedule['id']}", method="DELETE")
    going = {**wanted, "flow_runs": {"state": {"type": {"any_": ["PENDING", "RUNNING", "SCHEDULED"]}}}}
    wait(lambda: not operator.ask("/flow_runs/filter", going), 180, "the end of what was scheduled")


def test_of_two_scheduled_runs_at_once_the_second_is_cancelled(operator: Operator) -> None:
    keys = [operator.trigger("baogao/daily", source="inbox") for _ in range(2)]
    assert sorted(operator.ended(key) for key in keys) == ["Cancelled", "Nothing new"]


def test_of_two_runs_by_hand_the_second_waits_and_the_one_that_fails_is_told(
    operator: Operator, told: list[str]
) -> None:
    there, missing = operator.folder.parent / "许昌.txt", operator.folder.parent / "none.txt"
    there.write_text(TEXT.replace("焦作市", "许昌市").replace("焦作", "许昌"), "utf-8")
    before = latest(operator.folder)["rows"]["reports"]
    assert told == []
    keys = [operator.trigger("one-report/one-report", report=str(path)) for path in (there, missing)]
    assert [operator.ended(key) for key in keys] == ["Published", "Rejected"]
    one, other = sorted((operator.run(key) for key in keys), key=lambda run: str(run["start_time"]))
    assert one["end_time"] <= other["start_time"]
    assert latest(operator.folder)["rows"]["reports"] == before + 1
    # What is not there is not taken for nothing new.
    assert "There is no such file" in operator.artifacts(keys[1])["run-report"]
    wait(lambda: told, 120, "what the hook is told")
    assert len(told) == 1
    assert "Rejected" in told[0]
    assert "none.txt" in told[0]
    assert SECRET not in told[0]


def test_parameters_out_of_range_start_no_run(operator: Operator) -> None:
    given = ["--param", f"report={EXAMPLE}", "--param", "year=3000"]
    refused = operator.prefect("deployment", "run", "one-report/one-report", *given)
    assert refused.returncode == 1
    assert "'year'" in refused.stdout
    assert "2100" in refused.stdout
    with pytest.raises(HTTPError) as error:
        operator.trigger("one-report/one-report", report=str(EXAMPLE), region="here")
    assert error.value.code == 409
    assert "region" in json.loads(error.value.read())["detail"]


def test_what_a_laptop_serves_keeps_its_schedule_when_it_stops(operator: Operator) -> None:
    text = (ROOT / "docs" / "operations.md").read_text("utf-8")
    (program,) = re.findall(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    serving = subprocess.Popen(
        [sys.executable, "-c", program],
        env={**os.environ, "PREFECT_API_URL": operator.api, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )

    def there() -> bool:
        with suppress(HTTPError):
            return bool(operator.deployment("baogao/laptop")["schedules"])
        return False

    try:
        wait(there, 120, "the deployment")
    finally:
        kill_all(serving, signal.SIGTERM)
    (schedule,) = operator.deployment("baogao/laptop")["schedules"]
    assert schedule["active"]
    operator.ask(f"/deployments/{operator.deployment('baogao/laptop')['id']}", method="DELETE")
