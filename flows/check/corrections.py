"""What people have found wrong in the observations, and what is right: `schemas/corrections.yaml`.

A second file may be named by BAOGAO_CORRECTIONS. A correction is applied only where the extractor still gives
what was expected: when the source or the extractor is mended, it has done its work and says so.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from flows import schemas
from flows.check.entries import Correction, CorrectionsError, read
from flows.check.values import decimal, same
from flows.settings import settings

BUNDLED = "schemas/corrections.yaml"
SETTING = "BAOGAO_CORRECTIONS"
FLAG = "corrected"
Row = dict[str, Any]


def files() -> list[tuple[str, Path]]:
    """The files of corrections: how each is called, and where it is. The second only if it is set."""
    given = settings().corrections
    found = [(BUNDLED, schemas.folder() / "corrections.yaml")]
    return found if given is None else [*found, (given, Path(given))]


def fingerprint() -> str:
    """SHA-256 (hex) over the bytes of all files of corrections; one that cannot be read counts as empty."""
    digest = hashlib.sha256()
    for _, path in files():
        digest.update((path.read_bytes() if path.is_file() else b"") + b"\0")
    return digest.hexdigest()


def load() -> list[Correction]:
    """All corrections in the order of the files. Raises CorrectionsError with everything that is wrong."""
    found: list[Correction] = []
    problems: list[str] = []
    for name, path in files():
        try:
            found += read(name, path.read_bytes())
        except OSError as error:
            problems.append(f"{name}: {error.strerror}. Mend or unset {SETTING}.")
        except CorrectionsError as error:
            problems += error.problems
    if problems:
        raise CorrectionsError(problems)
    return found


class Corrections:
    """Corrections to be applied, report by report.

    `listed` are then the rows of the table of corrections, `problems` what was expected otherwise, and
    `absent` the corrections whose report has not come.
    """

    def __init__(self, given: list[Correction]) -> None:
        self.listed: list[Row] = []
        self.problems: list[tuple[Correction, str]] = []
        self._by_report: dict[str, list[Correction]] = {}
        for one in given:
            self._by_report.setdefault(one.report_id, []).append(one)
        self._reports: list[str] = []

    @classmethod
    def together(cls, parts: list[Corrections], given: list[Correction], reports: list[str]) -> Corrections:
        """What PARTS say together, each of which applied the corrections of some of REPORTS."""
        whole = cls([one for one in given if one.report_id not in set(reports)])
        whole._reports = reports
        for part in parts:
            whole.listed += part.listed
            whole.problems += part.problems
        return whole

    def apply(self, report_id: str, rows: list[Row]) -> list[Row]:
        """The observations ROWS of the report REPORT_ID as extracted, with what is corrected in them."""
        self._reports.append(report_id)
        changed: dict[int, Row] = {}
        done: dict[tuple[int, str], Correction] = {}
        for one in self._by_report.pop(report_id, []):
            places = meant(one, rows)
            why = _unfit(one, rows, places)
            if not why and (before := done.get((places[0], one.field))):
                why = f"{before.place} corrects the same field. Remove one of both"
            if why:
                self.problems.append((one, f"{one.number}: {why}."))
                continue
            (place,) = places
            done[place, one.field] = one
            row = changed.get(place, rows[place])
            changed[place] = {**row, one.field: one.value, "flags": sorted({*row["flags"], FLAG})}
            self.listed.append(_listed(one, rows[place]))
        return [changed.get(place, row) for place, row in enumerate(rows)]

    @property
    def absent(self) -> list[tuple[Correction, str]]:
        """The corrections whose report was not among those that `apply` was called for, and why that is."""
        near = {name: _nearest_reports(name, self._reports) for name in self._by_report}
        return [
            (one, f"There is no report {name}; known: {near[name]}. Mend or remove the entry.")
            for name, entries in self._by_report.items()
            for one in entries
        ]


def meant(one: Correction, rows: list[Row]) -> list[int]:
    """The places in ROWS of the observations that ONE is about: one, if all is well."""
    name, wanted = (
        ("char_start", one.offset) if one.observation_id is None else ("observation_id", one.observation_id)
    )
    return [place for place, row in enumerate(rows) if row.get(name) == wanted]


def _unfit(one: Correction, rows: list[Row], places: list[int]) -> str:
    """Why ONE cannot be applied to the rows at PLACES, or ``""``."""
    if not places:
        return f"there is no such number; known: {_nearest_numbers(one, rows)}. Mend or remove the entry"
    if len(places) > 1:
        names = ", ".join(str(rows[place].get("observation_id")) for place in places)
        return f"several observations are meant ({names}). Name one by observation_id"
    row = rows[places[0]]
    if one.field not in row or not isinstance(row.get("flags"), list):
        return f"the observation has no {one.field}"
    found = row[one.field]
    if same(found, one.expect):
        return ""
    shown = "nothing" if found is None else decimal(found)
    if same(found, one.value):
        return f"{one.field} is {shown} without the correction now. Remove the entry"
    expected = "nothing" if one.expect is None else decimal(one.expect)
    said = f"{one.field} is {shown} and not {expected} as expected, in: {row.get('quote')}"
    return f"{said} Look at it again; then set expect, or remove the entry"


def _nearest_numbers(one: Correction, rows: list[Row]) -> str:
    """The numbers of the report that stand nearest to what ONE names, for people."""
    placed = [row for row in rows if isinstance(row.get("char_start"), int)]
    if one.offset is not None:
        at = one.offset
        placed = sorted(placed, key=lambda row: (abs(row["char_start"] - at), row["char_start"]))
    near = sorted(placed[:3], key=lambda row: int(row["char_start"]))
    if one.offset is None:
        return ", ".join(f"{row.get('observation_id')}" for row in near) + f" … ({len(rows)} in all)"
    return ", ".join(f"{row['char_start']} ({row.get('number_text')})" for row in near) or "none"


def _nearest_reports(name: str, reports: list[str]) -> str:
    """Of REPORTS those of the same area, else those that look like NAME, else the first ones."""
    from difflib import get_close_matches

    near = [one for one in reports if one[:6] == name[:6]] or get_close_matches(name, reports, 5) or reports
    more = f" … ({len(reports)} in all)" if len(reports) > len(near[:5]) else ""
    return f"{', '.join(near[:5])}{more}" if near else "none"


def _listed(one: Correction, row: Row) -> Row:
    return {
        "report_id": one.report_id,
        "observation_id": row["observation_id"],
        "char_start": row["char_start"],
        "field": one.field,
        "was": decimal(row[one.field]),
        "value": decimal(one.value),
        "reason": one.reason,
        "who": one.who,
    }
