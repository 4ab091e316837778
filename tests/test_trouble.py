"""What an operator is told when something that a run needs is not there: which address, and what to check."""

from __future__ import annotations

import hashlib
import json
import os
import socket
import socketserver
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from flows import server
from flows.hanging import gone_after
from flows.masking import masked
from flows.settings import settings
from tests.conftest import EXAMPLE, Command, latest
from tests.deploy.hook import BLOCK, SECRET, heard
from tests.deploy.operator import Operator, kill_all, session_of, wait
from tests.fetch.site import Answer, Site, page, served
from tests.test_pipeline import run

PASSWORD = "Pa55-word"


@pytest.fixture(autouse=True)
def fresh_settings() -> Iterator[None]:
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("https://me:Pa55-word@host/x?y=1", "https://…@host/x?y=1"),
        ("see http://Pa55-word@host:81/ and https://host/a@b", "see http://…@host:81/ and https://host/a@b"),
        ("s3://key:Pa55-word@bucket/x", "s3://…@bucket/x"),
        ("wang@example.org", "wang@example.org"),
    ],
)
def test_logins_are_masked_and_nothing_else(text: str, shown: str) -> None:
    assert masked(text) == shown


@pytest.mark.slow
def test_without_a_server_a_run_says_so_within_a_minute_and_does_nothing(
    baogao: Command, tmp_path: Path
) -> None:
    wrong, begun = "http://127.0.0.1:9/api", time.monotonic()
    done = baogao("run", EXAMPLE, "--output", tmp_path / "output", PREFECT_API_URL=wrong)
    assert time.monotonic() - begun < 60
    assert done.returncode == 1
    assert f"No Prefect server answers at {wrong} (Connection refused)" in done.stderr
    assert "mend PREFECT_API_URL" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "output").exists()


def test_what_is_no_server_of_prefect_or_says_nothing_is_told_with_its_address(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Other(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            self.request.sendall(b"220 mail.example\r\n")

    silent = socket.create_server(("127.0.0.1", 0))
    mail = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Other)
    threading.Thread(target=mail.serve_forever, args=(0.02,), daemon=True).start()
    with silent, mail, served(Site({"/api/health": Answer(b"<html>Welcome</html>")})) as site:
        for address, said in (
            (f"{site.address}/api", "what answers is not Prefect"),
            (f"{site.address}/", "Not Found"),
            (f"http://127.0.0.1:{silent.getsockname()[1]}/api", "timed out"),
            (f"http://127.0.0.1:{mail.server_address[1]}/api", "does not speak HTTP"),
            (f"http://me:{PASSWORD}@prefect.invalid/api", "that is no address"),
            ("prefect:4200", "unknown url type"),
        ):
            monkeypatch.setenv("PREFECT_API_URL", address)
            with pytest.raises(server.ServerError) as caught:
                server.ready(seconds=0.2)
            assert said in str(caught.value)
            assert masked(address.rstrip("/")) in str(caught.value)
            assert PASSWORD not in str(caught.value)
        mail.shutdown()


@pytest.mark.slow
def test_no_dask_scheduler_at_its_address(baogao: Command, tmp_path: Path, prefect_server: str) -> None:
    pytest.importorskip("prefect_dask", reason="pip install 'baogao[dask]'")
    where = "tcp://127.0.0.1:9"
    given = {"BAOGAO_TASK_RUNNER": "dask", "BAOGAO_DASK": where, "BAOGAO_POOL_CHARS": "0"}
    (tmp_path / "in").mkdir()
    for name in "ab":
        (tmp_path / "in" / name).with_suffix(".txt").write_text(EXAMPLE.read_text("utf-8") + name, "utf-8")
    done = baogao(
        "run", tmp_path / "in", "--output", tmp_path / "output",
        PREFECT_API_URL=prefect_server, BAOGAO_BATCH_CHARS="1", **given,
    )  # fmt: skip
    assert done.returncode == 1
    assert f"The Dask scheduler at {where} does not answer" in done.stderr
    assert "BAOGAO_DASK" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "output" / "public").exists()


@pytest.mark.slow
def test_a_password_in_an_address_is_in_no_log_and_on_no_page(
    baogao: Command, tmp_path: Path, prefect_server: str
) -> None:
    address = f"https://somebody:{PASSWORD}@reports.example/2016.html"
    given = {"PREFECT_API_URL": prefect_server, "PREFECT_LOGGING_LEVEL": "DEBUG"}
    done = baogao("run", address, "--verbose", "--output", tmp_path / "output", **given)
    assert done.returncode == 1
    assert "reports.example" in done.stdout
    someone = Operator(prefect_server, tmp_path)
    logs = someone.ask("/logs/filter", {"sort": "TIMESTAMP_DESC"})
    artifacts = someone.ask("/artifacts/filter", {"sort": "UPDATED_DESC"})
    kept = "".join(
        path.read_text("utf-8", "replace") for path in (tmp_path / "output").rglob("*") if path.is_file()
    )
    assert any("reports.example" in one["message"] for one in logs)
    for said in (done.stdout, done.stderr, json.dumps(logs), json.dumps(artifacts), kept):
        assert PASSWORD not in said


def sources(folder: Path, site: Site, **years: int) -> Path:
    """A file of sources that have the page of one year each."""
    entry = (
        "  - {{name: {}, title: A site, kind: urls, region: '610000', interval: 0.1, every: 24,"
        " reuse: free, allow_private: true, addresses: ['{}/{}.html']}}\n"
    )
    entries = [entry.format(name, site.address, year) for name, year in years.items()]
    file = folder / "sources.yaml"
    file.write_text(f"sources:\n{''.join(entries)}", "utf-8")
    return file


@pytest.mark.slow
def test_a_source_that_is_down_stops_no_other_and_is_made_good_by_the_next_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, prefect_server: str
) -> None:
    with served(Site({"/2024.html": Answer(page(2024))})) as site:
        monkeypatch.setenv("BAOGAO_SOURCES", str(sources(tmp_path, site, away=2023, there=2024)))
        settings.cache_clear()
        output = tmp_path / "output"

        site.paths["/2023.html"] = Answer(b"", status=403)
        summary, state = run(output, source="all")
        assert (summary.outcome, state.name) == ("published-with-warnings", "Published with warnings")
        assert summary.warnings[0] == "Source down: away (bad-answer)"
        assert summary.release is not None

        summary, state = run(output, source="all")
        assert (state.name, state.type.value) == ("Source down", "FAILED")
        assert "Release 1.0.0 stays the latest" in state.message

        site.paths["/2023.html"] = Answer(page(2023))
        summary, state = run(output, source="all")
        assert (state.name, summary.reports) == ("Published", ["610000-2023"])


@pytest.mark.slow
def test_trouble_is_told_to_the_block_that_is_named_and_to_nobody_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, prefect_server: str
) -> None:
    from flows import pipeline, publish

    def held(*_: object, **__: object) -> None:
        raise publish.PublishError("Nothing was published: too many rows fail.")

    output, other = tmp_path / "output", tmp_path / "other.txt"
    other.write_text(EXAMPLE.read_text("utf-8").replace("焦作", "濮阳"), "utf-8")
    with heard(prefect_server) as told:
        sound = publish.publish
        monkeypatch.setattr(publish, "publish", held)
        run(output, other)
        assert told == []

        monkeypatch.setenv("BAOGAO_NOTIFY", BLOCK)
        settings.cache_clear()
        run(output, other)
        assert len(told) == 1
        assert "Held" in told[0]
        assert "too many rows fail" in told[0]

        monkeypatch.setattr(publish, "publish", sound)
        run(output, other)
        assert len(told) == 1

        # A site that answers for as long as one listens.
        with served(Site({"/2024.html": Answer(page(2024), drip=1.0)})) as site:
            monkeypatch.setenv("BAOGAO_SOURCES", str(sources(tmp_path, site, slow=2024)))
            settings.cache_clear()
            slow = pipeline.baogao.with_options(timeout_seconds=3)
            begun = time.monotonic()
            state: Any = slow(source="all", output=str(output), return_state=True)
            assert time.monotonic() - begun < 20
            assert (state.name, state.type.value) == ("TimedOut", "FAILED")
            assert len(told) == 2
            assert "exceeded timeout of 3" in told[1]
            assert latest(output)["version"] == "1.0.0"
            site.paths["/2024.html"] = Answer(page(2024))
            assert run(output, source="all")[1].name == "Published"
    assert not any(SECRET in one for one in told)


@pytest.mark.slow
def test_a_block_that_fails_is_told_in_the_log_without_its_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, prefect_server: str
) -> None:
    with heard(prefect_server, status=503) as told:
        for slug in (BLOCK, "slack-webhook/nobody"):
            monkeypatch.setenv("BAOGAO_NOTIFY", slug)
            settings.cache_clear()
            summary, state = run(tmp_path / "output", tmp_path / "missing.txt")
            assert (state.name, summary.outcome) == ("Rejected", "rejected")
    assert len(told) == 1
    someone = Operator(prefect_server, tmp_path)

    def logged() -> str:
        return "\n".join(one["message"] for one in someone.ask("/logs/filter", {"sort": "TIMESTAMP_DESC"}))

    wait(lambda: "slack-webhook/nobody" in logged(), 60, "the log")
    assert f"the block {BLOCK} of BAOGAO_NOTIFY fails (HTTPStatusError, 503)" in logged()
    assert SECRET not in logged()


def test_what_does_not_come_back_from_its_own_code_is_ended_with_the_stack_of_where_it_hangs() -> None:
    stuck = (
        "import ctypes\nfrom flows.hanging import gone_after\n"
        "with gone_after(0.1, grace=0.1):\n    ctypes.PyDLL(None).sleep(30)\n"
    )
    begun = time.monotonic()
    done = subprocess.run([sys.executable, "-c", stuck], capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert "line 4 in <module>" in done.stderr
    assert time.monotonic() - begun < 25


def test_what_ends_in_time_is_left_alone() -> None:
    with suppress(ValueError), gone_after(0.05, grace=0.05):
        raise ValueError
    with gone_after(0.05, grace=0.05):
        pass
    time.sleep(0.3)


@pytest.mark.slow
def test_a_run_that_hangs_is_given_up_and_the_next_one_completes(tmp_path: Path, prefect_server: str) -> None:
    """A batch that never ends, in a process of its own: its capture is a pipe that nobody writes to."""
    output = tmp_path / "output"
    texts = [EXAMPLE.read_text("utf-8"), EXAMPLE.read_text("utf-8").replace("焦作", "濮阳")]
    (tmp_path / "in").mkdir()
    for number, text in enumerate(texts):
        (tmp_path / "in" / f"{number}.txt").write_text(text, "utf-8")
    stuck = output / "work" / "captures" / hashlib.sha256(texts[1].encode()).hexdigest()
    stuck.parent.mkdir(parents=True)
    os.mkfifo(stuck)
    given = {"BAOGAO_TIMEOUT": "12", "BAOGAO_POOL_CHARS": "0", "BAOGAO_BATCH_CHARS": "1"}
    command = [sys.executable, "-m", "flows.cli", "run", str(tmp_path / "in"), "--output", str(output)]
    running = subprocess.Popen(
        command,
        env={**os.environ, **given, "PREFECT_API_URL": prefect_server},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        _, said = running.communicate(timeout=100)
    finally:
        kill_all(running)
    assert running.returncode == 1
    assert b"given up after 12 seconds (BAOGAO_TIMEOUT)" in said
    assert b"Traceback" not in said
    wait(lambda: not session_of(running.pid), 60, "the end of the processes of the pool")
    assert not (output / "public").exists()
    stuck.unlink()
    summary, _ = run(output, tmp_path / "in")
    assert (summary.outcome, summary.extracted) == ("published", 2)
