"""A release is described the same way everywhere, and mlcroissant gives its records."""

from __future__ import annotations

import hashlib
import json
import logging
from pathlib import Path
from typing import Any

import mlcroissant  # type: ignore[import-untyped]  # ships no types
import pyarrow.parquet as pq
import pytest

from flows import check, publish, schemas
from flows.publish.tables import NAMES
from flows.store import Store
from tests.builders import stored


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    store = Store(str(tmp_path_factory.mktemp("out")))
    publish.publish(store, check.check(store, [stored(store), stored(store, "420000", 2019)]))
    path = store.local("public/releases/1.0.0")
    assert path is not None
    return path


@pytest.fixture(scope="module")
def dataset(folder: Path) -> Any:
    """The description as mlcroissant sees it; it must have nothing to complain of."""
    told: list[str] = []
    handler = logging.Handler(logging.WARNING)
    handler.emit = lambda record: told.append(record.getMessage())  # type: ignore[method-assign]
    logging.getLogger("absl").addHandler(handler)
    try:
        found = mlcroissant.Dataset(jsonld=str(folder / "croissant.json"))
    finally:
        logging.getLogger("absl").removeHandler(handler)
    issues = found.metadata.ctx.issues
    assert not told, told
    assert not issues.errors and not issues.warnings, issues.report()
    return found


def test_the_description_is_the_one_of_this_version(dataset: Any) -> None:
    assert dataset.metadata.version == "1.0.0"
    assert {one.name for one in dataset.metadata.record_sets} == set(NAMES)


@pytest.mark.parametrize("name", ["observations", "panel", "indicators", "texts"])
def test_records_are_those_of_the_table(dataset: Any, folder: Path, name: str) -> None:
    table = pq.read_table(folder / f"{name}.parquet")
    records = list(dataset.records(name))
    assert len(records) == table.num_rows > 0
    assert set(records[0]) == {f"{name}/{column.name}" for column in schemas.table(name).columns}
    key = schemas.table(name).key[0]
    assert [_text(one[f"{name}/{key}"]) for one in records] == table[key].to_pylist()


def test_version_rows_sizes_and_hashes_agree_everywhere(folder: Path) -> None:
    public = folder.parents[1]
    package, made, croissant, dcat, crate, latest, index, changes = (
        json.loads(path.read_text("utf-8"))
        for path in (
            folder / "datapackage.json", folder / "provenance.json", folder / "croissant.json",
            folder / "dcat.jsonld", folder / "ro-crate-metadata.json",
            public / "latest.json", public / "releases" / "index.json",
            folder / "changes.json",
        )
    )  # fmt: skip
    files = {path.name: path.read_bytes() for path in folder.iterdir()}
    hashes = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    sizes = {name: len(data) for name, data in files.items()}
    data = {one["path"] for one in package["resources"]}
    parts = {one["@id"]: one for one in crate["@graph"]}

    said = [package, made, croissant, latest, index["versions"][-1], changes, parts["./"]]
    assert {one["version"] for one in said} == {"1.0.0"} == {dcat["dcat:version"], index["latest"]}
    for text in ("version: 1.0.0\n", "## 1.0.0 (", "1.0.0"):
        named = {"version: 1.0.0\n": "CITATION.cff", "## 1.0.0 (": "CHANGELOG.md", "1.0.0": "README.md"}[text]
        assert text in files[named].decode()

    rows = {name: pq.ParquetFile(folder / f"{name}.parquet").metadata.num_rows for name in NAMES}
    counted = {one["name"]: one["rows"] for one in package["resources"] if one["format"] == "parquet"}
    added = {name: one["added"] for name, one in changes["tables"].items()}
    assert rows == counted == made["rows"] == latest["rows"] == index["versions"][-1]["rows"] == added

    sums = dict(line.split("  ")[::-1] for line in files["checksums.sha256"].decode().splitlines())
    assert sums == {name: hashes[name] for name in files if name != "checksums.sha256"}
    told = {name: (one["bytes"], one["sha256"]) for name, one in made["files"].items()}
    assert told == {name: (sizes[name], hashes[name]) for name in told} and data < set(told)
    assert {one["path"]: one["hash"] for one in package["resources"]} == {
        name: f"sha256:{hashes[name]}" for name in data
    }
    distributed = {one["@id"]: (one["contentSize"], one["sha256"]) for one in croissant["distribution"]}
    assert distributed == {name: (f"{sizes[name]} B", hashes[name]) for name in data}
    listed = {
        one["@id"]: (
            int(one["dcat:byteSize"]["@value"]),
            one["spdx:checksum"]["spdx:checksumValue"]["@value"],
        )
        for one in dcat["dcat:distribution"]
    }
    assert listed == {name: (sizes[name], hashes[name]) for name in data}
    packed = {name: (int(parts[name]["contentSize"]), parts[name]["sha256"]) for name in data}
    assert packed == listed
    assert {one["@id"] for one in parts["./"]["hasPart"]} == data
    dates = {
        made["created"][:10],
        package["created"][:10],
        croissant["datePublished"],
        latest["released_at"][:10],
    }
    assert len(dates) == 1 and f"date-released: {dates.pop()}" in files["CITATION.cff"].decode()


def _text(value: Any) -> Any:
    return value.decode() if isinstance(value, bytes) else value
