"""The source `folder`: files, folders with all that is below them, and zip archives of files.

Bytes are copied untouched to `work/captures/SHA256`; `SHA256.json` beside them says what was known. The
same bytes under the same name with the same overrides change nothing.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from flows import schemas
from flows.fetch.archive import is_archive, members
from flows.fetch.captures import keep
from flows.model import Capture, Rejected
from flows.store import Store


def captures(
    paths: Sequence[str], store: Store, *, region: str | None = None, year: int | None = None, max_bytes: int
) -> Iterator[Capture | Rejected]:
    """Captures every file that PATHS name, one after the other, or tells why it cannot be captured.

    REGION and YEAR are kept with each capture and override what its text says. Files larger than
    MAX_BYTES are refused. Bytes that come twice are captured once, as what they came first.

    An origin is the file's name, within a folder the path below that folder, so that the same files give
    the same release wherever they lie. Raises StoreError when the store cannot be written.
    """
    seen: set[str] = set()
    for path in paths:
        for origin, data in _files(Path(path), path, max_bytes):
            if isinstance(data, Rejected):
                yield data
                continue
            sha256 = hashlib.sha256(data).hexdigest()
            if sha256 not in seen:
                seen.add(sha256)
                yield keep(store, data, origin, region=region, year=year)


def _files(path: Path, shown: str, max_bytes: int) -> Iterator[tuple[str, bytes | Rejected]]:
    """Origin and bytes of each file at or below PATH; SHOWN is the path as the user wrote it."""
    try:
        if path.is_dir():
            yield from _below(path, shown, max_bytes)
        elif path.exists():
            yield from _file(path, path.name, max_bytes)
        else:
            yield shown, schemas.rejected(shown, "missing")
    except (OSError, ValueError) as error:
        yield shown, schemas.rejected(shown, "unreadable", detail=_cause(error))


def _below(folder: Path, shown: str, max_bytes: int) -> Iterator[tuple[str, bytes | Rejected]]:
    """The files below FOLDER in the order of their paths, hidden ones left out."""
    closed: list[OSError] = []
    files = [
        Path(root, name)
        for root, _, names in os.walk(folder, onerror=closed.append)
        for name in names
        if not any(part.startswith(".") for part in Path(root, name).relative_to(folder).parts)
    ]
    for error in closed:
        yield shown, schemas.rejected(str(error.filename), "unreadable", detail=_cause(error))
    if not files and not closed:
        yield shown, schemas.rejected(shown, "empty-folder")
    for file in sorted(files, key=lambda file: file.relative_to(folder).as_posix()):
        yield from _file(file, file.relative_to(folder).as_posix(), max_bytes)


def _file(path: Path, origin: str, max_bytes: int) -> Iterator[tuple[str, bytes | Rejected]]:
    try:
        if not path.is_file():
            yield origin, schemas.rejected(origin, "unreadable", detail="it is no regular file")
            return
        with path.open("rb") as file:
            data = file.read(max_bytes + 1)
    except OSError as error:
        yield origin, schemas.rejected(origin, "unreadable", detail=_cause(error))
        return
    if len(data) > max_bytes:
        yield origin, schemas.rejected(origin, "too-large", limit=max_bytes)
    elif is_archive(data):
        yield from members(data, origin, max_bytes)
    else:
        yield origin, data if data.strip() else schemas.rejected(origin, "empty")


def _cause(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)
