"""What an operator is told when something that a run needs is not there: which address, and what to check."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from flows.masking import masked
from flows.settings import settings
from tests.conftest import EXAMPLE, Command
from tests.fetch.site import Site, page, served
from tests.test_pipeline import run

SECRET = "Pa55-word"


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
@pytest.mark.parametrize(
    ("address", "said"), [("http://127.0.0.1:9/api", "refused"), ("{site}/api", "is not Prefect")]
)
def test_no_server_or_something_else_at_its_address(
    baogao: Command, tmp_path: Path, address: str, said: str
) -> None:
    from tests.fetch.site import Answer

    with served(Site({"/api/health": Answer(b"<html>Welcome</html>")})) as site:
        wrong = address.format(site=site.address)
        done = baogao("run", EXAMPLE, "--output", tmp_path / "output", PREFECT_API_URL=wrong)
    assert done.returncode == 1
    assert wrong in done.stderr
    assert said in done.stderr
    assert "PREFECT_API_URL" in done.stderr
    assert not (tmp_path / "output").exists()


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
    address = f"https://somebody:{SECRET}@reports.example/2016.html"
    given = {"PREFECT_API_URL": prefect_server, "PREFECT_LOGGING_LEVEL": "DEBUG"}
    done = baogao("run", address, "--verbose", "--output", tmp_path / "output", **given)
    assert done.returncode == 1
    assert "reports.example" in done.stdout
    from tests.deploy.operator import Operator

    someone = Operator(prefect_server, tmp_path)
    logs = someone.ask("/logs/filter", {"sort": "TIMESTAMP_DESC"})
    artifacts = someone.ask("/artifacts/filter", {"sort": "UPDATED_DESC"})
    kept = "".join(
        path.read_text("utf-8", "replace") for path in (tmp_path / "output").rglob("*") if path.is_file()
    )
    assert any("reports.example" in one["message"] for one in logs)
    for said in (done.stdout, done.stderr, json.dumps(logs), json.dumps(artifacts), kept):
        assert SECRET not in said


@pytest.mark.slow
def test_a_source_that_is_down_stops_no_other_and_is_made_good_by_the_next_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, prefect_server: str
) -> None:
    from tests.fetch.site import Answer

    with served(Site({"/2024.html": Answer(page(2024))})) as site:
        entry = (
            "  - {name: NAME, title: NAME, kind: urls, region: '610000', interval: 0.1, every: 24,"
            " reuse: free, allow_private: true, addresses: [ADDRESS]}\n"
        )
        there = entry.replace("NAME", "there").replace("ADDRESS", f"{site.address}/2024.html")
        away = entry.replace("NAME", "away").replace("ADDRESS", f"{site.address}/2023.html")
        (tmp_path / "sources.yaml").write_text(f"sources:\n{away}{there}", "utf-8")
        monkeypatch.setenv("BAOGAO_SOURCES", str(tmp_path / "sources.yaml"))
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
def test_trouble_is_told_to_the_block_that_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, prefect_server: str
) -> None:
    from prefect.blocks.notifications import CustomWebhookNotificationBlock

    from flows import publish

    with heard() as (address, told):
        CustomWebhookNotificationBlock(
            name="Ops", url=address, json_data={"text": "{{subject}}: {{body}}"}
        ).save("ops", overwrite=True)
        monkeypatch.setenv("BAOGAO_NOTIFY", "custom-webhook/ops")
        settings.cache_clear()
        run(tmp_path / "output", EXAMPLE)
        assert told == []

        def held(*_: object, **__: object) -> None:
            raise publish.PublishError("Nothing was published: too many rows fail.")

        monkeypatch.setattr(publish, "publish", held)
        (tmp_path / "other.txt").write_text(EXAMPLE.read_text("utf-8").replace("焦作", "濮阳"), "utf-8")
        run(tmp_path / "output", tmp_path / "other.txt")
    assert len(told) == 1
    assert "Held" in told[0]
    assert "too many rows fail" in told[0]


@contextmanager
def heard() -> Iterator[tuple[str, list[str]]]:
    """A web hook on 127.0.0.1, and what it was told."""
    told: list[str] = []

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            told.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/", told
    finally:
        server.shutdown()
        server.server_close()
