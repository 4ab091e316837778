"""Releases looked at again: whether one is what it says, and how two of them differ."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from flows.model import Report
from flows.publish import changes, releases
from flows.publish.releases import RELEASES, PublishError
from flows.publish.tables import NAMES
from flows.store import Store, StoreError

Broken = Callable[[Report, dict[str, Any]], Iterable[tuple[str, str]]]


def faults(store: Store, version: str) -> Iterator[str]:
    """What is wrong with the files of VERSION: hashes, columns, numbers of rows, and metadata that differ."""
    try:
        releases.verify(store, version)
    except PublishError as error:
        yield str(error)
        return
    folder = f"{RELEASES}/{version}"
    names = ("datapackage.json", "provenance.json", "croissant.json", "dcat.jsonld", "ro-crate-metadata.json")
    given: dict[str, Any] = {name: store.read_json(f"{folder}/{name}") for name in names}
    for name in names[:3]:
        if given[name]["version"] != version:
            yield f"{name} says version {given[name]['version']}, not {version}"
    yield from _hashes(given)
    yield from _columns(store, folder, given)


def _hashes(given: dict[str, Any]) -> Iterator[str]:
    """Where the metadata give another hash of a file than `provenance.json`."""
    told = [
        *(
            ("datapackage.json", one["path"], one["hash"][7:])
            for one in given["datapackage.json"]["resources"]
        ),
        *(("croissant.json", one["@id"], one["sha256"]) for one in given["croissant.json"]["distribution"]),
        *(
            ("dcat.jsonld", one["@id"], one["spdx:checksum"]["spdx:checksumValue"]["@value"])
            for one in given["dcat.jsonld"]["dcat:distribution"]
        ),
        *(
            ("ro-crate-metadata.json", one["@id"], one["sha256"])
            for one in given["ro-crate-metadata.json"]["@graph"]
            if one["@type"] == "File"
        ),
    ]
    files = given["provenance.json"]["files"]
    for name, path, sha256 in told:
        if path not in files or files[path]["sha256"] != sha256:
            yield f"{name} gives another hash of {path} than provenance.json"


def _columns(store: Store, folder: str, given: dict[str, Any]) -> Iterator[str]:
    """Where a Parquet file has other columns, or other numbers of rows, than the metadata say."""
    import pyarrow.parquet as pq

    made = given["provenance.json"]["rows"]
    for one in given["datapackage.json"]["resources"]:
        if one["format"] != "parquet":
            continue
        with store.open(f"{folder}/{one['path']}") as file:
            parquet = pq.ParquetFile(file)
            names, rows = parquet.schema_arrow.names, parquet.metadata.num_rows
        said = [field["name"] for field in one["schema"]["fields"]]
        if names != said:
            yield f"{one['path']} has the columns {', '.join(names)}; datapackage.json says {', '.join(said)}"
        if not rows == one["rows"] == made[one["name"]]:
            yield f"{one['path']} has {rows} rows, the metadata say {one['rows']} and {made[one['name']]}"


def broken_rows(store: Store, version: str, broken: Broken) -> Iterator[str]:
    """Each row of the observations of VERSION that does not hold against its text; BROKEN says why.

    Reports are read a few at a time.
    """
    import pyarrow.parquet as pq

    folder = f"{RELEASES}/{version}"
    with store.open(f"{folder}/reports.parquet") as file:
        known = {row["report_id"]: row for row in pq.read_table(file).to_pylist()}
    with (
        store.open(f"{folder}/texts.parquet") as texts,
        store.open(f"{folder}/observations.parquet") as observations,
    ):
        groups = _by_report(pq.ParquetFile(observations))
        report_id, rows = next(groups, ("", []))
        for batch in pq.ParquetFile(texts).iter_batches(batch_size=50):
            for text in batch.to_pylist():
                if text["report_id"] == report_id:
                    report = _report(known[report_id], text["text"])
                    for row in rows:
                        told = (
                            f"{row['observation_id']}: {name}: {said}" for name, said in broken(report, row)
                        )
                        yield from told
                    report_id, rows = next(groups, ("", []))
    if report_id:
        yield f"{report_id}: there are observations, and no text in the order of the reports"


def _by_report(file: Any) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    name: str = ""
    found: list[dict[str, Any]] = []
    for batch in file.iter_batches(batch_size=8192):
        for row in batch.to_pylist():
            if row["report_id"] != name:
                if found:
                    yield name, found
                name, found = row["report_id"], []
            found.append(row)
    if found:
        yield name, found


def _report(row: dict[str, Any], text: str) -> Report:
    names = ("report_id", "region_code", "region_name", "region_level", "report_year", "title", "origin")
    facts = {name: row[name] for name in (*names, "text_sha256", "complete", "capture_sha256")}
    return Report(**facts, text=text)


def differences(store: Store, old: str, new: str, table: str | None = None) -> Iterator[dict[str, Any]]:
    """The rows in which NEW differs from OLD: table, key, change, and the old and new values of fields.

    Raises PublishError when a file of one of them is missing or has another size.
    """
    for version in (old, new):
        releases.look_over(store, version)
    for name in NAMES:
        left, right = (f"{RELEASES}/{version}/{name}.parquet" for version in (old, new))
        if table not in (None, name) or not (store.exists(left) and store.exists(right)):
            continue
        with store.open(left) as before, store.open(right) as after:
            for change in changes.compared(name, before, after):
                found = {"table": change.table, "key": change.key, "change": change.kind}
                yield found | {"fields": {field: list(pair) for field, pair in change.fields.items()}}


def write_differences(found: Iterable[dict[str, Any]], path: str) -> None:
    """Writes differences as Parquet: a row per field that changed, one per row that came or went.

    Raises StoreError when the file cannot be written.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    rows = []
    for one in found:
        plain = {"table": one["table"], "key": one["key"], "change": one["change"]}
        for name, pair in (one["fields"] or {None: (None, None)}).items():
            told = [None if value is None else json.dumps(value, ensure_ascii=False) for value in pair]
            rows.append({**plain, "field": name, "old": told[0], "new": told[1]})
    names = ("table", "key", "change", "field", "old", "new")
    schema = pa.schema([pa.field(name, pa.string()) for name in names])
    try:
        pq.write_table(pa.Table.from_pylist(rows, schema), path, compression="zstd")
    except OSError as error:
        raise StoreError("unwritable", path, f"{path}: {error.strerror}. Check the path.") from None
