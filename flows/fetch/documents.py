"""Documents of a source: asked for, compared with what is known of their address, and kept when new.

What is known of an address stands in `work/addresses/KEY.json`: the tags of its last answer, the capture
that serves, and the hash and length of the report's text. A document counts as changed only when the
report's *text* changed. The last good capture goes on serving when a document vanishes, stops being a
report, or shrinks by more than a third; the shrunken one is held in `work/held/` until it is accepted.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from flows import schemas
from flows.fetch.captures import FOLDER, keep, now
from flows.fetch.client import Answer, Client, FetchError
from flows.fetch.links import Link, attached, finder
from flows.fetch.sources import Source
from flows.model import Capture, Rejected
from flows.store import Store

Read = Callable[[Capture, bytes], tuple[list[str], list[Rejected]]]
Decode = Callable[[bytes], str]
_STATES = "work/addresses"
_HELD = "work/held"
_SHRUNK = 2 / 3
_COVER_NOTE = 1000  # a page with less text and a file beside it only announces the report in the file


@dataclass(frozen=True, slots=True)
class Reader:
    """What the fetch room has to be told of the next room: how bytes become text, and text reports.

    `decode` gives the text of bytes; `read` the texts of the reports that a capture holds, and why there
    are none.
    """

    decode: Decode
    read: Read


def fetch(
    source: Source, client: Client, store: Store, reader: Reader, since: date | None = None
) -> Iterator[Capture | Rejected]:
    """The captures of all documents of SOURCE, new and known, and why others are not used.

    With SINCE, documents that the source dates earlier are left out. One document's failure does not stop
    the others. Raises StoreError when the store cannot be written.
    """
    for link in list(links(source, client, store, reader, since)):
        if isinstance(link, Rejected):
            yield link
        else:
            yield from _document(source, link, client, store, reader, depth=0)


def links(
    source: Source, client: Client, store: Store, reader: Reader, since: date | None = None
) -> Iterator[Link | Rejected]:
    """The documents that SOURCE has, each once; only index pages are asked for."""
    found: dict[str, Link] = {link.address: link for link in finder(source).known()}
    for address in finder(source).first():
        try:
            for link in _index(source, address, client, store, reader):
                found.setdefault(link.address, link)
        except FetchError as error:
            yield _rejected(address, error)
    if not found:
        yield schemas.rejected(source.name, "no-links")
    yield from (link for link in found.values() if not _before(link, since))


def served(store: Store, link: Link) -> bool:
    """Whether there is a capture of the document, or it is known to be no report."""
    state = _state(store, link.address)
    return _serving(store, state) is not None or "attached" in state or "no_report" in state


def _before(link: Link, since: date | None) -> bool:
    """Whether the source dates the document before SINCE; a document without a date is not left out."""
    told = link.date or (f"{link.year}-12-31" if link.year else "")
    return since is not None and bool(told) and told < since.isoformat()


def accept(store: Store, address: str) -> str:
    """Lets the held document of ADDRESS take the place of the one that serves, at the next run.

    Gives the hash of what was held. Raises KeyError when nothing is held for it.
    """
    state = _state(store, address)
    if "held" not in state:
        raise KeyError(address)
    _remember(store, address, {**state, "accepted": state["held"], "etag": "", "modified": ""})
    return str(state["held"])


def held(store: Store) -> list[dict[str, Any]]:
    """What is known of the addresses whose documents are held, by address."""
    states = (store.read_json(name) for name in store.list(_STATES))
    return sorted((state for state in states if "held" in state), key=lambda state: state["address"])


def _index(source: Source, address: str, client: Client, store: Store, reader: Reader) -> list[Link]:
    """The links of an index page; an unchanged page has those that it had."""
    state = _state(store, address)
    answer = client.get(address, _conditions(state))
    if answer.status == 304 and "links" in state:
        return [Link(**link) for link in state["links"]]
    if answer.status != 200:
        raise FetchError("gone" if answer.status in (404, 410) else "bad-answer", f"status {answer.status}")
    links = finder(source).parse(reader.decode(answer.content), answer.address)
    told = {"links": [link.told() for link in links], "etag": "", "modified": ""}
    _remember(store, address, {**told, **(_tags(answer) if links else {})})
    return links


def _document(
    source: Source, link: Link, client: Client, store: Store, reader: Reader, depth: int
) -> Iterator[Capture | Rejected]:
    state = _state(store, link.address)
    serves = _serving(store, state)
    try:
        answer = client.get(link.address, _conditions(state))
    except FetchError as error:
        yield from [serves] if serves else []
        yield _rejected(link.address, error)
        return
    if answer.status == 304:
        if serves:
            yield serves
        for address in state.get("attached", ()):
            yield from _document(source, replace(link, address=address), client, store, reader, depth + 1)
        if reason := state.get("no_report"):
            yield Rejected(**reason)
    elif answer.status in (404, 410):
        yield from [serves] if serves else []
        yield schemas.rejected(link.address, "gone", detail=f"status {answer.status}")
    else:
        yield from _answered(source, link, answer, state, client, store, reader, depth)


def _answered(
    source: Source,
    link: Link,
    answer: Answer,
    state: dict[str, Any],
    client: Client,
    store: Store,
    reader: Reader,
    depth: int,
) -> Iterator[Capture | Rejected]:
    """What an answer with content is worth, compared with the STATE of its address."""
    serves = _serving(store, state)
    sha256 = hashlib.sha256(answer.content).hexdigest()
    facts = {"title": link.title, "date": link.date, "url": link.address}
    metadata = {name: fact for name, fact in facts.items() if fact}
    name = link.name or answer.address.partition("?")[0].rstrip("/").rpartition("/")[2]
    texts, rejected = _texts(
        source, link, Capture(sha256, link.address, name, len(answer.content), now()), answer, reader
    )
    chars = sum(map(len, texts))
    files: list[str] = []
    if depth == 0 and chars < _COVER_NOTE:
        files = attached(source, reader.decode(answer.content), answer.address)
    if files or not texts:
        if files:
            _remember(store, link.address, {**state, **_tags(answer), "attached": files})
            for address in files:
                yield from _document(source, replace(link, address=address), client, store, reader, depth + 1)
        elif serves:
            yield serves
            yield schemas.rejected(link.address, "lost-report")
        else:
            reason = rejected[0] if rejected else schemas.rejected(link.address, "empty")
            told = {"origin": reason.origin, "reason": reason.reason, "message": reason.message}
            _remember(store, link.address, {**_tags(answer), "no_report": told})
            yield reason
        return
    text_sha256 = hashlib.sha256("\0".join(texts).encode("utf-8", "surrogatepass")).hexdigest()
    fresh = {**_tags(answer), "text_sha256": text_sha256, "chars": chars}
    if serves and text_sha256 == state.get("text_sha256"):
        _remember(store, link.address, {**state, **fresh})
        yield serves
    elif serves and chars < _SHRUNK * state.get("chars", 0) and state.get("accepted") != sha256:
        store.write_bytes(f"{_HELD}/{sha256}", answer.content)
        _remember(store, link.address, {**state, "held": sha256, "held_chars": chars})
        yield serves
        yield schemas.rejected(link.address, "shrunk", detail=f"{state['chars']} to {chars} characters")
    else:
        kept = keep(
            store,
            answer.content,
            link.address,
            name=name,
            metadata=metadata,
            region=source.region,
            year=source.year or link.year,
            answer=answer,
        )
        _remember(store, link.address, {**fresh, "sha256": kept.sha256})
        yield kept
    yield from rejected


def _texts(
    source: Source, link: Link, capture: Capture, answer: Answer, reader: Reader
) -> tuple[list[str], list[Rejected]]:
    """The texts of the reports in an answer, and why there are none.

    Neither the words of the link nor its year are told: an error page in the place of a report says
    nothing of a report itself. The year helps where the text is a report and does not say it.
    """
    given = replace(capture, metadata={"url": link.address}, region=source.region, year=source.year)
    texts, rejected = reader.read(given, answer.content)
    if not texts and link.year and {one.reason for one in rejected} == {"no-year"}:
        return reader.read(replace(given, year=link.year), answer.content)
    return texts, rejected


def _serving(store: Store, state: dict[str, Any]) -> Capture | None:
    """The capture that serves for an address, if there is one."""
    name = f"{FOLDER}/{state.get('sha256')}.json"
    return Capture(**store.read_json(name)) if "sha256" in state and store.exists(name) else None


def _name(address: str) -> str:
    return f"{_STATES}/{hashlib.sha256(address.encode()).hexdigest()}.json"


def _state(store: Store, address: str) -> dict[str, Any]:
    name = _name(address)
    return dict(store.read_json(name)) if store.exists(name) else {}


def _remember(store: Store, address: str, state: dict[str, Any]) -> None:
    """Writes the state of an address, unless it is as before."""
    state = {"address": address, **state}
    if state != _state(store, address):
        store.write_json(_name(address), state)


def _conditions(state: dict[str, Any]) -> dict[str, str]:
    tags = {"If-None-Match": state.get("etag", ""), "If-Modified-Since": state.get("modified", "")}
    return {name: value for name, value in tags.items() if value}


def _tags(answer: Answer) -> dict[str, str]:
    return {"etag": answer.header("ETag"), "modified": answer.header("Last-Modified")}


def _rejected(address: str, error: FetchError) -> Rejected:
    return schemas.rejected(address, error.reason, detail=error.detail, limit=error.detail)
