"""How long the pages take, how much memory, and how fast the search answers.

    python tests/benchmarks/site.py             the reports of ../shared/corpus, then one more
    python tests/benchmarks/site.py 1500 3000   so many reports: the same ones for other areas and years

Each build is a process of its own; printed are its seconds and greatest memory, the number and size of the
files, the bytes that the home page loads, and the milliseconds of a search by the browser's clock, files
served on this machine, when nothing of the index is there yet, and when it is asked again.
"""

from __future__ import annotations

import multiprocessing
import resource
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from flows import check, publish  # noqa: E402
from flows.check import expectations  # noqa: E402
from flows.publish import releases, site  # noqa: E402
from flows.store import Store  # noqa: E402
from tests.benchmarks import release as repeated  # noqa: E402

QUERIES = ("焦作 财政收入", "Henan 2025 revenue", "城镇新增就业", "粮食产量 2025", "高新技术企业", "PM2.5")


def released(root: str, count: int) -> str:
    """Publishes COUNT reports, unjudged; 0: the real ones but the last."""
    store = Store(root)
    expectations.run = lambda *_: []  # type: ignore[assignment]
    if count:
        repeated.prepare(root, count * 10_000, count)
        entries = repeated.entries(store)
    else:
        entries = repeated.originals(store)[:-1]
    publish.publish(store, check.check(store, entries), force="a benchmark, not a release")
    return f"{len(entries)} reports"


def one_more(root: str, _: int) -> str:
    """Publishes the real reports, all of them."""
    store = Store(root)
    expectations.run = lambda *_: []  # type: ignore[assignment]
    publish.publish(store, check.check(store, repeated.originals(store)), force="a benchmark, not a release")
    return ""


def built(root: str, _: int) -> str:
    store = Store(root)
    version = releases.usable(store)
    assert version
    done = site.build(store, version)
    return f"{done.written:,} files written, {done.kept:,} kept"


def measured(step: Callable[[str, int], str], root: str, count: int, answers: Any) -> None:
    begun = time.perf_counter()
    said = step(root, count)
    said = f"{time.process_time():7.1f} s of the processor  {said}"
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    answers.put((time.perf_counter() - begun, memory, said))


def run(step: Callable[[str, int], str], root: str, count: int = 0) -> None:
    """Runs STEP in a process of its own and prints what it took."""
    context = multiprocessing.get_context("spawn")
    answers = context.Queue()
    process = context.Process(target=measured, args=(step, root, count, answers))
    process.start()
    seconds, memory, said = answers.get()
    process.join()
    print(f"{step.__name__.replace('_', ' '):10} {seconds:7.1f} s {memory:6.0f} MB  {said}", flush=True)


def sizes(root: str) -> None:
    """Prints what lies there."""
    public = Path(root, "public")
    for name in ("zh", "en", "data"):
        files = [path.stat().st_size for path in (public / name).rglob("*") if path.is_file()]
        total, most = sum(files) / 1e6, max(files) / 1e3
        print(f"{name:10} {len(files):7,} files {total:8.1f} MB, the largest {most:,.0f} kB")


def searched(root: str) -> None:
    """Prints the bytes of the home page and the milliseconds of searches, each in a fresh browser context."""
    from playwright.sync_api import sync_playwright

    from tests.site.conftest import serving

    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    with serving(Path(root)) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page, loaded = browser.new_page(), []
        page.on("response", lambda one: loaded.append(len(one.body())))
        page.goto(f"{address}zh/index.html", wait_until="networkidle")
        print(f"home loads {sum(loaded) / 1e3:.0f} kB")
        first: list[int] = []
        again: list[int] = []
        for query in QUERIES:
            page = browser.new_context().new_page()
            for taken in (first, again):
                page.goto(f"{address}zh/search.html?q={quote(query)}")
                page.wait_for_selector("#results[data-done]", state="attached")
                taken.append(int(page.get_attribute("#results", "data-milliseconds") or -1))
            page.context.close()
        for name, figures in (("first", first), ("again", again)):
            middle = statistics.median(figures)
            print(f"search, {name}: {middle:.0f} ms in the middle, {max(figures)} at most, {figures}")
        browser.close()


def main() -> None:
    """Prints the figures."""
    for count in [int(one) for one in sys.argv[1:]] or [0]:
        root = tempfile.mkdtemp()
        try:
            run(released, root, count)
            run(built, root)
            if not count:
                run(one_more, root)
                run(built, root)
            run(built, root)
            sizes(root)
            searched(root)
        finally:
            shutil.rmtree(root)


if __name__ == "__main__":
    main()
