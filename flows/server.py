"""A Prefect server for one run, in a process of our own, so that a one-shot run waits less for it.

Prefect's embedded server starts only when the client asks for it and is left behind when the run is
killed. This one starts while the run is still importing, and ends soon after its standard input closes,
which the system does for us however the run ends. It knows nothing of the rooms.
"""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import threading
import time
import tomllib
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flows.masking import masked
from flows.settings import prefect_environment

# After the run has gone the server has a moment to write down what it was told last.
_SERVE = """
import os, sys, threading, time, uvicorn
server = uvicorn.Server(uvicorn.Config("prefect.server.api.server:create_app", factory=True,
                        host="127.0.0.1", port=int(sys.argv[1]), log_level="critical"))
def watch():
    sys.stdin.buffer.read()
    time.sleep(1)
    server.should_exit = True
    time.sleep(10)
    os._exit(0)
threading.Thread(target=watch, daemon=True).start()
server.run()
"""


# With one connection to SQLite its writers wait for each other; with several they lock each other out.
# Good for single runs: automations, which ask the server from within, want PostgreSQL.
_ONE_WRITER = {
    "PREFECT_SERVER_DATABASE_SQLALCHEMY_POOL_SIZE": "1",
    "PREFECT_SERVER_DATABASE_SQLALCHEMY_MAX_OVERFLOW": "0",
}

_QUIET = {
    "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "CRITICAL",
    "PREFECT_INTERNAL_LOGGING_LEVEL": "CRITICAL",
}


class ServerError(Exception):
    """Prefect's server cannot be reached; the message says where and what to do."""


def environment(*, quiet: bool) -> None:
    """Puts what a one-shot run wants of Prefect into the environment, before Prefect is imported.

    QUIET keeps Prefect's log from the terminal; the server gets it all the same.
    """
    prefect_environment()
    for name, value in _QUIET.items() if quiet else ():
        os.environ.setdefault(name, value)


def start() -> subprocess.Popen[bytes] | None:
    """Starts a server that ends with this process and sets PREFECT_API_URL to it; call `ready` before use.

    Returns None, and starts nothing, when the environment or the active Prefect profile names a server.
    """
    running = os.environ.get("PREFECT_API_URL") or _profile().get("PREFECT_API_URL")
    if running:
        os.environ["PREFECT_API_URL"] = running
        return None
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-c", _SERVE, str(port)],
        env={**_ONE_WRITER, **os.environ},
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.environ["PREFECT_API_URL"] = f"http://127.0.0.1:{port}/api"
    return process


def ready(process: subprocess.Popen[bytes] | None = None, seconds: float | None = None) -> None:
    """Waits until the server at PREFECT_API_URL answers; PROCESS is the one that was started, if any.

    A server of our own has two minutes to start, one that should be running has ten seconds to answer.
    Raises ServerError when it does not answer in time, or when its process has ended.
    """
    address = os.environ["PREFECT_API_URL"].rstrip("/")
    end = time.monotonic() + (seconds or (120.0 if process else 10.0))
    problem = "no answer"
    while time.monotonic() < end and (process is None or process.poll() is None):
        try:
            with _open(f"{address}/health") as answer:
                if answer.read(5) == b"true":
                    return
            problem = "what answers is not Prefect"
        except http.client.InvalidURL:
            problem = "that is no address"
        except http.client.HTTPException:
            problem = "what answers does not speak HTTP"
        except (ValueError, OSError) as error:
            cause = getattr(error, "reason", error)
            problem = str(getattr(cause, "strerror", None) or cause)
        time.sleep(0.05)
    here = "Start it, mend PREFECT_API_URL (http://HOST:4200/api), or unset it"
    advice = "Run `prefect server start` to see why" if process else here
    raise ServerError(f"No Prefect server answers at {masked(address)} ({problem}). {advice}.")


@contextmanager
def watched(process: subprocess.Popen[bytes] | None = None, patience: float = 45.0) -> Iterator[None]:
    """Ends this process with status 1 and a message when the server goes in the block.

    At once if it is PROCESS that has ended, else when nothing has listened at PREFECT_API_URL for so many
    seconds: Prefect would try each request for a minute, one after the other. What only a proxy can reach
    is left to Prefect.
    """
    over = threading.Event()

    def watch() -> None:
        seen: float | None = None
        while not over.wait(1.0):
            problem = _unheard()
            seen = time.monotonic() if not problem else seen
            late = seen is not None and time.monotonic() - seen > patience
            if late or (process is not None and process.poll() is not None):
                sys.stderr.write(f"\nError: {lost(problem or 'it has ended')}\n")
                sys.stderr.flush()
                os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
    try:
        yield
    finally:
        over.set()


def lost(what: object) -> str:
    """What to say when the server at PREFECT_API_URL goes in the middle of a run; WHAT was noticed of it."""
    shown = " ".join(str(what).split())[:200] or type(what).__name__
    address = masked(os.environ["PREFECT_API_URL"])
    return (
        f"The Prefect server at {address} fails ({shown}). See its log; what was done stays done: run again."
    )


def _unheard() -> str:
    """Why nothing takes a connection at PREFECT_API_URL; empty when something does."""
    address = urlsplit(os.environ["PREFECT_API_URL"])
    try:
        port = address.port or (443 if address.scheme == "https" else 80)
        socket.create_connection((address.hostname or "", port), timeout=5).close()
    except OSError as error:
        return error.strerror or str(error)
    return ""


def _profile() -> dict[str, str]:
    """The settings of the active Prefect profile, read without the second that importing Prefect takes."""
    home = Path(os.environ.get("PREFECT_HOME") or "~/.prefect").expanduser()
    try:
        given = tomllib.loads((home / "profiles.toml").read_text("utf-8"))
    except (OSError, tomllib.TOMLDecodeError):
        return {}
    name = os.environ.get("PREFECT_PROFILE") or given.get("active", "")
    found = given.get("profiles", {}).get(name, {})
    return {key: str(value) for key, value in found.items()}


def _open(address: str) -> Any:
    local = "//127.0.0.1:" in address or "//localhost:" in address
    handlers = [urllib.request.ProxyHandler({})] if local else []
    return urllib.request.build_opener(*handlers).open(address, timeout=5)


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
