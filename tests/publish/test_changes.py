"""Row by row: what was added, removed and changed between two versions of a table."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from flows import schemas
from flows.publish.changes import Change, Counts, compared
from tests.builders import report, usual

Rows = list[dict[str, Any]]


def changes(folder: Path, old: Rows, new: Rows, name: str, size: int = 1000) -> list[Change]:
    """The changes between two tables written in row groups of SIZE rows."""
    for file, rows in (("old", old), ("new", new)):
        table = pa.Table.from_pylist(rows, schema=schemas.arrow_schema(name))
        pq.write_table(table, folder / file, row_group_size=size)
    with open(folder / "old", "rb") as left, open(folder / "new", "rb") as right:
        return list(compared(name, left, right))


def test_reports_are_compared_in_step(tmp_path: Path) -> None:
    old = [row for year in (2014, 2015, 2017) for row in usual(report(year=year))]
    new = [row for year in (2013, 2015, 2016, 2017) for row in usual(report(year=year))]
    new[3]["value"] = 1.0
    new[4]["flags"] = ["outlier"]
    del new[-1]
    found = changes(tmp_path, old, new, "observations")
    kinds = [(change.key[7:11], change.kind) for change in found]
    assert kinds == (
        [("2013", "added")] * 3
        + [("2014", "removed")] * 3
        + [("2015", "changed")] * 2
        + [("2016", "added")] * 3
        + [("2017", "removed")]
    )
    assert found[6].fields == {"value": (195000000000.0, 1.0)}
    assert found[7].fields == {"flags": ([], ["outlier"])}
    counts = Counts()
    for change in found:
        counts.count(change)
    assert (counts.added, counts.removed, counts.changed) == (6, 4, 2)


def test_the_order_of_rows_is_no_difference(tmp_path: Path) -> None:
    rows = usual(report())
    assert changes(tmp_path, rows, rows[::-1], "observations") == []


def test_code_lists_are_compared_by_their_key(tmp_path: Path) -> None:
    old = [
        {"unit": "元", "kind": "currency", "name_en": "yuan"},
        {"unit": "户", "kind": "count", "name_en": "x"},
    ]
    new = [{"unit": "人", "kind": "count", "name_en": "people"}, old[0] | {"name_en": "RMB"}]
    found = changes(tmp_path, old, new, "units")
    assert [(change.key, change.kind, change.fields) for change in found] == [
        ("人", "added", {}),
        ("元", "changed", {"name_en": ("yuan", "RMB")}),
        ("户", "removed", {}),
    ]


def test_long_texts_are_told_by_length_and_hash(tmp_path: Path) -> None:
    old, new = ({"report_id": "410800-2016", "text": "字" * number} for number in (2000, 2001))
    (change,) = changes(tmp_path, [old], [new], "texts")
    before, after = change.fields["text"]
    assert (before["characters"], after["characters"]) == (2000, 2001)
    assert before["sha256"] != after["sha256"]


VALUES: dict[str, list[Any]] = {
    "value": [1.0, 2.0],
    "value_max": [None, 1.0],
    "area": [None, "", "甲"],
    "flags": [[], [""], ["a"], ["a", "b"], ["ab"]],
}


@pytest.mark.parametrize("seed", range(40))
def test_any_rows_in_any_row_groups_are_compared_as_all_of_them_at_once(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    years, number = range(2000, 2000 + chance.choice((1, 6))), chance.choice((0, 3, 12))
    some = usual(report())[0]

    def table() -> Rows:
        rows = [
            {**some, "report_id": f"410800-{year}", "observation_id": f"{year}-{place}"}
            | {name: chance.choice(known) for name, known in VALUES.items() if chance.random() < 0.2}
            for year in years
            for place in chance.sample(range(15), number)
            if chance.random() < 0.8
        ]
        return rows

    old, new = table(), table()
    found = changes(tmp_path, old, new, "observations", chance.randint(1, 9))
    before, after = ({row["observation_id"]: row for row in rows} for rows in (old, new))
    expected: dict[str, Any] = {key: ("removed", before[key], {}) for key in before.keys() - after.keys()}
    expected |= {key: ("added", after[key], {}) for key in after.keys() - before.keys()}
    for key in before.keys() & after.keys():
        pairs = {name: (value, after[key][name]) for name, value in before[key].items()}
        if fields := {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}:
            expected[key] = ("changed", after[key], fields)
    assert {change.key: (change.kind, change.row, change.fields) for change in found} == expected
    order = [(change.row["report_id"], change.kind == "added") for change in found]
    assert order == sorted(order) and len({change.key for change in found}) == len(found)


def test_discrepancies_are_compared_in_their_own_order(tmp_path: Path) -> None:
    """They are sorted by the check, so that reports come again and again."""
    texts = {column.name: "" for column in schemas.table("discrepancies").columns if column.type == "string"}
    numbers = {"value": 1.0, "expected": None, "difference": None}
    keys = [(check, year) for check in ("far-from-peers", "restated") for year in (2014, 2015, 2016)]
    rows = [
        {**texts, **numbers, "check": check, "observation_id": f"{year}-1", "report_id": f"410800-{year}"}
        for check, year in keys
    ]
    found = changes(tmp_path, rows, rows[:2] + rows[3:], "discrepancies", 2)
    assert [(change.key, change.kind) for change in found] == [("far-from-peers/2016-1/", "removed")]


def test_a_column_of_another_type_is_compared_by_its_values(tmp_path: Path) -> None:
    rows = usual(report())
    table = pa.Table.from_pylist(rows, schema=schemas.arrow_schema("observations"))
    place = table.schema.get_field_index("report_year")
    pq.write_table(table, tmp_path / "old")
    years = pa.array([2016, 2016, 2017], pa.int64())
    pq.write_table(table.set_column(place, "report_year", years), tmp_path / "new")
    with open(tmp_path / "old", "rb") as left, open(tmp_path / "new", "rb") as right:
        (change,) = compared("observations", left, right)
    assert change.fields == {"report_year": (2016, 2017)}
