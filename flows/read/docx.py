"""Word documents → text: paragraphs and table rows in the order in which they stand."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import Any

from flows.read.kinds import ZIP_FAULTS
from flows.read.reasons import Unreadable

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_TITLE = "{http://purl.org/dc/elements/1.1/}title"
_LARGEST = 64 * 1024**2


def docx_text(data: bytes) -> tuple[str, str]:
    """The text of a docx, one line a paragraph (cells of a table row parted by tabs), and its title property.

    Raises Unreadable `broken-docx`. Entities and DTDs are refused, sizes are bounded.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            body = _part(archive, "word/document.xml")
            core = _part(archive, "docProps/core.xml") if "docProps/core.xml" in archive.namelist() else b""
    except KeyError as error:
        raise Unreadable("broken-docx", detail="it has no word/document.xml") from error
    except ZIP_FAULTS as error:
        raise Unreadable("broken-docx", detail=str(error)[:80]) from error
    container = _xml(body).find(f"{_W}body")
    lines = [] if container is None else list(_lines(container))
    return "\n".join(lines), _title(core)


def _part(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(archive.getinfo(name)) as part:
        data = part.read(_LARGEST + 1)
    if len(data) > _LARGEST:
        raise Unreadable("broken-docx", detail=f"{name} unpacks to more than {_LARGEST} bytes")
    return data


def _xml(data: bytes) -> Any:
    """The root element of DATA, with nothing fetched and nothing expanded."""
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise Unreadable("broken-docx", detail=str(error)[:80]) from error
    if root.getroottree().docinfo.doctype:
        raise Unreadable("broken-docx", detail="it declares XML entities")
    return root


def _lines(container: Any) -> Iterator[str]:
    for element in container:
        if element.tag == f"{_W}p":
            yield _text(element)
        elif element.tag == f"{_W}tbl":
            for row in element.iterchildren(f"{_W}tr"):
                yield "\t".join(" ".join(_lines(cell)) for cell in row.iterchildren(f"{_W}tc"))
        elif element.tag in (f"{_W}sdt", f"{_W}sdtContent", f"{_W}customXml", f"{_W}ins"):
            yield from _lines(element)


def _text(element: Any) -> str:
    """The words of a paragraph; what was deleted, and what stands twice for older programs, is left out."""
    pieces: list[str] = []
    for node in element:
        if node.tag == f"{_W}t":
            pieces.append(node.text or "")
        elif node.tag == f"{_W}tab":
            pieces.append("\t")
        elif node.tag in (f"{_W}br", f"{_W}cr"):
            pieces.append("\n")
        elif node.tag == f"{_W}noBreakHyphen":
            pieces.append("-")
        elif node.tag not in (f"{_W}pPr", f"{_W}rPr", f"{_W}del", _FALLBACK):
            pieces.append(_text(node))
    return "".join(pieces)


def _title(core: bytes) -> str:
    try:
        found = _xml(core).find(_TITLE) if core else None
    except Unreadable:
        return ""
    return (found.text or "").strip() if found is not None else ""
