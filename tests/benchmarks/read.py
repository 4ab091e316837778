"""How many reports are read in a second, for each format that a report may come in.

    python tests/benchmarks/read.py             the bundled example, in every format
    python tests/benchmarks/read.py --times 20  each as often

Also reads every file of ../shared/corpus once where that is there, and prints what could not be read.
"""

from __future__ import annotations

import argparse
import csv
import html
import io
import json
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from flows.model import Capture, Report  # noqa: E402
from flows.read import read_capture  # noqa: E402
from tests.fetch.test_sources import docx  # noqa: E402
from tests.read.test_pdf import report_pdf  # noqa: E402

CORPUS = ROOT.parent / "shared" / "corpus"
EXAMPLE = ROOT / "schemas" / "examples" / "jiaozuo-2016-digest.txt"


def formats(text: str) -> dict[str, bytes]:
    """The same report in every format."""
    table = io.StringIO()
    csv.writer(table).writerows([["title", "text"], ["", text]])
    body = "".join(f"<p>{html.escape(line)}</p>" for line in text.split("\n"))
    return {
        "txt": text.encode(),
        "txt in GB18030": text.encode("gb18030"),
        "html": f"<html><body><article>{body}</article></body></html>".encode(),
        "docx": docx(html.escape(text)),
        "csv": table.getvalue().encode(),
        "jsonl": json.dumps({"text": text}, ensure_ascii=False).encode(),
        "pdf": report_pdf(text.split("\n")),
    }


def main() -> None:
    """Prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--times", type=int, default=5)
    times = parser.parse_args().times
    text = EXAMPLE.read_text("utf-8")
    print(f"one report of {len(text):,} characters, {times} times")
    for name, data in formats(text).items():
        capture = Capture("", f"report.{name.split()[0]}", f"report.{name.split()[0]}", len(data), "")
        begun = time.perf_counter()
        for _ in range(times):
            found = read_capture(capture, data)
        took = (time.perf_counter() - begun) / times
        told = "" if isinstance(found[0], Report) else f" ({found[0].message})"
        print(f"{name:<15} {1 / took:8.1f} reports a second{told}")
    if CORPUS.is_dir():
        begun, reports, other = time.perf_counter(), 0, []
        for path in sorted(one for one in CORPUS.rglob("*") if one.is_file()):
            data = path.read_bytes()
            for one in read_capture(Capture("", path.name, path.name, len(data), ""), data):
                reports += isinstance(one, Report)
                other += [] if isinstance(one, Report) else [one.reason]
        print(
            f"corpus: {reports} reports in {time.perf_counter() - begun:.1f} s; others: {sorted(set(other))}"
        )


if __name__ == "__main__":
    main()
