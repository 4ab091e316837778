"""Captures: what came, kept as it came.

    work/captures/SHA          the bytes, unpacked, named by their SHA-256
    work/captures/SHA.json     what was known of them: origin, name, what the source said, overrides
    work/captures/SHA.warc.gz  request and answer as they went over the wire, for what was fetched

A capture that is there is not written again.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime

from flows.fetch.client import Answer
from flows.model import Capture
from flows.store import Store

FOLDER = "work/captures"


def now() -> str:
    """This moment in UTC, ISO 8601 with microseconds."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


def keep(
    store: Store,
    data: bytes,
    origin: str,
    *,
    name: str = "",
    metadata: Mapping[str, str] | None = None,
    region: str | None = None,
    year: int | None = None,
    answer: Answer | None = None,
) -> Capture:
    """Keeps DATA and what is known of it, unless both are kept already; ANSWER is what brought it.

    Raises StoreError when the store cannot be written.
    """
    sha256 = hashlib.sha256(data).hexdigest()
    where = f"{FOLDER}/{sha256}"
    called = name or origin.rsplit("/", 1)[-1]
    capture = Capture(sha256, origin, called, len(data), now(), dict(metadata or {}), region, year)
    if not store.exists(where):
        store.write_bytes(where, data)
    elif store.exists(f"{where}.json"):
        known = Capture(**store.read_json(f"{where}.json"))
        if asdict(known) | {"captured_at": capture.captured_at} == asdict(capture):
            return known
    if answer is not None and not store.exists(f"{where}.warc.gz"):
        store.write_bytes(f"{where}.warc.gz", warc(answer, capture.captured_at))
    store.write_json(f"{where}.json", asdict(capture))
    return capture


def warc(answer: Answer, moment: str) -> bytes:
    """A WARC 1.1 file, packed, with the request and the answer that brought a capture."""
    from warcio.statusandheaders import StatusAndHeaders
    from warcio.warcwriter import WARCWriter

    buffer = io.BytesIO()
    writer = WARCWriter(buffer, gzip=True, warc_version="WARC/1.1")
    date = {"WARC-Date": moment.replace("+00:00", "Z")}
    path = "/" + answer.address.split("/", 3)[3] if answer.address.count("/") > 2 else "/"
    host = answer.address.split("/", 3)[2]
    request = StatusAndHeaders(f"GET {path} HTTP/1.1", [("Host", host), *answer.sent], is_http_request=True)
    given = StatusAndHeaders(f"{answer.status} {answer.reason}", list(answer.headers), protocol="HTTP/1.1")
    writer.write_request_response_pair(
        writer.create_warc_record(answer.address, "request", http_headers=request, warc_headers_dict=date),
        writer.create_warc_record(
            answer.address,
            "response",
            payload=io.BytesIO(answer.body),
            http_headers=given,
            warc_headers_dict=date,
        ),
    )
    return buffer.getvalue()
