"""What the description of a table in `schemas/tables/` says in other languages.

Data Package fields, JSON Schema and the contents of the code lists; the Arrow schema is
`flows.schemas.arrow_schema`. Nothing about a column is written down anywhere else.
"""

from __future__ import annotations

from typing import Any

from flows import schemas
from flows.schemas import Column, Table

# In the order in which they stand in a release: what readers come for first.
NAMES = (
    "observations", "panel", "targets", "reports", "texts", "indicators", "units", "regions", "flags",
    "discrepancies", "corrections", "quarantine",
)  # fmt: skip
CODE_LISTS = ("indicators", "units", "regions", "flags")

_FIELD_TYPES = {
    "string": "string",
    "boolean": "boolean",
    "double": "number",
    "int16": "integer",
    "int32": "integer",
    "int64": "integer",
    "list<string>": "array",
}


def file_name(name: str, form: str) -> str:
    """The file of the table NAME in the format FORM, e.g. observations.jsonl.gz."""
    return f"{name}.{form}"


def code_list(name: str) -> list[dict[str, Any]]:
    """The rows of the code list NAME, sorted by its key; empty cells of nullable columns are null.

    Of a code that occurs twice the last row counts, as in `flows.schemas.regions`. Units begin with the
    empty one, which stands for a number that has no measure word.
    """
    table = schemas.table(name)
    rows: list[dict[str, Any]] = [
        {column.name: row[column.name] or (None if column.nullable else "") for column in table.columns}
        for row in schemas.rows(f"{name}.csv")
    ]
    if name == "units":
        rows.append({"unit": "", "kind": "none", "name_en": "no measure word written"})
    by_key = {str(row[table.key[0]]): row for row in rows}
    return [by_key[key] for key in sorted(by_key)]


def table_schema(name: str, form: str) -> dict[str, Any]:
    """The Table Schema (Data Package v2) of the table NAME in the format FORM.

    Foreign keys are said of the first format only: the others hold the same rows, and a validator reads the
    other table anew for each.
    """
    table = schemas.table(name)
    # The empty string is a value (a number without a measure word) and means null in CSV only, where
    # nothing else can.
    found: dict[str, Any] = {
        "fields": [_field(column, form) for column in table.columns],
        "primaryKey": list(table.key),
        "missingValues": [""] if form == "csv" else [],
    }
    keys = [_foreign_key(column) for column in table.columns if _refers(column)]
    if keys and form == table.formats[0]:
        found["foreignKeys"] = keys
    return found


def json_schema(name: str) -> dict[str, Any]:
    """The JSON Schema (2020-12) of one row of the table NAME."""
    table = schemas.table(name)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": table.title,
        "description": table.description,
        "type": "object",
        "properties": {column.name: _property(column) for column in table.columns},
        "required": [column.name for column in table.columns],
        "additionalProperties": False,
    }


def tables() -> list[Table]:
    """The tables of a release in their order."""
    return [schemas.table(name) for name in NAMES]


def _field(column: Column, form: str) -> dict[str, Any]:
    listed = column.type == "list<string>"
    # Frictionless reads lists of Parquet as NumPy arrays, which its type array does not know.
    kind = "any" if listed and form == "parquet" else _FIELD_TYPES[column.type]
    field: dict[str, Any] = {"name": column.name, "type": kind, "description": column.description}
    if column.label:
        field["title"] = column.label
    if form == "csv" and listed:
        field |= {"type": "list", "itemType": "string", "delimiter": ";"}
    elif form == "csv" and column.type == "string" and not column.nullable:
        field["missingValues"] = []
    constraints: dict[str, Any] = {}
    # An empty list is an empty cell in CSV.
    if not column.nullable and not (form == "csv" and listed):
        constraints["required"] = True
    if column.unique:
        constraints["unique"] = True
    if column.enum:
        constraints["enum"] = list(column.enum)
    # Of a whole cell here, of a part of it in the schemas; only whole patterns can be said.
    if column.pattern.startswith("^") and column.pattern.endswith("$"):
        constraints["pattern"] = column.pattern
    if column.minimum is not None:
        constraints["minimum"] = column.minimum
    if column.maximum is not None:
        constraints["maximum"] = column.maximum
    if constraints:
        field["constraints"] = constraints
    return field | {"arrowType": column.type}


def _property(column: Column) -> dict[str, Any]:
    kind = _FIELD_TYPES[column.type]
    found: dict[str, Any] = {"description": column.description}
    found["type"] = [kind, "null"] if column.nullable else kind
    if column.type == "list<string>":
        found["items"] = {"type": "string"}
    if column.enum:
        found["enum"] = [*column.enum, None] if column.nullable else list(column.enum)
    if column.pattern:
        found["pattern"] = column.pattern
    if column.minimum is not None:
        found["minimum"] = column.minimum
    if column.maximum is not None:
        found["maximum"] = column.maximum
    return found


def _refers(column: Column) -> bool:
    """Whether COLUMN can be said as a foreign key (the items of a list cannot)."""
    return bool(column.references) and column.type != "list<string>"


def _foreign_key(column: Column) -> dict[str, Any]:
    resource, field = column.references.split(".")
    return {"fields": [column.name], "reference": {"resource": resource, "fields": [field]}}
