"""`verify`, `diff`, `yank` and `load`: releases that are there, looked at again."""

from __future__ import annotations

import http.server
import json
import shutil
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from flows import load
from flows.check.invariants import broken
from flows.cli import main
from flows.publish import PublishError, audit, releases
from flows.store import Store
from tests.builders import entry, report, stored, usual
from tests.publish.conftest import Publish, unjudged

Told = Callable[..., Result]


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two releases: a report, and then that report read otherwise and another one beside it."""
    root = tmp_path_factory.mktemp("published") / "out"
    store = Store(str(root))
    one = report()
    rows = usual(one)
    rows[1] |= {"rule": "rise/listed", "status": "estimate"}
    with unjudged() as go:
        go(store, stored(store))
        go(store, entry(store, one, rows), stored(store, "420000", 2019))
    assert releases.versions(store) == ["1.0.0", "1.1.0"]
    return root


@pytest.fixture
def root(published: Path, store: Store) -> Path:
    """The two releases in the store of a test."""
    return Path(shutil.copytree(published, store.root))


@pytest.fixture
def told(root: Path) -> Told:
    """Runs a command over the two releases."""
    return lambda *words: CliRunner().invoke(main, [*words, "--output", str(root)])


def folder(root: Path, version: str) -> Path:
    return root / "public" / "releases" / version


class TestVerify:
    def test_a_whole_release_is_whole(self, told: Told) -> None:
        assert told("verify").output == "1.1.0 is whole, and is what it says\n"
        assert json.loads(told("verify", "1.0.0", "--json").output) == {"version": "1.0.0", "faults": []}

    @pytest.mark.parametrize("name", ["observations.parquet", "panel.csv", "README.md"])
    def test_a_flipped_byte_is_named(self, root: Path, told: Told, name: str) -> None:
        path = folder(root, "1.1.0") / name
        data = bytearray(path.read_bytes())
        data[len(data) // 2] ^= 1
        path.write_bytes(data)
        done = told("verify")
        assert done.exit_code == 1 and name in done.output and "1.1.0: 1 faults" in done.output

    def test_a_missing_file_is_named(self, root: Path, told: Told) -> None:
        (folder(root, "1.0.0") / "texts.parquet").unlink()
        done = told("verify", "1.0.0")
        assert done.exit_code == 1 and "texts.parquet" in done.output

    def test_the_latest_that_lost_its_list_of_files_is_named(self, root: Path, told: Told) -> None:
        (folder(root, "1.1.0") / "checksums.sha256").unlink()
        for words in (("verify",), ("verify", "1.1.0")):
            done = told(*words)
            assert done.exit_code == 1 and "1.1.0/checksums.sha256 is missing" in done.output
        unknown = told("verify", "1.2.0")
        assert unknown.exit_code == 2 and "no release 1.2.0; known: 1.0.0" in unknown.output

    def test_metadata_that_say_otherwise_are_named(self, root: Path, told: Told, store: Store) -> None:
        path = folder(root, "1.1.0") / "croissant.json"
        path.write_text(path.read_text("utf-8").replace('"version": "1.1.0"', '"version": "9.9.9"'), "utf-8")
        rehash(folder(root, "1.1.0"))
        done = told("verify")
        assert done.exit_code == 1 and "croissant.json says version 9.9.9, not 1.1.0" in done.output

    def test_a_row_that_its_text_does_not_say_is_named(self, root: Path, store: Store) -> None:
        path = folder(root, "1.1.0") / "texts.parquet"
        assert not list(audit.broken_rows(store, "1.1.0", broken))
        table = pq.read_table(path)
        changed = [text.replace("1950亿", "1960亿") for text in table["text"].to_pylist()]
        pq.write_table(table.set_column(table.schema.get_field_index("text"), "text", [changed]), path)
        told = list(audit.broken_rows(store, "1.1.0", broken))
        assert {fault.split(":")[0] for fault in told} == {"410800-2016-gdp", "420000-2019-gdp"}

    def test_nothing_is_built_on_a_damaged_release(self, root: Path, store: Store, go: Publish) -> None:
        path = folder(root, "1.1.0") / "observations.parquet"
        path.write_bytes(path.read_bytes()[:-1])
        with pytest.raises(PublishError, match=r"observations\.parquet"):
            go(store, stored(store), stored(store, "420000", 2019), stored(store, "430000", 2019))
        assert releases.versions(store) == ["1.0.0", "1.1.0"]


def rehash(folder: Path) -> None:
    """Makes provenance and checksums of FOLDER fit its files, as someone who tampers would."""
    from flows.publish.metadata import hashed

    made = json.loads((folder / "provenance.json").read_text("utf-8"))
    for name in made["files"]:
        path = folder / name
        made["files"][name] = {"bytes": path.stat().st_size, "sha256": hashed(path)}
    (folder / "provenance.json").write_text(json.dumps(made), "utf-8")
    names = sorted(path.name for path in folder.iterdir() if path.name != "checksums.sha256")
    lines = "".join(f"{hashed(folder / name)}  {name}\n" for name in names)
    (folder / "checksums.sha256").write_text(lines, "utf-8")


class TestDiff:
    def test_people_see_counts_and_rows(self, told: Told) -> None:
        lines = told("diff", "1.0.0", "1.1.0").output.splitlines()
        assert "  observations: 3 added" in lines and "  observations: 1 changed" in lines
        (changed,) = [line for line in lines if line.startswith("changed  observations")]
        assert "410800-2016-growth" in changed and 'status: "actual" → "estimate"' in changed

    def test_machines_get_json_and_parquet(self, told: Told, tmp_path: Path) -> None:
        file = tmp_path / "changes.parquet"
        done = told("diff", "1.0.0", "1.1.0", "--table", "observations", "--json", "--parquet", str(file))
        found = json.loads(done.output)
        assert (found["old"], found["new"], len(found["changes"])) == ("1.0.0", "1.1.0", 4)
        rows = pd.read_parquet(file)
        assert list(rows.columns) == ["table", "key", "change", "field", "old", "new"]
        status = rows[rows.field.eq("status")].iloc[0]
        assert (status.old, status.new) == ('"actual"', '"estimate"')

    def test_what_is_not_there_is_told_with_what_is(self, told: Told) -> None:
        unknown = told("diff", "1.0.0", "2.0.0")
        assert unknown.exit_code == 2 and "no release 2.0.0; known: 1.0.0, 1.1.0" in unknown.output
        table = told("diff", "1.0.0", "1.1.0", "--table", "observation")
        assert table.exit_code == 2 and "observations" in table.output

    def test_a_file_that_is_gone_is_no_difference(self, root: Path, told: Told) -> None:
        (folder(root, "1.0.0") / "panel.parquet").unlink()
        done = told("diff", "1.0.0", "1.1.0")
        assert done.exit_code == 1 and "1.0.0/panel.parquet is missing" in done.output


def test_a_release_says_why_its_rows_changed(root: Path) -> None:
    changes = json.loads((folder(root, "1.1.0") / "changes.json").read_text("utf-8"))
    why = {row["key"]: row.get("why") for row in changes["rows"] if row["table"] == "observations"}
    assert why.pop("410800-2016-growth") == "extraction"
    assert set(why.values()) == {"new-report"}
    said = changes["observations"]
    assert {name: one["rows"] for name, one in said["reasons"].items()} == {"extraction": 1, "new-report": 3}
    assert said["indicators"] == {"gdp": 3, "urban_new_jobs": 1}
    assert said["report_years"] == {"2016": 1, "2019": 3}
    (rule,) = said["rules"]
    assert (rule["rule"], rule["rows"]) == ("rise/listed", 1) and "8.5%" in rule["examples"][0]
    log = (folder(root, "1.1.0") / "CHANGELOG.md").read_text("utf-8")
    assert "3 because of a report that was not there before" in log and "rule `rise/listed`" in log


class TestYank:
    def test_it_stays_listed_and_is_no_longer_the_latest(self, root: Path, told: Told) -> None:
        done = told("yank", "1.1.0", "--reason", "The text of Hubei was cut short.")
        assert done.exit_code == 0 and "latest release is 1.0.0" in done.output, done.output
        public = root / "public"
        assert json.loads((public / "latest.json").read_text("utf-8"))["version"] == "1.0.0"
        index = json.loads((public / "releases" / "index.json").read_text("utf-8"))
        assert [one["version"] for one in index["versions"]] == ["1.0.0", "1.1.0"]
        assert index["versions"][1]["yanked"]["reason"] == "The text of Hubei was cut short."
        catalog = json.loads((public / "catalog.jsonld").read_text("utf-8"))
        assert "cut short" in json.dumps(catalog) and catalog["dcat:dataset"][0][
            "dcat:hasCurrentVersion"
        ] == {"@id": "releases/1.0.0/"}
        assert len(load("observations", version="1.1.0", source=str(root))) == 6
        assert told("check").output.startswith("Release 1.0.0: ")
        assert told("check", "--release", "1.1.0").output.startswith("Release 1.1.0: ")

    def test_the_same_data_are_not_published_again_others_are(
        self, told: Told, store: Store, go: Publish
    ) -> None:
        told("yank", "1.1.0", "--reason", "The text of Hubei was cut short.")
        assert go(store, stored(store), stored(store, "420000", 2019, value=2000)).version == "1.2.0"
        assert releases.usable(store) == "1.2.0"

    def test_a_reason_is_asked_for(self, told: Told) -> None:
        assert "in a sentence" in told("yank", "1.1.0", "--reason", "bad").output
        assert "known: 1.0.0, 1.1.0" in told("yank", "3.0.0", "--reason", "It is not right at all.").output


@pytest.fixture
def address(root: Path) -> Iterator[str]:
    """The two releases on a web server of this machine."""
    handler = partial(http.server.SimpleHTTPRequestHandler, directory=str(root / "public"))
    handler.log_message = lambda *_: None  # type: ignore[attr-defined]
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


class TestLoad:
    def test_a_table_of_a_version_from_a_folder(self, root: Path) -> None:
        assert len(load(source=str(root))) == 6
        assert len(load("observations", version="1.0.0", source=str(root / "public"))) == 3
        assert list(load("panel", columns=["indicator", "value"], source=str(root)).columns) == [
            "indicator",
            "value",
        ]

    def test_from_an_address(self, address: str) -> None:
        assert len(load("observations", version="1.0.0", source=address)) == 3
        assert set(load("reports", source=address).report_id) == {"410800-2016", "420000-2019"}

    @pytest.mark.parametrize(
        ("given", "says"),
        [
            (
                {"table": "panels"},
                "There is no table 'panels'. Did you mean 'panel'. There are: observations",
            ),
            ({"version": "1.2.0"}, "There is no release '1.2.0'.*There are: 1.0.0, 1.1.0"),
            ({"columns": ["val"]}, "There is no column 'val'.*value"),
        ],
    )
    def test_what_is_not_there_is_told_with_what_is(
        self, root: Path, address: str, given: dict[str, Any], says: str
    ) -> None:
        for source in (str(root), address):
            with pytest.raises(ValueError, match=says):
                load(**({"table": "panel"} | given), source=source)
