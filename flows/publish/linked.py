"""A release described for machines that look for data: Croissant, DCAT, RO-Crate, and a citation.

All of them are rendered from the same `Made` and the same facts of the files, so that version, sizes and
hashes cannot differ. Addresses are relative to the folder of the release: it can lie anywhere.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from flows import schemas
from flows.publish.made import ABOUT, KEYWORDS, LANGUAGES, LICENSE, PUBLISHER, TITLE, Made
from flows.publish.tables import tables

RELEASES = "../"
Facts = Mapping[str, Mapping[str, Any]]

_CROISSANT_TYPES = {
    "string": "sc:Text",
    "boolean": "sc:Boolean",
    "double": "sc:Float",
    "int16": "sc:Integer",
    "int32": "sc:Integer",
    "int64": "sc:Integer",
    "list<string>": "sc:Text",
}
_MEDIA = {
    ".parquet": "application/vnd.apache.parquet", ".json": "application/json", ".gz": "application/gzip",
    ".csv": "text/csv", ".dta": "application/x-stata-dta", ".md": "text/markdown", ".cff": "application/yaml",
    ".jsonld": "application/ld+json",
}  # fmt: skip


def write(folder: Path, made: Made, facts: Facts) -> None:
    """Writes croissant.json, dcat.jsonld, ro-crate-metadata.json, CITATION.cff and LICENSE into FOLDER.

    FACTS has bytes and SHA-256 of every data file, by name.
    """
    documents = {
        "croissant.json": croissant(made, facts),
        "dcat.jsonld": dcat(made, facts),
        "ro-crate-metadata.json": crate(made, facts),
    }
    for name, document in documents.items():
        text = json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False)
        (folder / name).write_text(f"{text}\n", "utf-8")
    (folder / "CITATION.cff").write_text(citation(made), "utf-8")
    (folder / "LICENSE").write_text(license_text(), "utf-8")


def croissant(made: Made, facts: Facts) -> dict[str, Any]:
    """The Croissant 1.0 description, which is also schema.org/Dataset: every table with its columns."""
    files = [_file_object(name, fact) for name, fact in sorted(facts.items())]
    return {
        # What the specification of Croissant 1.0 asks for, word by word.
        "@context": schemas.document("croissant-context.json"),
        "@type": "sc:Dataset",
        "name": "baogao",
        "alternateName": "报告",
        "description": ABOUT,
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "version": made.version,
        "license": LICENSE,
        "url": "./",
        "datePublished": made.created[:10],
        "creator": {"@type": "Organization", "name": PUBLISHER},
        "publisher": {"@type": "Organization", "name": PUBLISHER},
        "inLanguage": list(LANGUAGES),
        "keywords": list(KEYWORDS),
        "citeAs": cite_as(made),
        "isLiveDataset": False,
        "distribution": files,
        "recordSet": [_record_set(table) for table in tables()],
    }


def _file_object(name: str, fact: Mapping[str, Any]) -> dict[str, Any]:
    # mlcroissant knows Parquet by another name than the one that was registered later.
    media = "application/x-parquet" if name.endswith(".parquet") else _media(name)
    return {
        "@type": "cr:FileObject",
        "@id": name,
        "name": name,
        "contentUrl": name,
        "contentSize": f"{fact['bytes']} B",
        "encodingFormat": media,
        "sha256": fact["sha256"],
    }


def _record_set(table: schemas.Table) -> dict[str, Any]:
    return {
        "@type": "cr:RecordSet",
        "@id": table.name,
        "name": table.name,
        "description": table.description,
        "key": [{"@id": f"{table.name}/{name}"} for name in table.key],
        "field": [_field(table.name, column) for column in table.columns],
    }


def _field(table: str, column: schemas.Column) -> dict[str, Any]:
    found: dict[str, Any] = {
        "@type": "cr:Field",
        "@id": f"{table}/{column.name}",
        "name": f"{table}/{column.name}",
        "description": column.description,
        "dataType": _CROISSANT_TYPES[column.type],
        "source": {"fileObject": {"@id": f"{table}.parquet"}, "extract": {"column": column.name}},
    }
    return found | ({"repeated": True} if column.type == "list<string>" else {})


def dcat(made: Made, facts: Facts) -> dict[str, Any]:
    """The DCAT 3 description of this version, with its distributions and the version before."""
    found: dict[str, Any] = {
        "@context": dcat_context(),
        "@id": "./",
        "@type": "dcat:Dataset",
        "dct:title": [
            {"@value": TITLE, "@language": "en"},
            {"@value": "报告：政府工作报告数据", "@language": "zh"},
        ],
        "dct:description": {"@value": ABOUT, "@language": "en"},
        "dct:issued": {"@value": made.created, "@type": "xsd:dateTime"},
        "dct:license": {"@id": LICENSE},
        "dct:publisher": {"@type": "foaf:Agent", "foaf:name": PUBLISHER},
        "dct:language": list(LANGUAGES),
        "dcat:keyword": list(KEYWORDS),
        "dcat:version": made.version,
        "dcat:isVersionOf": {"@id": "../../catalog.jsonld#baogao"},
        "dcat:distribution": [
            {
                "@id": name,
                "@type": "dcat:Distribution",
                "dct:title": name,
                "dct:license": {"@id": LICENSE},
                "dcat:downloadURL": {"@id": name},
                "dcat:mediaType": {"@id": f"https://www.iana.org/assignments/media-types/{_media(name)}"},
                "dcat:byteSize": {"@value": str(fact["bytes"]), "@type": "xsd:nonNegativeInteger"},
                "spdx:checksum": {
                    "@type": "spdx:Checksum",
                    "spdx:algorithm": {"@id": "spdx:checksumAlgorithm_sha256"},
                    "spdx:checksumValue": {"@value": fact["sha256"], "@type": "xsd:hexBinary"},
                },
            }
            for name, fact in sorted(facts.items())
        ],
    }
    if made.previous:
        found["dcat:previousVersion"] = {"@id": f"{RELEASES}{made.previous}/"}
    return found


def dcat_context() -> dict[str, str]:
    """The prefixes of the DCAT documents."""
    return {
        "dcat": "http://www.w3.org/ns/dcat#",
        "dct": "http://purl.org/dc/terms/",
        "foaf": "http://xmlns.com/foaf/0.1/",
        "spdx": "http://spdx.org/rdf/terms#",
        "xsd": "http://www.w3.org/2001/XMLSchema#",
        "adms": "http://www.w3.org/ns/adms#",
    }


def catalog(versions: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The DCAT 3 catalogue of all VERSIONS (version, path, released_at, yanked), for `public/`."""
    live = [one for one in versions if "yanked" not in one]
    series: dict[str, Any] = {
        "@id": "#baogao",
        "@type": ["dcat:Dataset", "dcat:DatasetSeries"],
        "dct:title": TITLE,
        "dct:description": ABOUT,
        "dct:license": {"@id": LICENSE},
        "dcat:hasVersion": [{"@id": f"{one['path']}/"} for one in versions],
    }
    if live:
        series["dcat:hasCurrentVersion"] = {"@id": f"{live[-1]['path']}/"}
    return {
        "@context": dcat_context(),
        "@id": "./",
        "@type": "dcat:Catalog",
        "dct:title": "Baogao 报告",
        "dct:publisher": {"@type": "foaf:Agent", "foaf:name": PUBLISHER},
        "dcat:dataset": [series, *(_listed(one) for one in versions)],
    }


def _listed(version: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {
        "@id": f"{version['path']}/",
        "@type": "dcat:Dataset",
        "dcat:version": version["version"],
        "dct:issued": {"@value": version["released_at"], "@type": "xsd:dateTime"},
        "dct:isPartOf": {"@id": "#baogao"},
        "adms:status": "withdrawn" if "yanked" in version else "completed",
    }
    if "yanked" in version:
        found["adms:versionNotes"] = f"Withdrawn: {version['yanked']['reason']}"
    return found


def crate(made: Made, facts: Facts) -> dict[str, Any]:
    """The RO-Crate 1.1 metadata: the files, and the run that made them of which captures with which code."""
    run = {
        "@id": "#run",
        "@type": "CreateAction",
        "name": f"The run that made release {made.version}",
        "endTime": made.created,
        "instrument": {"@id": "#software"},
        "object": [{"@id": "reports.parquet"}, {"@id": "#inputs"}],
        "result": {"@id": "./"},
    }
    files = [
        {
            "@id": name,
            "@type": "File",
            "name": name,
            "encodingFormat": _media(name),
            "contentSize": str(fact["bytes"]),
            "sha256": fact["sha256"],
        }
        for name, fact in sorted(facts.items())
    ]
    root = {
        "@id": "./",
        "@type": "Dataset",
        "name": TITLE,
        "description": ABOUT,
        "version": made.version,
        "datePublished": made.created,
        "license": {"@id": LICENSE},
        "publisher": {"@id": "#publisher"},
        "hasPart": [{"@id": name} for name in sorted(facts)],
        "mentions": {"@id": "#run"},
    }
    graph = [
        {
            "@id": "ro-crate-metadata.json",
            "@type": "CreativeWork",
            "conformsTo": {"@id": "https://w3id.org/ro/crate/1.1"},
            "about": {"@id": "./"},
        },
        root,
        *files,
        run,
        {"@id": "#publisher", "@type": "Organization", "name": PUBLISHER},
        {"@id": "#software", "@type": "SoftwareApplication", "name": "Baogao", "version": made.software},
        {
            "@id": "#inputs",
            "@type": "PropertyValue",
            "name": "SHA-256 over all inputs: captures, schemas, corrections and code",
            "description": "The captures are named by reports.parquet (capture_sha256, origin).",
            "value": made.inputs,
        },
        {"@id": LICENSE, "@type": "CreativeWork", "name": "Creative Commons Attribution 4.0"},
    ]
    return {"@context": "https://w3id.org/ro/crate/1.1/context", "@graph": graph}


def citation(made: Made) -> str:
    """CITATION.cff of the data."""
    lines = [
        "cff-version: 1.2.0",
        "message: If you use these data, please cite this version of them.",
        "type: dataset",
        f"title: {json.dumps(TITLE, ensure_ascii=False)}",
        f"version: {made.version}",
        f"date-released: {made.created[:10]}",
        "license: CC-BY-4.0",
        "authors:",
        f"  - name: {PUBLISHER}",
        "identifiers:",
        "  - type: other",
        f"    value: sha256:{made.inputs}",
        "    description: Hash of all inputs that this version was made from",
    ]
    return "\n".join(lines) + "\n"


def cite_as(made: Made) -> str:
    """The citation in one line."""
    return f"{PUBLISHER} ({made.created[:4]}): {TITLE}. Version {made.version}."


def license_text() -> str:
    """LICENSE of the data, and what it does not cover."""
    return (Path(__file__).parent / "templates" / "LICENSE.txt").read_text("utf-8")


def _media(name: str) -> str:
    return _MEDIA.get(Path(name).suffix, "text/plain")
