"""Room 5: checked tables → release. All or nothing, and only when something differs.

A release is written beside, verified, moved to `public/releases/VERSION/` by one rename, and only then does
`public/latest.json` point to it. A run that is killed leaves the last release as it was; the next run makes
good what is missing. What exists is never written again.
"""

from __future__ import annotations

import shutil
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows.model import Checked, Release
from flows.publish import quality, releases
from flows.publish.gate import CANDIDATE
from flows.publish.releases import PublishError
from flows.store import Store, StoreError

if TYPE_CHECKING:
    from flows.publish.build import Accuracy, Judge

__all__ = ["PublishError", "current", "pages", "publish"]

_DAY = 24 * 60 * 60


def current(store: Store, inputs: str) -> Release | None:
    """The latest release if it was made from these very INPUTS (see `flows.check.fingerprint`), else None.

    Looks at names and sizes only and loads nothing heavy. None too when `latest.json` or the list of all
    versions does not name the newest release (a run was killed before it could): `publish` makes that good.
    Raises PublishError when a file of the release is missing or has another size.
    """
    version = releases.usable(store)
    pointer = releases.pointer(store)
    if version is None or pointer is None or (pointer["version"], pointer["inputs"]) != (version, inputs):
        return None
    if releases.indexed(store) != version:
        return None
    releases.look_over(store, version)
    return _release(store, pointer, False)


def publish(
    store: Store,
    checked: Checked,
    *,
    now: datetime | None = None,
    accuracy: Accuracy | None = None,
    force: str = "",
    judge: Judge | None = None,
) -> Release:
    """Publishes CHECKED as the next version, or says (`new=False`) that nothing differs from the last one.

    A complete release that `latest.json` does not point to yet is verified and pointed to first; when it was
    made from the same inputs, it is the result and counts as new.

    NOW is the time that the metadata give (else the clock's), ACCURACY the share of the bundled example that
    is right and what is not, FORCE the reason why the gate is overruled, which the release then records.
    JUDGE (`flows.check.judge`) says of the tables as they were written what speaks against them. Raises
    PublishError when there is nothing to publish, when the gate is closed, when an earlier release is damaged
    (its file is named), and StoreError when a file cannot be read or written; in each case the last release
    stays as it was.
    """
    if not checked.observations:
        why = "; ".join(finding.message for finding in checked.blocked) or "there is not one observation"
        raise PublishError(f"Nothing was published: {why}. The last release stays as it is.")
    from flows.publish.build import Asked, Held, build

    with store.lock("publish"):
        releases.ensure_complete(store)
        previous = releases.newest(store)
        if previous is not None:
            releases.verify(store, previous)
            pointer = releases.pointer(store)
            latest = releases.usable(store)
            behind = latest is not None and (pointer is None or pointer["version"] != latest)
            if behind and latest is not None:
                pointer = releases.point(store, latest)
            if pointer is not None and pointer["inputs"] == checked.inputs:
                _announce(store, pointer["version"])
                return _release(store, pointer, behind)
        with store.staging() as folder:
            try:
                asked = Asked(now or datetime.now(UTC), accuracy, force, judge)
                version = build(store, checked, folder, previous, asked)
            except Held as error:
                raise _candidate(store, checked, folder, error.reasons) from None
            if version is not None:
                store.adopt(folder, f"{releases.RELEASES}/{version}", last=releases.CHECKSUMS)
        pointed = version or releases.usable(store)
        if pointed is None:
            raise PublishError(
                f"Nothing was published: the data are those of release {previous}, which was withdrawn. "
                "Bring what makes them right (a correction, a mended extractor, another text), and run again."
            )
        pointer = releases.point(store, pointed, checked.inputs)
        _announce(store, pointed)
    _tidy(store, checked)
    return _release(store, pointer, version is not None)


def pages(store: Store, version: str, *, always: bool = False) -> str:
    """Brings the catalogue under `public/` up to date with the release VERSION; what went wrong, else empty.

    Nothing is done where it is up to date already, unless ALWAYS. The release does not depend on its pages:
    whatever happens to them is told, and the next run makes it good.
    """
    from flows.publish import site

    try:
        with store.lock("publish"):
            if always or not site.is_current(store, version):
                site.build(store, version)
    except Exception as error:
        what = str(error) if isinstance(error, StoreError) else f"{type(error).__name__}: {error}"
        return f"The release is published, its pages are not: {what}"
    return ""


def _announce(store: Store, version: str) -> None:
    """Writes what lies beside the releases if it is not as it should be: last the list that has VERSION."""
    quality.write_pages(store, version)
    releases.write_index(store)


def _candidate(store: Store, checked: Checked, folder: Path, reasons: list[str]) -> PublishError:
    """Leaves what lies in FOLDER where people can look at it, and says why it was not published."""
    name = f"{CANDIDATE}/{checked.inputs[:16]}"
    if not store.exists(f"{name}/{releases.CHECKSUMS}"):
        store.adopt(folder, name, last=releases.CHECKSUMS)
    why = "\n".join(f"- {reason}" for reason in reasons)
    return PublishError(
        f"Nothing was published, the last release stays as it is:\n{why}\nLook at {store.show(name)}; "
        "if it is right, publish with --force REASON."
    )


def _tidy(store: Store, checked: Checked) -> None:
    """Removes checked folders and candidates that nobody has come back for in a day."""
    parents = (store.local("work/checked"), store.local(CANDIDATE))
    for folder in (one for parent in parents if parent and parent.is_dir() for one in parent.iterdir()):
        if folder.name != checked.inputs and time.time() - folder.stat().st_mtime > _DAY:
            shutil.rmtree(folder, ignore_errors=True)


def _release(store: Store, pointer: dict[str, Any], new: bool) -> Release:
    rows = pointer["rows"]
    changes = pointer["changes"]["observations"] if new else {"added": 0, "removed": 0, "changed": 0}
    return Release(
        version=pointer["version"],
        path=store.show(f"public/{pointer['path']}"),
        new=new,
        reports=rows["reports"],
        observations=rows["observations"],
        quarantined=rows["quarantine"],
        **changes,
    )
