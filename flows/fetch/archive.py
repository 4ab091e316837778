"""The files in a zip archive: told from office documents, bounded, and with names that lead nowhere."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from lzma import LZMAError

from flows import schemas
from flows.model import Rejected

_STARTS = (b"PK\x03\x04", b"PK\x05\x06")
_MOST_MEMBERS = 5_000
_MOST_UNPACKED = 2 * 1024**3
# Prose packs 3:1, tables perhaps 20:1; small archives are let off, as they can do no harm.
_HIGHEST_RATIO = 200
_HARMLESS = 16 * 1024**2
_UTF8_NAME = 0x800
_FAULTS = (
    zipfile.BadZipFile,
    OSError,
    ValueError,
    RuntimeError,
    NotImplementedError,
    EOFError,
    zlib.error,
    LZMAError,
)


def is_archive(data: bytes) -> bool:
    """Whether DATA is a zip of files, rather than an office document (which is a zip as well)."""
    if not data.startswith(_STARTS):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return "[Content_Types].xml" not in archive.namelist()
    except _FAULTS:
        return False


def members(data: bytes, origin: str, max_bytes: int) -> Iterator[tuple[str, bytes | Rejected]]:
    """Origin and bytes of each file in the archive DATA, by name; hidden files are left out.

    A member is never larger than MAX_BYTES; what is, what is a further archive or cannot be unpacked comes
    as its rejection.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        infos = [info for info in archive.infolist() if not info.is_dir() and not _hidden(_name(info))]
        size = sum(info.file_size for info in infos)
        if (
            len(infos) > _MOST_MEMBERS
            or size > _MOST_UNPACKED
            or size > max(_HARMLESS, _HIGHEST_RATIO * len(data))
        ):
            detail = f"{len(infos)} files, {size} bytes"
            yield origin, schemas.rejected(origin, "archive-bomb", detail=detail)
            return
        if not infos:
            yield origin, schemas.rejected(origin, "empty-folder")
        for info in sorted(infos, key=_name):
            inner = f"{origin}/{_name(info)}"
            yield inner, _member(archive, info, inner, max_bytes)


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, origin: str, max_bytes: int) -> bytes | Rejected:
    try:
        with archive.open(info) as member:
            data = member.read(max_bytes + 1)
    except _FAULTS as error:
        return schemas.rejected(origin, "broken-archive", detail=str(error)[:80])
    if len(data) > max_bytes:
        return schemas.rejected(origin, "too-large", limit=max_bytes)
    if is_archive(data):
        return schemas.rejected(origin, "nested-archive")
    return data if data.strip() else schemas.rejected(origin, "empty")


def _name(info: zipfile.ZipInfo) -> str:
    """The name of a member without what climbs or controls; names written in GB18030 are read as such."""
    name = info.filename
    if not info.flag_bits & _UTF8_NAME and not name.isascii():
        try:
            name = name.encode("cp437").decode("gb18030")
        except UnicodeError:
            name = info.filename
    parts = [part for part in name.replace("\\", "/").split("/") if part not in ("", ".", "..")]
    return "".join(c if c.isprintable() else "?" for c in "/".join(parts)) or "?"


def _hidden(name: str) -> bool:
    return any(part.startswith(".") or part == "__MACOSX" for part in name.split("/"))
