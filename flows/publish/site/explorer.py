"""The values and statements of a release, split for a browser: by indicator, by region, and by report.

Each file is a script that hands its data to `baogao.put`: unlike JSON it can be loaded by a page that was
opened as a file. The data are JSON within a string, which browsers read faster than the same as a script.
"""

from __future__ import annotations

import itertools
import json
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from flows import schemas
from flows.publish.site import words
from flows.publish.site.env import around, clean, cut
from flows.publish.site.files import Files
from flows.publish.site.making import Site
from flows.publish.site.source import Place
from flows.publish.site.spool import Spool

if TYPE_CHECKING:
    from flows.publish.site.places import Known

Row = dict[str, Any]
PANEL = (
    "region_code", "indicator", "measure", "status", "period", "value", "value_max", "unit", "bound",
    "yearly", "confidence", "observation_id",
)  # fmt: skip
SAID = (
    "region_code", "report_year", "indicator", "subject", "area", "measure", "status", "period", "value",
    "value_max", "unit", "bound", "confidence", "observation_id",
)  # fmt: skip
_PART = 2000
_SENTENCE = 300
_SUBJECT = 80
_NAMES = 12


def put(files: Files, name: str, value: Any) -> None:
    """The script `data/NAME.js`, which hands VALUE to the page under NAME."""
    told = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    quoted = told.replace("\\", "\\\\").replace("'", "\\'")
    text = f"baogao.put({json.dumps(name)},'{quoted}');\n"
    files.put(f"data/{name}.js", text.encode("utf-8", "replace"), lambda: text)


def write_region(site: Site, place: Place) -> None:
    """The panel of one region."""
    put(site.files, f"region/{place.code}", _table(PANEL, place.panel))


def write_report(site: Site, report: Row, rows: Sequence[Row]) -> list[str]:
    """The statements of one report, and apart from them its sentences, which are given back.

    Of the sentences there are the texts, the first statement on each indicator of each, and, where a text has
    other than simplified characters, all texts in these.
    """
    found: dict[str, dict[str, str]] = {}
    for row in rows:
        quote = around(clean(row["quote"]), row["number_text"], _SENTENCE)
        found.setdefault(quote, {}).setdefault(row["indicator"] or "", row["observation_id"])
    put(site.files, f"report/{report['report_id']}", _table(SAID, rows))
    texts = list(found)
    simple = [words.simplified(text) for text in texts]
    told: Row = {"texts": texts, "numbers": list(found.values())}
    told |= {"simplified": None if simple == texts else simple}
    put(site.files, f"sentences/{report['report_id']}", told)
    return texts


def write(site: Site, spool: Spool, known: Known) -> None:
    """The values and statements by indicator, in parts of a size that loads at once, and the lists of all."""
    parts: dict[str, int] = {}
    panel = {code: counts["panel"] for code, counts in spool.counts().items()}
    for code in sorted(panel):
        put(site.files, f"panel/{code}", _table(PANEL, spool.rows(code, "panel")))
        parts[code] = 0
        for part in _batches(spool.rows(code, "said")):
            put(site.files, f"said/{code}-{parts[code]}", _table(SAID, part))
            parts[code] += 1
    units = [row["unit"] for row in schemas.rows("units.csv")]
    meta: Row = {
        "indicators": list(_indicators(parts, panel)),
        "regions": _regions(known),
        "names": _names(known),
        "units": {unit: [words.unit_name(unit), words.unit_name(unit, True)] for unit in units},
        "tight": words.TIGHT,
        "wording": words.wording(),
    }
    put(site.files, "meta", meta)


def _batches(rows: Iterator[Row]) -> Iterator[list[Row]]:
    while part := list(itertools.islice(rows, _PART)):
        yield part


def _indicators(parts: dict[str, int], panel: dict[str, int]) -> Iterator[list[Any]]:
    """Code, names, Chinese names as they are looked for, unit, parts of statements, rows, if a headline."""
    for row in schemas.rows("indicators.csv"):
        if row["code"] in parts:
            names = words.indicator_names()[row["code"]]
            others = [name for name in schemas.spellings(row["synonyms"]) if not name.startswith("~")]
            sought = dict.fromkeys(_sought(name) for name in (names[0], *others[:_NAMES]))
            facts = [row["unit"], parts[row["code"]], panel[row["code"]], int(row["headline"] == "yes")]
            yield [row["code"], *names, list(sought), *facts]


def _regions(known: Known) -> dict[str, list[Any]]:
    """Codes, names, and years of the reports: a list of each."""
    return {
        "code": [row["code"] for row in known.regions],
        "zh": [row["name"] for row in known.regions],
        "en": [words.region(row["code"], "en", row["name"]) for row in known.regions],
        "years": [row["years"] for row in known.regions],
    }


def _names(known: Known) -> dict[str, list[int]]:
    """By name and spelling, the regions that have it: their places in the lists of `_regions`."""
    found: dict[str, list[int]] = {}
    for at, row in enumerate(known.regions):
        english = words.region(row["code"], "en", row["name"])
        for name in dict.fromkeys(map(_sought, (row["name"], english, *words.spellings(row["code"])))):
            found.setdefault(name, []).append(at)
    return found


def _sought(name: str) -> str:
    """NAME as `plain` in `search.js` makes it of what people type."""
    return unicodedata.normalize("NFKC", name).lower()


def _table(columns: Sequence[str], rows: Iterable[Row]) -> dict[str, Any]:
    return {"columns": list(columns), "rows": [_cells(columns, row) for row in rows]}


def _cells(columns: Sequence[str], row: Row) -> list[Any]:
    return [_cell(row[column]) for column in columns]


def _cell(value: Any) -> Any:
    if isinstance(value, str):
        return cut(clean(value), _SUBJECT)
    if isinstance(value, float):
        return int(value) if value.is_integer() and abs(value) < 2**53 else value
    return value
