"""The tables of a release as they were written: what is made from the observations is judged, too."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from flows import check, publish, schemas
from flows.check import released
from flows.publish import PublishError
from flows.store import Store
from tests.builders import stored


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small release, with its targets and the panel."""
    store = Store(str(tmp_path_factory.mktemp("released")))
    entries = [stored(store, year=2016), stored(store, year=2017)]
    return Path(publish.publish(store, check.check(store, entries)).path)


def changed(release: Path, folder: Path, changes: dict[str, Any]) -> Path:
    """A copy of RELEASE in FOLDER; CHANGES are done to the rows of its tables, by name."""
    for path in release.glob("*.parquet"):
        (folder / path.name).write_bytes(path.read_bytes())
    for name, change in changes.items():
        rows = pq.read_table(folder / f"{name}.parquet").to_pylist()
        change(rows)
        pq.write_table(pa.Table.from_pylist(rows, schemas.arrow_schema(name)), folder / f"{name}.parquet")
    return folder


def test_what_is_right_holds(release: Path) -> None:
    results, found = released.judge(release)
    assert found == [] and len(results) > 100
    assert {one["table"] for one in results} == {*released.suites.TABLES} - {"observations", "reports"}


def spoil_panel(rows: list[dict[str, Any]]) -> None:
    rows.append(dict(rows[0]))
    rows[1].update(observation_id="gone", unit="元元", period="2015年", value_max=-1.0)


FOUND = {
    "panel": [
        "key-is-unique",
        "observation_id-exists",
        "unit-exists",
        "period-is-well-formed",
        "range-ascends",
    ],
    "texts": ["some-rows"],
    "indicators": ["code-is-unique"],
    "regions": ["all-regions"],
}


def test_faults_in_derived_tables_and_code_lists_are_found(release: Path, tmp_path: Path) -> None:
    spoiled = {
        "panel": spoil_panel,
        "texts": list.clear,
        "indicators": lambda rows: rows.append(dict(rows[0])),
        "regions": lambda rows: rows.__delitem__(slice(1000, None)),
    }
    results, found = released.judge(changed(release, tmp_path, spoiled))
    told = {(one.message.split(":")[0], one.check) for one in found if one.severity == "critical"}
    assert {(name, check) for name, checks in FOUND.items() for check in checks} <= told
    assert not any(one.key for one in found)
    (twice,) = (one for one in results if (one["table"], one["check"]) == ("panel", "key-is-unique"))
    assert twice["failed"] == 2 and twice["examples"][0].startswith("410800 ")


def test_a_long_table_is_judged_in_pieces_as_if_it_were_one(
    release: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def spoil(rows: list[dict[str, Any]]) -> None:
        rows[1].update(observation_id="gone", unit="元元")
        rows[-1].update(period="2015年", value_max=-1.0)

    whole = released.judge(changed(release, tmp_path, {"panel": spoil}))
    table = pq.read_table(tmp_path / "panel.parquet")
    pq.write_table(table, tmp_path / "panel.parquet", row_group_size=1)
    read = released._asked
    asked: list[str] = []
    monkeypatch.setattr(released, "_asked", lambda *given: asked.append(given[0]) or read(*given))
    monkeypatch.setattr(released, "_PIECE", 2)
    assert released.judge(tmp_path) == whole
    assert asked.count("panel") == (len(table) + 1) // 2 > 1 == asked.count("texts")


def test_a_fault_keeps_the_gate_closed_and_is_on_record(tmp_path: Path) -> None:
    store = Store(str(tmp_path))

    def judge(folder: Path) -> Any:
        return released.judge(
            changed(folder, tmp_path / "copy", {"panel": lambda rows: rows.append(dict(rows[0]))})
        )

    (tmp_path / "copy").mkdir()
    checked = check.check(store, [stored(store)])
    with pytest.raises(PublishError, match="panel: another row has the same region_code, indicator"):
        publish.publish(store, checked, judge=judge)
    assert not store.exists("public/latest.json")
    made = publish.publish(store, checked, judge=released.judge)
    told = store.read_json(f"public/releases/{made.version}/quality.json")
    assert {"observations", "panel", "quarantine"} <= {one["table"] for one in told}
