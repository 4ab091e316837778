"""Stores with releases in them. Great Expectations runs in tests/check; here the tables pass unjudged."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

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
def go(monkeypatch: pytest.MonkeyPatch) -> Publish:
    """Does what a run does: fingerprint, look, check, publish."""
    monkeypatch.setattr(expectations, "run", lambda *_: [])

    def run(
        store: Store, *entries: Entry, now: datetime = datetime(2026, 1, 2, tzinfo=UTC), force: str = ""
    ) -> Release:
        found = publish.current(store, check.fingerprint(entries))
        return found or publish.publish(store, check.check(store, entries), now=now, force=force)

    return run
