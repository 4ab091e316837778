"""Room 1: sources → captures. Copies bytes as they are and notes what was said beside them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlsplit

import flows
from flows.fetch import documents, folder
from flows.fetch.captures import now
from flows.fetch.client import Client, Politeness
from flows.fetch.documents import Reader
from flows.fetch.links import Link
from flows.fetch.sources import Source, SourceError, source
from flows.fetch.sources import sources as every_source
from flows.model import Capture, Rejected
from flows.settings import settings
from flows.store import Store

__all__ = [
    "Asked", "Reader", "Source", "SourceError", "asked", "captures", "due", "is_address", "known_links",
    "named", "source",
]  # fmt: skip

_ASKED = "work/sources"


@dataclass(frozen=True, slots=True)
class Asked:
    """How a source did when it was asked: moments are ISO 8601 in UTC, empty for never.

    `asked_at` is the last time; `well_at` the last time that nothing failed; `new_at` the last time that
    something new came; `documents` is how many it gave the last time, `faults` what failed then, by reason.
    """

    name: str
    asked_at: str = ""
    well_at: str = ""
    new_at: str = ""
    documents: int = 0
    faults: dict[str, int] | None = None

    @property
    def down(self) -> bool:
        """Whether it gave nothing but faults."""
        return bool(self.faults) and not self.documents

    @property
    def health(self) -> str:
        """In a few words."""
        if not self.asked_at:
            return "never asked"
        if not self.faults:
            return "well"
        told = ", ".join(f"{count} {reason}" for reason, count in sorted(self.faults.items()))
        return f"down: {told}" if self.down else told


def captures(
    one: Source, store: Store, reader: Reader, since: date | None = None
) -> Iterator[Capture | Rejected]:
    """The captures of a source and what could not be captured, one after the other.

    SINCE leaves out documents that the source dates earlier. When all was asked for, what came of it is
    kept for `due` and `asked`. Raises StoreError when the store cannot be written.
    """
    begun = now()
    faults: Counter[str] = Counter()
    documents_had, new = 0, False
    for found in _found(one, store, reader, since):
        if isinstance(found, Capture):
            documents_had += 1
            new = new or found.captured_at >= begun
        else:
            faults[found.reason] += 1
        yield found
    if not one.listed:
        return
    before = asked(store, one)
    after = Asked(
        name=one.name,
        asked_at=begun,
        well_at=before.well_at if faults else begun,
        new_at=begun if new else before.new_at,
        documents=documents_had,
        faults=dict(sorted(faults.items())),
    )
    store.write_json(f"{_ASKED}/{one.name}.json", asdict(after))


def known_links(
    one: Source, store: Store, reader: Reader, since: date | None = None
) -> Iterator[tuple[Link, bool] | Rejected]:
    """The documents that a source has, and whether each was had before; only index pages are asked for."""
    with _client(one) as client:
        for link in documents.links(one, client, store, reader, since):
            yield link if isinstance(link, Rejected) else (link, documents.served(store, link))


def asked(store: Store, one: Source) -> Asked:
    """How a source did when it was asked last."""
    name = f"{_ASKED}/{one.name}.json"
    given = store.read_json(name) if store.exists(name) else {}
    return Asked(**({"name": one.name} | {key: given[key] for key in Asked.__slots__ if key in given}))


def due(store: Store) -> list[Source]:
    """The enabled sources that were not asked within their hours or were down, in the order of the file.

    They are due a tenth of their hours early: a run every day is now and then a second less than a day later.
    """
    found = []
    for one in every_source().values():
        known = asked(store, one)
        until = datetime.now(UTC) - timedelta(hours=0.9 * one.every)
        waits = known.asked_at and not known.down and datetime.fromisoformat(known.asked_at) > until
        if one.enabled and not waits:
            found.append(one)
    return found


def is_address(path: str) -> bool:
    """Whether what a user names is an address and no file."""
    return path.lower().startswith(("http://", "https://"))


def named(addresses: Sequence[str]) -> list[Source]:
    """Sources, one per host, for addresses that a user names.

    A host that a source of the file may ask is asked by the rules of that source, another by the usual ones.
    """
    by_host: dict[str, list[str]] = {}
    for address in addresses:
        by_host.setdefault(urlsplit(address).netloc.lower(), []).append(address)
    found = []
    for host, wanted in by_host.items():
        usual = Source(name=host, title=host, kind="urls", hosts=(host,))
        like = next((one for one in every_source().values() if host in one.allowed), usual)
        found.append(
            Source(
                name=host,
                title=host,
                kind="urls",
                addresses=tuple(wanted),
                hosts=like.hosts,
                interval=like.interval,
                allow_private=like.allow_private,
                attachments=like.attachments,
                listed=False,
            )
        )
    return found


def _found(one: Source, store: Store, reader: Reader, since: date | None) -> Iterator[Capture | Rejected]:
    if one.kind == "folder":
        yield from folder.captures(one.paths(), store, max_bytes=settings().max_file_bytes)
        return
    with _client(one) as client:
        yield from documents.fetch(one, client, store, reader, since)


@contextmanager
def _client(one: Source) -> Iterator[Client]:
    client = Client(agent(), politeness(one))
    try:
        yield client
    finally:
        client.close()


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
