"""How long many reports take, and whether the cost is linear: the whole flow, by one process and by two.

    python tests/benchmarks/scale.py 1000 2000

The reports of ../shared/corpus (else the bundled example) are repeated with the codes of other areas and in
other years, so that every text is another one, until there are so many, each in a file of its own. Printed
are, for each number, the characters, the wall seconds of each step and the seconds of processors (which mean
more on a machine that does other things), the greatest memory of the run until then and of its processes, and
what 60,000 reports would take. For the first number one process extracts as well, for the speed-up.
"""

from __future__ import annotations

import itertools
import multiprocessing
import os
import resource
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))
WANTED = 60_000


class Cost(NamedTuple):
    """Seconds on the wall and of processors, and megabytes: the greatest memory of the run until then."""

    wall: float
    cpu: float
    memory: float


def texts() -> list[str]:
    """The texts that are repeated."""
    from flows.model import Capture, Report
    from flows.read import read_capture

    corpus = ROOT.parent / "shared" / "corpus"
    folder = corpus if corpus.is_dir() else ROOT / "schemas" / "examples"
    found: list[str] = []
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        given = Capture(path.name, path.name, path.name, path.stat().st_size, "")
        found += [one.text for one in read_capture(given, path.read_bytes()) if isinstance(one, Report)]
    return found


def prepare(folder: Path, wanted: int) -> int:
    """Writes WANTED reports into FOLDER, named by area and year; gives their characters."""
    from flows import schemas

    known, chars = texts(), 0
    regions = [one for one in schemas.regions().values() if one.level != "country"]
    areas = itertools.product(range(2025, 1999, -1), regions)
    for number, (year, region) in enumerate(itertools.islice(areas, wanted)):
        text = f"{known[number % len(known)]}\n（{region.name}，{year}年）\n"
        (folder / f"{region.code}-{year}.txt").write_text(text, "utf-8")
        chars += len(text)
    return chars


def fetch(source: Path, output: str) -> None:
    """Captures the reports in SOURCE, each as that of the area and the year that its file is named by."""
    from flows.fetch.folder import captures
    from flows.settings import settings
    from flows.store import Store

    store, most = Store(output), settings().max_file_bytes
    for path in sorted(source.iterdir()):
        region, _, year = path.stem.partition("-")
        assert list(captures([str(path)], store, region=region, year=int(year), max_bytes=most))


def measure(source: Path, workers: int, whole: bool) -> dict[str, Cost]:
    """What each step costs for the reports in SOURCE, with so many WORKERS."""
    from flows import pipeline
    from flows.settings import settings

    os.environ["BAOGAO_WORKERS"] = str(workers)
    settings.cache_clear()
    output = tempfile.mkdtemp(prefix="baogao-scale-")
    took: dict[str, Cost] = {}

    def timed(name: str, step: Any, *given: Any) -> Any:
        begun, before = time.perf_counter(), os.times()
        found = step(*given)
        used = sum(os.times()[:4]) - sum(before[:4])
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        took[name] = Cost(time.perf_counter() - begun, used, most)
        return found

    try:
        timed("fetch", fetch, source, output)
        timed("read and extract", pipeline.extract_reports, None, output)
        if whole:
            inputs = timed("check", pipeline.check_observations, output)
            timed("publish", pipeline.publish_release, inputs, output, "a benchmark, not a release")
    finally:
        shutil.rmtree(output)
    return took


def one(number: int, alone: bool) -> None:
    """Prints the measurements of NUMBER reports; ALONE: also of one process that extracts."""
    from flows import pipeline

    folder = Path(tempfile.mkdtemp(prefix="baogao-scale-"))
    try:
        chars = prepare(folder, number)
        with pipeline.one_shot():
            took = measure(folder, os.cpu_count() or 1, True)
            whole = Cost(*map(sum, zip(*took.values(), strict=True)))
            pool = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
            print(f"{number:,} reports, {chars:,} characters: {whole.wall:.0f} s, {whole.cpu:.0f} s CPU")
            for name, cost in took.items():
                print(f"  {name:16} {cost.wall:6.1f} s {cost.cpu:7.1f} s CPU {cost.memory:7.0f} MB")
            print(f"  greatest memory of the other processes {pool:,.0f} MB")
            print(f"  {WANTED:,} reports: {whole.wall * WANTED / number / 3600:.2f} hours", flush=True)
            if alone:
                both, single = took["read and extract"], measure(folder, 1, False)["read and extract"]
                said = f"{single.wall:.1f} s, {single.cpu:.1f} s CPU: {single.wall / both.wall:.2f} times"
                print(f"  extraction by one process {said}", flush=True)
    finally:
        shutil.rmtree(folder)


def main(numbers: list[int]) -> None:
    """Measures each number in a process of its own, as the memory of one would else be that of the next."""
    from flows import server

    server.environment(quiet=True)
    process = server.start()
    try:
        server.ready(process)
        for index, number in enumerate(numbers):
            measured = multiprocessing.get_context("spawn").Process(target=one, args=(number, index == 0))
            measured.start()
            measured.join()
            if measured.exitcode:
                sys.exit(measured.exitcode)
    finally:
        process.terminate()


if __name__ == "__main__":
    main([int(number) for number in sys.argv[1:]] or [1000, 2000])
