"""What the store needs of an object store: writes that lose nobody else's; locks and uploads made of them.

S3 decides itself whether an object is still what it was (a conditional PUT). Elsewhere it is looked at right
before it is written, which leaves a moment in which two writers can miss each other.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from flows.s3 import answer, faults, is_s3

LEASE = 60.0
"""Seconds after which a lock that nobody renews counts as left behind."""

_CONFLICT = (409, 412)


class Changed(Exception):
    """Somebody else has written the object meanwhile."""


def stamp(fs: Any, path: str) -> str:
    """What tells one content of the object PATH from another; empty when it is not there."""
    return _look(fs, path)[0]


def swap(fs: Any, path: str, data: bytes, seen: str) -> str:
    """Writes DATA if PATH still has the stamp SEEN; gives the new one. Raises Changed if it has another."""
    with _decided(fs, path, data, seen) as condition:
        done = fs.pipe_file(path, data, **condition)
        return str(done["ETag"]) if is_s3(fs) else stamp(fs, path)
    return stamp(fs, path)


@contextmanager
def leased(fs: Any, path: str, seconds: float) -> Iterator[None]:
    """Holds the object PATH against everybody who does the same. Raises BlockingIOError after SECONDS.

    An object with something in it is held; whoever holds it writes it anew again and again, and empties it at
    the end. One that stays as it is for LEASE seconds was left by a run that was killed and is taken over; no
    clocks are compared. A holder that slept for so long has lost it, and what it still writes by `swap` is
    refused where somebody else has written.
    """
    until = time.monotonic() + seconds
    mine = f"{socket.gethostname()} {os.getpid()} {secrets.token_hex(8)}"
    seen, since = None, 0.0
    while True:
        found, free = _look(fs, path)
        if found != seen:
            seen, since = found, time.monotonic()
        if free or time.monotonic() - since >= LEASE:
            with suppress(Changed):
                held = swap(fs, path, f"{mine} 0\n".encode(), found)
                break
        if time.monotonic() >= until:
            raise BlockingIOError(path)
        time.sleep(min(1.0, LEASE / 10))
    ended = threading.Event()

    def renew() -> None:
        nonlocal held
        count = 0
        while not ended.wait(LEASE / 4):
            count += 1
            try:
                held = swap(fs, path, f"{mine} {count}\n".encode(), held)
            except Changed:
                return
            except Exception:
                continue  # what does not answer now may do so before the lease is over

    renewing = threading.Thread(target=renew, daemon=True)
    renewing.start()
    try:
        yield
    finally:
        ended.set()
        renewing.join()
        with suppress(Changed, *faults()):
            swap(fs, path, b"", held)


def upload(fs: Any, folder: Path, target: str, last: str) -> None:
    """Brings the files below the local FOLDER to TARGET; the file LAST comes at the end and makes it whole.

    What lies there already with the same bytes is not sent again. What has other bytes, or is not in FOLDER,
    was left by an upload of something else that broke off, and is removed. Everything that lies there is
    compared by hash before LAST is sent. Raises Changed when somebody else has sent all of it, or something
    else, meanwhile.
    """
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    files = {f"{target}/{path.relative_to(folder).as_posix()}": path for path in found}
    end = f"{target}/{last}"
    there = fs.find(target, detail=True)
    if end in there:
        raise Changed(target)
    sent = _sound(fs, there, files)
    for path in there.keys() - sent:
        fs.rm_file(path)
    for path in sorted(files.keys() - sent - {end}):
        _send(fs, files[path], path)
    there = fs.find(target, detail=True)
    if not _sound(fs, there, files) == there.keys() == files.keys() - {end}:
        raise Changed(target)
    _send(fs, files[end], end)


def _send(fs: Any, file: Path, path: str) -> None:
    """Sends the local FILE to PATH, where nothing is. Raises Changed when something else is there."""
    with _decided(fs, path, file, "") as condition:
        fs.put_file(str(file), path, **condition)


@contextmanager
def _decided(fs: Any, path: str, data: bytes | Path, seen: str) -> Iterator[dict[str, str]]:
    """Gives what a call that writes DATA has to say so that it writes only over what has the stamp SEEN.

    Raises Changed when the call was refused for that reason; not when it was because an earlier try had
    written DATA and the answer to it was lost.
    """
    try:
        if not is_s3(fs) and stamp(fs, path) != seen:
            raise FileExistsError(path)
        yield ({"IfMatch": seen} if seen else {"mode": "create"}) if is_s3(fs) else {}
    except OSError as error:
        gone = bool(seen) and isinstance(error, FileNotFoundError)
        if not (gone or isinstance(error, FileExistsError) or answer(error)[0] in _CONFLICT):
            raise
        if not fs.exists(path) or not _same(fs, fs.info(path), data):
            raise Changed(path) from error


def _sound(fs: Any, there: dict[str, dict[str, Any]], files: dict[str, Path]) -> set[str]:
    """Those of the objects THERE that have the bytes of the local FILES."""
    return {path for path, facts in there.items() if path in files and _same(fs, facts, files[path])}


def _same(fs: Any, facts: dict[str, Any], data: bytes | Path) -> bool:
    """Whether the object with these FACTS has the bytes of DATA: by its ETag where that is their MD5 (of most
    objects on S3), else by reading it."""
    if facts["size"] != (data.stat().st_size if isinstance(data, Path) else len(data)):
        return False
    if facts.get("ETag", "").strip('"') == _hashed(data, "md5"):
        return True
    digest = hashlib.sha256()
    try:
        with fs.open(facts["name"], "rb") as there:
            while piece := there.read(1 << 20):
                digest.update(piece)
    except OSError as error:
        if answer(error)[0] in _CONFLICT:  # it is being written right now
            return False
        raise
    return digest.hexdigest() == _hashed(data, "sha256")


def _hashed(data: bytes | Path, by: str) -> str:
    digest = hashlib.new(by, usedforsecurity=False)
    if isinstance(data, bytes):
        digest.update(data)
    else:
        with open(data, "rb") as file:
            while piece := file.read(1 << 20):
                digest.update(piece)
    return digest.hexdigest()


def _look(fs: Any, path: str) -> tuple[str, bool]:
    """The stamp of the object PATH, and whether it is empty or not there."""
    try:
        facts = fs.info(path)
    except FileNotFoundError:
        return "", True
    return str(facts.get("ETag") or facts), facts["size"] == 0
