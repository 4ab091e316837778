"""The source `folder`: files, folders with all that is below them, and zip archives of files.

Bytes are copied untouched to `work/captures/SHA256`; `SHA256.json` beside them says what was known. The
same bytes under the same name with the same overrides change nothing.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from flows import schemas
from flows.model import Capture, Rejected
from flows.store import Store

_MOST_MEMBERS = 5_000
_MOST_UNPACKED = 2 * 1024**3
_HIGHEST_RATIO = 200


def captures(
    paths: Sequence[str], store: Store, *, region: str | None = None, year: int | None = None, max_bytes: int
) -> Iterator[Capture | Rejected]:
    """Captures every file that PATHS name, one after the other; what cannot be captured is told with its reason.

    REGION and YEAR are kept with each capture and override what its text says. Files larger than
    MAX_BYTES are refused. Raises StoreError when the store cannot be written.
    """
    for path in paths:
        for origin, name, data in _files(Path(path), path, max_bytes):
            if isinstance(data, Rejected):
                yield data
            else:
                yield _captured(store, origin, name, data, region, year)


def _files(path: Path, shown: str, max_bytes: int) -> Iterator[tuple[str, str, bytes | Rejected]]:
    """Origin, file name and bytes of each file below PATH; the origin begins with what the user named."""
    if path.is_dir():
        inside = sorted(p for p in path.rglob("*") if p.is_file() and not _hidden(p.relative_to(path)))
        if not inside:
            yield shown, path.name, schemas.rejected(shown, "empty-folder")
        for file in inside:
            yield from _file(file, file.relative_to(path).as_posix(), max_bytes)
    elif path.exists():
        yield from _file(path, path.name, max_bytes)
    else:
        yield shown, path.name, schemas.rejected(shown, "missing")


def _hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)


def _file(path: Path, origin: str, max_bytes: int) -> Iterator[tuple[str, str, bytes | Rejected]]:
    try:
        if path.stat().st_size > max_bytes:
            yield origin, path.name, schemas.rejected(origin, "too-large", limit=max_bytes)
            return
        data = path.read_bytes()
    except OSError as error:
        yield origin, path.name, schemas.rejected(origin, "unreadable", detail=error.strerror or str(error))
        return
    if _is_archive(data):
        yield from _members(data, origin, max_bytes)
    else:
        yield origin, path.name, data if data.strip() else schemas.rejected(origin, "empty")


def _is_archive(data: bytes) -> bool:
    """Whether the bytes are a zip of files, rather than an office document (which is a zip as well)."""
    if not data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return "[Content_Types].xml" not in archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError):
        return False


def _members(data: bytes, origin: str, max_bytes: int) -> Iterator[tuple[str, str, bytes | Rejected]]:
    """The files in an archive; their names are only names and lead nowhere."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        infos = sorted((i for i in archive.infolist() if not i.is_dir()), key=lambda i: i.filename)
        infos = [i for i in infos if not i.filename.startswith("__MACOSX/") and not _hidden(Path(i.filename))]
        size = sum(info.file_size for info in infos)
        if (
            len(infos) > _MOST_MEMBERS
            or size > _MOST_UNPACKED
            or size > _HIGHEST_RATIO * max(len(data), 10_000)
        ):
            detail = f"{len(infos)} files, {size} bytes"
            yield origin, origin, schemas.rejected(origin, "archive-bomb", detail=detail)
            return
        if not infos:
            yield origin, origin, schemas.rejected(origin, "empty-folder")
        for info in infos:
            name = info.filename.replace("\\", "/").rsplit("/", 1)[-1]
            inner = f"{origin}/{_shown(info.filename)}"
            yield inner, name, _member(archive, info, inner, max_bytes)


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, origin: str, max_bytes: int) -> bytes | Rejected:
    if info.file_size > max_bytes:
        return schemas.rejected(origin, "too-large", limit=max_bytes)
    try:
        with archive.open(info) as member:
            data = member.read(max_bytes + 1)
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, NotImplementedError) as error:
        return schemas.rejected(origin, "broken-archive", detail=str(error)[:80])
    if len(data) > max_bytes:
        return schemas.rejected(origin, "too-large", limit=max_bytes)
    if _is_archive(data):
        return schemas.rejected(origin, "nested-archive")
    return data if data.strip() else schemas.rejected(origin, "empty")


def _shown(name: str) -> str:
    """A member's name without what climbs or controls."""
    parts = [part for part in name.replace("\\", "/").split("/") if part not in ("", ".", "..")]
    return "".join(c if c.isprintable() else "?" for c in "/".join(parts))


def _captured(
    store: Store, origin: str, name: str, data: bytes, region: str | None, year: int | None
) -> Capture:
    sha256 = hashlib.sha256(data).hexdigest()
    where = f"work/captures/{sha256}"
    now = datetime.now(UTC).isoformat(timespec="microseconds")
    capture = Capture(sha256, origin, name, len(data), now, {}, region, year)
    if not store.exists(where):
        store.write_bytes(where, data)
    elif store.exists(f"{where}.json"):
        known = Capture(**store.read_json(f"{where}.json"))
        if asdict(known) | {"captured_at": now} == asdict(capture):
            return known
    store.write_json(f"{where}.json", asdict(capture))
    return capture
