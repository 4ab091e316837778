"""How fast the extraction is, and whether its cost stays flat.

    python tests/benchmarks/extract.py                 the corpus, and the slope over many reports
    python tests/benchmarks/extract.py --compare       against recognizers-text-suite in the same run
    python tests/benchmarks/extract.py --reports 5000  how many reports the slope goes up to

Prints characters per second of the whole extraction (cleaning, sections, all fields) on one core, the
largest memory of the process, and the cost per character at growing numbers of reports, repeated ones.
What is measured is the package that this Python has installed; the first line says whether that is compiled
(`make fast`) or pure Python. Speeds are in processor time, and in brackets by the clock; both are medians
of at least three passes, and of half a second of them, after one that does not count.

`--compare` needs the dependency group `compare`, see docs/extraction.md: recognizers-text-suite doing
numbers, percentages, currencies and dimensions over the same text. Without ../shared the bundled example
is measured.
"""

from __future__ import annotations

import argparse
import resource
import time
from collections.abc import Callable, Iterator
from functools import partial
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path
from statistics import median
from typing import NamedTuple

import flows
from flows.extract import observations
from flows.model import Capture, Report
from flows.read import read_capture

ROOT = Path(__file__).parents[2]
CORPUS = ROOT.parent / "shared" / "corpus"
EXAMPLES = ROOT / "schemas" / "examples"
PASSES = 3
LEAST = 0.5  # seconds that the passes take together


class Took(NamedTuple):
    """Seconds: processor time of this process, and time by the clock."""

    processor: float
    clock: float


def reports() -> list[Report]:
    """The reports of the corpus, or of the bundled example."""
    folder = CORPUS if CORPUS.is_dir() else EXAMPLES
    found: list[Report] = []
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        data = path.read_bytes()
        capture = Capture("", path.name, path.name, len(data), "")
        found += [one for one in read_capture(capture, data) if isinstance(one, Report)]
    return found


def form() -> str:
    """Whether the modules that extract are compiled, and where they are installed."""
    compiled = observations.__file__.endswith(tuple(EXTENSION_SUFFIXES))
    return f"{'compiled' if compiled else 'pure Python'}, {Path(flows.__file__).parent}"


def seconds(work: Callable[[], object]) -> Took:
    """What WORK takes: medians of several passes, after one that does not count."""
    work()
    took: list[Took] = []
    while len(took) < PASSES or sum(one.clock for one in took) < LEAST:
        processor, clock = time.process_time(), time.perf_counter()
        work()
        took.append(Took(time.process_time() - processor, time.perf_counter() - clock))
    return Took(median(one.processor for one in took), median(one.clock for one in took))


def extract_all(texts: list[Report]) -> int:
    """Extracts all reports one after the other; the number of observations."""
    return sum(len(flows.extract_report(report)) for report in texts)


def slope(texts: list[Report], most: int) -> Iterator[tuple[int, float]]:
    """Number of reports → nanoseconds per character, the reports repeated as often as it takes."""
    number = 1
    while number <= most:
        chosen = [texts[i % len(texts)] for i in range(number)]
        size = sum(len(report.text) for report in chosen)
        start = time.process_time()
        extract_all(chosen)
        yield number, (time.process_time() - start) / size * 1e9
        number *= 5


def recognizers(text: str) -> Took:
    """What recognizers-text-suite takes over TEXT."""
    from recognizers_number import recognize_number, recognize_percentage
    from recognizers_number_with_unit import recognize_currency, recognize_dimension
    from recognizers_text import Culture

    all_four = (recognize_number, recognize_percentage, recognize_currency, recognize_dimension)
    return seconds(lambda: [recognize(text, Culture.Chinese) for recognize in all_four])


def main() -> None:
    """Prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--compare", action="store_true")
    parser.add_argument("--reports", type=int, default=625)
    arguments = parser.parse_args()
    print(form())
    texts = reports()
    size = sum(len(report.text) for report in texts)
    took = seconds(lambda: extract_all(texts))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{len(texts)} reports, {size:,} characters: {took.processor:.2f} s, {peak:.0f} MB")
    print(told(size, took))
    for number, cost in slope(texts, arguments.reports):
        print(f"{number:>6} reports: {cost:.0f} ns per character")
    if arguments.compare:
        compared(texts)


def compared(texts: list[Report]) -> None:
    """Prints both speeds report by report, taken in turns, and those of all the reports together."""
    chosen = sorted(texts, key=lambda report: report.report_id)[::3]
    ours, theirs = [], []
    for report in chosen:
        ours.append(seconds(partial(flows.extract_report, report)))
        theirs.append(recognizers(report.text))
        print(f"{report.report_id}: {against(len(report.text), ours[-1], theirs[-1])}")
    size = sum(len(report.text) for report in chosen)
    print(f"together: {against(size, total(ours), total(theirs))}")


def total(took: list[Took]) -> Took:
    """The sum of several."""
    return Took(sum(one.processor for one in took), sum(one.clock for one in took))


def told(size: int, took: Took) -> str:
    """How fast SIZE characters were."""
    return f"{size / took.processor:,.0f} ({size / took.clock:,.0f}) characters/s"


def against(size: int, ours: Took, theirs: Took) -> str:
    """Both speeds, and how many times as fast ours is."""
    times = f"{theirs.processor / ours.processor:.0f} ({theirs.clock / ours.clock:.0f}) times"
    return f"{told(size, ours)} against {told(size, theirs)}: {times}"


if __name__ == "__main__":
    main()
