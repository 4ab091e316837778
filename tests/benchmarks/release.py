"""How long checking and publishing many observations takes, and how much memory.

    python tests/benchmarks/release.py 300000
    python tests/benchmarks/release.py 1000000

The reports of ../shared/corpus (else the bundled example) are repeated with the codes of other areas and in
other years until there are so many observations; nothing else of them is changed. Printed are seconds and
the greatest memory of each step, in a process of its own, and of the largest that it starts; the sizes
of the files; and which share of the bytes of observations.parquet DuckDB reads for one region.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import multiprocessing
import os
import random
import resource
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

import flows  # noqa: E402
from flows import check, publish, schemas  # noqa: E402
from flows.model import Capture, Report  # noqa: E402
from flows.publish import quality  # noqa: E402
from flows.read import read_capture  # noqa: E402
from flows.store import Store  # noqa: E402


def reports() -> list[Report]:
    """The reports that are repeated."""
    corpus = ROOT.parent / "shared" / "corpus"
    folder = corpus if corpus.is_dir() else ROOT / "schemas" / "examples"
    found: list[Report] = []
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        data = path.read_bytes()
        given = Capture(hashlib.sha256(data).hexdigest(), path.name, path.name, len(data), "")
        found += [one for one in read_capture(given, data) if isinstance(one, Report)]
    return found


def prepare(root: str, wanted: int, reports_wanted: int = 0) -> int:
    """Stores WANTED observations or a few more, and a list of what belongs to what; gives their number.

    With REPORTS_WANTED so many reports at most.
    """
    store, made, count = Store(root), [], 0
    known = [(one, [asdict(row) for row in flows.extract_report(one)]) for one in reports()]
    for index, (report, _) in enumerate(known):
        store.write_json(f"work/base/{index}.json", asdict(report))
    codes = [one for one in schemas.regions().values() if one.level != "country"]
    for year, region in itertools.product((2025, 2026, 2024, 2023, 2022, 2021, 2020, 2019), codes):
        report, rows = known[len(made) % len(known)]
        name, old = f"{region.code}-{year}", report.report_id
        moved = year - report.report_year
        facts = {"report_id": name, "region_code": region.code, "region_name": region.name}
        facts |= {"region_level": region.level}
        lines = []
        for row in rows:
            key = row["observation_id"].replace(old, name)
            lines.append({**row, **facts, "observation_id": key, "report_year": year} | moved_by(row, moved))
        text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
        store.write_bytes(f"work/extracted/{name}.jsonl", text.encode())
        made.append([name, len(made) % len(known), year, region.code])
        count += len(rows)
        if count >= wanted or len(made) == reports_wanted:
            break
    store.write_json("work/made.json", made)
    return count


def moved_by(row: dict[str, Any], years: int) -> dict[str, Any]:
    """The period of ROW so many YEARS later."""
    period = row["period"]
    if period is None:
        return {}
    parts = [f"{int(part[:4]) + years}{part[4:]}" for part in period.split("/")]
    return {"period": "/".join(parts)}


def entries(store: Store) -> list[check.Entry]:
    """What is checked."""
    return [
        check.Entry(
            name, name, f"work/extracted/{name}.jsonl", partial(load, store.root, index, name, year, code)
        )
        for name, index, year, code in store.read_json("work/made.json")
    ]


def originals(store: Store) -> list[check.Entry]:
    """The reports as they are."""
    found = []
    for report in sorted(reports(), key=lambda one: one.report_id):
        lines = [json.dumps(asdict(row), ensure_ascii=False) for row in flows.extract_report(report)]
        name = f"work/extracted/{report.report_id}.jsonl"
        store.write_bytes(name, "".join(f"{line}\n" for line in lines).encode())
        found.append(check.Entry(report.report_id, report.text_sha256, name, partial(_given, report)))
    return found


def _given(report: Report) -> Report:
    return report


def load(root: str, index: int, name: str, year: int, code: str) -> Report:
    """The report of an entry."""
    region = schemas.regions()[code]
    facts = {"report_id": name, "region_code": code, "region_name": region.name}
    facts |= {"region_level": region.level, "report_year": year}
    return Report(**{**Store(root).read_json(f"work/base/{index}.json"), **facts})


def releasing(root: str) -> str:
    """Checks and publishes as a run does, in one process; what of it is checking is told apart."""
    store, began = Store(root), time.perf_counter()
    found = check.check(store, entries(store))
    checked, judged = time.perf_counter() - began, 0.0

    def judge(folder: Path) -> Any:
        nonlocal judged
        began = time.perf_counter()
        results = check.judge(folder)
        judged = time.perf_counter() - began
        return results

    began = time.perf_counter()
    version = publish.publish(store, found, force="a benchmark, not a release", judge=judge).version
    published = time.perf_counter() - began - judged
    shutil.rmtree(f"{root}/public/quality")
    began = time.perf_counter()
    quality.write_pages(store, version)
    paged = time.perf_counter() - began
    whole = checked + judged + paged
    return (
        f"checking {checked:.1f} s, judging what was written {judged:.1f} s, quality pages {paged:.1f} s, "
        f"together {whole:.1f} s; publishing {published:.1f} s; {found.observations:,} kept, "
        f"{found.quarantined:,} in quarantine, {found.flagged:,} flagged"
    )


def checking(root: str) -> str:
    """Alone, and without the last report."""
    store = Store(root)
    found = check.check(store, entries(store)[:-1])
    store.write_json("work/inputs.json", found.inputs)
    return f"{found.observations:,} kept"


def publishing_again(root: str) -> str:
    """The release that differs by one report from the one before, alone."""
    store = Store(root)
    found = check.checked(store, store.read_json("work/inputs.json"))
    return publish.publish(store, found, force="a benchmark, not a release", judge=check.judge).version


def reading(root: str) -> str:
    """The share of the bytes of observations.parquet that DuckDB reads for all columns of one region.

    Counted is what the process asks of the system (Linux alone tells), for some regions.
    """
    import duckdb
    import pyarrow.parquet as pq

    path = f"{root}/public/releases/1.0.0/observations.parquet"
    codes = sorted(set(pq.read_table(path, columns=["region_code"])["region_code"].to_pylist()))
    connection, shares = duckdb.connect(), []
    for code in random.Random(0).sample(codes, min(50, len(codes))):
        before = bytes_read()
        rows = connection.execute(f"SELECT * FROM '{path}' WHERE region_code = '{code}'").fetchall()
        shares.append((bytes_read() - before) / Path(path).stat().st_size)
        assert rows
    footer = pq.ParquetFile(path).metadata
    return (
        f"of the bytes for one of {len(shares)} regions: median {statistics.median(shares):.2%}, at most "
        f"{max(shares):.2%}; {footer.num_row_groups} row groups, footer {footer.serialized_size / 1e6:.2f} MB"
    )


def bytes_read() -> int:
    """Bytes that this process has read so far, from files or elsewhere."""
    lines = Path("/proc/self/io").read_text("ascii").splitlines()
    return int(next(line for line in lines if line.startswith("rchar")).split()[1])


def measured(step: Callable[[str], Any], root: str, answers: Any) -> None:
    begun = time.perf_counter()
    said = step(root)
    seconds = time.perf_counter() - begun
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    cpu, helped = (one.ru_utime + one.ru_stime for one in used)
    own, others = (one.ru_maxrss / 1024 for one in used)
    name = step.__name__.replace("_", " ")
    figures = f"{seconds:7.1f} s {cpu:7.1f} s CPU {own:7.0f} MB"
    if helped:
        figures += f" (helpers {helped:.1f} s CPU, the largest {others:.0f} MB)"
    answers.put(f"{name:18} {figures}  {said}")


def main() -> None:
    """Prints the figures."""
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 300_000
    root = tempfile.mkdtemp()
    context = multiprocessing.get_context("spawn")
    try:
        print(f"{prepare(root, wanted):,} observations", flush=True)
        os.sync()  # what was prepared is not written to the disk while something is measured
        for step in (releasing, reading, checking, publishing_again):
            answers = context.Queue()
            process = context.Process(target=measured, args=(step, root, answers))
            process.start()
            print(answers.get(), flush=True)
            process.join()
        for path in sorted(Path(root, "public/releases/1.0.0").iterdir()):
            print(f"{path.stat().st_size / 1e6:10.1f} MB  {path.name}")
    finally:
        shutil.rmtree(root)


if __name__ == "__main__":
    main()
