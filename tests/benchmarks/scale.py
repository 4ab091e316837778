"""How long many reports take, and whether the cost is linear: the whole flow, by one process and by two.

    python tests/benchmarks/scale.py 1000 2000

The reports of ../shared/corpus (else the bundled example) are repeated with the codes of other areas and in
other years, so that every text is another one, until there are so many. Printed are, for each number, the
wall seconds of each step, the characters, the greatest memory of the run and of its processes, and what
60,000 reports would take. For the first number one process extracts as well, for the speed-up.
"""

from __future__ import annotations

import itertools
import os
import resource
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))
WANTED = 60_000


def texts() -> list[str]:
    """The texts that are repeated."""
    corpus = ROOT.parent / "shared" / "corpus"
    folder = corpus if corpus.is_dir() else ROOT / "schemas" / "examples"
    found = [path.read_text("utf-8") for path in sorted(folder.rglob("*.txt"))]
    return [text for text in found if len(text) > 1000]


def prepare(folder: Path, wanted: int) -> int:
    """Writes WANTED reports below FOLDER as JSON Lines; gives their characters."""
    import json

    from flows import schemas

    known, chars = texts(), 0
    regions = [one for one in schemas.regions().values() if one.level != "country"]
    with open(folder / "reports.jsonl", "w", encoding="utf-8") as file:
        areas = itertools.product(range(2025, 1999, -1), regions)
        for number, (year, region) in enumerate(itertools.islice(areas, wanted)):
            text = f"{known[number % len(known)]}\n（{region.name}，{year}年）\n"
            row = {"text": text, "region": region.code, "year": year}
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
            chars += len(text)
    return chars


def measure(source: Path, workers: int, whole: bool) -> dict[str, float]:
    """Wall seconds of each step for the reports in SOURCE, with so many WORKERS."""
    from flows import pipeline
    from flows.settings import settings

    os.environ["BAOGAO_WORKERS"] = str(workers)
    settings.cache_clear()
    output = tempfile.mkdtemp(prefix="baogao-scale-")
    took: dict[str, float] = {}

    def timed(name: str, step: Any, *given: Any) -> Any:
        begun = time.perf_counter()
        found = step(*given)
        took[name] = time.perf_counter() - begun
        return found

    try:
        timed("fetch", pipeline.fetch_reports, [str(source)], None, None, output)
        timed("read and extract", pipeline.extract_reports, None, output)
        if whole:
            inputs = timed("check", pipeline.check_observations, output)
            timed("publish", pipeline.publish_release, inputs, output, "a benchmark, not a release")
    finally:
        shutil.rmtree(output)
    return took


def main(numbers: list[int]) -> None:
    """Prints the measurements."""
    from flows import server

    server.environment(quiet=True)
    process = server.start()
    server.ready(process)
    from flows import pipeline

    os.environ["BAOGAO_MAX_FILE_BYTES"] = str(2**34)
    with pipeline.one_shot():
        for index, number in enumerate(numbers):
            folder = Path(tempfile.mkdtemp(prefix="baogao-scale-"))
            chars = prepare(folder, number)
            took = measure(folder, os.cpu_count() or 1, True)
            both = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
            run, pool = (resource.getrusage(one).ru_maxrss / 1024 for one in both)
            steps = ", ".join(f"{name} {seconds:.0f} s" for name, seconds in took.items())
            hours = sum(took.values()) * WANTED / number / 3600
            print(f"{number:,} reports, {chars:,} characters: {steps}; {sum(took.values()):.0f} s")
            print(f"  memory: run {run:,.0f} MB, greatest of the others {pool:,.0f} MB")
            print(f"  {WANTED:,} reports: {hours:.2f} hours", flush=True)
            if index == 0:
                alone = measure(folder, 1, False)["read and extract"]
                print(
                    f"  extraction by one process {alone:.0f} s: {alone / took['read and extract']:.2f} times"
                )
            shutil.rmtree(folder)


if __name__ == "__main__":
    main([int(number) for number in sys.argv[1:]] or [1000, 2000])
