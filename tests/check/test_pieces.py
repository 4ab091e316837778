"""A table that is judged in pieces: what its rows fail, and what all of them together do."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from flows import schemas
from flows.check import columns, suites
from flows.check.pieces import Judged
from tests.builders import observation, report


def piece(rows: int, **given: Any) -> pa.Table:
    """So many observations that are all right but for what is GIVEN, as the suite wants to see them."""
    schema = schemas.arrow_schema("observations")
    first = observation(report())
    made = [{**first, "observation_id": f"{first['report_id']}-{row}", **given} for row in range(rows)]
    table = pa.Table.from_pylist(made, schema)
    for name in suites.asked("observations"):
        if name not in schema.names:
            answered = (
                pa.array([1] * rows, pa.int8()) if name in columns.NAMES else pa.nulls(rows, pa.string())
            )
            table = table.append_column(name, answered)
    return table


def by_check(judged: Judged) -> dict[str, dict[str, Any]]:
    return {row["check"]: row for row in judged.told()[0]}


def test_rows_fail_by_their_number_in_the_piece_and_add_up() -> None:
    judged = Judged("observations")
    assert judged.failures(piece(3)) == {}
    failures = judged.failures(piece(2, measure="size"))
    assert {row: [one.check for one in found] for row, found in failures.items()} == {
        0: ["measure-is-known"],
        1: ["measure-is-known"],
    }
    assert "(measure is 'size')" in failures[0][0].message
    told = by_check(judged)
    assert [one["meta"]["check"] for one in suites.suite("observations")] == list(told)
    row = told["measure-is-known"]
    assert (row["asked"], row["failed"], row["holds"], len(row["examples"])) == (5, 2, False, 2)
    assert (told["status-is-known"]["asked"], told["status-is-known"]["holds"]) == (5, True)
    assert judged.told()[1] == []


def test_what_has_to_hold_for_most_is_asked_of_all_pieces_together() -> None:
    check = next(one["meta"]["check"] for one in suites.suite("observations") if "mostly" in one["kwargs"])
    column = next(
        one["kwargs"]["column"] for one in suites.suite("observations") if "mostly" in one["kwargs"]
    )
    judged = Judged("observations")
    judged.failures(piece(300, **{column: None}))
    judged.failures(piece(300))
    assert by_check(judged)[check]["holds"] and judged.told()[1] == []
    judged.failures(piece(6000, **{column: None}))
    judged.failures(piece(1))
    (finding,) = judged.told()[1]
    assert (finding.check, finding.key, finding.severity) == (check, "", "critical")
    few = Judged("observations")
    few.failures(piece(10, **{column: None}))
    assert by_check(few)[check]["holds"], "few rows say nothing"


def test_a_table_without_a_row_fails_as_a_whole() -> None:
    judged = Judged("observations")
    judged.failures(piece(0))
    assert [one.severity for one in judged.told()[1]] == ["critical"]
