"""What a release says of itself: Data Package, provenance, checksums, and README for people.

Only these files know the version and the time; the tables do not.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed
from pathlib import Path
from typing import Any

from flows.publish import linked
from flows.publish.made import ABOUT, KEYWORDS, LICENSE, TITLE, Made
from flows.publish.readme import readme
from flows.publish.releases import CHECKSUMS, PROVENANCE, PublishError
from flows.publish.tables import file_name, table_schema, tables

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
_ALWAYS = (
    "datapackage.json", "croissant.json", "dcat.jsonld", "ro-crate-metadata.json", "CITATION.cff", "LICENSE",
    "README.md", "CHANGELOG.md", "changes.json", "quality.json",
)  # fmt: skip
# Written for people to open; Frictionless cannot read them, and they are described as plain files.
_PLAIN = ("dta",)


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
    """Writes datapackage.json, README.md, those of `linked`, provenance.json and, last, checksums.sha256.

    DESCRIBED are the resources; every other file of the release lies in FOLDER already. Raises PublishError
    when one of those that every release has is missing or empty.
    """
    made = replace(made, software=_version("baogao"))
    _write_json(folder / "datapackage.json", _package(made, described))
    (folder / "README.md").write_text(readme(made), "utf-8")
    data = sorted(path for path in folder.iterdir() if path.name in {one["path"] for one in described})
    linked.write(folder, made, {path.name: _facts(path) for path in data})
    files = sorted(path for path in folder.iterdir() if path.name not in (CHECKSUMS, PROVENANCE))
    lacking = sorted({*_ALWAYS} - {path.name for path in files if path.stat().st_size})
    if lacking:
        raise PublishError(f"Nothing was published: the metadata are not complete ({', '.join(lacking)}).")
    facts = {path.name: _facts(path) for path in files}
    provenance = {
        **asdict(made),
        "software": {"baogao": made.software, "pyarrow": _version("pyarrow")},
        "files": facts,
    }
    _write_json(folder / PROVENANCE, provenance)
    sums = {name: fact["sha256"] for name, fact in facts.items()}
    sums[PROVENANCE] = hashed(folder / PROVENANCE)
    lines = "".join(f"{sums[name]}  {name}\n" for name in sorted(sums))
    (folder / CHECKSUMS).write_text(lines, "utf-8")


def _facts(path: Path) -> dict[str, Any]:
    return {"bytes": path.stat().st_size, "sha256": hashed(path)}


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
        "keywords": list(KEYWORDS),
        "licenses": [
            {
                "name": "CC-BY-4.0",
                "path": LICENSE,
                "title": "Creative Commons Attribution 4.0",
            }
        ],
        "resources": described,
    }


def _write_json(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False) + "\n", "utf-8")


def _version(distribution: str) -> str:
    try:
        return installed(distribution)
    except PackageNotFoundError:
        return "unknown"
