"""Room 1: sources → captures. Copies bytes as they are and notes what was said beside them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import flows
from flows.fetch import documents, folder
from flows.fetch.captures import now
from flows.fetch.client import Client, Politeness
from flows.fetch.documents import Reader
from flows.fetch.sources import Source, SourceError, source
from flows.fetch.sources import sources as every_source
from flows.model import Capture, Rejected
from flows.settings import settings
from flows.store import Store

__all__ = ["Reader", "Source", "SourceError", "captures", "due", "source"]

_ASKED = "work/sources"


def captures(one: Source, store: Store, reader: Reader) -> Iterator[Capture | Rejected]:
    """The captures of a source and what could not be captured, one after the other.

    When all was asked for, the moment is kept for `due`. Raises StoreError when the store cannot be
    written.
    """
    if one.kind == "folder":
        yield from folder.captures(one.paths(), store, max_bytes=settings().max_file_bytes)
        return
    client = Client(agent(), politeness(one))
    begun = now()
    try:
        yield from documents.fetch(one, client, store, reader)
    finally:
        client.close()
    store.write_json(f"{_ASKED}/{one.name}.json", {"name": one.name, "asked_at": begun})


def due(store: Store) -> list[Source]:
    """The enabled sources that were not asked within their hours, in the order of the file."""
    found = []
    for one in every_source().values():
        name = f"{_ASKED}/{one.name}.json"
        asked = store.read_json(name)["asked_at"] if store.exists(name) else ""
        until = datetime.now(UTC) - timedelta(hours=one.every)
        if one.enabled and (not asked or datetime.fromisoformat(asked) <= until):
            found.append(one)
    return found


def agent() -> str:
    """The User-Agent: who asks, and where the one who runs it can be reached (BAOGAO_CONTACT)."""
    told = ["open data from government work reports", *filter(None, [settings().contact])]
    return f"baogao/{flows.__version__} ({'; '.join(told)})"


def politeness(one: Source) -> Politeness:
    """How the source is asked."""
    return Politeness(
        hosts=one.allowed,
        interval=one.interval,
        max_bytes=settings().max_file_bytes,
        allow_private=one.allow_private,
    )
