"""The releases that are there: which is the newest, whether its files are what they were, the pointer.

A release is complete when its `checksums.sha256` is there (the last file to arrive). `latest.json` follows
the newest complete release; a run that was killed between the two is made good by the next one.
"""

from __future__ import annotations

import hashlib
from typing import Any

from flows.publish import linked
from flows.publish.versions import parsed
from flows.store import Store, StoreError

RELEASES = "public/releases"
POINTER = "public/latest.json"
INDEX = "public/releases/index.json"
YANKED = "public/yanked.json"
CATALOG = "public/catalog.jsonld"
CHECKSUMS = "checksums.sha256"
PROVENANCE = "provenance.json"


class PublishError(Exception):
    """Nothing was published: the message says why, where, and what to do."""


def versions(store: Store) -> list[str]:
    """All versions that are complete, ascending."""
    found = [version for version in store.folders(RELEASES) if parsed(version)]
    complete = [version for version in found if store.exists(f"{RELEASES}/{version}/{CHECKSUMS}")]
    return sorted(complete, key=lambda version: parsed(version) or (0, 0, 0))


def ensure_complete(store: Store) -> None:
    """Raises PublishError when `latest.json` names a release that has lost the list of its files."""
    named = pointer(store)
    if named and named["version"] in store.folders(RELEASES) and named["version"] not in versions(store):
        raise PublishError(_damaged(store, named["version"], CHECKSUMS, "is missing"))


def newest(store: Store) -> str | None:
    """The highest version that is complete; None when there is none."""
    return next(reversed(versions(store)), None)


def yanked(store: Store) -> dict[str, dict[str, str]]:
    """The versions that were withdrawn, with the reason and the moment."""
    found: dict[str, dict[str, str]] = store.read_json(YANKED) if store.exists(YANKED) else {}
    return found


def usable(store: Store) -> str | None:
    """The highest version that is complete and was not withdrawn; None when there is none."""
    gone = yanked(store)
    return next((version for version in reversed(versions(store)) if version not in gone), None)


def yank(store: Store, version: str, reason: str, moment: str) -> str | None:
    """Withdraws VERSION for REASON at MOMENT (ISO 8601); gives the version that is the latest then.

    The files stay where they are and stay listed. Raises PublishError when there is no such version.
    """
    known = versions(store)
    if version not in known:
        raise PublishError(f"There is no release {version}; known: {', '.join(known) or 'none'}.")
    store.write_json(YANKED, yanked(store) | {version: {"reason": reason, "at": moment}}, durable=True)
    latest = usable(store)
    if latest is None:
        store.remove(POINTER)
    else:
        point(store, latest)
    write_index(store)
    return latest


def write_index(store: Store) -> None:
    """Writes the list of all versions, as a DCAT catalogue and then as JSON, unless they are as they were."""
    gone = yanked(store)
    rows = []
    for version in versions(store):
        made = provenance(store, version)
        row = {"version": version, "path": f"releases/{version}", "released_at": made["created"]}
        row |= {"previous": made["previous"], "rows": made["rows"]}
        rows.append(row | ({"yanked": gone[version]} if version in gone else {}))
    for name, value in (
        (CATALOG, linked.catalog(rows)),
        (INDEX, {"latest": usable(store), "versions": rows}),
    ):
        if not store.exists(name) or store.read_json(name) != value:
            store.write_json(name, value)


def indexed(store: Store) -> str | None:
    """The version that the list of all versions calls the latest; None when there is no such list."""
    try:
        found = store.read_json(INDEX)["latest"]
    except (StoreError, KeyError, TypeError):
        return None
    return str(found)


def pointer(store: Store) -> dict[str, Any] | None:
    """What `latest.json` says; None when it is missing or unreadable."""
    try:
        found: dict[str, Any] = store.read_json(POINTER)
    except StoreError as error:
        if error.reason in ("missing", "broken"):
            return None
        raise
    return found if isinstance(found, dict) and {"version", "inputs", "rows"} <= found.keys() else None


def point(store: Store, version: str, inputs: str | None = None) -> dict[str, Any]:
    """Makes `latest.json` point to VERSION; INPUTS give the same data as those that it was made from.

    Raises StoreError (busy) when another run has published a newer one meanwhile, or moves it right now.
    """
    seen = store.stamp(POINTER)
    newer = usable(store)
    if newer != version:
        message = f"Another run has published {newer} meanwhile. Run again."
        raise StoreError("busy", store.show(POINTER), message)
    made = provenance(store, version)
    given = {
        "version": version,
        "path": f"releases/{version}",
        "datapackage": f"releases/{version}/datapackage.json",
        "released_at": made["created"],
        "inputs": inputs or made["inputs"],
        "rows": made["rows"],
        "changes": made["changes"],
    }
    store.write_json(POINTER, given, durable=True, over=seen)
    return given


def provenance(store: Store, version: str) -> dict[str, Any]:
    """What `provenance.json` of VERSION says. Raises PublishError when it is damaged."""
    name = f"{RELEASES}/{version}/{PROVENANCE}"
    try:
        found: dict[str, Any] = store.read_json(name)
    except StoreError as error:
        raise PublishError(_damaged(store, version, PROVENANCE, "is missing or no JSON")) from error
    return found


def captures(store: Store) -> set[str]:
    """The hashes of the captures that any release was made from."""
    import pyarrow.parquet as pq

    found: set[str] = set()
    for version in versions(store):
        with store.open(f"{RELEASES}/{version}/reports.parquet") as file:
            found |= set(pq.read_table(file, columns=["capture_sha256"])["capture_sha256"].to_pylist())
    return found


def look_over(store: Store, version: str) -> None:
    """Checks that every file of VERSION is there and has its size. Raises PublishError with its name."""
    sizes = store.sizes(f"{RELEASES}/{version}")
    for file, facts in provenance(store, version)["files"].items():
        name = f"{RELEASES}/{version}/{file}"
        if name not in sizes:
            raise PublishError(_damaged(store, version, file, "is missing"))
        if sizes[name] != facts["bytes"]:
            raise PublishError(_damaged(store, version, file, f"has not its {facts['bytes']} bytes"))


def verify(store: Store, version: str) -> None:
    """Checks every file of VERSION against its SHA-256. Raises PublishError with the name of the first
    one that is missing, altered or not listed."""
    folder = f"{RELEASES}/{version}/"
    there = {name.removeprefix(folder) for name in store.list(folder)}
    if CHECKSUMS not in there:
        raise PublishError(_damaged(store, version, CHECKSUMS, "is missing"))
    lines = store.read_bytes(folder + CHECKSUMS).decode("utf-8", "replace").splitlines()
    listed = {file: expected for expected, _, file in (line.partition("  ") for line in lines)}
    for file, expected in listed.items():
        if file not in there:
            raise PublishError(_damaged(store, version, file or CHECKSUMS, "is missing or unreadable"))
        if sha256(store, folder + file) != expected:
            raise PublishError(_damaged(store, version, file, "is not what was published"))
    for file in (PROVENANCE, *provenance(store, version)["files"]):
        if file not in listed:
            raise PublishError(_damaged(store, version, CHECKSUMS, f"does not list {file}"))


def sha256(store: Store, name: str) -> str:
    """The SHA-256 (hex) of the file NAME, read piece by piece."""
    digest = hashlib.sha256()
    with store.open(name) as file:
        while piece := file.read(1 << 20):
            digest.update(piece)
    return digest.hexdigest()


def _damaged(store: Store, version: str, file: str, what: str) -> str:
    shown = store.show(f"{RELEASES}/{version}/{file}")
    return (
        f"Release {version} is damaged: {shown} {what}. Put the release back from a copy, or move the "
        f"folder {version} away, and run again."
    )
