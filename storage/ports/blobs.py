"""The ports of what is kept as files: their bytes, their names, and where they come in."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

from storage.records import Invitation, Job


class Blobs(Protocol):
    """Bytes under keys such as `scope/image/original.jpg`."""

    def put(self, key: str, source: bytes | Path) -> None:
        """Keep bytes, or the content of a file; all or nothing.

        A key is given once: others than the bytes that are there may be refused.

        Raises DiskFull, NotWritable, Taken.
        """
        ...

    def get(self, key: str) -> bytes:
        """Raises NotFound."""
        ...

    def has(self, key: str) -> bool: ...

    def size(self, key: str) -> int:
        """Return the bytes of an object. Raises NotFound."""
        ...

    def remove(self, key: str) -> None:
        """Remove an object; one that is not there is no error."""
        ...

    def clear(self, keys: Sequence[str]) -> list[str]:
        """Remove objects, and return those that are still there, whatever was answered."""
        ...

    def copy(self, origin: str, target: str) -> None:
        """Keep an object under another key, too. Raises NotFound, and what `put` raises."""
        ...

    def listing(self) -> Iterator[tuple[str, float]]:
        """Yield every key with the Unix time of its last change."""
        ...


class Names(Protocol):
    """What objects are called: asked before they are put, as rows are about to have it."""

    def original(self, scope: str, image_id: str, extension: str) -> str: ...

    def output(self, job: Job, version_id: str) -> tuple[str, str]:
        """Return the names of a cutout and its thumbnail.

        Several attempts at a job may have the same ones. Raises NotFound.
        """
        ...

    def beside(self, scope: str, image_id: str) -> str:
        """Return the folder of what is kept with a photo: mattes and strokes. Raises NotFound."""
        ...


class Dock(Protocol):
    """Where somebody who has no key puts one object. Every method is safe to repeat."""

    def invite(self, spot: str, size: int) -> Invitation:
        """Let one object of so many bytes come under a name. Raises Taken where one is there."""
        ...

    def arrived(self, spot: str) -> int | None:
        """Return the bytes of what has come, or None where nothing has."""
        ...

    def take(self, spot: str, file: Path) -> None:
        """Write what has come to a file. Raises NotFound, DiskFull, NotWritable."""
        ...

    def remove(self, spot: str) -> None:
        """Remove what has come, and let nothing come any more where that can be told."""
        ...
