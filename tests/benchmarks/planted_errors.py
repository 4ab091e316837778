"""Plants errors in the reports of ../shared/corpus and counts how many of them the checks find.

    python tests/benchmarks/planted_errors.py [--errors 500] [--seed 1] [--missed] [--baseline FILE]

Of ten kinds of errors three are slips of the source, planted in the text, which is then extracted anew, six
are slips of a program, planted in the observations, and one is a report taken away. An error counts as caught
when a check that was silent before speaks of the row (or, where no row is left, of its report or its table).
Twenty errors are planted at a time, each in another report. --missed lists those that were not caught with
the reason; --baseline writes the numbers of observations of the corpus, as kept in schemas/expected.csv.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import random
import re
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

import flows  # noqa: E402
from flows import check, extract, schemas  # noqa: E402
from flows.check import expected  # noqa: E402
from flows.model import Capture, Report  # noqa: E402
from flows.read import read_capture  # noqa: E402
from flows.store import Store  # noqa: E402

CORPUS = ROOT.parent / "shared" / "corpus"
AT_A_TIME = 20
LEAST_YEARS, LEAST_AREAS = 6, 8  # with which a value can be compared
Row = dict[str, Any]
Found = set[tuple[str, str]]


@dataclass(slots=True)
class Planted:
    """An error: its kind, report and rows (none if they are gone), whether it hits a headline, and the row as
    it was (empty for a whole report)."""

    kind: str
    report_id: str
    keys: set[str]
    headline: bool
    what: str
    row: Row = field(default_factory=dict)
    caught: str = ""


class Corpus:
    """The reports with their observations, and a store in which they are checked."""

    def __init__(self, folder: str) -> None:
        self.store = Store(folder)
        self.reports: dict[str, Report] = {}
        self.rows: dict[str, list[Row]] = {}
        for path in sorted(path for path in CORPUS.rglob("*") if path.is_file()):
            data = path.read_bytes()
            given = Capture(hashlib.sha256(data).hexdigest(), path.name, path.name, len(data), "")
            for report in read_capture(given, data):
                if isinstance(report, Report):
                    self.reports[report.report_id] = report
                    self.rows[report.report_id] = [asdict(row) for row in flows.extract_report(report)]
        # As `make expected` would leave the file: what is measured does not depend on when it was last made.
        kept = {name: self.counted(name) for name in self.reports}
        expected.kept = lambda: kept  # type: ignore[assignment]

    def counted(self, name: str) -> dict[str, str]:
        """The row of schemas/expected.csv for a report."""
        row = expected.counted(self.reports[name], extract.fingerprint(), self.rows[name])
        return {column: str(value) for column, value in row.items()}

    def findings(self, reports: dict[str, Report], rows: dict[str, list[Row]]) -> Found:
        """What the checks say: check and key (of a row or report, or the message of what has no key)."""
        entries = [self._entry(report, rows[report.report_id]) for report in reports.values()]
        found: Found = set()
        checked = check.check(self.store, entries)
        for finding in check.findings(self.store, checked):
            found.add((finding.check, f"{finding.key} {finding.message if not finding.key else ''}".strip()))
            if finding.table == "reports":
                found.add((finding.check, finding.message))
        return found

    def _entry(self, report: Report, rows: list[Row]) -> check.Entry:
        text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()
        name = f"work/extracted/{hashlib.sha256(text).hexdigest()}.jsonl"
        if not self.store.exists(name):
            self.store.write_bytes(name, text)
        key = name + report.text_sha256
        return check.Entry(report.report_id, key, name, lambda: report, extract.fingerprint())


def is_headline(row: Row) -> bool:
    headline = {one["code"] for one in schemas.rows("indicators.csv") if one["headline"] == "yes"}
    return bool(
        row["indicator"] in headline and row["area"] is None and row["measure"] in ("level", "growth")
    )


# Slips of a program: they get the rows of a report, change some, and say which.


def point_moved(rows: list[Row], row: Row, dice: random.Random) -> list[Row]:
    row["value"] = row["value"] * dice.choice([0.1, 10.0])
    return [row]


def unit_swapped(rows: list[Row], row: Row, dice: random.Random) -> list[Row]:
    swaps = {"元": "美元", "美元": "元", "%": "百分点", "百分点": "%", "人": "户", "吨": "公斤", "亩": "公顷"}
    row["unit"] = swaps.get(row["unit"], "元")
    return [row]


def year_off(rows: list[Row], row: Row, dice: random.Random) -> list[Row]:
    move = dice.choice([-1, 1])
    row["period"] = re.sub(r"\d{4}", lambda year: str(int(year[0]) + move), row["period"] or "2000")
    return [row]


def subjects_swapped(rows: list[Row], row: Row, dice: random.Random) -> list[Row]:
    """分别 read in the wrong order: what two numbers of a sentence measure is exchanged."""
    for other in rows:
        if (
            other["quote"] == row["quote"]
            and other["subject"] != row["subject"]
            and other["unit"] == row["unit"]
        ):
            for name in ("subject", "indicator", "area", "area_code"):
                row[name], other[name] = other[name], row[name]
            return [row, other]
    return []


def row_dropped(rows: list[Row], row: Row, dice: random.Random) -> list[Row]:
    rows.remove(row)
    return [row]


def column_nulled(rows: list[Row], row: Row, dice: random.Random) -> list[Row]:
    name = dice.choice(["indicator", "period"])
    for one in rows:
        one[name] = None
    return [row]


# Slips of the source: they get the text and the row, and give the text with the slip.


def text_point_moved(text: str, row: Row, dice: random.Random) -> str:
    number = text[row["char_start"] : row["char_end"]]
    found = re.search(r"\d+(?:\.\d+)?", number)
    if not found:
        return text
    moved = float(found[0]) * dice.choice([0.1, 10.0])
    return text[: row["char_start"]] + number.replace(found[0], f"{moved:.10g}", 1) + text[row["char_end"] :]


def text_scale_swapped(text: str, row: Row, dice: random.Random) -> str:
    number = text[row["char_start"] : row["char_end"]]
    swapped = (
        number.replace("万亿", "亿") if "万亿" in number else number.translate(str.maketrans("亿万", "万亿"))
    )
    if swapped == number and text[row["char_end"]] == "%":
        return text[: row["char_end"]] + "个百分点" + text[row["char_end"] + 1 :]
    return text[: row["char_start"]] + swapped + text[row["char_end"] :]


def text_numbers_swapped(text: str, row: Row, dice: random.Random) -> str:
    after = re.compile(r"[^。；\d]{0,12}[、和，][^。；\d]{0,12}?(\d+(?:\.\d+)?)").match(text, row["char_end"])
    first = re.match(r"\d+(?:\.\d+)?", text[row["char_start"] : row["char_end"]])
    if not after or not first or after[1] == first[0]:
        return text
    start, end = row["char_start"], row["char_start"] + len(first[0])
    return text[:start] + after[1] + text[end : after.start(1)] + first[0] + text[after.end(1) :]


IN_ROWS: dict[str, Callable[[list[Row], Row, random.Random], list[Row]]] = {
    "decimal point moved": point_moved,
    "unit swapped": unit_swapped,
    "year off by one": year_off,
    "分别 swapped": subjects_swapped,
    "row dropped": row_dropped,
    "column nulled": column_nulled,
}
IN_TEXT: dict[str, Callable[[str, Row, random.Random], str]] = {
    "decimal point moved": text_point_moved,
    "scale or unit swapped": text_scale_swapped,
    "numbers swapped": text_numbers_swapped,
}
KINDS = [*(f"rows: {name}" for name in IN_ROWS), *(f"text: {name}" for name in IN_TEXT), "report removed"]


def plant(corpus: Corpus, dice: random.Random, kinds: list[str]) -> tuple[list[Planted], Found]:
    """Errors of KINDS, each in another report, and what the checks say then."""
    reports, rows = dict(corpus.reports), dict(corpus.rows)
    names = dice.sample(sorted(reports), len(kinds))
    planted: list[Planted] = []
    for kind, name in zip(kinds, names, strict=True):
        headlines = [row for row in rows[name] if is_headline(row)]
        chosen = dict(dice.choice(headlines if headlines and dice.random() < 0.7 else rows[name]))
        where, _, what = kind.partition(": ")
        if kind == "report removed":
            del reports[name]
            planted.append(Planted(kind, name, set(), True, name))
        elif where == "rows":
            copies = [dict(row) for row in rows[name]]
            row = next(row for row in copies if row["observation_id"] == chosen["observation_id"])
            before = is_headline(row)
            changed = IN_ROWS[what](copies, row, dice)
            if changed:
                headline = before or any(map(is_headline, changed))
                keys = {one["observation_id"] for one in changed}
                planted.append(Planted(kind, name, keys, headline, told(chosen), chosen))
                rows[name] = copies
        else:
            text = IN_TEXT[what](reports[name].text, chosen, dice)
            if text != reports[name].text:
                changed_report = replace(
                    reports[name], text=text, text_sha256=hashlib.sha256(text.encode()).hexdigest()
                )
                after = [asdict(one) for one in flows.extract_report(changed_report)]
                known = {as_said(one) for one in rows[name]}
                keys = {one["observation_id"] for one in after if as_said(one) not in known}
                planted.append(Planted(kind, name, keys, is_headline(chosen), told(chosen), chosen))
                reports[name], rows[name] = changed_report, after
    return planted, corpus.findings(reports, rows)


def as_said(row: Row) -> tuple[Any, ...]:
    return tuple(
        row[name] for name in ("subject", "measure", "status", "period", "value", "unit", "char_start")
    )


def told(row: Row) -> str:
    names = ("report_id", "indicator", "measure", "status", "period", "value")
    return " ".join(str(row[name]) for name in names)


def judge(planted: list[Planted], before: Found, after: Found) -> None:
    """Notes by which check each error was caught."""
    new = after - before
    for one in planted:
        for name, key in sorted(new):
            about = key in one.keys or any(k and k in key for k in one.keys)
            if about or (one.report_id in key and name in REPORT_CHECKS):
                one.caught = name
                break
        if not one.caught and one.kind == "report removed" and any(one.report_id in key for _, key in new):
            one.caught = next(name for name, key in sorted(new) if one.report_id in key)


REPORT_CHECKS = {"headlines-are-given", "as-many-as-expected", "no-report-is-missing", "codes-are-given"}


def reason(corpus: Corpus, one: Planted) -> str:
    """Why an error could not be caught."""
    if not one.row:
        return "the only report of its area, and none of its level and year stands beside it"
    if not one.headline:
        return "no headline: nothing else states it"
    alike = [row for rows in corpus.rows.values() for row in rows if same_thing(row, one.row)]
    own = {row["period"] for row in alike if row["region_code"] == one.row["region_code"]}
    peers = {row["region_code"] for row in alike if nearly_then(row, one.row)}
    if len(own) < LEAST_YEARS and len(peers) < LEAST_AREAS:
        return f"fewer than {LEAST_YEARS} own years and fewer than {LEAST_AREAS} areas say anything like it"
    if one.kind.startswith("text"):
        return "the slip stays within what areas and years differ by"
    return "a change of meaning that leaves value, unit, year and subject possible"


def same_thing(row: Row, other: Row) -> bool:
    """Whether two observations are of the same indicator, measure and level of area, both facts or aims."""
    names = ("indicator", "measure", "region_level")
    both = (row["status"] == "target") == (other["status"] == "target")
    return both and row["area"] is None and all(row[name] == other[name] for name in names)


def nearly_then(row: Row, other: Row) -> bool:
    """Whether two observations are about the same year or the one before or after it."""
    one, two = row["period"] or "", other["period"] or ""
    return one == two or (len(one) == len(two) == 4 and abs(int(one) - int(two)) <= 1)


def planted_in(corpus: Corpus, errors: int, dice: random.Random) -> list[Planted]:
    """So many ERRORS of all kinds, planted in CORPUS, with what caught each."""
    before = corpus.findings(corpus.reports, corpus.rows)
    planted: list[Planted] = []
    while len(planted) < errors:
        kinds = [KINDS[(len(planted) + n) % len(KINDS)] for n in range(AT_A_TIME)]
        made, after = plant(corpus, dice, kinds)
        judge(made, before, after)
        planted += made
    return planted[:errors]


def main() -> None:
    """Prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--errors", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--missed", action="store_true")
    parser.add_argument("--baseline", type=Path)
    asked = parser.parse_args()
    dice = random.Random(asked.seed)
    with tempfile.TemporaryDirectory() as folder:
        corpus = Corpus(folder)
        if asked.baseline:
            write_baseline(corpus, asked.baseline)
            return
        planted = planted_in(corpus, asked.errors, dice)
    report(corpus, planted, asked.missed)


def write_baseline(corpus: Corpus, path: Path) -> None:
    """What schemas/expected.csv has of the reports of the corpus."""
    rows = [corpus.counted(name) for name in sorted(corpus.reports)]
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def report(corpus: Corpus, planted: list[Planted], missed: bool) -> None:
    """Prints what was caught, by kind, and why the rest was not."""
    print(f"{'kind':32} {'headline':>14} {'other':>14}")
    by_kind: dict[str, list[Planted]] = defaultdict(list)
    for one in planted:
        by_kind[one.kind].append(one)
    for kind, ones in [*sorted(by_kind.items()), ("all", planted)]:
        shares = []
        for headline in (True, False):
            mine = [one for one in ones if one.headline == headline]
            caught = sum(bool(one.caught) for one in mine)
            shares.append(f"{caught}/{len(mine)} {caught / len(mine):.2f}" if mine else "-")
        print(f"{kind:32} {shares[0]:>14} {shares[1]:>14}")
    print(
        "\ncaught by:",
        ", ".join(f"{k} {n}" for k, n in Counter(o.caught for o in planted if o.caught).most_common()),
    )
    lost = [one for one in planted if not one.caught]
    print(
        "not caught:",
        ", ".join(f"{k} {n}" for k, n in Counter(reason(corpus, o) for o in lost).most_common()),
    )
    for one in lost if missed else ():
        print(f"  {one.kind}: {one.what} ({reason(corpus, one)})")


if __name__ == "__main__":
    main()
