"""The pages of the regions and of their reports, and what other pages need of them, in one walk."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, partial
from typing import Any

from flows import schemas
from flows.publish.site import explorer
from flows.publish.site.making import Given, Site, counted_results, flag_meanings, with_values
from flows.publish.site.marked import blocks
from flows.publish.site.search import Index
from flows.publish.site.source import Groups, Place
from flows.publish.site.spool import Spool

Row = dict[str, Any]
_SHORT = 400


@dataclass(slots=True)
class Known:
    """What was seen on the walk: regions, reports (as rows of little), and how often what occurs."""

    regions: list[Row] = field(default_factory=list)
    reports: list[Row] = field(default_factory=list)
    flags: Counter[str] = field(default_factory=Counter)
    confidence: Counter[int] = field(default_factory=Counter)


def write(site: Site, spool: Spool, index: Index) -> Known:
    """Writes the pages and the data of all regions and reports; puts rows aside for the indicators."""
    known = Known()
    observations = site.source.groups("observations", "report_id")
    texts = site.source.groups("texts", "report_id")
    for place in site.source.places():
        _region(site, place)
        explorer.write_region(site, place)
        spool.add("panel", place.panel)
        spool.add("targets", place.targets)
        known.regions.append(
            {"code": place.code, "name": place.name, "level": place.level, "reports": len(place.reports),
             "years": [one["report_year"] for one in place.reports]}
        )  # fmt: skip
        for report in place.reports:
            _one(site, place, report, observations, texts, spool, index)
            known.reports.append({name: report[name] for name in _LISTED})
            _count(known, report)
    return known


_LISTED = ("report_id", "region_code", "region_name", "region_level", "report_year", "observations")


def _one(
    site: Site, place: Place, report: Row, observations: Groups, texts: Groups, spool: Spool, index: Index
) -> None:
    key = report["report_id"]
    rows = observations.take(key)
    text = next((row["text"] for row in texts.take(key)), "")
    others = [{name: one[name] for name in ("report_id", "report_year")} for one in place.reports]
    report["_rows"] = rows
    coded = sum(row["indicator"] is not None for row in rows)
    marked = cache(partial(blocks, text, rows))

    def given(language: str) -> Given:
        return {
            "report": report,
            "rows": rows,
            "blocks": marked(),
            "coded": coded,
            "others": others,
            "meaning": flag_meanings(language),
        }

    facts = {name: value for name, value in report.items() if name != "_rows"}
    site.page("report.html", f"report/{key}.html", [facts, rows, others], given)
    sentences = explorer.write_report(site, report, rows)
    index.add(sentences)
    spool.add("said", [_short(row) for row in rows if row["indicator"]])


def _count(known: Known, report: Row) -> None:
    for row in report.pop("_rows"):
        known.flags.update(row["flags"])
        known.confidence[min(int(row["confidence"] * 10), 9)] += 1


def _short(row: Row) -> Row:
    """ROW with no more of its sentence than a page shows."""
    from flows.publish.site.env import around

    return {**row, "quote": around(row["quote"], row["number_text"], _SHORT)}


def _region(site: Site, place: Place) -> None:
    grouped = [(code, list(rows)) for code, rows in _by_indicator(place.panel)]
    told = [with_values(row) for row in sorted(place.targets, key=_known_first)]

    def given(language: str) -> Given:
        return {
            "place": place,
            "above": list(_above(place.code)),
            "grouped": grouped,
            "told": told,
            "results": counted_results(told),
            "meaning": flag_meanings(language),
        }

    made_from = [place.code, place.name, place.level, place.reports, place.panel, place.targets]
    site.page("region.html", f"region/{place.code}.html", made_from, given)


def _by_indicator(panel: list[Row]) -> Iterator[tuple[str, list[Row]]]:
    """The panel of a region in the order of the catalogue, the latest periods first."""
    order = {row["code"]: at for at, row in enumerate(schemas.rows("indicators.csv"))}
    rows = sorted(panel, key=lambda row: (order.get(row["indicator"], len(order)), row["indicator"]))
    for code, own in itertools.groupby(rows, key=lambda row: str(row["indicator"])):
        yield code, sorted(own, key=lambda row: (_latest_first(row), row["measure"], row["status"]))


def _known_first(row: Row) -> tuple[bool, int, str]:
    return (row["result"] == "unknown", *_latest_first(row))


def _latest_first(row: Row) -> tuple[int, str]:
    return (-int(row["period"].split("/")[-1][:4]), row["period"])


def _above(code: str) -> Iterator[str]:
    """The areas above CODE, the largest first, without the country."""
    found: list[str] = []
    place = schemas.regions().get(code)
    while place and place.parent and place.parent != "100000":
        found.append(place.parent)
        place = schemas.regions().get(place.parent)
    yield from reversed(found)
