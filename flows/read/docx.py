"""Word documents → text: paragraphs and table rows in the order in which they stand."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import Any

from flows.read.reasons import Unreadable

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_LARGEST = 256 * 1024 * 1024


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
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, NotImplementedError) as error:
        raise Unreadable("broken-docx", detail=str(error)[:80]) from error
    root = _xml(body)
    container = root.find(f"{_W}body")
    lines = [] if container is None else list(_lines(container))
    return "\n".join(lines), _title(core)


def _part(archive: zipfile.ZipFile, name: str) -> bytes:
    info = archive.getinfo(name)
    if info.file_size > _LARGEST:
        raise Unreadable("broken-docx", detail=f"{name} unpacks to {info.file_size} bytes")
    with archive.open(info) as part:
        data = part.read(_LARGEST + 1)
    if len(data) > _LARGEST:
        raise Unreadable("broken-docx", detail=f"{name} unpacks to more than it says")
    return data


def _xml(data: bytes) -> Any:
    from lxml import etree

    if b"<!DOCTYPE" in data[:4096] or b"<!ENTITY" in data:
        raise Unreadable("broken-docx", detail="it declares XML entities")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        return etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise Unreadable("broken-docx", detail=str(error)[:80]) from error


def _lines(container: Any) -> Iterator[str]:
    for element in container:
        if element.tag == f"{_W}p":
            yield _text(element)
        elif element.tag == f"{_W}tbl":
            for row in element.iter(f"{_W}tr"):
                cells = (" ".join(_text(p) for p in cell.iter(f"{_W}p")) for cell in row.findall(f"{_W}tc"))
                yield "\t".join(cells)
        elif element.tag == f"{_W}sdt":
            content = element.find(f"{_W}sdtContent")
            if content is not None:
                yield from _lines(content)


def _text(paragraph: Any) -> str:
    pieces = []
    for node in paragraph.iter():
        if node.tag == f"{_W}t":
            pieces.append(node.text or "")
        elif node.tag == f"{_W}tab" and node.getparent().tag == f"{_W}r":
            pieces.append("\t")
        elif node.tag in (f"{_W}br", f"{_W}cr"):
            pieces.append("\n")
    return "".join(pieces)


def _title(core: bytes) -> str:
    if not core:
        return ""
    try:
        found = _xml(core).find("{http://purl.org/dc/elements/1.1/}title")
    except Unreadable:
        return ""
    return (found.text or "").strip() if found is not None else ""
