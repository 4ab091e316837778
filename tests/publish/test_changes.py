"""Row by row: what was added, removed and changed between two versions of a table."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from flows import schemas
from flows.publish.changes import Change, Counts, compared
from tests.builders import report, usual


def changes(folder: Path, old: list[dict[str, Any]], new: list[dict[str, Any]], name: str) -> list[Change]:
    for file, rows in (("old", old), ("new", new)):
        pq.write_table(pa.Table.from_pylist(rows, schema=schemas.arrow_schema(name)), folder / file)
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
        ("元", "changed", {"name_en": ("yuan", "RMB")}),
        ("户", "removed", {}),
        ("人", "added", {}),
    ]


def test_long_texts_are_told_by_length_and_hash(tmp_path: Path) -> None:
    old, new = ({"report_id": "410800-2016", "text": "字" * number} for number in (2000, 2001))
    (change,) = changes(tmp_path, [old], [new], "texts")
    before, after = change.fields["text"]
    assert (before["characters"], after["characters"]) == (2000, 2001)
    assert before["sha256"] != after["sha256"]
