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

import pytest

from flows import schemas, server
from flows.settings import settings
from flows.summary import Summary

if TYPE_CHECKING:
    from tests.buckets import Bucket

EXAMPLE = schemas.folder() / "examples" / "jiaozuo-2016-digest.txt"
Command = Callable[..., "subprocess.CompletedProcess[str]"]


def pytest_configure(config: pytest.Config) -> None:
    # Prefect reads its environment when it is imported; a database that was migrated once is used again.
    home = config.cache.mkdir(f"prefect-{version('prefect')}") if config.cache else None
    os.environ["PREFECT_HOME"] = str(home)
    server.environment(quiet=True)
    os.environ["PREFECT_SERVER_CONCURRENCY_MAXIMUM_CONCURRENCY_SLOT_WAIT_SECONDS"] = "1"
    os.environ.pop("PREFECT_API_URL", None)
    for name in [name for name in os.environ if name.startswith("BAOGAO_")]:
        del os.environ[name]


@pytest.fixture(scope="session")
def prefect_server() -> Iterator[str]:
    """The address of a Prefect server, in the environment and in the settings of this process."""
    process = server.start()
    server.ready(process)
    address = os.environ["PREFECT_API_URL"]
    from prefect.settings import PREFECT_API_URL, PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings

    with temporary_settings({PREFECT_API_URL: address, PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}):
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


@pytest.fixture(scope="session")
def corpus_run(
    corpus: Path, prefect_server: str, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Summary, Path]:
    """What a run over the real reports says, and its output, which is not to be changed."""
    from flows import pipeline

    output = tmp_path_factory.mktemp("corpus")
    settings.cache_clear()
    state: Any = pipeline.baogao(paths=[str(corpus)], output=str(output), return_state=True)
    return state.result(raise_on_failure=False), output


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
