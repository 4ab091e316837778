"""The README.md of a release: what lies in it, how to use it, how accurate it is, and its code book."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flows import schemas
from flows.publish.made import ABOUT, TITLE, Made
from flows.publish.tables import file_name, tables

_USE = """\
```python
import pandas as pd
observations = pd.read_parquet("observations.parquet")
observations[observations.indicator.eq("gdp") & observations.measure.eq("growth")]
```

```sql
-- DuckDB
SELECT region_name, period, value, quote FROM 'observations.parquet' WHERE indicator = 'gdp';
```

Values are in base units: 1,038亿元 is 103,800,000,000 元, a growth of 8.5 % is 8.5. In the JSON files codes
are strings: read them with `pd.read_json(..., dtype=False)`.

## Which value to use: `panel`

A report states the same number several times, and later reports state it again. `panel` has one row per
region, indicator, measure, status and period. Of all observations about the whole area it takes: the latest
report; a level in the unit of the catalogue; of growth over several years the average per year (`yearly`);
one that no check warns of; the headline before a passing mention; exact before open; more digits before
fewer. `clash` marks the rows for which the same report states another value, beyond rounding and bounds: look
at those before using them. `observation_id` leads to the sentence.

```python
panel = pd.read_parquet("panel.parquet")
growth = panel[panel.indicator.eq("gdp") & panel.measure.eq("growth") & panel.status.eq("actual")]
growth[~growth.period.str.contains("[/-]")].pivot(index="region_name", columns="period", values="value")
panel.merge(observations[["observation_id", "quote"]], on="observation_id")
```

## What was aimed for, and what was reached: `targets`

One row per target of the panel, joined to what a later report says was reached in that period. `distance` is
actual minus target. `result` is met, missed, or unknown where no later report gives the value, or where its
wording leaves it open. Which way is better is said by the wording (以上, 不超过), else by the indicator;
左右 leaves a twentieth of the target. An unknown target is not a missed one.

```sql
-- DuckDB
SELECT region_name, count(*) FILTER (result = 'met') AS met, count(*) FILTER (result = 'missed') AS missed
FROM 'targets.parquet' WHERE period = '2025' GROUP BY ALL;
```

```r
panel <- haven::read_dta("panel.dta")
targets <- data.table::fread("targets.csv", encoding = "UTF-8")
reports <- jsonlite::fromJSON("reports.json")
observations <- jsonlite::stream_in(gzfile("observations.jsonl.gz"), verbose = FALSE)
```

```r
# Parquet needs the package arrow
observations <- arrow::read_parquet("observations.parquet")
```

```stata
use "targets.dta", clear
tabulate region_name result if period == "2025"
```

The CSV files open in Excel as they are: UTF-8 with a byte order mark. A text that Excel could take for a
formula has an apostrophe in front; numbers are numbers. Lists are joined by `;`. To keep Excel from reading
the month 2015-03 as a date, import the file as text. In the Stata files (14 and newer) a number that is not
given is missing, and a text that is not given is empty."""

_END = """\
`datapackage.json`, `croissant.json`, `dcat.jsonld` and `ro-crate-metadata.json` describe every file for
programs, `CITATION.cff` says how to cite and `LICENSE` what is allowed, `quality.json` what the checks
found, `changes.json` and `CHANGELOG.md` say what is new, `provenance.json` what the release was made from,
and `sha256sum -c checksums.sha256` tells whether the files are whole."""

RATES = (
    "gold", "recall", "precision", "value", "unit", "bound", "measure", "status", "period", "indicator",
    "subject", "exact",
)  # fmt: skip


def readme(made: Made) -> str:
    """README.md of the release MADE."""
    parts = [f"# {TITLE}", f"Version {made.version}, made {made.created}.", ABOUT, _contents(made), _USE]
    parts += ["# Accuracy", _accuracy(schemas.document("accuracy.json")), "# Code book", *_code_book(), _END]
    return "\n\n".join(parts) + "\n"


def _contents(made: Made) -> str:
    rows = [
        (table.name, f"{made.rows[table.name]:,}", _files(table.name), table.description)
        for table in tables()
    ]
    return _table(("table", "rows", "files", "what it holds"), rows)


def _files(name: str) -> str:
    return ", ".join(file_name(name, form) for form in schemas.table(name).formats)


def _accuracy(measured: dict[str, Any]) -> str:
    """What `schemas/accuracy.json` holds, in words; tests/benchmarks/accuracy.py makes that file."""
    heads = ("coded by reading", "records", *RATES[1:])
    rows = [(one["on"], *(_figure(one[rate]) for rate in RATES)) for one in measured["observations"]]
    panel = measured["panel"]
    return f"""\
Measured with the extraction of this version on records that were coded by reading, number by number: the
share of the numbers that are found (recall), the share of what is found that is a quantity (precision), and
of the pairs the share in which a field agrees.
*exact* wants {", ".join(RATES[3:-2])} all right
and counts a number that was missed as wrong. The extraction was developed on reports like these; on others
it may do worse. `confidence` says it row by row.

{_table(heads, rows)}

Of {panel["facts"]} headline facts of {panel["reports"]} provincial reports, coded by reading too, \
{_figure(panel["found"])} are in `panel` under their key, \
and {_figure(panel["right"])} with the right value."""


def _figure(value: float | None) -> str:
    """A rate to three digits, a count as it is."""
    return "" if value is None else str(value) if isinstance(value, int) else f"{value:.3f}"


def _code_book() -> list[str]:
    found = []
    for table in tables():
        rows = [
            (column.name, f"{column.type}, null" if column.nullable else column.type, _meaning(column))
            for column in table.columns
        ]
        found += [f"## {table.name}", table.description, _table(("column", "type", "meaning"), rows)]
    return found


def _meaning(column: schemas.Column) -> str:
    """What a column says, and the values it can have where they are few."""
    return f"{column.description} One of: {', '.join(column.enum)}." if column.enum else column.description


def _table(heads: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [heads, ("---",) * len(heads), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
