"""The checked folder: rows collected, judged by the suites, and split into those that pass and the others."""

from __future__ import annotations

import json
import math
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any, Literal

from flows import schemas
from flows.check import Checked, Entry, as_json, expectations, expected, suites
from flows.check.collect import collect
from flows.check.comparison import Comparison, compare
from flows.check.corrections import BUNDLED, Corrections, load
from flows.check.peers import silences
from flows.check.results import Row, result, told_beside
from flows.check.rows import Failure, Outcast
from flows.model import Finding
from flows.store import Store

if TYPE_CHECKING:
    import pyarrow as pa

Failures = dict[int, list[Failure]]


def build(store: Store, entries: Sequence[Entry], folder: Path, inputs: str) -> Checked:
    """Writes the files of the checked folder of ENTRIES (sorted, without doubles) into FOLDER."""
    suites.ensure_usable()
    warming = Thread(target=expectations.warm)
    warming.start()
    rows = collect(store, entries, load(), folder)
    warming.join()
    reports, corrections = rows.reports, rows.corrections
    doubtful = [row for row, failures in rows.failures.items() if _critical(failures)]
    found = compare(folder / "rows.arrow", doubtful, suites.critical_answers("observations"))
    results: list[Row] = []
    failed, whole = _judged("reports", _reports_table(reports, entries, found), results)
    lost = {reports[row]["report_id"] for row, failures in failed.items() if _critical(failures)}
    suspects, more = _judged("observations", _columns(folder / "rows.arrow", found), results)
    for row, failures in suspects.items():
        rows.failures.setdefault(row, []).extend(failures)
    with _Output(folder) as output:
        output.note(
            [
                *whole,
                *more,
                *_corrections_told(corrections),
                *_rivals_told(entries),
                *expected.missing(reports),
            ]
        )
        for outcast in rows.outcasts:
            output.hold(outcast, outcast.failures)
        _split_observations(folder / "rows.arrow", rows.failures, lost, output)
        _split_reports(reports, failed, output)
        _drop_texts(folder / "texts.arrow", lost)
    _write_corrections(corrections, lost, folder)
    _write("discrepancies", _table("discrepancies", list(found.listed(_kept(folder, found)))), folder)
    (folder / "rows.arrow").unlink()
    done = output.checked(inputs, len(reports) - len(lost))
    for one in results:
        one["findings"] = output.messages.get(one["check"], []) if one["table"] == "reports" else []
    _write_json(folder / "quality.json", [*results, *told_beside(results, output.counts, output.messages)])
    _write_json(folder / "checked.json", as_json(done))
    return done


def _write_json(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=2) + "\n", "utf-8")


def _corrections_told(corrections: Corrections) -> Iterator[Finding]:
    """What is wrong with corrections; those that travel along may speak of reports that are not here."""
    for one, why in corrections.problems:
        yield Finding("correction-holds", "critical", "corrections", "", f"{one.place}: {why}".rstrip("."))
    for one, why in corrections.absent:
        severity: Literal["critical", "warning"] = "warning" if one.file == BUNDLED else "critical"
        yield Finding(
            "correction-has-its-report", severity, "corrections", "", f"{one.place}: {why}".rstrip(".")
        )


def _rivals_told(entries: Sequence[Entry]) -> Iterator[Finding]:
    """Which reports have come as different texts."""
    for entry in entries:
        for origin in entry.rivals:
            said = f"{origin} holds another text that claims to be {entry.report_id}. Look which is right"
            yield Finding("one-text-per-report", "warning", "reports", entry.report_id, said)


def _write_corrections(corrections: Corrections, lost: set[str], folder: Path) -> None:
    """The corrections that were applied, in the order of the text."""
    kept = [row for row in corrections.listed if row["report_id"] not in lost]
    kept.sort(key=lambda row: (row["report_id"], row["char_start"], row["observation_id"], row["field"]))
    _write("corrections", _table("corrections", kept), folder)


class _Output:
    """The files that passing rows, outcasts and findings go to, and what was counted on the way."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.outcasts: list[Outcast] = []
        self.blocked: list[Finding] = []
        self.kept: Counter[str] = Counter()
        self.flagged = 0
        self.counts: Counter[str] = Counter()
        self.messages: dict[str, list[str]] = {}
        self._findings = open(folder / "findings.jsonl", "w", encoding="utf-8")  # noqa: SIM115 closed in __exit__

    def __enter__(self) -> _Output:
        return self

    def __exit__(self, *_: object) -> None:
        quarantine = list(_quarantine(self.outcasts))
        _write("quarantine", _table("quarantine", quarantine), self.folder)
        self._findings.close()

    def note(self, found: Sequence[Finding]) -> None:
        """Notes findings; those on a table as a whole that are critical block the publication."""
        for finding in found:
            self.counts[f"{finding.check} ({finding.severity})"] += 1
            if finding.table != "observations":
                self.messages.setdefault(finding.check, []).append(finding.message)
            self._findings.write(json.dumps(asdict(finding), ensure_ascii=False) + "\n")
            if finding.severity == "critical" and not finding.key:
                self.blocked.append(finding)

    def tell(self, table: str, key: str, failures: Sequence[Failure]) -> None:
        """Notes what one row failed."""
        self.note(
            [
                Finding(
                    failure.check, failure.severity, table, key, f"{key}: {failure.message}", failure.flag
                )
                for failure in failures
            ]
        )

    def hold(self, outcast: Outcast, failures: Sequence[Failure]) -> None:
        """Notes what a row failed and keeps it for quarantine."""
        self.tell(outcast.table, outcast.key, failures)
        self.outcasts.append(outcast)

    def checked(self, inputs: str, reports: int) -> Checked:
        """The summary of what was written."""
        return Checked(
            path=f"work/checked/{inputs}",
            inputs=inputs,
            reports=reports,
            observations=self.kept.total(),
            quarantined=len(self.outcasts),
            flagged=self.flagged,
            counts=dict(sorted(self.counts.items())),
            blocked=tuple(self.blocked),
        )


def _judged(name: str, table: pa.Table, results: list[Row]) -> tuple[Failures, list[Finding]]:
    """What the suite of the table NAME says: by number of the row, and of the table as a whole.

    What each expectation came to is added to RESULTS.
    """
    found: Failures = {}
    whole: list[Finding] = []
    key = schemas.table(name).key[0]
    for verdict in expectations.run(name, table):
        results.append(result(name, verdict, lambda row: str(table[key][row].as_py())))
        if verdict.holds:
            continue
        if not verdict.rows:
            whole.append(Finding(verdict.check, verdict.severity, name, "", f"{name}: {verdict.message}"))
        values = table.column(verdict.column) if verdict.column in table.column_names else None
        own = verdict.column in schemas.arrow_schema(name).names
        for row in verdict.rows:
            value = None if values is None else values[row].as_py()
            said = verdict.message
            if own:
                said += f" ({verdict.column} is {value!r})"
            elif isinstance(value, str):
                said = value
            failure = Failure(verdict.check, verdict.severity, said, verdict.flag)
            found.setdefault(row, []).append(failure)
    return found, whole


def _columns(path: Path, found: Comparison) -> pa.Table:
    """The columns of the rows in PATH that the suite of observations looks at, with what was FOUND."""
    import pyarrow as pa

    with pa.memory_map(str(path)) as source:
        names = pa.ipc.open_file(source).schema.names
        wanted = [names.index(name) for name in suites.asked("observations") if name in names]
        options = pa.ipc.IpcReadOptions(included_fields=wanted)
        table = pa.ipc.open_file(source, options=options).read_all()
    for name, column in found.columns(table.num_rows).items():
        table = table.append_column(name, column)
    return table


def _reports_table(reports: list[dict[str, Any]], entries: Sequence[Entry], found: Comparison) -> pa.Table:
    """The table of REPORTS, with what each of them does not say, and whether it gave as much as expected."""
    import pyarrow as pa

    known = [(row["report_id"], row["region_level"], row["report_year"]) for row in reports]
    silent = silences(known, found.said)
    columns: dict[str, list[str | None]] = {
        "silent_about": [silent.get(row["report_id"]) for row in reports],
        "unlike_expected": [
            expected.unlike(row, entry.extractor, found.counts[row["report_id"]])
            for row, entry in zip(reports, entries, strict=True)
        ],
    }
    table = _table("reports", reports)
    for name, values in columns.items():
        table = table.append_column(name, pa.array(values, pa.string()))
    return table


def _kept(folder: Path, found: Comparison) -> set[str]:
    """Of the keys of the observations that FOUND speaks of those that passed."""
    import pyarrow as pa
    import pyarrow.compute as pc

    asked = pa.array(found.keys(), pa.string())
    with pa.memory_map(str(folder / "observations.arrow")) as source:
        reader = pa.ipc.open_file(source, options=pa.ipc.IpcReadOptions(included_fields=[0]))
        keys = reader.read_all().column(0)
        return set(keys.filter(pc.is_in(keys, value_set=asked)).to_pylist())


def _split_observations(path: Path, failed: Failures, lost: set[str], output: _Output) -> None:
    import pyarrow as pa

    schema = schemas.arrow_schema("observations")
    first = 0
    with (
        pa.memory_map(str(path)) as source,
        pa.ipc.new_file(str(output.folder / "observations.arrow"), schema) as writer,
    ):
        reader = pa.ipc.open_file(source)
        for index in range(reader.num_record_batches):
            batch = reader.get_batch(index).select(schema.names)
            here = {row: failed[first + row] for row in range(batch.num_rows) if first + row in failed}
            first += batch.num_rows
            writer.write_batch(_passed(batch, here, lost, output))


def _passed(batch: pa.RecordBatch, failed: Failures, lost: set[str], output: _Output) -> pa.RecordBatch:
    """The rows of BATCH that pass, with their flags; the others go to OUTPUT. FAILED is by row of BATCH."""
    import pyarrow as pa
    import pyarrow.compute as pc

    for row, report_id in enumerate(batch["report_id"].to_pylist() if lost else ()):
        if report_id in lost:
            why = Failure("report-exists", "critical", f"its report {report_id} is in quarantine")
            failed[row] = [*failed.get(row, []), why]
    flags, passes = batch["flags"].to_pylist(), [True] * batch.num_rows
    for row, failures in sorted(failed.items()):
        key, report_id = batch["observation_id"][row].as_py(), batch["report_id"][row].as_py()
        if critical := _critical(failures):
            passes[row] = False
            (given,) = batch.slice(row, 1).to_pylist()
            output.hold(Outcast("observations", key, report_id, given, critical), failures)
        else:
            output.tell("observations", key, failures)
            flags[row] = sorted({*flags[row], *(failure.flag for failure in failures if failure.flag)})
    place = batch.schema.get_field_index("flags")
    flagged = batch.set_column(place, batch.schema.field(place), pa.array(flags, pa.list_(pa.string())))
    kept = flagged.filter(pa.array(passes, pa.bool_()))
    for counted in kept["report_id"].value_counts().to_pylist():
        output.kept[counted["values"]] += counted["counts"]
    output.flagged += pc.sum(pc.greater(pc.list_value_length(kept["flags"]), 0)).as_py() or 0
    return kept


def _split_reports(reports: list[dict[str, Any]], failed: Failures, output: _Output) -> None:
    held = Counter(outcast.report_id for outcast in output.outcasts)
    keep = []
    for number, row in enumerate(reports):
        report_id = row["report_id"]
        row |= {"observations": output.kept[report_id], "quarantined": held[report_id]}
        failures = failed.get(number, [])
        if critical := _critical(failures):
            output.hold(Outcast("reports", report_id, report_id, row, critical), failures)
        else:
            output.tell("reports", report_id, failures)
            keep.append(row)
    _write("reports", _table("reports", keep), output.folder)


def _drop_texts(path: Path, lost: set[str]) -> None:
    """Takes the texts of the reports LOST out of the file PATH."""
    import pyarrow as pa

    if not lost:
        return
    with (
        pa.OSFile(str(path)) as source,
        pa.ipc.new_file(f"{path}.new", schemas.arrow_schema("texts")) as writer,
    ):
        reader = pa.ipc.open_file(source)
        for index in range(reader.num_record_batches):
            batch = reader.get_batch(index)
            if batch.column(0)[0].as_py() not in lost:
                writer.write_batch(batch)
    os.replace(f"{path}.new", path)


def _quarantine(outcasts: list[Outcast]) -> Iterator[dict[str, Any]]:
    """The rows of the table of quarantine, sorted; a key that occurs again gets a running number."""
    seen: Counter[str] = Counter()
    for outcast in sorted(outcasts, key=lambda one: (one.report_id, one.table, one.key, _json(one.row))):
        name = f"{outcast.table}/{outcast.report_id}/{outcast.key}"
        seen[name] += 1
        yield {
            "quarantine_id": name if seen[name] == 1 else f"{name}#{seen[name]}",
            "table": outcast.table,
            "key": outcast.key,
            "report_id": outcast.report_id,
            "checks": list(dict.fromkeys(failure.check for failure in outcast.failures)),
            "reason": "; ".join(failure.message for failure in outcast.failures),
            "row": _json(outcast.row),
        }


def _json(row: dict[str, Any]) -> str:
    """ROW as a JSON object; what JSON cannot say (infinity) as a string."""
    finite = {
        name: str(value) if isinstance(value, float) and not math.isfinite(value) else value
        for name, value in row.items()
    }
    return json.dumps(finite, ensure_ascii=False)


def _critical(failures: Sequence[Failure]) -> tuple[Failure, ...]:
    return tuple(failure for failure in failures if failure.severity == "critical")


def _table(name: str, rows: list[dict[str, Any]]) -> pa.Table:
    import pyarrow as pa

    return pa.Table.from_pylist(rows, schema=schemas.arrow_schema(name))


def _write(name: str, table: pa.Table, folder: Path) -> None:
    import pyarrow as pa

    with pa.ipc.new_file(str(folder / f"{name}.arrow"), table.schema) as writer:
        writer.write_table(table)
