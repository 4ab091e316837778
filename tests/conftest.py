"""What several tests need: one Prefect server for the whole session, and the command as a user runs it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import hypothesis
import pytest

from flows import schemas, server

if TYPE_CHECKING:
    from tests.buckets import Bucket

EXAMPLE = schemas.folder() / "examples" / "jiaozuo-2016-digest.txt"
# The same examples on every run: a change is judged by itself. --hypothesis-profile=default tries others.
hypothesis.settings.register_profile("repeatable", derandomize=True)
Command = Callable[..., "subprocess.CompletedProcess[str]"]


def pytest_configure(config: pytest.Config) -> None:
    # Prefect reads its environment when it is imported; a database that was migrated once is used again.
    # Processes that share the tests (make test) have one each.
    name = f"prefect-{version('prefect')}-{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"
    home = config.cache.mkdir(name) if config.cache else None
    os.environ["PREFECT_HOME"] = str(home)
    server.environment(quiet=True)
    os.environ["PREFECT_SERVER_CONCURRENCY_MAXIMUM_CONCURRENCY_SLOT_WAIT_SECONDS"] = "1"
    os.environ.pop("PREFECT_API_URL", None)
    for name in [name for name in os.environ if name.startswith("BAOGAO_")]:
        del os.environ[name]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # Files with slow tests are given out first: at the end no process waits long for the other.
    if "PYTEST_XDIST_WORKER" in os.environ:
        items.sort(key=lambda item: item.get_closest_marker("slow") is None)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:
    # Of the tests of a process that died nobody would know whether they ran.
    if error:
        pytest.exit(f"The process {node.gateway.id} of the tests has died: {error}", returncode=3)


@pytest.fixture(scope="session")
def prefect_server() -> Iterator[str]:
    """The address of a Prefect server, in the environment and in the settings of this process."""
    process = server.start()
    server.ready(process)
    address = os.environ["PREFECT_API_URL"]
    from prefect import context
    from prefect.settings import PREFECT_API_URL, PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings

    given = {PREFECT_API_URL: address, PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}
    with temporary_settings(given), pytest.MonkeyPatch.context() as patch:
        # For threads of Prefect's that have no context: they would start a server of their own.
        patch.setattr(context, "GLOBAL_SETTINGS_CONTEXT", context.get_settings_context())
        yield address


@pytest.fixture(scope="session")
def s3_server() -> Iterator[Callable[[], Bucket]]:
    """An S3 server; what is given makes a bucket on it."""
    pytest.importorskip("s3fs", reason="pip install 'baogao[s3]'")
    from tests.buckets import serving

    with serving() as made:
        yield made


@pytest.fixture
def bucket(s3_server: Callable[[], Bucket], monkeypatch: pytest.MonkeyPatch) -> Bucket:
    """An empty bucket, to which the environment leads."""
    from tests.buckets import KEYS

    made = s3_server()
    for name, value in (KEYS | {"AWS_ENDPOINT_URL": made.address, "AWS_CONFIG_FILE": os.devnull}).items():
        monkeypatch.setenv(name, value)
    return made


@pytest.fixture
def baogao(tmp_path: Path) -> Command:
    """Runs `baogao ARGUMENTS` in an empty folder and gives what came of it; `data` goes to standard input."""

    def run(*arguments: object, data: bytes = b"", **variables: str) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [sys.executable, "-m", "flows.cli", *map(str, arguments)],
            input=data,
            capture_output=True,
            cwd=tmp_path,
            env={**os.environ, **variables},
            timeout=240,
        )
        said = done.stdout.decode(), done.stderr.decode()
        return subprocess.CompletedProcess(done.args, done.returncode, *said)

    return run


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The folder of real reports, which lies beside a checkout on some machines only."""
    folder = Path(__file__).parents[2] / "shared" / "corpus"
    if not folder.is_dir():
        pytest.skip("the real reports (../shared/corpus) are not on this machine")
    return folder


def latest(output: Path) -> dict[str, Any]:
    """What `latest.json` says, after all files of the release that it points to were checked."""
    import hashlib

    pointer: dict[str, Any] = json.loads((output / "public" / "latest.json").read_text("utf-8"))
    folder = output / "public" / pointer["path"]
    lines = (folder / "checksums.sha256").read_text("utf-8").splitlines()
    assert lines
    for line in lines:
        digest, name = line.split(maxsplit=1)
        assert hashlib.sha256((folder / name.lstrip("*")).read_bytes()).hexdigest() == digest, name
    return pointer
