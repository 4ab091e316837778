"""What a release says of itself: Data Package, provenance, checksums, and README for people.

Only these files know the version and the time; the tables do not.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed
from pathlib import Path
from typing import Any

from flows.publish.changes import Counts
from flows.publish.releases import CHECKSUMS, PROVENANCE
from flows.publish.tables import file_name, table_schema, tables

TITLE = "Baogao: what the government work reports of China say, number by number"
ABOUT = (
    "Every quantity that the government work reports of China state, with its indicator, measure, period and "
    "unit, and with the sentence and the place in the text where it stands."
)
_PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
_MEDIA = {
    "parquet": {"format": "parquet", "mediatype": "application/vnd.apache.parquet"},
    "json": {"format": "json", "mediatype": "application/json", "encoding": "utf-8"},
    "jsonl.gz": {
        "format": "jsonl",
        "compression": "gz",
        "mediatype": "application/gzip",
        "encoding": "utf-8",
    },
    "csv": {"format": "csv", "mediatype": "text/csv", "encoding": "utf-8"},
    "dta": {"format": "dta", "mediatype": "application/x-stata-dta"},
}
# Written for people to open; Frictionless cannot read them, and they are described as plain files.
_PLAIN = ("dta",)


@dataclass(frozen=True, slots=True)
class Made:
    """What is known of a release before its metadata are written.

    `created` is the time in ISO 8601, `rows` are counted by table, `changes` by table against `previous`.
    """

    version: str
    previous: str | None
    created: str
    inputs: str
    rows: Mapping[str, int]
    changes: Mapping[str, Counts]
    findings: Mapping[str, int]


def resources(folder: Path, rows: Mapping[str, int]) -> list[dict[str, Any]]:
    """The Data Package resources of the tables written to FOLDER, of which ROWS are counted by table."""
    found = []
    for table in tables():
        for form in table.formats:
            path = folder / file_name(table.name, form)
            first = form == table.formats[0]
            named = table.name if first else f"{table.name}-{form.split('.')[0]}"
            resource: dict[str, Any] = {"name": named, "path": path.name, "title": table.title}
            resource |= {"description": table.description, **_MEDIA[form]}
            # Frictionless counts bytes of text streams only and calls every other number wrong.
            if form in ("jsonl.gz", "csv"):
                resource["bytes"] = path.stat().st_size
            resource["hash"] = f"sha256:{hashed(path)}"
            # It also takes an empty JSON array for no table at all: that is described as a plain file.
            if form not in _PLAIN and (form == "parquet" or rows[table.name]):
                resource |= {"type": "table", "rows": rows[table.name]}
                resource["schema"] = table_schema(table.name, form)
            found.append(resource)
    return found


def write(folder: Path, made: Made, described: list[dict[str, Any]]) -> None:
    """Writes datapackage.json, README.md, provenance.json and, last, checksums.sha256 into FOLDER.

    DESCRIBED are the resources; every other file of the release lies in FOLDER already.
    """
    _write_json(folder / "datapackage.json", _package(made, described))
    (folder / "README.md").write_text(_readme(made), "utf-8")
    files = sorted(path for path in folder.iterdir() if path.name not in (CHECKSUMS, PROVENANCE))
    facts = {path.name: {"bytes": path.stat().st_size, "sha256": hashed(path)} for path in files}
    provenance = {
        **asdict(made),
        "software": {"baogao": _version("baogao"), "pyarrow": _version("pyarrow")},
        "files": facts,
    }
    _write_json(folder / PROVENANCE, provenance)
    sums = {name: fact["sha256"] for name, fact in facts.items()}
    sums[PROVENANCE] = hashed(folder / PROVENANCE)
    lines = "".join(f"{sums[name]}  {name}\n" for name in sorted(sums))
    (folder / CHECKSUMS).write_text(lines, "utf-8")


def hashed(path: Path) -> str:
    """The SHA-256 (hex) of the file PATH."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _package(made: Made, described: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "$schema": _PROFILE,
        "name": "baogao",
        "title": TITLE,
        "description": ABOUT,
        "version": made.version,
        "created": made.created,
        "keywords": ["China", "government work report", "政府工作报告", "indicators", "targets"],
        "licenses": [
            {
                "name": "CC-BY-4.0",
                "path": "https://creativecommons.org/licenses/by/4.0/",
                "title": "Creative Commons Attribution 4.0",
            }
        ],
        "resources": described,
    }


def _readme(made: Made) -> str:
    lines = [f"# {TITLE}", "", f"Version {made.version}, made {made.created}.", "", ABOUT, ""]
    lines += ["| table | rows | files | one row is |", "|---|---|---|---|"]
    for table in tables():
        files = ", ".join(file_name(table.name, form) for form in table.formats)
        lines.append(f"| {table.name} | {made.rows[table.name]:,} | {files} | {table.description} |")
    lines += ["", *_EXAMPLES, "", "# Code book", ""]
    for table in tables():
        lines += [
            f"## {table.name}",
            "",
            table.description,
            "",
            "| column | type | meaning |",
            "|---|---|---|",
        ]
        for column in table.columns:
            kind = f"{column.type}, null" if column.nullable else column.type
            lines.append(f"| {column.name} | {kind} | {column.description} |")
        lines.append("")
    lines += [
        "`datapackage.json` describes every file for programs, `changes.json` and `CHANGELOG.md` say what is",
        "new, `provenance.json` what the release was made from, and `sha256sum -c checksums.sha256` tells",
        "whether the files are whole.",
        "",
    ]
    return "\n".join(lines)


_EXAMPLES = (
    "```python",
    "import pandas as pd",
    'observations = pd.read_parquet("observations.parquet")',
    'observations[observations.indicator.eq("gdp") & observations.measure.eq("growth")]',
    "```",
    "",
    "```sql",
    "-- DuckDB",
    "SELECT region_name, period, value, quote FROM 'observations.parquet' WHERE indicator = 'gdp';",
    "```",
    "",
    "In the JSON files codes are strings: read them with `pd.read_json(..., dtype=False)`.",
)


def _write_json(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False) + "\n", "utf-8")


def _version(distribution: str) -> str:
    try:
        return installed(distribution)
    except PackageNotFoundError:
        return "unknown"
