"""A Prefect server that can be stopped and started again, on a PostgreSQL of its own."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from flows.server import free_port
from tests.deploy.operator import Operator, kill_all, wait

LEASES = "prefect.server.concurrency.lease_storage.filesystem"


def programs() -> Path | None:
    """The folder of PostgreSQL's server programs."""
    folders = [
        *Path("/usr/lib/postgresql").glob("*/bin"),
        *(Path(one) for one in os.environ["PATH"].split(":")),
    ]
    return next((one for one in folders if (one / "initdb").exists() and (one / "postgres").exists()), None)


@pytest.fixture(scope="module")
def postgresql() -> Iterator[str]:
    """The address of a new database on 127.0.0.1; its server is no root, as PostgreSQL wants it."""
    folder = programs()
    if folder is None:
        pytest.skip("PostgreSQL is not installed: apt-get install postgresql")
    place = Path(tempfile.mkdtemp(prefix="baogao-postgresql-"))
    who: dict[str, Any] = {}
    if os.getuid() == 0:
        user = pwd.getpwnam("postgres")
        os.chown(place, user.pw_uid, user.pw_gid)
        who = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    port = free_port()
    where = ["-D", str(place / "data")]
    made = [folder / "initdb", *where, "-A", "trust", "-U", "baogao", "-E", "UTF8", "--no-sync"]
    subprocess.run(made, check=True, capture_output=True, cwd=place, **who)
    listens = [
        "-c",
        "listen_addresses=127.0.0.1",
        "-c",
        f"unix_socket_directories={place}",
        "-c",
        "fsync=off",
    ]
    running = subprocess.Popen(
        [folder / "postgres", *where, "-p", str(port), *listens],
        cwd=place, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **who,
    )  # fmt: skip
    try:
        ready = [folder / "pg_isready", "-h", "127.0.0.1", "-p", str(port)]
        wait(lambda: subprocess.run(ready, capture_output=True).returncode == 0, 60, "PostgreSQL")
        yield f"postgresql+asyncpg://baogao@127.0.0.1:{port}/postgres"
    finally:
        running.send_signal(signal.SIGINT)
        running.wait(30)
        shutil.rmtree(place, ignore_errors=True)


class Server:
    """`prefect server start` on DATABASE, with what it keeps beside in the folder HOME."""

    def __init__(self, home: Path, database: str) -> None:
        self.home, self.database = home, database
        self.port = free_port()
        self.api = f"http://127.0.0.1:{self.port}/api"
        home.mkdir()

    def __enter__(self) -> Server:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Starts it, and waits until it answers."""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "prefect", "server", "start", "--port", str(self.port), "--no-ui"],
            env={
                **os.environ,
                "PREFECT_HOME": str(self.home),
                "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": LEASES,
                "PREFECT_SERVER_DATABASE_CONNECTION_URL": self.database,
            },
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        wait(self.answers, 120, "the server")

    def answers(self) -> bool:
        """Whether it is there."""
        with suppress(OSError):
            Operator(self.api, self.home).ask("/health")
            return True
        return False

    def stop(self) -> None:
        """Ends it as a service manager does."""
        kill_all(self.process, signal.SIGTERM)
