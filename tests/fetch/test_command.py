"""`baogao fetch`, `baogao sources` and addresses given to `run` and `extract`, against a real server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from flows.cli import main
from flows.settings import settings
from tests.fetch.site import Answer, Site, page, served


def entry(site: Site, **more: str) -> str:
    """An entry of a source that has the pages of SITE."""
    facts = {
        "name": "shaanxi",
        "title": "A province",
        "kind": "listing",
        "region": '"610000"',
        "reuse": "free",
        "addresses": f"[{site.address}/list/]",
        "item": "li a",
        "about": "'(?P<year>20..)年.*政府工作报告'",
        "interval": "0.01",
        "allow_private": "true",
    }
    lines = [f"    {key}: {value}\n" for key, value in (facts | more).items()]
    return "sources:\n  - " + "".join(lines).lstrip()


@pytest.fixture
def province(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """A site with two reports, and a file of sources that names it."""
    with served(Site()) as site:
        title = "{}年陕西省政府工作报告"
        site.listing("/list/", {f"/t{year}.html": title.format(year) for year in (2024, 2023)})
        for year in (2024, 2023):
            site.paths[f"/t{year}.html"] = Answer(page(year))
        file = tmp_path / "sources.yaml"
        file.write_text(entry(site), "utf-8")
        monkeypatch.setenv("BAOGAO_SOURCES", str(file))
        monkeypatch.setenv("BAOGAO_OUTPUT", str(tmp_path / "out"))
        settings.cache_clear()
        yield site
    settings.cache_clear()


def said(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(main, list(arguments))
    return done.exit_code, done.output


def test_a_dry_run_asks_for_index_pages_only_and_fetch_brings_what_is_new(province: Site) -> None:
    status, told = said("fetch", "--source", "shaanxi", "--dry-run")
    assert status == 0 and told.count("new ") == 2
    assert not any(path.startswith("/t") for _, path, *_ in province.asked)
    assert said("fetch", "--source", "shaanxi", "--since", "2024-02-02")[1].endswith(
        "1 documents, 1 of them new\n"
    )
    assert said("fetch", "--source", "shaanxi")[1].endswith("2 documents, 1 of them new\n")
    assert said("fetch", "--source", "shaanxi")[1].endswith("2 documents, 0 of them new\n")
    assert said("fetch", "--source", "shaanxi", "--dry-run")[1].count("known") == 2
    assert said("fetch", "--source", "nowhere") == (2, said("fetch", "--source", "nowhere")[1])


def test_sources_are_listed_with_how_they_did(province: Site) -> None:
    def row() -> dict[str, Any]:
        (found,) = json.loads(said("sources", "--json")[1])
        return found

    assert row()["health"] == "never asked" and "never asked" in said("sources")[1]
    said("fetch", "--source", "shaanxi")
    first = row()
    assert first["health"] == "well" and first["documents"] == 2
    assert first["asked"] == first["last_success"] == first["last_new_report"]
    province.paths["/t2023.html"] = Answer(status=404)
    assert said("fetch", "--source", "shaanxi")[0] == 1
    second = row()
    assert second["health"] == "1 gone" and second["asked"] > first["asked"]
    assert (second["last_success"], second["last_new_report"]) == (first["asked"], first["asked"])
    province.paths.clear()
    said("fetch", "--source", "shaanxi")
    assert row()["health"].startswith("down: ") and row()["documents"] == 0


def test_an_address_is_read_by_the_rules_of_the_source_that_has_its_host(province: Site) -> None:
    status, told = said("extract", f"{province.address}/t2024.html")
    rows = [json.loads(line) for line in told.splitlines()]
    assert status == 0 and {row["report_id"] for row in rows} == {"610000-2024"}
    assert said("extract", "--year", "2021", f"{province.address}/t2024.html")[1].count("610000-2021") >= len(
        rows
    )
    assert not (Path(settings().output) / "work").exists()
    status, told = said("extract", f"{province.address}/t1999.html")
    assert status == 1 and "rejected" in told


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:1/x", "http://169.254.169.254/latest", "https://[::1]/"]
)
def test_an_address_on_this_machine_or_its_network_is_refused(address: str) -> None:
    status, told = said("extract", address)
    assert status == 1 and "rejected" in told and "open network" in told, told


@pytest.mark.slow
@pytest.mark.usefixtures("prefect_server")
def test_run_takes_an_address(province: Site, tmp_path: Path, baogao: Any) -> None:
    own = {"BAOGAO_SOURCES": str(tmp_path / "sources.yaml")}
    done = baogao("run", f"{province.address}/t2024.html", "--json", **own)
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout)["reports"] == ["610000-2024"]
    assert not (tmp_path / "output" / "work" / "sources").exists()
