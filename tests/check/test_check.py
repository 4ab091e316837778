"""Checking as a whole: what passes, what is flagged, what goes to quarantine, and what is told."""

from __future__ import annotations

import subprocess
import sys
import uuid
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from flows import check, schemas
from flows.check import Checked, collect, expectations
from flows.store import Store
from tests.builders import LINE, entry, observation, report, stored, usual


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(str(tmp_path))


def rows(store: Store, found: Checked, name: str) -> list[dict[str, Any]]:
    with store.open(f"{found.path}/{name}.arrow") as file:
        read: list[dict[str, Any]] = pa.ipc.open_file(file).read_all().to_pylist()
    return read


def test_what_is_right_passes_unchanged_and_in_order(store: Store) -> None:
    entries = [stored(store, year=2017, value=2100), stored(store, year=2016)]
    found = check.check(store, entries)
    kept = rows(store, found, "observations")
    expected = usual(report()) + usual(report(year=2017, text=LINE.format(value=2100)), "2100亿")
    assert kept == expected
    assert (found.reports, found.observations, found.quarantined, found.flagged) == (2, 6, 0, 0)
    assert [row["observations"] for row in rows(store, found, "reports")] == [3, 3]
    assert rows(store, found, "texts")[0] == {"report_id": "410800-2016", "text": LINE.format(value=1950)}
    assert found.blocked == () and rows(store, found, "quarantine") == []


CRITICAL: list[tuple[dict[str, Any], str]] = [
    ({"measure": "growht"}, "measure-is-known"),
    ({"period": "2015年"}, "period-is-well-formed"),
    ({"confidence": 1.5}, "confidence-is-in-bounds"),
    ({"subject": " "}, "subject-is-well-formed"),
    ({"unit": "元元"}, "unit-is-listed"),
    ({"char_end": 6}, "end-behind-start"),
    ({"bound": "range", "value_max": 1.0}, "range-ascends"),
    ({"bound": "range"}, "range-has-both-ends"),
    ({"measure": "rank", "value": 0.5}, "rank-is-a-place"),
    ({"value": 1.95e10}, "value-is-written"),
    ({"measure": "growth", "unit": "%"}, "is-possible"),
    ({"value": None}, "fits-the-columns"),
    ({"char_start": "8"}, "fits-the-columns"),
    ({"report_year": 2**20}, "fits-the-columns"),
    ({"extra": 1}, "fits-the-columns"),
]
WARNINGS: list[tuple[dict[str, Any], list[str]]] = [
    ({"indicator": "income_rural"}, ["outlier"]),
    ({"unit": "吨"}, ["not-the-unit-written", "unusual-unit"]),
    ({"indicator": None, "unit": "%"}, ["not-the-unit-written", "share-above-hundred"]),
    ({"measure": "change", "unit": "百分点"}, ["not-the-unit-written", "outlier", "unusual-unit"]),
    ({"period": "2090"}, ["ahead-of-its-time", "unusual-year"]),
    ({"status": "target", "period": "1950"}, ["behind-its-time", "unusual-year"]),
    ({"confidence": 0.2}, ["low-confidence"]),
]


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> tuple[Store, Checked]:
    """One build with a report for each case above: in the report of the year 1960 + n stands the case n."""
    store = Store(str(tmp_path_factory.mktemp("judged")))
    entries = []
    for number, (given, _) in enumerate([*CRITICAL, *WARNINGS]):
        one = report(year=1960 + number)
        first, *others = usual(one)
        entries.append(entry(store, one, [{**first, **given}, *others]))
    return store, check.check(store, entries)


@pytest.mark.parametrize("number", range(len(CRITICAL)), ids=[name for _, name in CRITICAL])
def test_a_critical_failure_goes_to_quarantine_with_its_reason(
    judged: tuple[Store, Checked], number: int
) -> None:
    store, found = judged
    report_id, name = f"410800-{1960 + number}", CRITICAL[number][1]
    (held,) = (row for row in rows(store, found, "quarantine") if row["report_id"] == report_id)
    assert name in held["checks"] and held["key"] == f"{report_id}-gdp" and held["reason"]
    kept = [
        row["observation_id"] for row in rows(store, found, "observations") if row["report_id"] == report_id
    ]
    assert kept == [f"{report_id}-growth", f"{report_id}-jobs"]
    (told,) = (row for row in rows(store, found, "reports") if row["report_id"] == report_id)
    assert (told["observations"], told["quarantined"]) == (2, 1)
    assert name in {one.check for one in check.findings(store, found) if one.key == f"{report_id}-gdp"}


@pytest.mark.parametrize("number", range(len(WARNINGS)), ids=["-".join(names) for _, names in WARNINGS])
def test_a_warning_flags_the_row_and_lets_it_pass(judged: tuple[Store, Checked], number: int) -> None:
    store, found = judged
    key, flags = f"410800-{1960 + len(CRITICAL) + number}-gdp", WARNINGS[number][1]
    (kept,) = (row for row in rows(store, found, "observations") if row["observation_id"] == key)
    assert kept["flags"] == flags
    told = {(one.severity, one.flag) for one in check.findings(store, found) if one.key == key}
    assert told == {("warning", flag) for flag in flags}


def test_the_summary_counts_what_is_listed(judged: tuple[Store, Checked]) -> None:
    store, found = judged
    beside = 1  # the number beside the one of 2090 is flagged as well: which of both is wrong is not known
    assert (found.quarantined, found.flagged) == (len(CRITICAL), len(WARNINGS) + beside)
    assert sum(found.counts.values()) == sum(1 for _ in check.findings(store, found))


def test_infinity_in_quarantine_is_still_json(store: Store) -> None:
    one = report()
    found = check.check(store, [entry(store, one, [*usual(one), observation(one, "8", value=float("inf"))])])
    (held,) = rows(store, found, "quarantine")
    assert '"value": "inf"' in held["row"] and "value-is-a-number" in held["checks"]


def test_rows_with_the_same_key_are_all_held_back(store: Store) -> None:
    one = report()
    first, second, third = usual(one)
    second["observation_id"] = first["observation_id"]
    found = check.check(store, [entry(store, one, [first, second, third])])
    names = [row["quarantine_id"] for row in rows(store, found, "quarantine")]
    assert len(names) == 2 and names[1] == f"{names[0]}#2"
    assert found.observations == 1


def test_it_is_the_same_in_one_part_and_in_many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With rows and a report in quarantine, flags, disagreements, and an area far from the others."""
    provinces = [one.code for one in schemas.regions().values() if one.level == "province"][:12]
    made: list[tuple[Checked, dict[str, bytes]]] = []
    for number, most in enumerate((1500, 9)):
        monkeypatch.setattr(collect, "_MOST", most)
        store = Store(str(tmp_path / str(number)))
        entries = [stored(store, code, year) for code in provinces for year in (2016, 2017)]
        entries.append(stored(store, "650000", 2016, 9_000_000))
        lost, odd = report(year=2017, text_sha256="0"), report(year=2018)
        first, *others = usual(odd)
        entries += [
            entry(store, lost, usual(lost)),
            entry(store, odd, [{**first, "measure": "growht"}, *others]),
        ]
        found = check.check(store, entries)
        files = {}
        for path in sorted((tmp_path / str(number) / found.path).iterdir()):
            is_table = path.suffix == ".arrow"
            files[path.name] = repr(rows(store, found, path.stem)).encode() if is_table else path.read_bytes()
        made.append((found, files))
    (found, files), (same, others_files) = made
    assert found == same and files == others_files
    assert set(files) == {
        "checked.json", "corrections.arrow", "discrepancies.arrow", "findings.jsonl", "observations.arrow",
        "quality.json", "quarantine.arrow", "reports.arrow", "texts.arrow",
    }  # fmt: skip
    assert found.quarantined == 5 and found.flagged and b"far-from-peers" in files["discrepancies.arrow"]


def test_a_report_in_quarantine_takes_its_rows_and_text_along(store: Store) -> None:
    bad = report(year=2017, text_sha256="0")
    found = check.check(store, [stored(store), entry(store, bad, usual(bad))])
    assert [row["report_id"] for row in rows(store, found, "texts")] == ["410800-2016"]
    assert [row["report_id"] for row in rows(store, found, "reports")] == ["410800-2016"]
    held = rows(store, found, "quarantine")
    assert [row["table"] for row in held] == ["observations"] * 3 + ["reports"]
    assert {row["report_id"] for row in rows(store, found, "observations")} == {"410800-2016"}


def test_nothing_at_all_blocks(store: Store) -> None:
    found = check.check(store, [])
    assert [finding.message for finding in found.blocked] == [
        "reports: there is not one report",
        "observations: there is not one observation",
    ]


def test_two_entries_for_one_report_are_refused(store: Store) -> None:
    with pytest.raises(ValueError, match="two entries for the same report: 410800-2016"):
        check.check(store, [stored(store), stored(store, value=2000)])


def test_what_was_checked_is_found_again_without_great_expectations(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    entries = [stored(store)]
    first = check.check(store, entries)

    def never(*_: object) -> None:
        raise AssertionError("checked anew")

    monkeypatch.setattr(expectations, "run", never)
    assert check.check(store, entries) == first
    with pytest.raises(AssertionError, match="checked anew"):
        check.check(store, [stored(store, value=2000)])


def test_checking_works_on_other_filesystems() -> None:
    store = Store(f"memory://{uuid.uuid4().hex}")
    found = check.check(store, [stored(store)])
    assert len(rows(store, found, "observations")) == 3


def test_asking_for_the_fingerprint_loads_no_heavy_library() -> None:
    program = (
        "import sys, flows.check; flows.check.fingerprint([]);"
        "sys.exit(', '.join({'pandas', 'pyarrow', 'great_expectations', 'prefect'} & set(sys.modules)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
