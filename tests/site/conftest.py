"""A site of a few small reports, and what tests ask it."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

import flows
from flows import check, publish
from flows.check import expectations
from flows.model import Capture, Report
from flows.publish import releases, site
from flows.read import read_capture
from flows.settings import settings
from flows.store import Store
from tests.builders import entry, observation, report, stored, usual
from tests.conftest import EXAMPLE
from tests.publish.conftest import Publish, go, store

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

__all__ = ["go", "store"]


@pytest.fixture(autouse=True)
def own_settings() -> Iterator[None]:
    settings.cache_clear()
    site.maker.cache_clear()
    yield
    settings.cache_clear()
    site.maker.cache_clear()


@pytest.fixture
def public(store: Store, go: Publish) -> Path:
    """The folder `public` with the pages of three reports of two regions."""
    go(store, stored(store), stored(store, year=2017, value=2080), stored(store, "410000", 2017, 40000))
    return built(store)


def built(store: Store) -> Path:
    """Brings the pages up to date and gives their folder."""
    version = releases.usable(store)
    assert version
    site.build(store, version)
    return Path(store.path("public"))


def text_of(html: str) -> str:
    """What a reader sees of HTML."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", html.partition("<body")[2])).split())


def correction(folder: Path, nasty: str) -> Path:
    """A file that corrects the jobs of the report of `hostile`, with NASTY as its reason and author."""
    one = {"report": "410800-2016", "observation_id": "410800-2016-jobs", "field": "bound"}
    one |= {"expect": "about", "value": "lower", "reason": f"{nasty} why", "who": f"{nasty} who"}
    path = folder / "corrections.yaml"
    path.write_text(yaml.safe_dump([one], allow_unicode=True), "utf-8")
    return path


def hostile(store: Store, nasty: str, year: int = 2016) -> check.Entry:
    """The entry of a report with NASTY everywhere that a text from outside can stand."""
    line = f"{nasty}全市生产总值完成1950亿元，增长8.5%，城镇新增就业3万人左右。\n"
    made = report(
        year=year, text=nasty + "\n" + line, title=f"{nasty}报告", origin=f"https://example.org/{nasty}"
    )
    rows = usual(made)
    for row in rows:
        row |= {"subject": f"{nasty}生产总值", "quote": line.strip(), "section": f"{nasty} / 二"}
    rows.append(
        observation(made, "3万", observation_id=f"{made.report_id}-other", area=nasty, indicator=None)
    )
    return entry(store, made, rows)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """The system's Chromium. Without one, tests are skipped, or fail where BROWSER_REQUIRED is set.

    It goes with the tests of the pages: while it is there an event loop runs, and flows are not waited for.
    """
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if found is None:
        said = "there is no Chromium on this machine (Debian: apt-get install chromium)"
        (pytest.fail if os.environ.get("BROWSER_REQUIRED") else pytest.skip)(said)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder `public` of real reports: some of each kind; where they are not, of the bundled example."""
    corpus = Path(__file__).parents[3] / "shared" / "corpus"
    folder = corpus if corpus.is_dir() else EXAMPLE.parent
    found: list[Report] = []
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        if path.name.split("-")[0] in ("jiaozuo", "henan", "beijing", "hebei", "shandong", "national.jsonl"):
            data = path.read_bytes()
            given = Capture(hashlib.sha256(data).hexdigest(), path.name, path.name, len(data), "")
            found += [one for one in read_capture(given, data) if isinstance(one, Report)]
    chosen = [
        one for one in found if one.region_code != "100000" or one.report_year in (1954, 1983, 2016, 2025)
    ]
    made = Store(str(tmp_path_factory.mktemp("catalogue")))
    entries = [entry(made, one, [asdict(row) for row in flows.extract_report(one)]) for one in chosen]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(expectations, "run", lambda *_: [])
        publish.publish(made, check.check(made, entries), force="Pages to look at, not data.")
    return built(made)


@contextmanager
def serving(output: Path) -> Iterator[str]:
    """The address at which `baogao serve` shows OUTPUT."""
    command = [sys.executable, "-m", "flows.cli", "serve", "--port", "0", "--output", str(output)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr
        try:
            lines = iter(process.stderr.readline, "")
            yield next(line for line in lines if " on http" in line).split(" on ")[1].split()[0]
        finally:
            process.kill()


@pytest.fixture(scope="session")
def address(catalogue: Path) -> Iterator[str]:
    """The address at which the catalogue is served."""
    with serving(catalogue.parent) as found:
        yield found


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page that bears no complaint: errors, warnings of the policy, dialogs, requests to elsewhere."""
    with watched(browser) as found:
        yield found


@contextmanager
def watched(browser: Browser, **given: Any) -> Iterator[Page]:
    """A page of a context of its own; at its end nothing may have gone wrong in it."""
    context = browser.new_context(**given)
    found, wrong = context.new_page(), []
    found.on("console", lambda said: wrong.append(said.text) if said.type in ("error", "warning") else None)
    found.on("pageerror", lambda error: wrong.append(str(error)))
    found.on("dialog", lambda dialog: (wrong.append(f"dialog: {dialog.message}"), dialog.dismiss()))
    found.on(
        "request",
        lambda one: None if one.url.startswith(("http://127.0.0.1", "file:")) else wrong.append(one.url),
    )
    yield found
    context.close()
    assert not wrong
