"""The checked folder: rows collected, judged by the suites, and split into those that pass and the others."""

from __future__ import annotations

import json
import math
import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any, Literal

from flows import schemas
from flows.check import Checked, Entry, as_json, expectations, expected, suites
from flows.check.collect import Part, collect
from flows.check.comparison import compare_areas
from flows.check.corrections import BUNDLED, Corrections, load
from flows.check.peers import silences
from flows.check.pieces import Judged
from flows.check.results import told_beside
from flows.check.rows import Failure, Outcast, Rows, batches, critical
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
    given = load()
    parts = collect(store, entries, given, folder)
    warming.join()
    compare_areas([part.comparison for part in parts])
    reports = [row for part in parts for row in part.reports]
    of_reports, of_observations = Judged("reports"), Judged("observations")
    failed = of_reports.failures(_reports_table(reports, entries, parts))
    lost = {reports[row]["report_id"] for row, failures in failed.items() if critical(failures)}
    with _Output(folder) as output:
        _write_texts(parts, lost, folder)
        for part in parts:
            _judge_part(part, of_observations, lost, output)
        _split_reports(reports, failed, output)
        told, failing = of_reports.told()
        more, whole = of_observations.told()
        corrections = Corrections.together(
            [part.corrections for part in parts], given, [entry.report_id for entry in entries]
        )
        output.note(
            [
                *failing,
                *whole,
                *_corrections_told(corrections),
                *_rivals_told(entries),
                *expected.missing(reports),
            ]
        )
    _write_corrections(corrections, lost, folder)
    _write_discrepancies(parts, folder)
    for part in parts:
        shutil.rmtree(part.folder)
    done = output.checked(inputs, len(reports) - len(lost))
    for one in told:
        one["findings"] = output.messages.get(one["check"], [])
    told += more
    _write_json(folder / "quality.json", [*told, *told_beside(told, output.counts, output.messages)])
    _write_json(folder / "checked.json", as_json(done))
    return done


def _judge_part(part: Part, judged: Judged, lost: set[str], output: _Output) -> None:
    """Gives the rows of PART to OUTPUT, and writes its discrepancies beside them; the rows are used up."""
    for outcast in part.outcasts:
        output.hold(outcast, outcast.failures)
    for row, failures in judged.failures(_columns(part)).items():
        part.failures.setdefault(row, []).extend(failures)
    gone = _split_observations(part, lost, output)
    _write("discrepancies", _table("discrepancies", part.comparison.listed(part.rows, gone)), part.folder)
    part.failures.clear()
    part.comparison.found.clear()
    part.rows.unlink()


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
        self._observations = _writer("observations", folder)

    def __enter__(self) -> _Output:
        return self

    def __exit__(self, *_: object) -> None:
        quarantine = list(_quarantine(self.outcasts))
        _write("quarantine", _table("quarantine", quarantine), self.folder)
        self._findings.close()
        self._observations.close()

    def keep(self, rows: pa.RecordBatch) -> None:
        """Keeps observations that pass, and counts them."""
        import pyarrow.compute as pc

        self._observations.write_batch(rows)
        for counted in rows["report_id"].value_counts().to_pylist():
            self.kept[counted["values"]] += counted["counts"]
        self.flagged += pc.sum(pc.greater(pc.list_value_length(rows["flags"]), 0)).as_py() or 0

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


def _columns(part: Part) -> pa.Table:
    """The columns of the rows of PART that the suite of observations looks at, with what they disagree in."""
    import pyarrow as pa

    known = Rows.schema()
    wanted = [known.field(name) for name in suites.asked("observations") if name in known.names]
    table = pa.Table.from_batches(batches(part.rows, [one.name for one in wanted]), pa.schema(wanted))
    for name, column in part.comparison.columns(table.num_rows).items():
        table = table.append_column(name, column)
    return table


def _reports_table(
    reports: list[dict[str, Any]], entries: Sequence[Entry], parts: Sequence[Part]
) -> pa.Table:
    """The table of REPORTS, with what each of them does not say, and whether it gave as much as expected."""
    import pyarrow as pa

    known = [(row["report_id"], row["region_level"], row["report_year"]) for row in reports]
    silent = silences(known, {name: said for part in parts for name, said in part.comparison.said.items()})
    counts = {name: count for part in parts for name, count in part.counts.items()}
    columns: dict[str, list[str | None]] = {
        "silent_about": [silent.get(row["report_id"]) for row in reports],
        "unlike_expected": [
            expected.unlike(row, entry.extractor, counts[row["report_id"]])
            for row, entry in zip(reports, entries, strict=True)
        ],
    }
    table = _table("reports", reports)
    for name, values in columns.items():
        table = table.append_column(name, pa.array(values, pa.string()))
    return table


def _split_observations(part: Part, lost: set[str], output: _Output) -> set[int]:
    """Gives the rows of PART to OUTPUT; the numbers of those that do not pass."""
    gone: set[int] = set()
    first = 0
    for batch in batches(part.rows, schemas.arrow_schema("observations").names):
        numbers = range(first, first + batch.num_rows)
        failed = {row: part.failures[row] for row in numbers if row in part.failures}
        for row, report_id in zip(numbers, batch["report_id"].to_pylist() if lost else (), strict=False):
            if report_id in lost:
                why = Failure("report-exists", "critical", f"its report {report_id} is in quarantine")
                failed[row] = [*failed.get(row, []), why]
        gone |= _split(batch, first, failed, output)
        first += batch.num_rows
    return gone


def _split(batch: pa.RecordBatch, first: int, failed: Failures, output: _Output) -> set[int]:
    """Gives the rows of BATCH to OUTPUT, with their flags; FIRST is the number of the first of them."""
    import pyarrow as pa

    flags, gone = batch["flags"].to_pylist(), set()
    for row, failures in sorted(failed.items()):
        place = row - first
        key, report_id = batch["observation_id"][place].as_py(), batch["report_id"][place].as_py()
        if bad := critical(failures):
            gone.add(row)
            (given,) = batch.slice(place, 1).to_pylist()
            output.hold(Outcast("observations", key, report_id, given, bad), failures)
        else:
            output.tell("observations", key, failures)
            flags[place] = sorted({*flags[place], *(failure.flag for failure in failures if failure.flag)})
    column = batch.schema.get_field_index("flags")
    flagged = batch.set_column(column, batch.schema.field(column), pa.array(flags, pa.list_(pa.string())))
    output.keep(flagged.filter(pa.array([first + place not in gone for place in range(batch.num_rows)])))
    return gone


def _split_reports(reports: list[dict[str, Any]], failed: Failures, output: _Output) -> None:
    held = Counter(outcast.report_id for outcast in output.outcasts)
    keep = []
    for number, row in enumerate(reports):
        report_id = row["report_id"]
        row |= {"observations": output.kept[report_id], "quarantined": held[report_id]}
        failures = failed.get(number, [])
        if bad := critical(failures):
            output.hold(Outcast("reports", report_id, report_id, row, bad), failures)
        else:
            output.tell("reports", report_id, failures)
            keep.append(row)
    _write("reports", _table("reports", keep), output.folder)


def _write_texts(parts: Sequence[Part], lost: set[str], folder: Path) -> None:
    """Puts the texts of PARTS one after the other, without those of the reports LOST."""
    with _writer("texts", folder) as writer:
        for part in parts:
            for batch in batches(part.folder / "texts.arrow"):
                if batch.column(0)[0].as_py() not in lost:
                    writer.write_batch(batch)


def _write_discrepancies(parts: Sequence[Part], folder: Path) -> None:
    """Puts the discrepancies of PARTS together, by check and then by part, which is the order of the key."""
    import pyarrow.compute as pc

    with _writer("discrepancies", folder) as writer:
        for check in sorted(row["check"] for row in schemas.rows("crosschecks.csv")):
            for part in parts:
                for batch in batches(part.folder / "discrepancies.arrow"):
                    writer.write_batch(batch.filter(pc.equal(batch["check"], check)))


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


def _table(name: str, rows: list[dict[str, Any]]) -> pa.Table:
    import pyarrow as pa

    return pa.Table.from_pylist(rows, schema=schemas.arrow_schema(name))


def _write(name: str, table: pa.Table, folder: Path) -> None:
    with _writer(name, folder) as writer:
        writer.write_table(table)


def _writer(name: str, folder: Path) -> pa.RecordBatchWriter:
    import pyarrow as pa

    return pa.ipc.new_file(str(folder / f"{name}.arrow"), schemas.arrow_schema(name))
