"""Entries of sources.yaml: those that are there hold, wrong ones are told with file and line."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from flows.cli import main
from flows.fetch.sources import SourceError, sources
from tests.fetch.site import Answer, Site, page, served

GOOD = """sources:
  - name: one
    title: A site
    kind: listing
    reuse: free
    addresses: [https://www.example.org/]
"""


def test_every_entry_that_travels_along_passes_its_own_tests():
    done = CliRunner().invoke(main, ["sources", "test"])
    assert done.exit_code == 0, done.output
    network = [one for one in sources().values() if one.kind != "folder"]
    assert network and not any(one.enabled for one in network) and all(one.reuse for one in network)


def test_an_entry_that_does_not_hold_is_told(tmp_path, monkeypatch):
    file = tmp_path / "own.yaml"
    file.write_text(GOOD + '    tests: [{input: "<a href=/1>x</a>", links: []}]\n', "utf-8")
    monkeypatch.setattr("flows.fetch.sources.sources_file", lambda: file)
    done = CliRunner().invoke(main, ["sources", "test"])
    assert done.exit_code == 1 and "https://www.example.org/1" in done.output


@pytest.mark.parametrize(
    ("change", "line", "says"),
    [
        (("kind: listing", "kind: ftp"), 4, "'ftp' is not one of"),
        (("reuse: free", "reuse: 5"), 5, "Right would be, for example: reuse: 'Official"),
        (
            ("[https://www.example.org/]", "[www.example.org]"),
            6,
            "addresses: 'https://www.example.org/zfgzbg/'",
        ),
        (("name: one", "name: One!"), 2, "name: 'shaanxi-gov'"),
        (("    reuse: free\n", ""), 2, "'reuse' is a required property"),
        (("title: A site", "titel: A site"), 2, "'title' is a required property"),
        (("reuse: free", "interval: 0\n    reuse: free"), 5, "interval: 2.0"),
        (("reuse: free", "link: '('\n    reuse: free"), 5, "is not a 'regex'"),
        (("kind: listing", "kind: mediawiki"), 2, "'years' is a required property"),
        (("sources:", "sources: ["), 2, "it is no YAML"),
    ],
)
def test_a_wrong_entry_is_told_with_its_line(tmp_path: Path, change, line, says):
    file = tmp_path / "sources.yaml"
    file.write_text(GOOD.replace(*change), "utf-8")
    with pytest.raises(SourceError) as caught:
        sources(file)
    assert f"{file}, line {line}: " in str(caught.value) and says in str(caught.value)


def test_two_sources_of_one_name_are_told(tmp_path):
    file = tmp_path / "sources.yaml"
    file.write_text(GOOD + GOOD.removeprefix("sources:\n"), "utf-8")
    with pytest.raises(SourceError, match=r"line 7: there are two sources named 'one'"):
        sources(file)


@pytest.mark.slow
@pytest.mark.usefixtures("prefect_server")
def test_a_run_asks_a_source_and_is_rebuilt_from_its_captures(tmp_path, baogao):
    with served(Site()) as site:
        site.listing("/list/", {f"/t{y}.html": f"{y}年陕西省政府工作报告" for y in (2024, 2023)})
        site.paths |= {f"/t{y}.html": Answer(page(y), tag=f'"{y}"') for y in (2024, 2023)}
        entry = GOOD.replace("https://www.example.org/", f"{site.address}/list/").replace(
            "name: one", "name: shaanxi"
        )
        more = "    allow_private: true\n    interval: 0.01\n    region: '610000'\n"
        more += "    about: (?P<year>20\\d\\d)年\n"
        (tmp_path / "own.yaml").write_text(entry + more, "utf-8")
        own = {"BAOGAO_SOURCES": str(tmp_path / "own.yaml"), "BAOGAO_CONTACT": "https://example.org/us"}
        first = baogao("run", "--source", "all", **own)
        assert first.returncode == 0 and "2 reports" in first.stdout, first.stdout + first.stderr
        assert "https://example.org/us" in site.asked[-1][3]["User-Agent"]
        asked = len(site.asked)
        assert "Nothing new" in baogao("run", "--source", "all", **own).stdout
        assert len(site.asked) == asked
    (tmp_path / "again").mkdir()
    (tmp_path / "output" / "work" / "captures").rename(tmp_path / "kept")
    (tmp_path / "again" / "work").mkdir()
    (tmp_path / "kept").rename(tmp_path / "again" / "work" / "captures")
    rebuilt = baogao("run", "--from-captures", "--output", "again")
    assert rebuilt.returncode == 0, rebuilt.stdout + rebuilt.stderr
    for file in (tmp_path / "output" / "public" / "releases" / "1.0.0").rglob("*.parquet"):
        other = tmp_path / "again" / file.relative_to(tmp_path / "output")
        assert other.read_bytes() == file.read_bytes(), file.name
