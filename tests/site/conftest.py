"""A site of a few small reports, and what tests ask it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest

from flows.publish import releases, site
from flows.settings import settings
from flows.store import Store
from tests.builders import entry, observation, report, stored, usual
from tests.publish.conftest import Publish, go, store

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


def hostile(store: Store, nasty: str, year: int = 2016) -> object:
    """The entry of a report with NASTY everywhere that a text from outside can stand."""
    line = f"{nasty}全市生产总值完成1950亿元，增长8.5%，城镇新增就业3万人左右。\n"
    made = report(
        year=year, text=nasty + "\n" + line, title=f"{nasty}报告", origin=f"https://example.org/{nasty}"
    )
    rows = usual(made)
    for row in rows:
        row |= {"subject": f"{nasty}生产总值", "quote": line.strip(), "section": f"{nasty} / 二"}
    rows.append(observation(made, "3万", observation_id="410800-2016-other", area=nasty, indicator=None))
    return entry(store, made, rows)
