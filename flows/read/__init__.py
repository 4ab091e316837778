"""Room 2: captures → reports. Decodes bytes, finds texts in them, and tells what each text is."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import cast

from flows import schemas
from flows.model import Capture, Level, Rejected, Report
from flows.read.decode import decode
from flows.read.identity import identify
from flows.read.kinds import is_docx, text_kind
from flows.read.pdf import is_pdf, pdf_text
from flows.read.reasons import Unreadable
from flows.read.tables import Document, csv_documents, jsonl_documents
from flows.read.wiki import is_wikitext, wiki_text

__all__ = ["decode", "fingerprint", "first_words", "page_text", "read_capture", "read_text", "report_texts"]

_TABLES = ("fields.csv", "headings.csv", "plans.csv", "reasons.csv", "region_names.csv", "regions.csv")


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
    beside = metadata or {}
    try:
        known = identify(text, name, beside, region, year)
    except Unreadable as error:
        return error.at(origin)
    return Report(
        report_id=f"{known.region.code}-{known.year}",
        region_code=known.region.code,
        region_name=known.region.name,
        region_level=cast(Level, known.region.level),
        report_year=known.year,
        title=known.title,
        origin=_address(beside) or origin,
        text=text,
        text_sha256=hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest(),
        complete=known.complete,
        capture_sha256=capture_sha256,
    )


def _address(metadata: Mapping[str, str]) -> str:
    """Where the text was published, when its source says so: better than where the file lies here."""
    url = metadata.get("url", "")
    return url if url.startswith(("http://", "https://")) else ""


def _documents(data: bytes, name: str) -> Iterator[Document]:
    """The texts in the bytes of one file called NAME."""
    if not data.strip():
        raise Unreadable("empty")
    if is_pdf(data):
        yield Document(pdf_text(data))
        return
    if is_docx(data, name):
        from flows.read.docx import docx_text

        text, title = docx_text(data)
        # Programs leave all sorts of titles in their files.
        yield Document(text, {"title": title} if "工作报告" in title else {})
        return
    text = decode(data)
    if is_wikitext(name):
        yield Document(wiki_text(text))
        return
    match text_kind(text, name):
        case "html":
            from flows.read.html import html_text

            yield Document(*html_text(text))
        case "jsonl":
            yield from jsonl_documents(text)
        case "csv":
            yield from csv_documents(text)
        case "plain":
            yield Document(text)


def page_text(data: bytes) -> str:
    """The text of a page, whatever its bytes are: what cannot be decoded is replaced."""
    try:
        return decode(data)
    except Unreadable:
        return data.decode("utf-8", "replace")


def report_texts(capture: Capture, data: bytes) -> tuple[list[str], list[Rejected]]:
    """The texts of the reports that the bytes DATA of CAPTURE hold, and what else is in them."""
    found = read_capture(capture, data)
    texts = [one.text for one in found if isinstance(one, Report)]
    return texts, [one for one in found if isinstance(one, Rejected)]


def first_words(text: str, name: str) -> tuple[str, dict[str, str]]:
    """The first text in a file called NAME that holds TEXT, and what it says of its title and date."""
    document = next(_documents(text.encode(), name))
    return document.text.strip(), dict(document.metadata)


@cache
def fingerprint() -> str:
    """SHA-256 of this room's code and tables: what was read under another one is read again."""
    digest = hashlib.sha256(schemas.fingerprint(*_TABLES).encode())
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()
