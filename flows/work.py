"""What a run leaves under `work/`, named by content: what is there is done, what is missing is to do.

    work/captures/SHA         bytes as they came; SHA.json says what was known of them (room 1 writes both)
    work/read/KEY.json        what a capture held: its reports without their texts, and what was rejected
    work/texts/SHA.txt        the text of a report, to which all offsets refer
    work/extracted/KEY.jsonl  the observations of a report, one JSON object per line

Every file is a function of its name, so two runs at once write the same bytes and cannot hurt each other.
"""

from __future__ import annotations

import hashlib
import json
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

import orjson

from flows.copies import SKETCHED, Item, chosen, sketch
from flows.model import Capture, Observation, Rejected, Report
from flows.store import Store

_CAPTURES = "work/captures"
_COLUMNS = tuple(field.name for field in fields(Observation))


@dataclass(frozen=True, slots=True)
class Reading:
    """What a capture held."""

    items: tuple[Item, ...]
    rejected: tuple[Rejected, ...]


def captures(store: Store) -> list[Capture]:
    """Everything that was ever captured, in the order of the hashes."""
    names = (name for name in store.list(_CAPTURES) if name.endswith(".json"))
    return [Capture(**store.read_json(name)) for name in names]


def capture(store: Store, sha256: str) -> Capture:
    """The capture with this hash. Raises StoreError when there is none."""
    return Capture(**store.read_json(f"{_CAPTURES}/{sha256}.json"))


def capture_bytes(store: Store, capture: Capture) -> bytes:
    """The bytes of CAPTURE. Raises StoreError when they are gone."""
    return store.read_bytes(f"{_CAPTURES}/{capture.sha256}")


def reading_name(capture: Capture, fingerprint: str) -> str:
    """Where the reading of CAPTURE is kept; FINGERPRINT is that of the code that reads."""
    known = asdict(capture)
    del known["captured_at"]
    facts = json.dumps(known, ensure_ascii=False, sort_keys=True)
    return f"work/read/{_hash(fingerprint, SKETCHED, facts)}.json"


def extracted_name(report: dict[str, Any], fingerprint: str) -> str:
    """Where the observations of a report are kept; FINGERPRINT is that of the code that extracts."""
    known = (report["text_sha256"], report["region_code"], str(report["report_year"]))
    return f"work/extracted/{_hash(fingerprint, *known)}.jsonl"


def save_reading(store: Store, name: str, found: Sequence[Report | Rejected]) -> None:
    """Keeps what a capture held: the texts first, the list of them last."""
    reports = []
    for report in found:
        if isinstance(report, Report):
            text = f"work/texts/{report.text_sha256}.txt"
            if not store.exists(text):
                store.write_bytes(text, report.text.encode())
            known = asdict(report)
            del known["text"]
            known |= {"chars": len(report.text), "sketch": sketch(report.text)}
            reports.append(known)
    rejected = [asdict(reason) for reason in found if isinstance(reason, Rejected)]
    store.write_json(name, {"reports": reports, "rejected": rejected})


def load_reading(store: Store, name: str) -> Reading:
    """What a capture held, as kept under NAME. Raises StoreError when it has not been read."""
    given = store.read_json(name)
    items = []
    for index, report in enumerate(given["reports"]):
        chars, sketched = report.pop("chars"), array("I", report.pop("sketch", ()))  # a tenth of a tuple
        items.append(Item(name, index, chars, report, sketched))
    return Reading(tuple(items), tuple(Rejected(**reason) for reason in given["rejected"]))


def load_report(root: str, report: dict[str, Any]) -> Report:
    """The report that REPORT describes (see `Item`), with its text, from the store at ROOT."""
    text = Store(root).read_bytes(f"work/texts/{report['text_sha256']}.txt").decode()
    return Report(**report, text=text)


def save_observations(store: Store, name: str, observations: Iterable[Observation]) -> None:
    """Keeps the observations of a report as JSON Lines, the columns in their order."""
    store.write_bytes(name, b"".join(b"%b\n" % orjson.dumps(row) for row in observations))


def line(observation: Observation) -> str:
    """An observation as one line of JSON, the columns in their order."""
    row = {column: getattr(observation, column) for column in _COLUMNS}
    return json.dumps(row, ensure_ascii=False, allow_nan=False)


def latest(readings: Iterable[tuple[Capture, Reading]]) -> list[Item]:
    """One item per report, sorted by report_id, see `copies.chosen`."""
    return chosen(
        ((capture.captured_at, capture.sha256), item)
        for capture, reading in readings
        for item in reading.items
    )


def extracted(store: Store, read_by: str, extracted_by: str) -> list[tuple[Item, str]]:
    """The reports that were extracted, sorted by report_id, and where their observations are kept.

    READ_BY and EXTRACTED_BY are the fingerprints of the code that reads and of that which extracts.
    """
    readings = []
    for one in captures(store):
        name = reading_name(one, read_by)
        if store.exists(name):
            readings.append((one, load_reading(store, name)))
    named = [(item, extracted_name(item.report, extracted_by)) for item in latest(readings)]
    return [(item, name) for item, name in named if store.exists(name)]


def batches(things: Sequence[Any], sizes: Sequence[int], limit: int) -> list[list[Any]]:
    """THINGS in order, cut into batches whose SIZES sum up to about LIMIT, none of them empty."""
    cut: list[list[Any]] = []
    room = 0
    for thing, size in zip(things, sizes, strict=True):
        if not cut or room < size:
            cut.append([])
            room = limit
        cut[-1].append(thing)
        room -= size
    return cut


def _hash(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
