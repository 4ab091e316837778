"""Reading a release from Python: one table as a pandas DataFrame, from a folder or an address."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from flows.settings import settings
from flows.store import Store, StoreError

if TYPE_CHECKING:
    from pandas import DataFrame


def load(
    table: str = "observations",
    *,
    version: str | None = None,
    columns: Sequence[str] | None = None,
    source: str | None = None,
) -> DataFrame:
    """The TABLE of a release as a DataFrame.

    VERSION is the latest unless it is given, COLUMNS all unless they are named. SOURCE is where the folder
    `public` lies: an output root (default: BAOGAO_OUTPUT, else output), a folder that holds `latest.json`, or
    an http(s) or s3 address of one. Raises ValueError for a table, version or column that is not there, with
    what there is, and StoreError when nothing can be read.
    """
    import pyarrow.parquet as pq

    store, folder = _public(source or settings().output)
    chosen = version or str(store.read_json(f"{folder}latest.json")["version"])
    try:
        package = store.read_json(f"{folder}releases/{chosen}/datapackage.json")
    except StoreError:
        raise ValueError(_unknown("release", chosen, _versions(store, folder))) from None
    tables = [one["name"] for one in package["resources"] if one.get("format") == "parquet"]
    if table not in tables:
        raise ValueError(_unknown("table", table, tables))
    with store.open(f"{folder}releases/{chosen}/{table}.parquet") as file:
        parquet = pq.ParquetFile(file)
        known = parquet.schema_arrow.names
        for column in columns or ():
            if column not in known:
                raise ValueError(_unknown("column", column, known))
        found: DataFrame = parquet.read(columns=list(columns) if columns is not None else None).to_pandas()
    return found


def _public(source: str) -> tuple[Store, str]:
    """The store at SOURCE, and the folder in it that holds `latest.json`."""
    store = Store(source)
    for folder in ("", "public/"):
        if store.exists(f"{folder}latest.json"):
            return store, folder
    raise StoreError("missing", store.show("latest.json"), "There is no release here. Check the source.")


def _versions(store: Store, folder: str) -> list[str]:
    try:
        index: dict[str, Any] = store.read_json(f"{folder}releases/index.json")
    except StoreError:
        return []
    return [one["version"] for one in index["versions"]]


def _unknown(what: str, name: str, known: Sequence[str]) -> str:
    near = get_close_matches(name, known, 1)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    return f"There is no {what} {name!r}.{hint} There are: {', '.join(known) or 'none'}."
