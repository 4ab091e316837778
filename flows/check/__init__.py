"""Room 4: observations → findings. Every row is checked; what fails is kept apart with its reason.

`check` turns extracted reports into a *checked* folder, `work/checked/KEY/`, where KEY is the hash of all
inputs: the tables `observations`, `reports`, `texts`, `corrections` and `quarantine` as Arrow files (sorted
by report and place in the text), `findings.jsonl` with every finding, and `checked.json`, written last, with
the counts. What was checked before is found again and not checked anew.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from flows import schemas
from flows.check import corrections
from flows.check.entries import CorrectionsError
from flows.check.suites import TABLES, SuiteError
from flows.model import Checked, Finding, Report
from flows.store import Store, StoreError

__all__ = [
    "Checked", "CorrectionsError", "Entry", "SuiteError", "check", "checked", "findings", "fingerprint",
    "judge",
]  # fmt: skip

_SCHEMAS = (
    "tables/observations.yaml", "tables/panel.yaml", "tables/targets.yaml", "tables/reports.yaml",
    "tables/texts.yaml", "tables/indicators.yaml", "tables/units.yaml", "tables/regions.yaml",
    "tables/flags.yaml", "tables/discrepancies.yaml", "tables/corrections.yaml", "tables/quarantine.yaml",
    *(f"expectations/{name}.json" for name in TABLES),
    "indicators.csv", "units.csv", "regions.csv", "flags.csv", "bounds.csv", "levels.csv", "expected.csv",
    "croissant-context.json", "crosschecks.csv", "identities.csv", "ratios.csv",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    """A report of the build, without its text.

    `key` changes whenever anything known of the report changes, `extracted` is the store's name of its
    observations (JSON Lines), and `load` gives the Report with its text. `extractor` is the fingerprint of
    what extracted them. `witnesses` are the origins of
    other copies of its text, `rivals` those of other texts that claim to be this report.
    """

    report_id: str
    key: str
    extracted: str
    load: Callable[[], Report]
    extractor: str = ""
    witnesses: tuple[str, ...] = ()
    rivals: tuple[str, ...] = ()


def fingerprint(entries: Iterable[Entry]) -> str:
    """SHA-256 of all that a release depends on: entries, schemas, corrections, and the code from here on."""
    digest = hashlib.sha256(schemas.fingerprint(*_SCHEMAS).encode() + corrections.fingerprint().encode())
    package = Path(__file__).parent.parent
    own = ("schemas.py", "amounts.py", "values.py")
    rooms = (*package.glob("check/*.py"), *package.glob("publish/*.py"))
    for path in sorted([*rooms, *(package / name for name in own)]):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    for entry in sorted(entries, key=lambda entry: entry.report_id):
        digest.update(f"{entry.report_id}\t{entry.key}\t{entry.extracted}\n".encode())
    return digest.hexdigest()


def check(store: Store, entries: Sequence[Entry]) -> Checked:
    """Checks the observations of ENTRIES (in any order) and stores what came of it in the checked folder.

    Reports are loaded one at a time. Raises CorrectionsError when a file of corrections cannot be used,
    SuiteError when a suite cannot, ValueError when two entries have the same report_id, and StoreError when
    something cannot be read or written.
    """
    ordered = sorted(entries, key=lambda entry: entry.report_id)
    twice = [name for name, times in Counter(entry.report_id for entry in ordered).items() if times > 1]
    if twice:
        raise ValueError(f"two entries for the same report: {', '.join(twice)}")
    inputs = fingerprint(ordered)
    path = f"work/checked/{inputs}"
    if not store.exists(f"{path}/checked.json"):
        from flows.check.build import build

        with store.staging() as folder:
            build(store, ordered, folder, inputs)
            try:
                store.adopt(folder, path, last="checked.json")
            except StoreError:
                # Another run may have checked the very same inputs meanwhile.
                if not store.exists(f"{path}/checked.json"):
                    raise
    return checked(store, inputs)


def checked(store: Store, inputs: str) -> Checked:
    """The checked folder of INPUTS. Raises StoreError when it is not there."""
    given: dict[str, Any] = store.read_json(f"work/checked/{inputs}/checked.json")
    blocked = tuple(Finding(**finding) for finding in given.pop("blocked"))
    return Checked(path=f"work/checked/{inputs}", inputs=inputs, blocked=blocked, **given)


def judge(folder: Path) -> tuple[list[dict[str, Any]], list[Finding]]:
    """What the suites say of the tables that `publish` has written into FOLDER: see `released.judge`."""
    from flows.check.released import judge as judged

    return judged(folder)


def findings(store: Store, found: Checked) -> Iterator[Finding]:
    """Every finding of a checked folder: table by table, in the order of its rows."""
    with store.open(f"{found.path}/findings.jsonl") as lines:
        for line in lines:
            yield Finding(**json.loads(line))


def as_json(found: Checked) -> dict[str, Any]:
    """What `checked.json` holds of FOUND."""
    given = asdict(found)
    return {name: value for name, value in given.items() if name not in ("path", "inputs")}
