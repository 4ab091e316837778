"""The files of the site: written when what they are made from differs, removed when nothing makes them.

`public/site.json` says of every file what it was made from, the hash of its bytes, and the day of the release
that last changed it. It is written last: a build that was killed does its work again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flows.store import Store, StoreError

MANIFEST = "public/site.json"


@dataclass(frozen=True, slots=True)
class Built:
    """What a build did: files written, left as they were, removed."""

    written: int
    kept: int
    removed: int


class Files:
    """The files below `public/`. DAY is that of the release (ISO), MAKER the hash of what makes pages."""

    def __init__(self, store: Store, day: str, maker: str, anew: bool = False) -> None:
        self._store, self._day, self._maker = store, day, maker
        self._known = {} if anew else _manifest(store).get("files", {})
        self._dates = _manifest(store).get("files", {})
        self._there = set(store.list("public")) if self._known else set()
        self._now: dict[str, list[str]] = {}
        self._written = 0

    def put(self, path: str, made_from: object, make: Callable[[], str | bytes]) -> None:
        """The file PATH, made by MAKE unless it is there and MADE_FROM (plain data or bytes) is as it was."""
        inputs = digest(self._maker, made_from)
        before = self._known.get(path)
        if before and before[0] == inputs and f"public/{path}" in self._there:
            self._now[path] = before
            return
        made = make()
        data = made if isinstance(made, bytes) else made.encode("utf-8", "replace")
        sha256 = hashlib.sha256(data).hexdigest()[:16]
        older = self._dates.get(path)
        same = older is not None and older[1] == sha256
        if not (same and before and f"public/{path}" in self._there):
            self._store.write_bytes(f"public/{path}", data)
            self._written += 1
        self._now[path] = [inputs, sha256, older[2] if same else self._day]

    def day(self, path: str) -> str:
        """The day of the release that last changed the file PATH."""
        return self._now[path][2]

    def paths(self) -> list[str]:
        """All files so far, sorted."""
        return sorted(self._now)

    def finish(self, version: str) -> Built:
        """Removes the files of the last build that are no more, and writes down those of this one."""
        gone = self._dates.keys() - self._now.keys()
        for path in sorted(gone):
            self._store.remove(f"public/{path}")
        text = json.dumps(
            {"release": version, "made_with": self._maker, "files": dict(sorted(self._now.items()))},
            ensure_ascii=False,
            indent=0,
        )
        self._store.write_bytes(MANIFEST, text.encode())
        return Built(self._written, len(self._now) - self._written, len(gone))


def shown(store: Store) -> tuple[str, str]:
    """The release that the site shows, and the hash of what made its pages; empty where there is no site."""
    known = _manifest(store)
    return str(known.get("release", "")), str(known.get("made_with", ""))


def digest(*given: object) -> str:
    """A short hash of plain data and bytes."""
    found = hashlib.sha256()
    for one in given:
        told = one if isinstance(one, bytes) else json.dumps(one, ensure_ascii=True, default=str).encode()
        found.update(told + b"\0")
    return found.hexdigest()[:16]


def _manifest(store: Store) -> dict[str, Any]:
    try:
        found = store.read_json(MANIFEST) if store.exists(MANIFEST) else {}
    except StoreError:
        return {}
    return found if isinstance(found, dict) else {}
