"""The files of a release, written into a folder beside and compared with the release before."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from flows import schemas
from flows.model import Checked, Finding
from flows.publish import changes, gate, metadata, releases, versions
from flows.publish.causes import Causes
from flows.publish.changes import Change, Counts
from flows.publish.derived import DERIVED, derive
from flows.publish.made import Made
from flows.publish.releases import PublishError
from flows.publish.tables import CODE_LISTS, NAMES, code_list
from flows.publish.versions import Reason
from flows.publish.writers import write_table
from flows.store import Store

if TYPE_CHECKING:
    import pyarrow as pa


Judge = Callable[[Path], tuple[list[dict[str, Any]], list[Finding]]]
"""Gives what the checks say of the tables in a folder: rows of `quality.json`, and findings."""


Accuracy = tuple[float, list[str]]
"""The share of the bundled example that is read right, and what is wrong, the worst first."""


@dataclass(frozen=True, slots=True)
class Asked:
    """How a release is to be made: the time it gives, the accuracy measured, why the gate is overruled, and
    what judges the tables as they were written."""

    now: datetime
    accuracy: Accuracy | None = None
    force: str = ""
    judge: Judge | None = None


class Held(Exception):
    """The gate is closed; `reasons` say why. The candidate lies in the folder, whole."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__("\n".join(reasons))
        self.reasons = reasons


def build(store: Store, checked: Checked, folder: Path, previous: str | None, asked: Asked) -> str | None:
    """Writes the release of CHECKED that follows PREVIOUS into FOLDER and gives its version.

    None when it does not differ from PREVIOUS. Raises Held when the gate is closed and not overruled, and
    PublishError when what was written cannot be read back as it was meant.
    """
    rows = _write_tables(store, checked, folder)
    described = metadata.resources(folder, rows)
    spool = folder / "changes.rows"
    causes = Causes({}, {})
    if previous is None:
        counts = {name: Counts(added=rows[name]) for name in NAMES}
        why = [Reason("major", "the first release")]
        spool.write_text("", "utf-8")
        version: str | None = versions.FIRST
    else:
        before = _described(store, previous)
        causes = Causes(
            _texts(store.open(f"{releases.RELEASES}/{previous}/reports.parquet")),
            _texts(_open(folder / "reports.parquet")),
        )
        counts = _compared(store, previous, before, folder, described, spool, causes)
        why = versions.reasons(before, described, counts)
        version = versions.next_version(previous, why)
    if version is None:
        return None
    created = asked.now.astimezone(UTC).replace(microsecond=0).isoformat().replace("+00:00", "Z")
    results, found = asked.judge(folder) if asked.judge else ([], [])
    results = [*store.read_json(f"{checked.path}/quality.json"), *results]
    (folder / "quality.json").write_text(json.dumps(results, ensure_ascii=False, indent=2) + "\n", "utf-8")
    blocked = [one.message for one in (*checked.blocked, *found) if one.severity == "critical"]
    why_not = [*blocked, *gate.held(store, folder, rows, previous, asked.accuracy), *gate.lacking(described)]
    findings = Counter(checked.counts) + Counter(f"{one.check} ({one.severity})" for one in found)
    told = dict(sorted(findings.items()))
    made = Made(version, previous, created, checked.inputs, rows, counts, told, tuple(why_not), asked.force)
    _write_changes(folder, made, why, spool, causes)
    _write_changelog(store, folder, made, [*(f"- {reason.text}" for reason in why), *causes.told()])
    metadata.write(folder, made, described)
    _verify(folder)
    if why_not and not asked.force:
        raise Held(why_not)
    return version


def _write_tables(store: Store, checked: Checked, folder: Path) -> dict[str, int]:
    """Writes every table in all its formats into FOLDER; the rows by table."""
    made = folder / "derived"
    made.mkdir()
    derive(_batches(store, checked, "observations", made)(), made)
    # Packing leaves the interpreter to the other thread.
    with ThreadPoolExecutor(2) as pool:
        rows = list(
            pool.map(lambda name: write_table(name, _batches(store, checked, name, made), folder), NAMES)
        )
    shutil.rmtree(made)
    return dict(zip(NAMES, rows, strict=True))


def _batches(store: Store, checked: Checked, name: str, made: Path) -> Callable[[], Iterator[pa.RecordBatch]]:
    """The rows of the table NAME in their order, as often as they are asked for; derived ones are in MADE."""
    import pyarrow as pa

    def listed() -> Iterator[pa.RecordBatch]:
        yield pa.RecordBatch.from_pylist(code_list(name), schema=schemas.arrow_schema(name))

    def read() -> Iterator[pa.RecordBatch]:
        path = f"{name}.arrow"
        with _open(made / path) if name in DERIVED else store.open(f"{checked.path}/{path}") as file:
            reader = pa.ipc.open_file(file)
            for index in range(reader.num_record_batches):
                yield reader.get_batch(index)

    return listed if name in CODE_LISTS else read


def _described(store: Store, version: str) -> list[dict[str, Any]]:
    package: dict[str, Any] = store.read_json(f"{releases.RELEASES}/{version}/datapackage.json")
    return list(package["resources"])


def _compared(
    store: Store,
    previous: str,
    before: list[dict[str, Any]],
    folder: Path,
    described: list[dict[str, Any]],
    spool: Path,
    causes: Causes,
) -> dict[str, Counts]:
    """The changes by table, counted; each is a line of SPOOL. Files with the same hash are not opened.

    CAUSES says why, and counts.
    """
    old, new = ({one["path"]: one["hash"] for one in given} for given in (before, described))
    counts = {name: Counts() for name in NAMES}
    with open(spool, "w", encoding="utf-8") as lines:
        for name, count in counts.items():
            path = f"{name}.parquet"
            if path not in old or old[path] == new[path]:
                continue
            with store.open(f"{releases.RELEASES}/{previous}/{path}") as left, _open(folder / path) as right:
                for change in changes.compared(name, left, right):
                    count.count(change)
                    lines.write(json.dumps(_shown(change, causes.of(change)), ensure_ascii=False) + "\n")
    return counts


def _open(path: Path) -> IO[bytes]:
    return open(path, "rb")


def _texts(opened: IO[bytes]) -> dict[str, str]:
    """The hashes of the texts by report, of a table of reports; OPENED is closed."""
    import pyarrow.parquet as pq

    with opened as file:
        table = pq.read_table(file, columns=["report_id", "text_sha256"])
    return dict(zip(table["report_id"].to_pylist(), table["text_sha256"].to_pylist(), strict=True))


def _shown(change: Change, why: str | None) -> dict[str, Any]:
    found: dict[str, Any] = {"table": change.table, "key": change.key, "change": change.kind}
    found |= {"why": why} if why else {}
    return found | ({"fields": change.fields} if change.fields else {})


def _write_changes(folder: Path, made: Made, why: list[Reason], spool: Path, causes: Causes) -> None:
    """changes.json: the counts, and the rows of SPOOL, which is used up. Of a first release no rows."""
    head = {
        "version": made.version,
        "previous": made.previous,
        "reasons": [reason.text for reason in why],
        "tables": {name: _counted(counts) for name, counts in made.changes.items()},
        "observations": causes.summary(),
    }
    text = json.dumps(head, ensure_ascii=False, indent=2)
    with open(folder / "changes.json", "w", encoding="utf-8") as file, open(spool, encoding="utf-8") as lines:
        file.write(text[: -len("\n}")] + ',\n  "rows": [')
        for number, line in enumerate(lines):
            file.write(f"{',' * bool(number)}\n    {line.rstrip()}")
        file.write("\n  ]\n}\n" if spool.stat().st_size else "]\n}\n")
    spool.unlink()


def _counted(counts: Counts) -> dict[str, int]:
    return {"added": counts.added, "removed": counts.removed, "changed": counts.changed}


def _write_changelog(store: Store, folder: Path, made: Made, said: list[str]) -> None:
    """CHANGELOG.md: this version, with the lines SAID of it, on top of what the previous one says."""
    head = "# Changes\n"
    lines = [head, f"## {made.version} ({made.created[:10]})\n", *said, ""]
    older = ""
    if made.previous is not None:
        name = f"{releases.RELEASES}/{made.previous}/CHANGELOG.md"
        older = store.read_bytes(name).decode().removeprefix(head)
    (folder / "CHANGELOG.md").write_text("\n".join(lines) + older, "utf-8")


def _verify(folder: Path) -> None:
    """Reads back what was written and compares it with the checksums. Raises PublishError."""
    for line in (folder / releases.CHECKSUMS).read_text("utf-8").splitlines():
        expected, _, name = line.partition("  ")
        if metadata.hashed(folder / name) != expected:
            raise PublishError(f"Nothing was published: {name} reads back otherwise than it was written.")
