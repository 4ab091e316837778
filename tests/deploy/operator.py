"""What an operator has: Prefect's command line, its API, and a worker that can be killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

ROOT = Path(__file__).parents[2]
PREFECT = [sys.executable, "-m", "prefect"]
_BUSY, _ATTEMPTS, _PAUSE = 503, 8, 2
FINAL = ("COMPLETED", "FAILED", "CRASHED", "CANCELLED")


@dataclass
class Operator:
    """One who works with the server at `api`; `folder` is the output root of the worker."""

    api: str
    folder: Path

    def prefect(self, *arguments: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
        """Runs `prefect ARGUMENTS`."""
        return subprocess.run(
            [*PREFECT, *arguments],
            cwd=cwd,
            env={**os.environ, "PREFECT_API_URL": self.api, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            timeout=180,
        )

    def ask(self, path: str, given: Any = None, method: str = "") -> Any:
        """What the API answers; GIVEN is posted. Raises urllib's HTTPError with its status.

        A server whose database is locked says 503 and is asked again, as Prefect's own client does; so is one
        that does not answer what only reads.
        """
        data = None if given is None else json.dumps(given).encode()
        method = method or ("GET" if given is None else "POST")
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(f"{self.api}{path}", data, headers, method=method)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        for left in reversed(range(_ATTEMPTS)):
            try:
                with opener.open(request, timeout=60) as answer:
                    body = answer.read()
                break
            except HTTPError as error:
                if error.code != _BUSY or not left:
                    raise
                time.sleep(_PAUSE)
            except TimeoutError:
                if not (left and (method == "GET" or path.endswith("/filter"))):
                    raise
        return json.loads(body) if body else None

    def deployment(self, name: str) -> dict[str, Any]:
        """What the server knows of the deployment FLOW/NAME."""
        found: dict[str, Any] = self.ask(f"/deployments/name/{name}")
        return found

    def trigger(self, name: str, **parameters: Any) -> str:
        """Starts a run of FLOW/NAME through the API; gives its id."""
        key = self.deployment(name)["id"]
        run: str = self.ask(f"/deployments/{key}/create_flow_run", {"parameters": parameters})["id"]
        return run

    def run(self, key: str) -> dict[str, Any]:
        """What the server knows of a run."""
        found: dict[str, Any] = self.ask(f"/flow_runs/{key}")
        return found

    def ended(self, key: str, seconds: float = 180) -> str:
        """The name of the state in which a run has ended."""
        wait(lambda: self.run(key)["state"]["type"] in FINAL, seconds, f"the end of run {key}")
        return str(self.run(key)["state"]["name"])

    def artifacts(self, key: str) -> dict[str, str]:
        """What a run left for people, by key."""
        wanted = {"artifacts": {"flow_run_id": {"any_": [key]}}}
        return {one["key"]: str(one["data"]) for one in self.ask("/artifacts/filter", wanted)}

    def log(self, key: str) -> str:
        """All that a run has logged."""
        wanted = {"logs": {"flow_run_id": {"any_": [key]}}, "sort": "TIMESTAMP_ASC"}
        return "\n".join(one["message"] for one in self.ask("/logs/filter", wanted))

    @contextmanager
    def deployed(self) -> Iterator[None]:
        """Everything is deployed as long as the block takes; what a run before has left goes first."""
        self.prefect("work-pool", "create", "--type", "process", "baogao", "--overwrite")
        self.remove()
        done = self.prefect("--no-prompt", "deploy", "--all")
        assert done.returncode == 0, done.stdout + done.stderr
        try:
            yield
        finally:
            self.remove()

    def remove(self) -> None:
        """Removes the deployments, with the places that runs have taken in them."""
        for name in ("baogao/daily", "baogao/congress-season", "baogao/rebuild", "one-report/one-report"):
            with suppress(HTTPError):
                self.ask(f"/deployments/{self.deployment(name)['id']}", method="DELETE")

    @contextmanager
    def worker(self, **variables: str) -> Iterator[subprocess.Popen[bytes]]:
        """A worker of the pool, which is killed with all that it started when the block ends."""
        process = subprocess.Popen(
            [*PREFECT, "worker", "start", "--pool", "baogao"],
            env={
                **os.environ,
                "PREFECT_API_URL": self.api,
                "PREFECT_WORKER_QUERY_SECONDS": "1",
                "PYTHONPATH": str(ROOT),
                "BAOGAO_OUTPUT": str(self.folder),
                **variables,
            },
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            yield process
        finally:
            kill_all(process)


def started_by(process: int) -> list[int]:
    """The processes that a process has started, and those that they have started."""
    with suppress(OSError):
        listed = Path(f"/proc/{process}/task/{process}/children").read_text().split()
        return [one for child in map(int, listed) for one in (child, *started_by(child))]
    return []


def session_of(process: int) -> list[int]:
    """The processes of the session that a process has begun (start_new_session)."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if os.getsid(int(path.name)) == process and alive(int(path.name)):
                found.append(int(path.name))
    return found


def kill_all(process: subprocess.Popen[bytes], how: signal.Signals = signal.SIGKILL) -> None:
    """Ends a process and all that it has started, and waits until they are gone."""
    these = [process.pid, *started_by(process.pid)]
    for one in these:
        with suppress(ProcessLookupError):
            os.kill(one, how)
    process.wait(60)
    wait(lambda: not any(alive(one) for one in these), 60, "the end of a process")


def alive(process: int) -> bool:
    """Whether there is such a process that has not ended."""
    with suppress(OSError):
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    return False


def wait(happened: Callable[[], object], seconds: float, what: str) -> None:
    """Waits until HAPPENED gives something true."""
    until = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < until, f"waited {seconds} s in vain for {what}"
        time.sleep(0.2)
