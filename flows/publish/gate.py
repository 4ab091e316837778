"""The gate: what a release must not be before it goes out, with thresholds in the settings (BAOGAO_GATE_…).

A closed gate publishes nothing. What would have been published is left under `work/candidate/` for people to
look at, and the message says which threshold was passed and shows the worst rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import IO, Any

from flows import schemas
from flows.publish import releases
from flows.publish.changes import compared
from flows.settings import settings
from flows.store import Store

CANDIDATE = "work/candidate"
_WORST = 10


def held(
    store: Store,
    folder: Path,
    rows: Mapping[str, int],
    previous: str | None,
    accuracy: tuple[float, list[str]] | None,
) -> list[str]:
    """Why the release in FOLDER, whose ROWS are counted by table, must not go out; empty when it may.

    ACCURACY is that of the extraction on the bundled example, and what is wrong there, if it was measured.
    """
    found = list(_quarantine(folder, rows))
    limit = settings().gate_accuracy
    share, mistakes = (1.0, []) if accuracy is None else accuracy
    if share < limit:
        said = f"{share:.1%} of the coded example are right in all fields, at least {limit:.1%} must be"
        found.append(f"{said} (BAOGAO_GATE_ACCURACY){_listed(mistakes)}")
    return [*found, *(_fallen(store, folder, rows, previous) if previous else ())]


def lacking(described: list[dict[str, Any]]) -> list[str]:
    """Why the metadata are not complete enough: DESCRIBED are the resources of the Data Package."""
    texts = {
        f"{one['name']}.{field['name']}".rstrip("."): field.get("description")
        for one in described
        for field in [{"name": "", **one}, *one.get("schema", {}).get("fields", [])]
    }
    texts |= {f"{one['name']} (title)": one.get("title") for one in described}
    empty = [name for name, text in texts.items() if not str(text or "").strip()]
    share, limit = 1 - len(empty) / max(len(texts), 1), settings().gate_metadata
    if share >= limit:
        return []
    said = f"{share:.1%} of the tables and columns are described, at least {limit:.1%} must be"
    return [f"{said} (BAOGAO_GATE_METADATA){_listed(empty)}"]


def _listed(lines: list[str]) -> str:
    """The first of LINES below a reason."""
    return "".join(f"\n  {line}" for line in lines[:_WORST])


def _quarantine(folder: Path, rows: Mapping[str, int]) -> Iterator[str]:
    import pyarrow.compute as pc

    limit = settings().gate_quarantine
    share = rows["quarantine"] / max(rows["quarantine"] + rows["observations"], 1)
    if share > limit:
        rejected = _table(folder / "quarantine.parquet", ["key", "checks", "reason"])
        most_checks = pc.array_sort_indices(pc.list_value_length(rejected["checks"]), "descending")
        worst = rejected.take(most_checks[:_WORST]).to_pylist()
        shown = _listed([f"{row['key']}: {row['reason']}" for row in worst])
        said = f"{share:.1%} of the rows are in quarantine, at most {limit:.1%} may be"
        yield f"{said} (BAOGAO_GATE_QUARANTINE){shown}"


def _fallen(store: Store, folder: Path, rows: Mapping[str, int], previous: str) -> Iterator[str]:
    """What there is less of than in the release PREVIOUS."""
    before = releases.provenance(store, previous)["rows"]
    limit = settings().gate_fall
    fall = 1 - rows["observations"] / max(before["observations"], 1)
    if fall > limit:
        counts = f"{before['observations']:,} to {rows['observations']:,}"
        said = f"observations fall by {fall:.1%}, from {counts}, at most {limit:.1%} may be lost"
        yield f"{said} (BAOGAO_GATE_FALL){_fewest(store, folder, previous)}"
    old, new = _reports(store, folder, previous)
    lost, most = sorted(set(old) - set(new)), settings().gate_reports_lost
    if len(lost) > most:
        yield f"{len(lost)} reports are lost, at most {most} may be (BAOGAO_GATE_REPORTS_LOST){_listed(lost)}"
    yield from _headlines(store, folder, previous)


def _fewest(store: Store, folder: Path, previous: str) -> str:
    """The reports that lost most observations, one a line."""
    old, new = _reports(store, folder, previous)
    falls = sorted(((new.get(name, 0) - count, name) for name, count in old.items()))[:_WORST]
    return _listed([f"{name}: {change:+,}" for change, name in falls if change < 0])


def _reports(store: Store, folder: Path, previous: str) -> tuple[dict[str, int], dict[str, int]]:
    """Observations by report, in the release PREVIOUS and in FOLDER."""
    import pyarrow.parquet as pq

    columns = ["report_id", "observations"]
    with store.open(f"{releases.RELEASES}/{previous}/reports.parquet") as file:
        old = pq.read_table(file, columns=columns)
    new = _table(folder / "reports.parquet", columns)
    old_counts, new_counts = (
        dict(zip(one["report_id"].to_pylist(), one["observations"].to_pylist(), strict=True))
        for one in (old, new)
    )
    return old_counts, new_counts


def _headlines(store: Store, folder: Path, previous: str) -> Iterator[str]:
    headlines = {row["code"] for row in schemas.rows("indicators.csv") if row["headline"] == "yes"}
    before = f"{releases.RELEASES}/{previous}/panel.parquet"
    with store.open(before) as old, open(folder / "panel.parquet", "rb") as new:
        had, has = _rows_of(old, headlines), _rows_of(new, headlines)
        fall, limit = 1 - has / max(had, 1), settings().gate_headline_fall
        if fall > limit:
            said = f"headline indicators fall by {fall:.1%}, from {had:,} to {has:,} rows of the panel"
            removed = (one for one in compared("panel", old, new) if one.kind == "removed")
            lost = (one.key for one in removed if one.row["indicator"] in headlines)
            shown = _listed([*islice(lost, _WORST)])
            yield f"{said}, at most {limit:.1%} may be lost (BAOGAO_GATE_HEADLINE_FALL){shown}"


def _rows_of(panel: IO[bytes], indicators: set[str]) -> int:
    """How many rows of PANEL, a Parquet file, are of INDICATORS."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    batches = pq.ParquetFile(panel).iter_batches(columns=["indicator"])
    wanted = pa.array(sorted(indicators), pa.string())
    return sum(pc.sum(pc.is_in(batch.column(0), wanted)).as_py() or 0 for batch in batches)


def _table(path: Path, columns: list[str] | None = None) -> Any:
    import pyarrow.parquet as pq

    return pq.read_table(path, columns=columns)
