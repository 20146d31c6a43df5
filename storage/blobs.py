"""Objects as files: nothing is ever half there, and what is there survives a power cut."""

import errno
import logging
import os
import re
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from shutil import copyfileobj
from uuid import uuid4

from storage.errors import DiskFull, NotFound, NotWritable, StorageError

log = logging.getLogger(__name__)

KEY = re.compile(r"[a-z0-9-]+(/[a-z0-9-]+)*\.[a-z0-9]+")
PARTS = ".parts"
STALE_SECONDS = 3600.0
NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class FileBlobs:
    """Keeps objects below one folder."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._parts = root / PARTS
        with in_sentences(root):
            self._parts.mkdir(parents=True, exist_ok=True)
            self._sweep_parts()

    def put(self, key: str, source: bytes | Path) -> None:
        target = self._path(key)
        with in_sentences(target):
            while True:
                # A folder may go meanwhile, with the last of what was in it.
                try:
                    target.parent.mkdir(parents=True, exist_ok=True)
                    return write_durably(target, source, self._parts)
                except FileExistsError:
                    if target.parent.is_file():  # in the way for good
                        raise
                except FileNotFoundError as error:
                    if not error.filename2 and Path(error.filename) not in target.parents:
                        raise

    def get(self, key: str) -> bytes:
        try:
            return self._path(key).read_bytes()
        except FileNotFoundError:
            raise NotFound from None

    def has(self, key: str) -> bool:
        return self._path(key).is_file()

    def size(self, key: str) -> int:
        try:
            return self._path(key).stat().st_size
        except FileNotFoundError:
            raise NotFound from None

    def remove(self, key: str) -> None:
        path = self._path(key)
        with in_sentences(path):
            path.unlink(missing_ok=True)
        with suppress(OSError):  # the rest has other objects
            for folder in path.parents:
                if folder == self._root:
                    break
                folder.rmdir()

    def clear(self, keys: Sequence[str]) -> list[str]:
        return [key for key in keys if not self._is_gone(key)]

    def copy(self, origin: str, target: str) -> None:
        if not self.has(origin):
            raise NotFound
        self.put(target, self._path(origin))

    def listing(self) -> Iterator[tuple[str, float]]:
        walked = os.walk(self._root)  # folders that go while we look are passed over
        for path in sorted(Path(folder, name) for folder, _, names in walked for name in names):
            with suppress(FileNotFoundError):  # removed while we were looking
                if path.is_file() and path.parent != self._parts:
                    yield path.relative_to(self._root).as_posix(), path.stat().st_mtime

    def set_aside(self, key: str, trash: Path) -> Path:
        """Move an object, or a stray file that lies among them, into a folder of its own."""
        source = self._root / key
        target = trash / key
        with in_sentences(target):
            target.parent.mkdir(parents=True, exist_ok=True)
            source.replace(target)
        return target

    def _is_gone(self, key: str) -> bool:
        try:
            self.remove(key)
        except (OSError, StorageError):
            log.exception("%s cannot be removed", key)
            return False
        return not self.has(key)

    def _sweep_parts(self) -> None:
        """Remove what killed processes left half written; a living one is never so slow."""
        for part in self._parts.iterdir():
            with suppress(FileNotFoundError):
                if time.time() - part.stat().st_mtime > STALE_SECONDS:
                    part.unlink()

    def _path(self, key: str) -> Path:
        if not KEY.fullmatch(key):
            raise NotFound(f"{key!r} cannot be the name of anything kept here.")
        return self._root / key


def write_durably(target: Path, source: bytes | Path, parts: Path | None = None) -> None:
    """Write a file so that it is whole or not there, even if the power fails meanwhile.

    It grows in the folder `parts` of the same disk, or hidden beside its target.

    Temporary file, fsync, rename, fsync of the folder: a rename is atomic by POSIX, but only an
    fsync of the folder makes it last.
    """
    part = (parts or target.parent) / f".{uuid4().hex}.part"
    try:
        with part.open("xb") as sink:
            if isinstance(source, bytes):
                sink.write(source)
            else:
                with source.open("rb") as origin:
                    copyfileobj(origin, sink, 1 << 20)
            sink.flush()
            os.fsync(sink.fileno())
        part.replace(target)
    except BaseException:
        with suppress(OSError):
            part.unlink()
        raise
    _sync_folder(target.parent)


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":  # Windows has no handle of a folder to sync; NTFS journals the rename
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def in_sentences(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in NO_ROOM:
            raise DiskFull from error
        if isinstance(error, PermissionError) or error.errno in {errno.EROFS, errno.ENOTDIR}:
            raise NotWritable(
                f"{path.parent} cannot be written. "
                "Allow it, or set COVESHOT_HOME to another folder."
            ) from error
        raise
