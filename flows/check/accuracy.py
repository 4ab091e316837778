"""Accuracy: extracted observations against records that people coded by reading.

A coded record is a JSON object with `start`, `end` (offsets of the number in the text), `value`,
`value_max`, `unit`, `bound`, `measure`, `status`, `period`, `area`, `subject`, `indicator`, and
`optional` for a doubtful one, which may be found or missed. Each record is paired with the observation
whose number overlaps it and begins nearest; each observation is used once.

Recall is over the sure records, precision over all observations that touch no optional record, a field's
rate over the pairs; `exact` wants all of `STRICT` right, over all sure records, so that a miss counts.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

Record = Mapping[str, Any]
STRICT = ("value", "value_max", "unit", "bound", "measure", "status", "period", "indicator")
COLUMNS = (
    "gold",
    "recall",
    "precision",
    *STRICT,
    "area",
    "subject",
    "code_recall",
    "code_precision",
    "exact",
)
_ALIKE = 0.5


def records(path: Path) -> list[Record]:
    """The coded records in a file of JSON Lines. Raises ValueError that names the line that is none."""
    found: list[Record] = []
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
            int(record["start"]), int(record["end"]), float(record["value"])
        except (ValueError, KeyError, TypeError) as error:
            raise ValueError(f"line {number} is no coded record ({error!r}).") from None
        found.append(record)
    return found


def count(coded: Sequence[Record], found: Sequence[Record]) -> Counter[str]:
    """What of the CODED records of a text was FOUND: counts that can be added up over texts."""
    counts: Counter[str] = Counter()
    used: set[int] = set()
    for record in coded:
        match = _nearest(record, found, used)
        if match is not None:
            used.add(match)
        if record.get("optional"):
            continue
        counts["gold"] += 1
        counts["coded"] += bool(record.get("indicator"))
        if match is not None:
            _compare(record, found[match], counts)
    counts["predicted"] = counts["hits"] + len(found) - len(used)
    return counts


def _nearest(record: Record, found: Sequence[Record], used: set[int]) -> int | None:
    touching = [
        index
        for index, row in enumerate(found)
        if index not in used and row["char_start"] < record["end"] and row["char_end"] > record["start"]
    ]
    return min(touching, key=lambda index: abs(found[index]["char_start"] - record["start"]), default=None)


def _compare(record: Record, row: Record, counts: Counter[str]) -> None:
    counts["hits"] += 1
    for field in (*STRICT, "area"):
        counts[field] += agree(field, record, row)
    counts["subject"] += likeness(record.get("subject"), row.get("subject")) >= _ALIKE
    counts["exact"] += right(record, row)
    counts["coded_right"] += bool(record.get("indicator")) and agree("indicator", record, row)
    counts["code_given"] += bool(row.get("indicator"))


def right(record: Record, row: Record) -> bool:
    """Whether an observation agrees with a coded record in all strict fields."""
    return all(agree(field, record, row) for field in STRICT)


def agree(field: str, record: Record, row: Record) -> bool:
    """Whether a field is the same in both: numbers to a millionth, nothing equal to an empty string."""
    one, other = record.get(field), row.get(field)
    if field in ("value", "value_max"):
        if one is None or other is None:
            return one is None and other is None
        return abs(float(one) - float(other)) <= 1e-6 * max(1.0, abs(float(one)))
    return (one or None) == (other or None)


def mistakes(coded: Sequence[Record], found: Sequence[Record]) -> list[str]:
    """What is wrong with the sure records of CODED among FOUND: where, the number, and each strict field."""
    told: list[tuple[int, str]] = []
    used: set[int] = set()
    for record in coded:
        match = _nearest(record, found, used)
        used |= set() if match is None else {match}
        if record.get("optional"):
            continue
        where = f"{record['start']} {record.get('text', '')}".rstrip()
        if match is None:
            told.append((len(STRICT), f"{where}: not found"))
        elif wrong := [field for field in STRICT if not agree(field, record, found[match])]:
            said = [f"{name} {found[match].get(name)}, not {record.get(name)}" for name in wrong]
            told.append((len(wrong), f"{where}: {'; '.join(said)}"))
    return [text for _, text in sorted(told, key=lambda one: -one[0])]


def likeness(one: str | None, other: str | None) -> float:
    """Character-bigram F1 of two subjects, 0 to 1."""
    a, b = _bigrams(one), _bigrams(other)
    return 2 * len(a & b) / (len(a) + len(b))


def _bigrams(text: str | None) -> set[str]:
    text = "".join((text or "").split())
    return {text[i : i + 2] for i in range(len(text) - 1)} or {text}


def rates(counts: Mapping[str, int]) -> dict[str, float | int | None]:
    """The columns of `COLUMNS` from counts; None where there is nothing to divide by."""

    def over(part: str, whole: str) -> float | None:
        return round(counts.get(part, 0) / counts[whole], 4) if counts.get(whole) else None

    row: dict[str, float | int | None] = {
        "gold": counts.get("gold", 0),
        "recall": over("hits", "gold"),
        "precision": over("hits", "predicted"),
    }
    row.update({field: over(field, "hits") for field in (*STRICT, "area", "subject")})
    row["code_recall"] = over("coded_right", "coded")
    row["code_precision"] = over("coded_right", "code_given")
    row["exact"] = over("exact", "gold")
    return row


def table(named: Iterable[tuple[str, Counter[str]]]) -> list[dict[str, Any]]:
    """A row of rates per name, and a last row `all` over the sums."""
    total: Counter[str] = Counter()
    rows = []
    for name, counts in named:
        total.update(counts)
        rows.append({"document": name, **rates(counts)})
    return [*rows, {"document": "all", **rates(total)}]
