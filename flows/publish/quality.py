"""The quality pages: what the checks say of a release, and what disagrees in it, under `public/quality/`.

Pages without scripts and without requests; all that comes from texts is escaped.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from flows import schemas
from flows.publish import releases
from flows.store import Store

FOLDER = "public/quality"
_MOST_SHOWN = 2000
_SEVERITIES = ("critical", "warning", "info")


def results(store: Store, version: str) -> list[dict[str, Any]]:
    """What each check came to in VERSION: the rows of `quality.json`, those that found something first."""
    found: list[dict[str, Any]] = store.read_json(f"{releases.RELEASES}/{version}/quality.json")
    found = [{"findings": [], **row} for row in found]  # releases of older versions do not have them
    return sorted(found, key=lambda row: (row["holds"], _SEVERITIES.index(row["severity"]), -row["failed"]))


def write_pages(store: Store, version: str) -> None:
    """Writes the pages for VERSION, unless they are there as they are."""
    made = releases.provenance(store, version)
    facts: dict[str, Any] = {"version": version, "created": made["created"], "rows": made["rows"]}
    facts |= {"gate": made.get("gate", []), "forced": made.get("forced", "")}
    checks = {
        row["check"]: {**row, "meaning_en": row["meaning_en"].format(limit=row["limit"])}
        for row in schemas.rows("crosschecks.csv")
    }
    pages = {
        "index.html": _page("quality.html", **facts, results=results(store, version), crosschecks=checks),
        "discrepancies.html": _page(
            "discrepancies.html", **facts, found=list(_discrepancies(store, version)), crosschecks=checks
        ),
        "style.css": _template("style.css").render(),
    }
    for name, text in pages.items():
        path, data = f"{FOLDER}/{name}", text.encode("utf-8", "replace")
        if not store.exists(path) or store.read_bytes(path) != data:
            store.write_bytes(path, data)


def _discrepancies(store: Store, version: str) -> Iterator[dict[str, Any]]:
    import pyarrow.parquet as pq

    with store.open(f"{releases.RELEASES}/{version}/discrepancies.parquet") as file:
        for batch in islice(pq.ParquetFile(file).iter_batches(_MOST_SHOWN), 1):
            yield from batch.to_pylist()


def _page(name: str, **given: Any) -> str:
    return str(_template(name).render(**given))


def _template(name: str) -> Any:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    loader = PackageLoader("flows.publish")
    made = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return made.get_template(name)
