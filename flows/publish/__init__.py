"""Room 5: checked tables → release. All or nothing, and only when something differs.

A release is written beside, verified, moved to `public/releases/VERSION/` by one rename, and only then does
`public/latest.json` point to it. A run that is killed leaves the last release as it was; the next run makes
good what is missing. What exists is never written again.
"""

from __future__ import annotations

import shutil
import time
from datetime import UTC, datetime
from typing import Any

from flows.model import Checked, Release
from flows.publish import releases
from flows.publish.releases import PublishError
from flows.store import Store

__all__ = ["PublishError", "current", "publish"]

_DAY = 24 * 60 * 60


def current(store: Store, inputs: str) -> Release | None:
    """The latest release if it was made from these very INPUTS (see `flows.check.fingerprint`), else None.

    Looks at names and sizes only and loads nothing heavy. None too when `latest.json` does not point to the
    newest release (a run was killed before it could): `publish` makes that good. Raises PublishError when a
    file of the release is missing or has another size.
    """
    version = releases.newest(store)
    pointer = releases.pointer(store)
    if version is None or pointer is None or (pointer["version"], pointer["inputs"]) != (version, inputs):
        return None
    releases.look_over(store, version)
    return _release(store, pointer, False)


def publish(store: Store, checked: Checked, *, now: datetime | None = None) -> Release:
    """Publishes CHECKED as the next version, or says (`new=False`) that nothing differs from the last one.

    A complete release that `latest.json` does not point to yet is verified and pointed to first; when it was
    made from the same inputs, it is the result and counts as new.

    NOW is the time that the metadata give (else the clock's). Raises PublishError when there is nothing to
    publish, when an earlier release is damaged (its file is named), and StoreError when a file cannot be
    read or written; in each case the last release stays as it was.
    """
    if checked.blocked:
        why = "; ".join(finding.message for finding in checked.blocked)
        raise PublishError(f"Nothing was published: {why}. The last release stays as it is.")
    from flows.publish.build import build

    with store.lock("publish"):
        previous = releases.newest(store)
        if previous is not None:
            releases.verify(store, previous)
            pointer = releases.pointer(store)
            behind = pointer is None or pointer["version"] != previous
            if pointer is None or behind:
                pointer = releases.point(store, previous)
            if pointer["inputs"] == checked.inputs:
                return _release(store, pointer, behind)
        with store.staging() as folder:
            version = build(store, checked, folder, previous, now or datetime.now(UTC))
            if version is not None:
                store.adopt(folder, f"{releases.RELEASES}/{version}", last=releases.CHECKSUMS)
        pointed = version or previous
        assert pointed is not None
        pointer = releases.point(store, pointed, checked.inputs)
    _tidy(store, checked)
    return _release(store, pointer, version is not None)


def _tidy(store: Store, checked: Checked) -> None:
    """Removes the checked folders that nobody has come back for in a day."""
    parent = store.local("work/checked")
    for folder in parent.iterdir() if parent and parent.is_dir() else ():
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
