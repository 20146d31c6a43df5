"""The port through which the Studio reads pictures of strangers, and the plain way to do it."""

from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from inference.header import LOCAL_LIMITS, Header, Limits

if TYPE_CHECKING:
    from inference.photo import Photo


class Reader(Protocol):
    """Reads files that anybody may have made. Thread-safe; may block."""

    def open(self, data: bytes, limits: Limits = LOCAL_LIMITS, *, deep: bool = False) -> "Photo":
        """Check and decode a file. Raises PhotoRejected, OutOfMemory."""
        ...

    def inspect(self, source: bytes | Path, limits: Limits = LOCAL_LIMITS) -> Header:
        """Look at the header alone. Raises PhotoRejected, OutOfMemory."""
        ...

    def close(self) -> None: ...


class Here:
    """In this process: for files of one's own. NumPy and Pillow come in with the first of them."""

    def open(self, data: bytes, limits: Limits = LOCAL_LIMITS, *, deep: bool = False) -> "Photo":
        from inference.photo import Photo  # noqa: PLC0415

        return Photo.open(data, limits, deep=deep)

    def inspect(self, source: bytes | Path, limits: Limits = LOCAL_LIMITS) -> Header:
        from inference.photo import inspect  # noqa: PLC0415

        return inspect(source, limits)

    def close(self) -> None: ...


HERE = Here()
