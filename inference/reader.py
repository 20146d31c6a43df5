"""The port through which the Studio reads pictures of strangers, and the plain way to do it."""

from pathlib import Path
from typing import Protocol

from inference.photo import LOCAL_LIMITS, Header, Limits, Photo, inspect


class Reader(Protocol):
    """Reads files that anybody may have made. Thread-safe; may block."""

    def open(self, data: bytes, limits: Limits = LOCAL_LIMITS, *, deep: bool = False) -> Photo:
        """Check and decode a file. Raises PhotoRejected, OutOfMemory."""
        ...

    def inspect(self, source: bytes | Path, limits: Limits = LOCAL_LIMITS) -> Header:
        """Look at the header alone. Raises PhotoRejected, OutOfMemory."""
        ...

    def close(self) -> None: ...


class Here:
    """In this process: for files of one's own."""

    def open(self, data: bytes, limits: Limits = LOCAL_LIMITS, *, deep: bool = False) -> Photo:
        return Photo.open(data, limits, deep=deep)

    def inspect(self, source: bytes | Path, limits: Limits = LOCAL_LIMITS) -> Header:
        return inspect(source, limits)

    def close(self) -> None: ...


HERE = Here()
