"""What belongs to an indicator, put aside while the regions are walked through: a file, not memory."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Row = dict[str, Any]


class Spool:
    """Rows under an indicator and a kind (panel, targets, said), in a database below FOLDER."""

    def __init__(self, folder: Path) -> None:
        self._base = sqlite3.connect(folder / "spool.sqlite", isolation_level=None)
        self._base.execute("PRAGMA journal_mode=OFF")
        self._base.execute("PRAGMA synchronous=OFF")
        self._base.execute("CREATE TABLE rows (indicator TEXT, kind TEXT, year INTEGER, row TEXT)")
        self._base.execute("BEGIN")

    def add(self, kind: str, rows: list[Row]) -> None:
        """Puts ROWS aside; each has `indicator`, and `report_year` or `period` for its year."""
        given = (
            (row["indicator"], kind, _year(row), json.dumps(row, ensure_ascii=False))
            for row in rows
            if row["indicator"]
        )
        self._base.executemany("INSERT INTO rows VALUES (?, ?, ?, ?)", given)

    def ready(self) -> None:
        """To be called when all is added."""
        self._base.execute("CREATE INDEX found ON rows (indicator, kind, year)")
        self._base.execute("COMMIT")

    def counts(self) -> dict[str, dict[str, int]]:
        """The number of rows by indicator and kind."""
        found: dict[str, dict[str, int]] = {}
        query = "SELECT indicator, kind, count(*) FROM rows GROUP BY indicator, kind"
        for code, kind, count in self._base.execute(query):
            found.setdefault(code, {"panel": 0, "targets": 0, "said": 0})[kind] = count
        return found

    def rows(self, indicator: str, kind: str, most: int = -1) -> Iterator[Row]:
        """The rows of INDICATOR and KIND, the latest years first, MOST of them at most."""
        query = "SELECT row FROM rows WHERE indicator=? AND kind=? ORDER BY year DESC, rowid LIMIT ?"
        for (row,) in self._base.execute(query, (indicator, kind, most)):
            yield json.loads(row)

    def close(self) -> None:
        """Closes the database; its file goes with its folder."""
        self._base.close()


def _year(row: Row) -> int:
    return int(row.get("report_year") or row["period"].split("/")[-1][:4])
