"""What the store needs of a local disk: locks that end with their process, and waiting for the disk.

A lock is a file held by flock: the system lets go of it when its process ends, however it ends.
"""

from __future__ import annotations

import os
import shutil
import sys
import time
from pathlib import Path

if sys.platform != "win32":
    import fcntl


def locked(path: Path, seconds: float) -> int:
    """The open descriptor of PATH, locked for this process. Raises BlockingIOError after SECONDS."""
    until = time.monotonic() + seconds
    while True:
        held = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            if sys.platform != "win32":
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if path.exists() and os.fstat(held).st_ino == path.stat().st_ino:
                return held
        except BlockingIOError:
            if time.monotonic() >= until:
                os.close(held)
                raise
            time.sleep(0.05)
        os.close(held)


def sweep(parent: Path) -> None:
    """Removes the prepared folders below PARENT whose lock nobody holds any more."""
    for path in sorted(parent.glob("*.lock")):
        try:
            held = locked(path, 0.0)
        except OSError:
            continue
        shutil.rmtree(path.with_suffix(""), ignore_errors=True)
        path.unlink(missing_ok=True)
        os.close(held)


def sync(path: Path) -> None:
    """Waits until the disk has the file PATH."""
    if path.is_file():
        held = os.open(path, os.O_RDONLY)
        try:
            os.fsync(held)
        finally:
            os.close(held)


def sync_folder(path: Path) -> None:
    """Waits until the disk has the names in the folder PATH (Windows cannot, and need not)."""
    if sys.platform != "win32":
        held = os.open(path, os.O_RDONLY)
        try:
            os.fsync(held)
        finally:
            os.close(held)
