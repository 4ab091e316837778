"""The pages that are about all of a release: home, lists, releases, quality, code book, use and about."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from flows import schemas
from flows.publish import releases
from flows.publish.site import findings, words
from flows.publish.site.linked import dataset, downloads, sitemap
from flows.publish.site.making import MEASURES, Given, Site
from flows.publish.site.places import Known
from flows.publish.tables import file_name, tables

Row = dict[str, Any]
Counts = dict[str, dict[str, int]]
_KINDS = {"parquet": "Parquet", "csv": "CSV", "json": "JSON", "jsonl.gz": "JSON Lines", "dta": "Stata"}
_EXAMPLES = {
    "zh": ("焦作 财政收入", "河南 2025 生产总值", "城镇新增就业 目标", "PM2.5"),
    "en": ("Jiaozuo revenue", "Henan 2025 GDP", "urban jobs", "PM2.5"),
}
_ABOUT = (
    "{observations} numbers from {reports} government work reports of China, each with its indicator, period "
    "and unit, and the sentence it stands in. Open data to search, check, download and cite."
)
_COUNTED = ("observations", "reports")
_MOST_NEWS = 12
_HEAD = 1 << 16
_COUNTS = re.compile(r"\w+: \d+ rows? (added|removed|changed)")
"""A reason of a release that the table beneath has, too."""


def write(site: Site, counts: Counts, known: Known) -> None:
    """Writes all these pages, the assets, and the sitemap."""
    made = releases.provenance(site.store, site.source.version)
    _home(site, counts, known, made)
    _lists(site, counts, known)
    _releases(site)
    findings.write(site, known, made)
    _code_book(site)
    _prose(site, made)
    site.page("search.html", "search.html", "", lambda _: {})
    names = {one: one for one in (*MEASURES, "actual", "estimate", "target")} | _EXPLORED
    site.page("data.html", "data.html", "", lambda _: {"measures": MEASURES, "words": names})
    _assets(site)
    _map(site)


_EXPLORED = {
    "region_code": "Region", "report_year": "Report", "indicator": "Indicator", "subject": "Measures",
    "measure": "Kind", "status": "Status", "period": "Period", "value": "Value", "confidence": "Confidence",
}  # fmt: skip


def _home(site: Site, counts: Counts, known: Known, made: Given) -> None:
    rows, version = made["rows"], site.source.version
    yanked = releases.yanked(site.store).get(version)
    news = list(_news(site))
    years = [one["report_year"] for one in known.reports]
    last = max(known.reports, key=lambda one: (one["report_year"], one["region_code"]))

    def given(language: str) -> Given:
        title = words.said("What the government work reports of China say, number by number", language)
        about = words.said(_ABOUT, language, **{name: words.number(rows[name]) for name in _COUNTED})
        address = f"{site.address}{language}/index.html" if site.address else ""
        folder = f"{site.address}releases/{version}" if site.address else f"../releases/{version}"
        facts = {
            "version": version,
            "datePublished": made["created"],
            "temporalCoverage": f"{min(years)}/{max(years)}",
        }
        facts |= {"spatialCoverage": "China", "distribution": downloads(made["files"], folder)}
        return {
            "rows": rows,
            "yanked": yanked,
            "regions": len(known.regions),
            "first_year": min(years),
            "last_year": max(years),
            "version": version,
            "created": made["created"],
            "newest": f"{words.region(last['region_code'], language)} {last['report_year']}",
            "examples": _EXAMPLES[language],
            "news": news,
            "tables": list(_downloads(made)),
            "indicators": [(row["code"], counts[row["code"]]["panel"]) for row in _listed(counts)],
            "linked": dataset(language, title, about, address, **facts),
        }

    site.page("home.html", "index.html", [made, yanked, news, counts, known.regions, years], given)


def _news(site: Site) -> Iterator[Row]:
    """Of each headline indicator the latest value, of the largest area that has one."""
    headlines = [row["code"] for row in schemas.rows("indicators.csv") if row["headline"] == "yes"]
    best: dict[str, Row] = {}
    for row in site.source.rows("panel"):
        if row["indicator"] in headlines and row["measure"] in ("growth", "level") and not row["clash"]:
            known = best.get(row["indicator"])
            if known is None or _newer(row) > _newer(known):
                best[row["indicator"]] = row
    yield from [best[code] for code in headlines if code in best][:_MOST_NEWS]


def _newer(row: Row) -> tuple[Any, ...]:
    levels = ("county", "prefecture", "province", "country")
    facts = row["status"] == "actual" and len(row["period"]) == 4
    return (
        facts,
        row["report_year"],
        levels.index(row["region_level"]),
        row["measure"] == "growth",
        row["confidence"],
    )


def _downloads(made: Given) -> Iterator[Row]:
    for table in tables():
        files = [file_name(table.name, form) for form in table.formats]
        yield {
            "name": table.name,
            "rows": made["rows"][table.name],
            "description": table.description,
            "files": [
                {"name": name, "kind": _KINDS[form], "size": _size(made["files"][name]["bytes"])}
                for name, form in zip(files, table.formats, strict=True)
                if name in made["files"]
            ],
        }


def _size(count: int) -> str:
    return f"{count / 1e6:.1f} MB" if count >= 1e5 else f"{max(count / 1e3, 0.1):.1f} kB"


def _listed(counts: Counts) -> list[Row]:
    return [dict(row) for row in schemas.rows("indicators.csv") if row["code"] in counts]


def _lists(site: Site, counts: Counts, known: Known) -> None:
    none = {"panel": 0, "targets": 0, "said": 0}
    listed = [{**row, **counts.get(row["code"], none)} for row in schemas.rows("indicators.csv")]
    site.page("indicators.html", "indicators.html", counts, lambda _: {"listed": listed})
    groups = _provinces(known.regions)
    given = {"groups": groups, "count": len(known.regions)}
    site.page("regions.html", "regions.html", groups, lambda _: given)
    by_year = sorted(known.reports, key=lambda one: (-one["report_year"], one["region_code"]))
    years = [
        (year, list(own)) for year, own in itertools.groupby(by_year, key=lambda one: one["report_year"])
    ]
    site.page("reports.html", "reports.html", years, lambda _: {"years": years, "count": len(known.reports)})


def _provinces(regions: list[Row]) -> list[tuple[str, list[Row]]]:
    """The country and the provinces, and under each province what lies below it."""
    top = [one for one in regions if one["level"] in ("country", "province")]
    below = [one for one in regions if one["level"] not in ("country", "province")]
    heads = [("", top)] if top else []
    return heads + [
        (head, list(own)) for head, own in itertools.groupby(below, key=lambda one: f"{one['code'][:2]}0000")
    ]


def _releases(site: Site) -> None:
    listed = []
    for one in reversed(site.store.read_json(releases.INDEX)["versions"]):
        made = releases.provenance(site.store, one["version"])
        told = _changes(site, one["version"])
        listed.append({**one, "yanked": one.get("yanked"), "forced": made.get("forced", ""), **told})
    given = {"releases": listed, "version": releases.usable(site.store) or site.source.version}
    site.page("releases.html", "releases.html", given, lambda _: given)


def _changes(site: Site, version: str) -> Row:
    """Why there is VERSION and what it changed by table, without the rows, which can be many."""
    with site.store.open(f"{releases.RELEASES}/{version}/changes.json") as file:
        head, found, _ = file.read(_HEAD).decode("utf-8", "replace").partition('\n  "rows": [')
    if not found:
        return {"reasons": [], "changes": {}}
    told = json.loads(head.rstrip().rstrip(",") + "}")
    changes = {name: one for name, one in told["tables"].items() if any(one.values())}
    return {"reasons": [one for one in told["reasons"] if not _COUNTS.fullmatch(one)], "changes": changes}


def _code_book(site: Site) -> None:
    listed = tables()
    site.page(
        "codebook.html", "codebook.html", [repr(table) for table in listed], lambda _: {"tables": listed}
    )


def _prose(site: Site, made: Given) -> None:
    facts = {
        "version": site.source.version,
        "year": made["created"][:4],
        "folder": f"../releases/{site.source.version}",
    }
    facts |= {"place": site.address or "https://…/"}
    for name in ("use", "about"):
        _written(site, f"{name}.html", {**facts, "name": name})


def _written(site: Site, path: str, given: Given) -> None:
    site.page("prose.html", path, given, lambda _: given)


def _assets(site: Site) -> None:
    folder = Path(__file__).parent / "assets"
    for path in sorted(folder.iterdir()):
        site.files.put(f"assets/{path.name}", path.name, path.read_bytes)
    from flows.publish.site import env

    gate = {"policy": env.POLICY, "address": site.address}
    site.files.put("index.html", gate, lambda: env.plain("gate.html", **gate))


def _map(site: Site) -> None:
    """The sitemap, which wants to know where the site stands."""
    lines = ["User-agent: *", "Allow: /"]
    if site.address:
        pages = [
            path
            for path in site.files.paths()
            if path.endswith(".html") and path.split("/")[0] in words.LANGUAGES
        ]
        days = [(path, site.files.day(path)) for path in pages]
        site.files.put("sitemap.xml", days, lambda: sitemap(site.address, days))
        lines.append(f"Sitemap: {site.address}sitemap.xml")
    site.files.put("robots.txt", lines, lambda: "\n".join(lines) + "\n")
