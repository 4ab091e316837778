"""Semantic Versioning for data: which difference makes which version."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from flows.publish.changes import Counts
from flows.publish.tables import table_schema
from flows.publish.versions import Reason, next_version, parsed, reasons

RESOURCES: list[dict[str, Any]] = [
    {
        "name": "observations",
        "path": "observations.parquet",
        "title": "t",
        "schema": table_schema("observations", "parquet"),
    },
    {"name": "reports", "path": "reports.parquet", "schema": table_schema("reports", "parquet")},
]


def version(new: list[dict[str, Any]], **counts: Counts) -> str | None:
    return next_version("1.4.2", reasons(RESOURCES, new, counts))


def altered(**constraints: Any) -> list[dict[str, Any]]:
    """RESOURCES with other constraints of observations.confidence (None takes one away)."""
    new = copy.deepcopy(RESOURCES)
    (field,) = (one for one in new[0]["schema"]["fields"] if one["name"] == "confidence")
    given = field["constraints"] | constraints
    field["constraints"] = {name: value for name, value in given.items() if value is not None}
    return new


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ({}, None),
        ({"observations": Counts()}, None),
        ({"observations": Counts(added=1, removed=5, changed=7)}, "1.5.0"),
        ({"indicators": Counts(added=1)}, "1.5.0"),
        ({"observations": Counts(changed=1)}, "1.4.3"),
        ({"observations": Counts(removed=1)}, "1.4.3"),
        ({"quarantine": Counts(added=1)}, "1.4.3"),
    ],
)
def test_rows(counts: dict[str, Counts], expected: str | None) -> None:
    assert version(RESOURCES, **counts) == expected


@pytest.mark.parametrize(
    ("constraints", "expected"),
    [
        ({}, None),
        ({"minimum": 0.1}, "2.0.0"),
        ({"minimum": -1}, "1.4.3"),
        ({"minimum": None}, "1.4.3"),
        ({"maximum": 0.9}, "2.0.0"),
        ({"maximum": 2}, "1.4.3"),
        ({"unique": True}, "2.0.0"),
        ({"required": None}, "1.4.3"),
        ({"pattern": "^x$"}, "2.0.0"),
        ({"enum": [1]}, "2.0.0"),
    ],
)
def test_constraints(constraints: dict[str, Any], expected: str | None) -> None:
    assert version(altered(**constraints)) == expected


@pytest.mark.parametrize(
    ("enum", "expected"),
    [
        (["country", "province", "prefecture", "county", "town"], "1.5.0"),
        (["country", "province", "prefecture"], "2.0.0"),
        (["country", "province", "prefecture", "town"], "2.0.0"),
    ],
)
def test_codes_of_a_column(enum: list[str], expected: str) -> None:
    new = copy.deepcopy(RESOURCES)
    new[0]["schema"]["fields"][4]["constraints"]["enum"] = enum
    assert version(new) == expected


def test_fields_and_files() -> None:
    new = copy.deepcopy(RESOURCES)
    fields = new[0]["schema"]["fields"]
    fields[0], fields[1] = fields[1], fields[0]
    assert version(new) == "2.0.0"
    assert version(RESOURCES[:1]) == "2.0.0"
    assert version([*RESOURCES, {"name": "more", "path": "more.csv"}]) == "1.5.0"
    for change in ({"arrowType": "int64"}, {"name": "renamed"}):
        new = copy.deepcopy(RESOURCES)
        new[0]["schema"]["fields"][5] |= change
        assert version(new) == "2.0.0"
    new = copy.deepcopy(RESOURCES)
    new[0]["schema"]["fields"].pop()
    assert version(new) == "2.0.0"
    new = copy.deepcopy(RESOURCES)
    new[0]["schema"]["fields"][5]["description"] = "Better said."
    new[0]["title"] = "Better called"
    assert version(new) == "1.4.3"


def test_references_and_keys() -> None:
    new = copy.deepcopy(RESOURCES)
    new[0]["schema"]["primaryKey"] = ["report_id"]
    assert version(new) == "2.0.0"
    old = copy.deepcopy(RESOURCES)
    old[0]["schema"]["foreignKeys"].pop()
    assert next_version("1.4.2", reasons(old, RESOURCES, {})) == "2.0.0"
    assert next_version("1.4.2", reasons(RESOURCES, old, {})) is None


def test_the_largest_reason_decides_and_stands_first() -> None:
    found = reasons(RESOURCES, altered(minimum=0.1), {"observations": Counts(added=2, changed=1)})
    assert [reason.size for reason in found] == ["major", "minor", "patch"]
    assert found[1] == Reason("minor", "observations: 2 rows added")
    assert next_version("0.9.9", found) == "1.0.0"


@pytest.mark.parametrize("text", ["1.0", "1.0.0-rc1", "01.0.0", "v1.0.0", "1.0.0\n"])
def test_what_is_no_version(text: str) -> None:
    assert parsed(text) is None
    assert parsed("10.2.33") == (10, 2, 33)
