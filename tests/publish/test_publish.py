"""Publishing: what a release holds, when there is a new one, and what is refused."""

from __future__ import annotations

import errno
import hashlib
import json
import re
import subprocess
import sys
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from flows import check, publish
from flows.model import Checked, Finding
from flows.publish import PublishError, audit
from flows.publish.tables import NAMES
from flows.store import Store, StoreError
from tests.builders import entry, report, stored, usual
from tests.publish.conftest import Publish

FORMATS = {
    "discrepancies": ["parquet", "json", "csv"],
    "observations": ["parquet", "jsonl.gz"],
    "panel": ["parquet", "json", "csv", "dta"],
    "targets": ["parquet", "json", "csv", "dta"],
    "texts": ["parquet"],
}


def hashes(store: Store, version: str) -> dict[str, str]:
    """SHA-256 of each data file of VERSION."""
    names = [
        name
        for name in store.list(f"public/releases/{version}")
        if name.split("/")[-1].split(".")[0] in NAMES
    ]
    return {name.split("/")[-1]: hashlib.sha256(store.read_bytes(name)).hexdigest() for name in names}


def test_the_first_release(store: Store, go: Publish) -> None:
    found = go(store, stored(store), stored(store, "410000"))
    assert (found.version, found.new, found.reports, found.observations) == ("1.0.0", True, 2, 6)
    assert found.path == store.show("public/releases/1.0.0")
    latest = store.read_json("public/latest.json")
    assert (latest["version"], latest["path"]) == ("1.0.0", "releases/1.0.0")
    assert latest["released_at"] == "2026-01-02T00:00:00Z"
    assert set(hashes(store, "1.0.0")) == {
        f"{name}.{form}" for name in NAMES for form in FORMATS.get(name, ["parquet", "json"])
    }
    assert store.list("work/staging") == []


def test_metadata_agree(store: Store, go: Publish) -> None:
    go(store, stored(store))
    folder = "public/releases/1.0.0"
    package = store.read_json(f"{folder}/datapackage.json")
    provenance = store.read_json(f"{folder}/provenance.json")
    lines = store.read_bytes(f"{folder}/checksums.sha256").decode().splitlines()
    sums = {line[66:]: line[:64] for line in lines}
    files = {name.split("/")[-1] for name in store.list(folder)}
    assert set(sums) == files - {"checksums.sha256"}
    assert {
        package["version"],
        provenance["version"],
        store.read_json(f"{folder}/changes.json")["version"],
    } == {"1.0.0"}
    for resource in package["resources"]:
        assert resource["hash"] == f"sha256:{sums[resource['path']]}"
        assert provenance["files"][resource["path"]]["bytes"] == store.size(f"{folder}/{resource['path']}")
        if "schema" in resource:
            assert resource["rows"] == provenance["rows"][resource["path"].split(".")[0]]
    readme = store.read_bytes(f"{folder}/README.md").decode()
    assert "Version 1.0.0" in readme and "| observations | 3 |" in readme


def test_unchanged_input_gives_no_release_and_loads_nothing(store: Store, go: Publish) -> None:
    entries = [stored(store)]
    go(store, *entries)
    again = go(store, *entries, now=datetime(2027, 1, 1, tzinfo=UTC))
    assert (again.version, again.new, again.observations, again.added) == ("1.0.0", False, 3, 0)
    assert store.folders("public/releases") == ["1.0.0"]
    inputs = check.fingerprint(entries)
    program = (
        "import sys; from flows import publish; from flows.store import Store;"
        f"found = publish.current(Store({store.root!r}), {inputs!r}); assert found and not found.new;"
        "sys.exit(', '.join({'pandas', 'pyarrow', 'great_expectations', 'prefect'} & set(sys.modules)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_other_inputs_with_the_same_data_give_no_release_and_are_remembered(
    store: Store, go: Publish
) -> None:
    one = report()
    go(store, entry(store, one, usual(one)))
    other = check.Entry(one.report_id, "another key", entry(store, one, usual(one)).extracted, lambda: one)
    assert publish.current(store, check.fingerprint([other])) is None
    assert not go(store, other).new
    assert publish.current(store, check.fingerprint([other])) is not None


def test_versions_follow_the_difference(store: Store, go: Publish) -> None:
    first, later = stored(store), stored(store, year=2017, value=2100)
    assert go(store, first).version == "1.0.0"
    added = go(store, first, later)
    assert (added.version, added.added, added.changed) == ("1.1.0", 3, 0)
    corrected = go(store, stored(store, value=2000), later)
    assert (corrected.version, corrected.added, corrected.changed) == ("1.1.1", 0, 3)
    removed = go(store, later, force="It was no report of this city.")
    assert (removed.version, removed.removed) == ("1.1.2", 3)
    changes = store.read_json("public/releases/1.1.1/changes.json")
    assert changes["previous"] == "1.1.0"
    values = {
        row["table"]: row["fields"]["value"] for row in changes["rows"] if "value" in row.get("fields", {})
    }
    assert values == {name: [195000000000.0, 200000000000.0] for name in ("observations", "panel")}
    log = store.read_bytes("public/releases/1.1.2/CHANGELOG.md").decode()
    assert [line for line in log.splitlines() if line.startswith("## ")] == [
        f"## {version} (2026-01-02)" for version in ("1.1.2", "1.1.1", "1.1.0", "1.0.0")
    ]
    assert "- observations: 3 rows added" in log


def test_what_did_not_change_keeps_its_bytes(store: Store, go: Publish) -> None:
    go(store, stored(store))
    go(store, stored(store), stored(store, year=2017), now=datetime(2031, 5, 6, tzinfo=UTC))
    old, new = hashes(store, "1.0.0"), hashes(store, "1.1.0")
    different = {name for name in new if old[name] != new[name]}
    assert different == {
        "observations.parquet", "observations.jsonl.gz", "panel.parquet", "panel.json", "panel.csv",
        "panel.dta", "reports.parquet", "reports.json", "texts.parquet",
    }  # fmt: skip


def test_the_same_content_gives_the_same_bytes_elsewhere_and_later(tmp_path: Path, go: Publish) -> None:
    one, two = Store(str(tmp_path / "a")), Store(str(tmp_path / "b" / "c"))
    go(one, stored(one), stored(one, year=2017))
    go(two, stored(two, year=2017), stored(two), now=datetime(2040, 1, 1, tzinfo=UTC))
    assert hashes(one, "1.0.0") == hashes(two, "1.0.0")


def test_a_release_that_lost_its_pointer_is_pointed_to_and_kept(store: Store, go: Publish) -> None:
    first, later = stored(store), stored(store, year=2017)
    go(store, first)
    before = store.read_bytes("public/latest.json")
    go(store, first, later)
    kept = hashes(store, "1.1.0")
    store.write_bytes("public/latest.json", before)
    found = go(store, first, later)
    assert (found.version, found.new, found.added) == ("1.1.0", True, 3)
    assert store.read_json("public/latest.json")["version"] == "1.1.0"
    store.write_bytes("public/latest.json", b"{ half")
    assert go(store, stored(store, value=2000), later).version == "1.1.1"
    assert hashes(store, "1.1.0") == kept


def flipped(data: bytes) -> bytes:
    """DATA with one bit in its middle turned."""
    middle = len(data) // 2
    return data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]


DAMAGE = {"flip": flipped, "shorter": lambda data: data[:-2], "empty": lambda data: b"", "missing": None}


def test_a_list_of_versions_that_is_behind_is_made_good(store: Store, go: Publish) -> None:
    first, later = stored(store), stored(store, year=2017)
    go(store, first)
    behind = {
        name: store.read_bytes(name) for name in ("public/releases/index.json", "public/catalog.jsonld")
    }
    go(store, first, later)
    whole = {name: store.read_bytes(name) for name in behind}
    for name, data in behind.items():
        store.write_bytes(name, data)
    assert not go(store, first, later).new
    assert {name: store.read_bytes(name) for name in behind} == whole


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_release_is_named_and_not_built_upon(store: Store, go: Publish, damage: str) -> None:
    go(store, stored(store))
    pointer, folder = store.read_bytes("public/latest.json"), "public/releases/1.0.0"
    checked = check.check(store, [stored(store, value=2000)])
    for name in store.list(folder):
        data, change = store.read_bytes(name), DAMAGE[damage]
        store.remove(name)
        if change:
            store.write_bytes(name, change(data))
        # Where the list of hashes is altered, the file is named that it speaks of.
        altered = name.endswith(".sha256") and damage in ("flip", "shorter")
        named = r"\S+" if altered else re.escape(store.show(name))
        refused = rf"Release 1\.0\.0 is damaged: {named} .* run again"
        with pytest.raises(PublishError, match=refused):
            publish.publish(store, checked)
        assert re.match(refused, next(audit.faults(store, "1.0.0")))
        if damage != "flip" and not name.endswith(".sha256"):
            with pytest.raises(PublishError, match=refused):
                list(audit.differences(store, "1.0.0", "1.0.0"))
        store.write_bytes(name, data)
    assert store.folders("public/releases") == ["1.0.0"] and store.read_bytes("public/latest.json") == pointer
    assert publish.publish(store, checked).version == "1.0.1"


def test_a_version_that_exists_is_never_written_again(store: Store, go: Publish) -> None:
    go(store, stored(store))
    before = {name: store.read_bytes(name) for name in store.list("public/releases/1.0.0")}
    store.write_bytes("public/releases/1.0.1/observations.parquet", b"mine")
    with pytest.raises(StoreError, match=r"public/releases/1\.0\.1: it is there already and is never overwr"):
        go(store, stored(store, value=2000))
    assert store.list("public/releases/1.0.1") == ["public/releases/1.0.1/observations.parquet"]
    assert store.read_bytes("public/releases/1.0.1/observations.parquet") == b"mine"
    assert {name: store.read_bytes(name) for name in before} == before
    assert store.read_json("public/latest.json")["version"] == "1.0.0"
    store.remove("public/releases/1.0.1")
    assert go(store, stored(store, value=2000)).version == "1.0.1"


def test_nothing_to_publish_is_refused(store: Store, go: Publish) -> None:
    finding = Finding(
        "some-rows", "critical", "observations", "", "observations: there is not one observation"
    )
    empty = Checked("work/checked/0", "0", 0, 0, 0, 0, {}, (finding,))
    with pytest.raises(
        PublishError, match="Nothing was published: observations: there is not one observation"
    ):
        publish.publish(store, empty)
    assert store.list("public") == []


def test_folders_that_are_no_version_do_no_harm(store: Store, go: Publish) -> None:
    store.write_bytes("public/releases/drafts/x", b"")
    store.write_bytes("public/releases/9.0.0/half.parquet", b"")
    assert go(store, stored(store)).version == "1.0.0"
    assert go(store, stored(store, value=2000)).version == "1.0.1"


def test_releases_work_on_other_filesystems(go: Publish) -> None:
    store = Store(f"memory://{uuid.uuid4().hex}")
    go(store, stored(store))
    assert go(store, stored(store), stored(store, year=2017)).version == "1.1.0"
    assert not go(store, stored(store), stored(store, year=2017)).new
    assert len(hashes(store, "1.1.0")) == sum(len(FORMATS.get(name, ["parquet", "json"])) for name in NAMES)


def test_an_upload_that_breaks_off_is_repeated(go: Publish, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store(f"memory://{uuid.uuid4().hex}")
    go(store, stored(store))
    put, done = store.fs.put_file, []

    def fails(source: str, target: str, **_: str) -> None:
        if target.endswith("reports.json"):
            raise OSError(errno.EIO, "Connection lost")
        done.append(target)
        put(source, target)

    monkeypatch.setattr(store.fs, "put_file", fails)
    both = [stored(store), stored(store, year=2017)]
    checked = check.check(Store(store.root), both)
    with pytest.raises(StoreError, match=r"public/releases/1\.1\.0: connection lost"):
        publish.publish(store, checked)
    assert done and store.read_json("public/latest.json")["version"] == "1.0.0"
    monkeypatch.undo()
    assert publish.publish(store, checked).version == "1.1.0"


def test_a_full_disk_publishes_nothing(store: Store, go: Publish, monkeypatch: pytest.MonkeyPatch) -> None:
    go(store, stored(store))

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    for name in ("metadata.write", "changes.compared", "build.write_table"):
        with monkeypatch.context() as patch:
            patch.setattr(f"flows.publish.{name}", full)
            with pytest.raises(StoreError, match="no space is left there"):
                go(store, stored(store, value=2000))
        assert store.read_json("public/latest.json")["version"] == "1.0.0"
        assert store.folders("public/releases") == ["1.0.0"] and store.list("work/staging") == []
    assert go(store, stored(store, value=2000)).version == "1.0.1"


def test_a_file_in_place_of_the_folder_is_explained(store: Store, go: Publish) -> None:
    checked = check.check(store, [stored(store)])
    store.write_bytes("public", b"")
    with pytest.raises(
        StoreError, match=r"out/public/.*: a file stands where a folder should be\. Move it away or choose"
    ):
        publish.publish(store, checked)


def test_changes_are_json_of_a_row_a_line(store: Store, go: Publish) -> None:
    go(store, stored(store))
    go(store, stored(store, value=2000))
    text = store.read_bytes("public/releases/1.0.1/changes.json").decode()
    found: dict[str, Any] = json.loads(text)
    assert found["tables"]["observations"] == {"added": 0, "removed": 0, "changed": 3}
    assert len(found["rows"]) == sum(sum(counts.values()) for counts in found["tables"].values())
    assert sum(line.startswith('    {"table"') for line in text.splitlines()) == len(found["rows"])
