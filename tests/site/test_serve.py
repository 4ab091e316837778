"""`baogao serve` and `baogao site`, as they are typed."""

from __future__ import annotations

import http.client
import statistics
import time
import urllib.error
import urllib.request
from http.client import HTTPResponse
from pathlib import Path
from urllib.parse import urlsplit

from click.testing import CliRunner

from flows.cli import main
from flows.store import Store
from tests.builders import stored
from tests.publish.conftest import Publish
from tests.site.conftest import serving

_OPEN = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def get(address: str, **headers: str) -> HTTPResponse:
    found: HTTPResponse = _OPEN.open(urllib.request.Request(address, headers=headers), timeout=20)
    return found


def test_files_are_served_with_their_types_in_parts_and_under_the_policy(public: Path) -> None:
    with serving(public.parent) as address:
        home = get(address)
        assert home.headers["content-type"] == "text/html; charset=utf-8"
        assert "default-src 'none'" in home.headers["content-security-policy"]
        file = public / "releases" / "1.0.0" / "observations.parquet"
        part = get(f"{address}releases/1.0.0/observations.parquet", Range="bytes=4-11")
        assert (part.status, part.read()) == (206, file.read_bytes()[4:12])
        assert part.headers["content-range"] == f"bytes 4-11/{file.stat().st_size}"
        assert part.headers["content-type"] == "application/vnd.apache.parquet"
        packed = get(f"{address}releases/1.0.0/observations.jsonl.gz")
        assert packed.headers["content-type"] == "application/gzip"
        assert "content-encoding" not in packed.headers
        try:
            get(f"{address}en/nothing.html")
        except urllib.error.HTTPError as error:
            assert error.code == 404
            assert "no such page" in error.read().decode()


def test_no_answer_waits_for_the_browser_to_confirm_the_one_before(public: Path) -> None:
    """A system confirms after 40 ms what it was sent when it has nothing else to say."""
    taken: list[float] = []
    with serving(public.parent) as address:
        connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=20)
        for _ in range(40):
            begun = time.perf_counter()
            connection.request("GET", "/assets/search.js")
            assert len(connection.getresponse().read()) > 10_000
            taken.append(time.perf_counter() - begun)
        connection.close()
    assert statistics.median(taken) < 0.035


def test_without_a_release_a_page_says_what_to_run(tmp_path: Path) -> None:
    with serving(tmp_path) as address:
        try:
            get(address)
        except urllib.error.HTTPError as error:
            said = error.read().decode()
            assert error.code == 404
        assert "run PATH" in said
        assert str(tmp_path) in said


def test_site_makes_the_pages_of_a_release_anew(store: Store, go: Publish) -> None:
    go(store, stored(store))
    done = CliRunner().invoke(main, ["site", "--output", store.root])
    assert done.exit_code == 0, done.output
    assert "files of release 1.0.0" in done.output
    assert store.exists("public/zh/index.html")
    done = CliRunner().invoke(main, ["site", "--release", "3.0.0", "--output", store.root])
    assert (done.exit_code, "known: 1.0.0" in done.output) == (2, True)


def test_site_without_a_release_says_what_to_run(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["site", "--output", str(tmp_path)])
    assert done.exit_code == 1
    assert "run PATH" in done.output


def test_a_withdrawn_release_is_withdrawn_on_its_pages(store: Store, go: Publish) -> None:
    go(store, stored(store))
    reason = "The text was of another city."
    done = CliRunner().invoke(main, ["yank", "1.0.0", "--reason", reason, "--output", store.root])
    assert done.exit_code == 0, done.output
    for name in ("index", "releases"):
        assert reason in store.read_bytes(f"public/en/{name}.html").decode()
