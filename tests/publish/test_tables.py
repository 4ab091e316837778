"""What is derived from the description of a table."""

from __future__ import annotations

import dataclasses

import jsonschema  # type: ignore[import-untyped]  # ships no types
import pytest

from flows import schemas
from flows.model import Observation
from flows.publish import tables
from tests.builders import report, usual


def test_the_columns_of_observations_are_the_fields_of_the_type() -> None:
    fields = [field.name for field in dataclasses.fields(Observation)]
    assert [column.name for column in schemas.table("observations").columns] == fields
    assert schemas.arrow_schema("observations").names == fields


@pytest.mark.parametrize("name", tables.NAMES)
def test_every_column_is_described_in_every_language(name: str) -> None:
    table = schemas.table(name)
    assert set(table.key) <= {column.name for column in table.columns}
    assert all(column.description.endswith(".") for column in table.columns)
    names = [column.name for column in table.columns]
    for form in table.formats:
        fields = tables.table_schema(name, form)["fields"]
        assert [field["name"] for field in fields] == names
        assert all(field["description"] for field in fields)
    assert list(tables.json_schema(name)["properties"]) == names
    assert schemas.arrow_schema(name).names == names


@pytest.mark.parametrize("name", tables.NAMES)
def test_references_lead_to_a_key(name: str) -> None:
    for column in schemas.table(name).columns:
        if column.references:
            other, field = column.references.split(".")
            assert schemas.table(other).key == (field,)


def test_foreign_keys_are_said_once_of_every_table() -> None:
    said = {
        (key["fields"][0], key["reference"]["resource"])
        for key in tables.table_schema("targets", "parquet")["foreignKeys"]
    }
    assert said >= {("region_code", "regions"), ("actual_observation_id", "observations")}
    assert all("foreignKeys" not in tables.table_schema("targets", form) for form in ("json", "csv"))


def test_an_empty_cell_of_csv_is_null_where_null_may_be() -> None:
    schema = tables.table_schema("panel", "csv")
    fields = {field["name"]: field for field in schema["fields"]}
    assert schema["missingValues"] == [""] and "missingValues" not in fields["value_max"]
    assert fields["unit"]["missingValues"] == [] and fields["unit"]["constraints"]["required"]
    assert (fields["flags"]["type"], fields["flags"]["delimiter"]) == ("list", ";")
    assert fields["unit"]["title"] == "单位"


def test_json_schema_takes_what_is_right_and_refuses_what_is_not() -> None:
    jsonschema.Draft202012Validator.check_schema(tables.json_schema("observations"))
    check = jsonschema.Draft202012Validator(tables.json_schema("observations"))
    rows = usual(report())
    assert all(check.is_valid(row) for row in rows)
    for wrong in ({"measure": "size"}, {"period": "15"}, {"confidence": 2}, {"subject": ""}, {"value": None}):
        assert not check.is_valid(rows[0] | wrong)


@pytest.mark.parametrize("name", tables.CODE_LISTS)
def test_code_lists_are_complete_sorted_and_without_doubles(name: str) -> None:
    (key,) = schemas.table(name).key
    rows = tables.code_list(name)
    assert [row[key] for row in rows] == sorted({row[key] for row in rows})
    assert {row[key] for row in schemas.rows(f"{name}.csv")} <= {row[key] for row in rows}
    assert [list(row) for row in rows[:1]] == [[column.name for column in schemas.table(name).columns]]


def test_a_number_without_a_measure_word_has_a_unit_too() -> None:
    assert tables.code_list("units")[0]["unit"] == ""
    assert tables.code_list("regions")[0]["parent"] is None


def test_an_unknown_type_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    table = schemas.table("units")
    odd = dataclasses.replace(table, columns=(schemas.Column("unit", "text", "A unit."),))
    monkeypatch.setattr(schemas, "table", lambda _: odd)
    with pytest.raises(ValueError, match=r"tables/units\.yaml: unit has type 'text'; known: string"):
        schemas.arrow_schema("units")
