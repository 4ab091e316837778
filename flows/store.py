"""Files under one output root, on a local disk or any filesystem that fsspec knows.

A *name* is a path below the root, with `/` between its parts and never `..`. A file is there whole or
not at all: it is written beside (as `.NAME.….part`, which no listing shows) and then moved over; object
stores show an object only once it is complete. Whole folders are prepared in `staging()`, a folder on
the same disk, and `adopt()` moves them into place by one rename; elsewhere it uploads them, the file that
makes them whole at the end.

Whatever goes wrong with a file is raised as `StoreError`, whose message says what, where and what to do.
"""

from __future__ import annotations

import errno
import io
import json
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from flows import objects, s3
from flows.locks import locked, sweep, sync, sync_folder
from flows.masking import masked

_OBJECT_STORES = {"memory", "s3", "s3a", "gs", "gcs", "abfs", "abfss", "az"}
_OTHER = "choose another folder with --output"
_SPACE = f"Free some space or {_OTHER}"
_ACCESS = f"Mend its permissions or {_OTHER}"
_MOVE = f"Move it away or {_OTHER}"
_SETUP = "what the environment says of it (for s3:// also pip install 'baogao[s3]')"
_ADVICE = {
    errno.ENOSPC: ("full", "no space is left there", _SPACE),
    errno.EDQUOT: ("full", "the quota is used up", _SPACE),
    errno.EROFS: ("unwritable", "it is read-only", "Mount it for writing or " + _OTHER),
    errno.EACCES: ("unwritable", "access is denied", _ACCESS),
    errno.EPERM: ("unwritable", "access is denied", _ACCESS),
    errno.ENOTDIR: ("unwritable", "a file stands where a folder should be", _MOVE),
    errno.EEXIST: ("unwritable", "something else stands in its place", _MOVE),
    errno.EISDIR: ("unwritable", "a folder stands where a file should be", _MOVE),
    errno.ENOTEMPTY: ("unwritable", "it is there already and is never overwritten", "Move it away"),
    errno.ENOENT: ("missing", "it is not there", "Check the path"),
}
_OF_THE_PLACE = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES)


class StoreError(Exception):
    """A file at `path` cannot be read or written: `reason` is missing, unwritable, full, busy or broken."""

    def __init__(self, reason: str, path: str, message: str) -> None:
        super().__init__(reason, path, message)
        self.reason = reason
        self.path = path
        self.message = message

    def __str__(self) -> str:
        return self.message


class Store:
    """The files below `root`, a folder path or an fsspec URL (`s3://bucket/folder`, `memory://x`).

    The folder is made when something is first written. A Store can be pickled and used in many processes.
    Raises StoreError when the address cannot be used; whether anybody answers there shows later.
    """

    def __init__(self, root: str) -> None:
        self.root = str(root)
        try:
            self.fs, base = s3.connected(self.root)
        except (ImportError, ValueError) as error:
            message = f"Cannot use {self.show()}: {masked(str(error))}. Check the address and {_SETUP}."
            raise StoreError("unwritable", self.show(), message) from error
        self.base = base.rstrip("/")
        protocols = self.fs.protocol if isinstance(self.fs.protocol, tuple) else (self.fs.protocol,)
        self.is_local = bool({"file", "local"} & set(protocols))
        self._whole = bool(_OBJECT_STORES & set(protocols))

    def __reduce__(self) -> tuple[type[Store], tuple[str]]:
        return Store, (self.root,)

    def path(self, name: str = "") -> str:
        """The path of NAME on its filesystem (absolute). Raises ValueError for a name that leads outside."""
        parts = [part for part in str(name).split("/") if part]
        if ".." in parts or str(name).startswith("/"):
            raise ValueError(f"{name!r} is no name below {self.root}")
        return "/".join([self.base, *parts])

    def local(self, name: str = "") -> Path | None:
        """The path of NAME if the root is a local folder, else None."""
        return Path(self.path(name)) if self.is_local else None

    def show(self, name: str = "") -> str:
        """How NAME is called in messages: the root as it was given, without a password, and the name."""
        return "/".join(part for part in (masked(self.root).rstrip("/"), name.strip("/")) if part)

    def exists(self, name: str) -> bool:
        """Whether there is a file or folder NAME."""
        with self.errors("read", name):
            return bool(self.fs.exists(self.path(name)))

    def size(self, name: str) -> int:
        """Bytes of the file NAME. Raises StoreError when it is missing."""
        with self.errors("read", name):
            return int(self.fs.info(self.path(name))["size"])

    def folders(self, prefix: str = "") -> list[str]:
        """The last parts of the names of the folders directly below PREFIX, sorted."""
        with self.errors("list", prefix):
            self.fs.invalidate_cache()
            try:
                found = self.fs.ls(self.path(prefix), detail=True)
            except FileNotFoundError as error:
                if s3.answer(error)[1] == "NoSuchBucket":
                    raise
                return []
        return sorted(
            item["name"].rstrip("/").rsplit("/", 1)[-1] for item in found if item["type"] == "directory"
        )

    def list(self, prefix: str = "") -> list[str]:
        """Names of all files below the folder PREFIX, at any depth, sorted; empty if there is none."""
        with self.errors("list", prefix):
            self.fs.invalidate_cache()
            found = self.fs.find(self.path(prefix)) if self.fs.isdir(self.path(prefix)) else []
        names = (str(path)[len(self.base) :].lstrip("/") for path in found)
        return sorted(name for name in names if not name.endswith(".part"))

    def sizes(self, prefix: str = "") -> dict[str, int]:
        """Names of all files below the folder PREFIX, with their bytes, by one listing."""
        with self.errors("list", prefix):
            self.fs.invalidate_cache()
            if not self.fs.isdir(self.path(prefix)):
                return {}
            found = self.fs.find(self.path(prefix), detail=True)
        return {str(path)[len(self.base) :].lstrip("/"): int(facts["size"]) for path, facts in found.items()}

    def open(self, name: str) -> IO[bytes]:
        """The file NAME, open for reading bytes. Raises StoreError when it is missing, and while it is read
        from another machine."""
        with self.errors("read", name):
            opened: IO[bytes] = self.fs.open(self.path(name), "rb")
        return opened if self.is_local else io.BufferedReader(_Reading(self, name, opened), 1 << 16)

    def read_bytes(self, name: str) -> bytes:
        """The bytes of the file NAME. Raises StoreError when it is missing."""
        with self.errors("read", name):
            return bytes(self.fs.cat_file(self.path(name)))

    def stamp(self, name: str) -> str:
        """What tells one content of the file NAME from another; empty when it is not there."""
        with self.errors("read", name):
            return objects.stamp(self.fs, self.path(name))

    def write_bytes(self, name: str, data: bytes, *, durable: bool = False, over: str | None = None) -> None:
        """Writes the file NAME whole or not at all, over what may be there.

        `durable` also waits until the disk has it (for pointers). OVER is a stamp: what has another one by
        now stays as it is. Raises StoreError when it does (busy), and when the place is full or cannot be
        written; an older file of that name is then untouched.
        """
        path = self.path(name)
        with self.errors("write", name):
            if self._whole and over is not None:
                objects.swap(self.fs, path, data, over)
                return
            if over is not None and objects.stamp(self.fs, path) != over:
                raise objects.Changed(path)
            if self._whole:
                self.fs.pipe_file(path, data)
                return
            folder, last = path.rsplit("/", 1)
            beside = f"{folder}/.{last}.{os.getpid()}-{secrets.token_hex(4)}.part"
            self.fs.makedirs(folder, exist_ok=True)
            try:
                self._write(beside, data, durable)
                if self.is_local:
                    os.replace(beside, path)
                else:
                    self.fs.mv(beside, path)
            except BaseException:
                self._discard(beside)
                raise
            if durable and self.is_local:
                sync_folder(Path(folder))

    def read_json(self, name: str) -> Any:
        """The JSON document NAME. Raises StoreError when it is missing or no JSON."""
        data = self.read_bytes(name)
        try:
            return json.loads(data)
        except ValueError as error:
            message = f"{self.show(name)} is no JSON ({error}). Remove the file and run again."
            raise StoreError("broken", self.show(name), message) from error

    def write_json(self, name: str, value: Any, *, durable: bool = False, over: str | None = None) -> None:
        """Writes VALUE as JSON: keys in the order given, UTF-8, indented by two, ended by a line break."""
        text = json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False)
        self.write_bytes(name, f"{text}\n".encode(), durable=durable, over=over)

    def remove(self, name: str) -> None:
        """Removes the file or folder NAME; nothing happens when it is not there."""
        with self.errors("remove", name):
            if self.fs.exists(self.path(name)):
                self.fs.rm(self.path(name), recursive=True)

    @contextmanager
    def staging(self) -> Iterator[Path]:
        """An empty local folder to prepare files in, on the disk of the root where that is local.

        It is gone after the block unless it was adopted. Folders that a killed run has left behind are
        removed first; those of runs that are still alive are held by a lock and stay. A full or
        write-protected disk that shows inside the block is raised as StoreError.
        """
        if not self.is_local:
            with tempfile.TemporaryDirectory(prefix="baogao-") as folder:
                yield Path(folder)
            return
        parent = Path(self.path("work/staging"))
        token = f"{os.getpid()}-{secrets.token_hex(4)}"
        with self.errors("write", "work/staging"):
            parent.mkdir(parents=True, exist_ok=True)
            sweep(parent)
            held = locked(parent / f"{token}.lock", 10.0)
        try:
            (parent / token).mkdir()
            yield parent / token
        except OSError as error:
            if error.errno in _OF_THE_PLACE:
                raise self._explained("write", f"work/staging/{token}", error) from error
            raise
        finally:
            shutil.rmtree(parent / token, ignore_errors=True)
            (parent / f"{token}.lock").unlink(missing_ok=True)
            os.close(held)

    def adopt(self, folder: Path, name: str, *, last: str) -> None:
        """Moves the local FOLDER into place as NAME: by one rename, or elsewhere by uploading its files.

        An upload sends the file `last` at the end, so that its presence says that all is there; one that
        broke off is taken up where it was (see `objects.upload`). Raises StoreError when NAME is there
        already: it is never overwritten.
        """
        with self.errors("write", name):
            target = self.path(name)
            if not self.is_local:
                objects.upload(self.fs, folder, target, last)
                return
            for path in sorted(folder.rglob("*")):
                sync(path)
            Path(target).parent.mkdir(parents=True, exist_ok=True)
            os.rename(folder, target)
            sync_folder(Path(target).parent)

    @contextmanager
    def lock(self, name: str, *, seconds: float = 600.0) -> Iterator[None]:
        """Holds `work/NAME.lock` against other processes; it goes when the process ends, or, elsewhere than
        on a local disk, is taken over a minute later (see `objects.leased`).

        Raises StoreError when another one holds it for longer than SECONDS.
        """
        with ExitStack() as held:
            with self.errors("write", f"work/{name}.lock"):
                path = self.path(f"work/{name}.lock")
                try:
                    if self.is_local:
                        Path(path).parent.mkdir(parents=True, exist_ok=True)
                        held.callback(os.close, locked(Path(path), seconds))
                    else:
                        held.enter_context(objects.leased(self.fs, path, seconds))
                except BlockingIOError as error:
                    shown = self.show(f"work/{name}.lock")
                    message = f"Another run holds {shown}. Wait until it has ended and run again."
                    raise StoreError("busy", shown, message) from error
            yield

    def _write(self, path: str, data: bytes, durable: bool) -> None:
        with open(path, "xb") if self.is_local else self.fs.open(path, "wb") as file:
            file.write(data)
            if durable and self.is_local:
                file.flush()
                os.fsync(file.fileno())

    def _discard(self, path: str) -> None:
        with suppress(OSError):
            self.fs.rm_file(path)

    @contextmanager
    def errors(self, verb: str, name: str) -> Iterator[None]:
        """What goes wrong in the block, when it wants to VERB the file NAME, is raised as StoreError."""
        try:
            yield
        except objects.Changed as error:
            shown = self.show(name)
            message = f"Another run has written {shown} meanwhile, and it is never overwritten. Run again."
            raise StoreError("busy", shown, message) from error
        except s3.faults() as error:
            raise self._explained(verb, name, error) from error

    def _explained(self, verb: str, name: str, error: Exception) -> StoreError:
        missing = isinstance(error, FileNotFoundError)
        code = getattr(error, "errno", None) or (errno.ENOENT if missing else 0)
        detail = masked(str(getattr(error, "strerror", None) or error)).lower()
        reason, what, advice = s3.explained(self.fs, self.base, error) or _ADVICE.get(
            code, ("broken", detail, "Check the disk or the connection and run again")
        )
        return StoreError(reason, self.show(name), f"Cannot {verb} {self.show(name)}: {what}. {advice}.")


class _Reading(io.RawIOBase):
    """A file of another machine, whose errors are those of the store."""

    def __init__(self, store: Store, name: str, file: IO[bytes]) -> None:
        self._store, self._name, self._file = store, name, file

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        return self._file.seek(offset, whence)

    def readinto(self, buffer: Any) -> int:
        with self._store.errors("read", self._name):
            data = self._file.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self._file.close()
        super().close()
