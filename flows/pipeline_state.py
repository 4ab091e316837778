"""What is done and what is to do, told by names that hold the fingerprints of this version of the rooms."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from functools import partial

from flows import check, extract, extract_report, read, schemas, work
from flows.check import Entry, accuracy
from flows.copies import Item
from flows.model import Capture, Finding, Report
from flows.prune import Needed
from flows.publish import releases
from flows.store import Store


def reading_name(capture: Capture) -> str:
    """Where the reading of CAPTURE by this version is kept."""
    return work.reading_name(capture, read.fingerprint())


def extracted_name(item: Item) -> str:
    """Where the observations of a report, as this version extracts them, are kept."""
    return work.extracted_name(item.report, extract.fingerprint())


def readings(store: Store, captures: Iterable[Capture]) -> Iterator[tuple[Capture, work.Reading]]:
    """What the captures hold, as far as this version has read them."""
    for capture in captures:
        name = reading_name(capture)
        yield capture, work.load_reading(store, name) if store.exists(name) else work.Reading((), ())


def entries(store: Store) -> list[Entry]:
    """The reports that this version has extracted: what a release is made from."""
    found = []
    for item, name in work.extracted(store, read.fingerprint(), extract.fingerprint()):
        load = partial(work.load_report, store.root, item.report)
        copies = {"witnesses": item.witnesses, "rivals": item.rivals}
        key = f"{item.reading}#{item.index} {copies}"
        found.append(Entry(item.report_id, key, name, load, extract.fingerprint(), **copies))
    return found


def needed(store: Store) -> Needed:
    """What releases were made from, and what the next one is made from by this version."""
    known = list(readings(store, work.captures(store)))
    latest: dict[tuple[str, str], tuple[str, str]] = {}
    for capture, reading in known:
        for item in reading.items:
            # What came again from the same origin has replaced what came before.
            key, this = (item.report_id, item.origin), (capture.captured_at, capture.sha256)
            latest[key] = max(this, latest.get(key, this))
    captures = {sha256 for _, sha256 in latest.values()} | releases.captures(store)
    names = {f"work/checked/{check.fingerprint(entries(store))}"}
    names |= {name for _, name in work.extracted(store, read.fingerprint(), extract.fingerprint())}
    for capture, reading in known:
        if capture.sha256 in captures:
            names.add(reading_name(capture))
            names |= {f"work/texts/{item.report['text_sha256']}.txt" for item in reading.items}
    return Needed(captures, names)


def findings(store: Store, inputs: str) -> Iterator[Finding]:
    """What the checks said of INPUTS (see `check.fingerprint`), as far as they were checked."""
    if store.exists(f"work/checked/{inputs}/checked.json"):
        yield from check.findings(store, check.checked(store, inputs))


def example_accuracy() -> tuple[float, list[str]]:
    """The share of the bundled coded example that is extracted right in all fields, and what is wrong."""
    name = "jiaozuo-2016-digest"
    report = read.read_text((schemas.folder() / f"examples/{name}.txt").read_text("utf-8"))
    assert isinstance(report, Report)
    found = [asdict(row) for row in extract_report(report)]
    coded = accuracy.records(schemas.folder() / f"coded/{name}.jsonl")
    counts = accuracy.count(coded, found)
    return counts["exact"] / counts["gold"], accuracy.mistakes(coded, found)
