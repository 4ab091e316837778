"""Room 2: captures → reports. Decodes bytes, finds texts in them, and tells what each text is."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from flows import schemas
from flows.model import Capture, Rejected, Report
from flows.read import identity
from flows.read.decode import decode
from flows.read.kinds import binary_kind, text_kind
from flows.read.layout import clean
from flows.read.reasons import Unreadable
from flows.read.sections import find_sections
from flows.read.tables import Document, csv_documents, jsonl_documents

__all__ = ["decode", "fingerprint", "read_capture", "read_text"]

_TABLES = ("fields.csv", "headings.csv", "plans.csv", "reasons.csv", "region_names.csv", "regions.csv")
_YEARS = range(1949, 2101)


def read_capture(capture: Capture, data: bytes) -> list[Report | Rejected]:
    """The reports that the bytes DATA of CAPTURE hold, and for every text that is none the reason why.

    Never raises on any bytes. Text offsets later refer to `Report.text`: the decoded text of a plain file,
    the extracted text of a page, a document, or a cell.
    """
    found: list[Report | Rejected] = []
    try:
        for document in _documents(data, capture.name):
            origin = f"{capture.origin}#{document.place}" if document.place else capture.origin
            if document.error is not None:
                found.append(document.error.at(origin))
                continue
            report = read_text(
                document.text,
                name=capture.name,
                metadata={**capture.metadata, **document.metadata},
                region=capture.region,
                year=capture.year,
                origin=origin,
                capture_sha256=capture.sha256,
            )
            found.append(report)
    except Unreadable as error:
        found.append(error.at(capture.origin))
    return found


def read_text(
    text: str,
    *,
    name: str = "",
    metadata: Mapping[str, str] | None = None,
    region: str | None = None,
    year: int | None = None,
    origin: str = "",
    capture_sha256: str = "",
) -> Report | Rejected:
    """TEXT as a report with its area and year, or the reason why it is none.

    NAME and METADATA (under the field names of `schemas/fields.csv`) are hints, REGION and YEAR override
    what the text says; ORIGIN names the text in messages and in the release.
    """
    origin = origin or name or "the text"
    try:
        if year is not None and year not in _YEARS:
            raise Unreadable("unknown-year", detail=year)
        return _report(text, name, metadata or {}, region, year, origin, capture_sha256)
    except Unreadable as error:
        return error.at(origin)


def _report(
    text: str,
    name: str,
    metadata: Mapping[str, str],
    region: str | None,
    year: int | None,
    origin: str,
    capture_sha256: str,
) -> Report:
    if not text.strip():
        raise Unreadable("empty")
    view = clean(text)
    title = metadata.get("title", "")
    identity.check_report(view.text, title, region is not None and year is not None)
    area = identity.find_region(view.text, name, metadata, region)
    when = identity.find_year(view.text, find_sections(view), name, metadata, year)
    if when not in _YEARS:
        raise Unreadable("no-year")
    return Report(
        report_id=f"{area.code}-{when}",
        region_code=area.code,
        region_name=area.name,
        region_level=area.level,  # type: ignore[arg-type]
        report_year=when,
        title=title or f"{when}年{'国务院' if area.code == '100000' else area.name}政府工作报告",
        origin=metadata.get("url") or origin,
        text=text,
        text_sha256=hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest(),
        complete=identity.is_complete(view.text),
        capture_sha256=capture_sha256,
    )


def _documents(data: bytes, name: str) -> Iterator[Document]:
    """The texts in the bytes of one file."""
    if not data.strip():
        raise Unreadable("empty")
    kind = binary_kind(data)
    if kind == "docx" or (kind == "zip" and name.casefold().endswith(".docx")):
        from flows.read.docx import docx_text

        body, title = docx_text(data)
        yield Document(body, {"title": title} if "工作报告" in title else {})
        return
    if kind is not None:
        raise Unreadable("unsupported", detail="a zip archive" if kind == "zip" else kind.partition(": ")[2])
    if name.casefold().endswith(".docx"):
        raise Unreadable("broken-docx", detail="it is no zip file")
    yield from _text_documents(decode(data), name)


def _text_documents(text: str, name: str) -> Iterator[Document]:
    kind = text_kind(text)
    if kind == "html":
        from flows.read.html import html_text

        body, metadata = html_text(text)
        yield Document(body, metadata)
    elif kind == "jsonl":
        yield from jsonl_documents(text)
    elif kind == "csv":
        yield from csv_documents(text)
    elif name.casefold().endswith(".csv"):
        raise Unreadable("no-text-column", detail=text.split("\n", 1)[0][:60])
    else:
        yield Document(text)


@cache
def fingerprint() -> str:
    """SHA-256 of this room's code and tables: what was read under another one is read again."""
    digest = hashlib.sha256(schemas.fingerprint(*_TABLES).encode())
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()
