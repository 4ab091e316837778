"""The pages of the indicators: what each is, its values over regions and years, targets, and sentences."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from flows import schemas
from flows.publish.site import charts, words
from flows.publish.site.env import at
from flows.publish.site.linked import dataset
from flows.publish.site.making import Given, Site, counted_results, with_values
from flows.publish.site.marked import sentence
from flows.publish.site.spool import Spool

if TYPE_CHECKING:
    from flows.publish.site.places import Known

Row = dict[str, Any]
_YEAR = re.compile(r"\d{4}")
_LEVELS = ("country", "province", "prefecture", "county")
_MOST_RANKED = 120
_MOST_VALUES = 300
_MOST_TARGETS = 200
_MOST_SENTENCES = 120
_MOST_LINES = 60
_NAMES = 8


def write(site: Site, spool: Spool, known: Known) -> None:
    """Writes a page for each indicator that has statements, and the specifications of its charts."""
    counts = spool.counts()
    for facts in schemas.rows("indicators.csv"):
        if facts["code"] in counts:
            _indicator(site, spool, facts, counts[facts["code"]])


def _indicator(site: Site, spool: Spool, facts: Given, counts: dict[str, int]) -> None:
    code = facts["code"]
    panel = list(spool.rows(code, "panel"))
    targets = [with_values(row) for row in spool.rows(code, "targets")]
    said = list(spool.rows(code, "said", _MOST_SENTENCES))
    regions = len({row["region_code"] for row in panel})

    def given(language: str) -> Given:
        name = words.indicator(code, language)
        drawn = list(_drawn(site, code, panel, targets, language))
        return {
            "code": code,
            "facts": _facts(facts),
            "other_name": words.indicator(code, "en" if language == "zh" else "zh"),
            "counts": {**counts, "regions": regions},
            "charts": drawn,
            "rankings": list(_rankings(panel, targets, language)),
            "aims": targets[:_MOST_TARGETS],
            "more_aims": max(0, len(targets) - _MOST_TARGETS),
            "results": counted_results(targets),
            "values": panel[:_MOST_VALUES],
            "more_values": max(0, len(panel) - _MOST_VALUES),
            "sentences": [{**row, "marked": sentence(row)} for row in said],
            "more_sentences": max(0, counts["said"] - _MOST_SENTENCES),
            "linked": _linked(site, language, name, code, counts),
        }

    made_from = [dict(facts), counts, panel, targets, [row["observation_id"] for row in said], said]
    site.page("indicator.html", f"indicator/{code}.html", made_from, given)
    for language in words.LANGUAGES:
        for kind, make in _specs(panel, targets, language, "../../"):
            path = f"data/chart/{code}-{kind}.{language}.vl.json"
            site.files.put(path, [panel, targets], partial(_as_json, make))


def _as_json(make: Callable[[], charts.Spec]) -> str:
    return json.dumps(make(), ensure_ascii=False)


def _facts(facts: Given) -> Row:
    names = [name for name in schemas.spellings(facts["synonyms"]) if not name.startswith("~")]
    units = {row["unit"]: row["name_en"] for row in schemas.rows("units.csv")}
    return {**facts, "names": names[:_NAMES], "unit_en": units.get(facts["unit"], "")}


def _linked(site: Site, language: str, name: str, code: str, counts: dict[str, int]) -> Any:
    about = words.said(
        "{panel} headline values and {targets} targets as the government work reports of China state them, "
        "with their sentences.",
        language,
        panel=counts["panel"],
        targets=counts["targets"],
    )
    address = f"{site.address}{language}/indicator/{code}.html" if site.address else ""
    return dataset(language, name, about, address, variableMeasured=name)


def _rankings(panel: Sequence[Row], targets: Sequence[Row], language: str) -> Iterator[Row]:
    """For each level of regions the latest year in which at least three can be compared, by measure."""
    for level in _LEVELS[1:]:
        for measure in ("growth", "level"):
            rows = [row for row in panel if row["region_level"] == level and row["measure"] == measure]
            year, chosen = _latest(rows)
            if year is None:
                continue
            aims = {
                row["region_code"]: row["aim"]
                for row in targets
                if (row["measure"], row["period"]) == (measure, year)
            }
            ranked = sorted(chosen, key=lambda row: (-row["value"], row["region_code"]))
            named = {"measure": words.said(measure, language).capitalize(), "year": year}
            named |= {"level": words.said(level, language)}
            title = words.said("{measure} {year}, {level} level", language, **named)
            shown = [{**row, "aim": aims.get(row["region_code"])} for row in ranked[:_MOST_RANKED]]
            yield {"title": title, "rows": shown, "more": max(0, len(ranked) - _MOST_RANKED)}


def _latest(rows: Sequence[Row]) -> tuple[str | None, list[Row]]:
    """The latest year with enough facts in one unit, and these; an estimate where there is no fact."""
    facts: dict[tuple[str, str, str], Row] = {}
    for row in rows:
        if row["status"] != "target" and _YEAR.fullmatch(row["period"]):
            key = (row["period"], row["unit"], row["region_code"])
            if row["status"] == "actual" or key not in facts:
                facts[key] = row
    counts = Counter(key[:2] for key in facts)
    enough = sorted((year, count, unit) for (year, unit), count in counts.items() if count >= charts.FEWEST)
    if not enough:
        return None, []
    year, _, unit = enough[-1]
    return year, [row for key, row in facts.items() if key[:2] == (year, unit)]


def _drawn(
    site: Site, code: str, panel: Sequence[Row], targets: Sequence[Row], language: str
) -> Iterator[Row]:
    told = {
        "years-growth": "Growth over the years. The country stands out; follow a dot to its sentence.",
        "years-level": "Level over the years. Follow a dot to its sentence.",
        "targets": "Rings are targets, dots what was reached ({year}). Follow one to its sentence.",
    }
    year = _compared(targets)[0]
    for kind, make in _specs(panel, targets, language, "../"):
        caption = words.said(told[kind], language, year=year)
        spec = f"../data/chart/{code}-{kind}.{language}.vl.json"
        yield {"kind": kind.split("-")[0], "svg": charts.drawn(make()), "caption": caption, "spec": spec}


def _specs(
    panel: Sequence[Row], targets: Sequence[Row], language: str, base: str
) -> Iterator[tuple[str, Callable[[], charts.Spec]]]:
    """The charts that there is enough for, as functions that make them; links begin with BASE."""
    for measure in ("growth", "level"):
        rows = _lines([row for row in panel if row["measure"] == measure])
        if len(rows) >= charts.FEWEST and len({row["period"] for row in rows}) > 1:
            yield f"years-{measure}", partial(_years, rows, language, base)
    year, compared = _compared(targets)
    if year:
        yield "targets", partial(_aims, compared, language, base)


def _lines(rows: Sequence[Row]) -> list[Row]:
    """Facts of single years in the unit that most have: of the country and of one level below it.

    Of what adds up over regions only the country is shown: beside it all others lie on the ground.
    """
    facts = [row for row in rows if row["status"] == "actual" and _YEAR.fullmatch(row["period"])]
    if not facts:
        return []
    unit = Counter(row["unit"] for row in facts).most_common(1)[0][0]
    facts = [row for row in facts if row["unit"] == unit]
    whole = [row for row in facts if row["region_level"] == "country"]
    if facts[0]["measure"] == "level" and facts[0]["indicator"] in _sums() and len(whole) >= charts.FEWEST:
        return whole
    levels = Counter(row["region_level"] for row in facts if row["region_level"] != "country")
    level = next((one for one in _LEVELS[1:] if levels[one] >= charts.FEWEST), "")
    regions = list(dict.fromkeys(row["region_code"] for row in facts if row["region_level"] == level))
    kept = set(regions[:_MOST_LINES])
    return [row for row in facts if row["region_level"] == "country" or row["region_code"] in kept]


def _sums() -> set[str]:
    """The indicators of which the level of the country is the sum of those of its regions."""
    return {row["code"] for row in schemas.rows("indicators.csv") if row["aggregates"] == "yes"}


def _compared(targets: Sequence[Row]) -> tuple[str, list[Row]]:
    """The latest year in which what was reached is known for enough regions of one level, and these."""
    found: dict[tuple[str, int, str, str], list[Row]] = {}
    for row in targets:
        if row["actual"] is not None and _YEAR.fullmatch(row["period"]):
            level = -_LEVELS.index(row["region_level"])
            found.setdefault((row["period"], level, row["measure"], row["unit"]), []).append(row)
    enough = [key for key, rows in found.items() if len(rows) >= charts.FEWEST]
    if not enough:
        return "", []
    best = max(enough, key=lambda key: (key[0], key[1], len(found[key])))
    return best[0], found[best][:_MOST_LINES]


def _years(rows: Sequence[Row], language: str, base: str) -> charts.Spec:
    scale, title = _axis(rows, "value", language)
    points = []
    for row in rows:
        name, shown = words.region(row["region_code"], language), words.value(row, language)
        point = {"year": int(row["period"]), "value": row["value"] / scale, "region": row["region_code"]}
        point |= {"own": row["region_level"] == "country", "label": f"{name} {row['period']}: {shown}"}
        points.append({**point, "href": f"{base}{at(row['observation_id'])}"})
    return charts.over_years(points, title)


def _aims(rows: Sequence[Row], language: str, base: str) -> charts.Spec:
    scale, title = _axis(rows, "target", language)
    points = []
    for row in rows:
        name = words.region(row["region_code"], language)
        for kind, field, key, of in (
            ("target", "aim", "target_observation_id", "target"),
            ("reached", "reached", "actual_observation_id", "actual"),
        ):
            label = f"{name} {row['period']}, {words.said(of, language)}: {words.value(row[field], language)}"
            one = {"region": name, "kind": kind, "value": row[of] / scale, "label": label}
            points.append({**one, "href": f"{base}{at(row[key])}"})
    return charts.against_targets(points, title)


def _axis(rows: Sequence[Row], field: str, language: str) -> tuple[float, str]:
    """By what values are divided for the axis, and what it is called."""
    unit = rows[0]["unit"]
    most = max(abs(row[field]) for row in rows)
    for scale, word in words.SCALES[language]:
        if most >= scale:
            return scale, words.scaled(word, unit, language)
    return 1.0, words.scaled("", unit, language)
