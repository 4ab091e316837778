"""The pages about quality: accuracy, what the checks found, corrections, and what disagrees with what."""

from __future__ import annotations

import itertools
from collections import Counter
from typing import Any

from flows import schemas
from flows.publish import quality
from flows.publish.readme import RATES
from flows.publish.site import words
from flows.publish.site.making import Given, Site
from flows.publish.site.places import Known

Row = dict[str, Any]
_MOST_DISCREPANCIES = 2000
_MOST_CORRECTIONS = 500


def write(site: Site, known: Known, made: Given) -> None:
    """Writes the page about quality and that of the discrepancies."""
    crosschecks = {row["check"]: row for row in schemas.rows("crosschecks.csv")}
    _quality(site, known, made, crosschecks)
    pairs = list(itertools.islice(site.source.rows("discrepancies"), _MOST_DISCREPANCIES))
    groups = [(check, list(own)) for check, own in itertools.groupby(pairs, key=lambda row: row["check"])]
    told: Row = {"version": site.source.version, "groups": groups, "meanings": crosschecks}
    told |= {"shown": len(pairs), "total": made["rows"]["discrepancies"]}
    site.page("discrepancies.html", "discrepancies.html", told, lambda _: told)


def _quality(site: Site, known: Known, made: Given, crosschecks: Given) -> None:
    results = quality.results(site.store, site.source.version)
    flags = [{**row, "count": known.flags[row["flag"]]} for row in schemas.rows("flags.csv")]
    ids = {key for row in results for key in row["examples"]}
    linkable = {key for key in ids if key.count("-") == 2 and key[:6].isdigit()}
    reliability = _reliability(known)
    accuracy = schemas.document("accuracy.json")
    corrected = list(itertools.islice(site.source.rows("corrections"), _MOST_CORRECTIONS))

    def meaning(row: Row, language: str) -> str:
        check = crosschecks.get(row["check"])
        if check:
            return words.said(check["meaning_en"], language, limit=check["limit"])
        return words.said(row["message"], language)

    def given(language: str) -> Given:
        return {
            "version": site.source.version,
            "rows": made["rows"],
            "gate": made.get("gate", []),
            "forced": made.get("forced", ""),
            "rates": RATES,
            "accuracy": accuracy,
            "reliability": reliability,
            "found": [{**row, "meaning": meaning(row, language)} for row in results if not row["holds"]],
            "holding": [row for row in results if row["holds"]],
            "linkable": linkable,
            "flags": flags,
            "corrected": corrected,
        }

    made_from = [
        made["rows"],
        made.get("forced"),
        site.source.version,
        results,
        flags,
        reliability,
        corrected,
    ]
    site.page("quality.html", "quality.html", made_from, given)


def _reliability(known: Known) -> list[Row]:
    """Confidence by tenths: what was said and found of the coded records, and rows of the release."""
    coded: Counter[int] = Counter()
    right: Counter[int] = Counter()
    said: Counter[int] = Counter()
    for row in schemas.rows("confidence.csv"):
        at, count = min(int(float(row["share"]) * 10), 9), int(row["observations"])
        coded[at] += count
        right[at] += int(row["right"])
        said[at] += round(float(row["share"]) * count * 1000)
    return [
        {
            "bin": f"{at / 10:.1f}–{(at + 1) / 10:.1f}",
            "coded": coded[at],
            "said": f"{said[at] / coded[at] / 1000:.3f}" if coded[at] else "",
            "right": f"{right[at] / coded[at]:.3f}" if coded[at] else "",
            "rows": known.confidence[at],
        }
        for at in range(9, -1, -1)
        if coded[at] or known.confidence[at]
    ]
