"""Stores with releases in them. Great Expectations runs in tests/check; here the tables pass unjudged."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from flows import check, publish
from flows.check import Entry, expectations
from flows.model import Release
from flows.store import Store

Publish = Callable[..., Release]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(str(tmp_path / "out"))


@pytest.fixture
def validate(monkeypatch: pytest.MonkeyPatch) -> Callable[[Path], Any]:
    """What Frictionless says of the package in a folder.

    It asks pandas for a whole row at each of its cells; here a row is made once.
    """
    import frictionless

    made, row = pd.Series.to_dict, None
    found: dict[Any, Any] = {}

    def once(asked: pd.Series[Any]) -> dict[Any, Any]:
        nonlocal row, found
        if asked is not row:
            row, found = asked, made(asked)
        return found

    monkeypatch.setattr(pd.Series, "to_dict", once)
    return lambda folder: frictionless.validate(str(folder / "datapackage.json"))


@pytest.fixture
def go() -> Iterator[Publish]:
    """Does what a run does: fingerprint, look, check, publish."""
    with unjudged() as run:
        yield run


@contextmanager
def unjudged() -> Iterator[Publish]:
    """`go`, as long as the block takes."""

    def run(
        store: Store, *entries: Entry, now: datetime = datetime(2026, 1, 2, tzinfo=UTC), force: str = ""
    ) -> Release:
        found = publish.current(store, check.fingerprint(entries))
        return found or publish.publish(store, check.check(store, entries), now=now, force=force)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(expectations, "run", lambda *_: [])
        yield run
