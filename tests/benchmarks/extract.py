"""How fast the extraction is, and whether its cost stays flat.

    python tests/benchmarks/extract.py                 the corpus, and the slope over many reports
    python tests/benchmarks/extract.py --compare       against recognizers-text-suite in the same run
    python tests/benchmarks/extract.py --reports 5000  how many reports the slope goes up to

Prints characters per second of the whole extraction (cleaning, sections, all fields) on one core, the
largest memory of the process, and the cost per character at growing numbers of reports, repeated ones.
`--compare` needs the dependency group `compare`, see docs/extraction.md: recognizers-text-suite doing
numbers, percentages, currencies and dimensions over the same text. Without ../shared the bundled example
is measured.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

import flows  # noqa: E402
from flows.model import Capture, Report  # noqa: E402
from flows.read import read_capture  # noqa: E402

CORPUS = ROOT.parent / "shared" / "corpus"
EXAMPLES = ROOT / "schemas" / "examples"


def reports() -> list[Report]:
    """The reports of the corpus, or of the bundled example."""
    folder = CORPUS if CORPUS.is_dir() else EXAMPLES
    found: list[Report] = []
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        data = path.read_bytes()
        capture = Capture("", path.name, path.name, len(data), "")
        found += [one for one in read_capture(capture, data) if isinstance(one, Report)]
    return found


def seconds(work: Callable[[], object]) -> float:
    """The best of three runs, in processor seconds of this process."""
    best = float("inf")
    for _ in range(3):
        start = time.process_time()
        work()
        best = min(best, time.process_time() - start)
    return best


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


def recognizers(text: str) -> float:
    """The seconds that recognizers-text-suite takes over TEXT."""
    from recognizers_number import recognize_number, recognize_percentage
    from recognizers_number_with_unit import recognize_currency, recognize_dimension
    from recognizers_text import Culture

    all_four = (recognize_number, recognize_percentage, recognize_currency, recognize_dimension)
    for recognize in all_four:
        recognize("增长5%，达到3亿元、20公里", Culture.Chinese)
    return seconds(lambda: [recognize(text, Culture.Chinese) for recognize in all_four])


def main() -> None:
    """Prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--compare", action="store_true")
    parser.add_argument("--reports", type=int, default=625)
    arguments = parser.parse_args()
    texts = reports()
    size = sum(len(report.text) for report in texts)
    extract_all(texts[:1])
    took = seconds(lambda: extract_all(texts))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    rate = size / took
    print(f"{len(texts)} reports, {size:,} characters: {took:.2f} s, {rate:,.0f} characters/s, {peak:.0f} MB")
    for number, cost in slope(texts, arguments.reports):
        print(f"{number:>6} reports: {cost:.0f} ns per character")
    if arguments.compare:
        compared(texts)


def compared(texts: list[Report]) -> None:
    """Prints both speeds report by report, taken in turns, and those of all the reports together."""
    total = ours = theirs = 0.0
    for report in sorted(texts, key=lambda report: report.report_id)[::3]:
        own, other = seconds(partial(flows.extract_report, report)), recognizers(report.text)
        size = len(report.text)
        total, ours, theirs = total + size, ours + own, theirs + other
        told(report.report_id, size, own, other)
    told("together", total, ours, theirs)


def told(what: str, size: float, ours: float, theirs: float) -> None:
    """Prints both speeds in characters per second, and how many times as fast ours is."""
    print(f"{what}: {size / ours:,.0f} and {size / theirs:,.0f} characters/s: {theirs / ours:.0f} times")


if __name__ == "__main__":
    main()
