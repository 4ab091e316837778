"""What lies under `work/` that no release needs, and the disk that all of it takes.

Needed are the captures that a release was made from, or that the next one is made from, and those that hold
no report but are young (somebody may be about to say which region they speak for). Everything else under
`work/` but what the sources remember is made anew when it is missing, so of that only what belongs to the
next release stays.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Set
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from flows.settings import settings
from flows.store import Store

_MADE = ("work/read", "work/texts", "work/extracted", "work/checked", "work/candidate")
_CAPTURES = "work/captures"


@dataclass(frozen=True, slots=True)
class Needed:
    """What has to stay: captures by their hash, and names (or folders) under `work/`."""

    captures: Set[str]
    names: Set[str]


@dataclass(frozen=True, slots=True)
class Old:
    """A file that nothing needs: its name, its bytes, and in a few words what it is."""

    name: str
    bytes: int
    what: str


def unneeded(store: Store, tell: Callable[[Store], Needed], days: int) -> Iterator[Old]:
    """The files below `work/` that are not needed, as TELL says; captures only when older than so many DAYS.

    What comes while this looks is left alone: the files are listed before what is needed is told.
    """
    sizes = store.sizes("work")
    needed = tell(store)
    until = (datetime.now(UTC) - timedelta(days=days)).isoformat()
    old = {
        sha256
        for sha256 in {_hash(name) for name in sizes if name.startswith(f"{_CAPTURES}/")} - needed.captures
        if f"{_CAPTURES}/{sha256}.json" in sizes
        and str(store.read_json(f"{_CAPTURES}/{sha256}.json")["captured_at"]) < until
    }
    for name, size in sorted(sizes.items()):
        folder = "/".join(name.split("/")[:2])
        if folder == _CAPTURES and _hash(name) in old:
            yield Old(name, size, "captures")
        elif folder in _MADE and not {name, "/".join(name.split("/")[:3])} & needed.names:
            yield Old(name, size, folder.removeprefix("work/"))


def tidy(store: Store, tell: Callable[[Store], Needed]) -> None:
    """Removes what was extracted and checked for earlier releases: the next one needs none of it."""
    for old in unneeded(store, tell, 0):
        if old.what in ("extracted", "checked"):
            remove(store, old)


def remove(store: Store, old: Old) -> None:
    """Removes a file; what was known of a capture goes before its bytes, so that none is half there."""
    store.remove(old.name)


def over_budget(store: Store) -> str:
    """A warning when `work/` takes more than BAOGAO_DISK_BUDGET, else an empty string."""
    budget = settings().disk_budget
    if not budget:
        return ""
    taken = sum(store.sizes("work").values())
    if taken <= budget:
        return ""
    said = f"work/ takes {taken:,} bytes, more than the {budget:,} of BAOGAO_DISK_BUDGET"
    return f"{said}; baogao prune --dry-run says what can go"


def _hash(name: str) -> str:
    return name.split("/")[2].partition(".")[0]
