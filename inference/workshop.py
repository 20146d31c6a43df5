"""What a worker needs, wherever it is: the port between those who compute and what is kept."""

from collections.abc import Callable
from typing import Protocol

from storage.library import KeptMatte
from storage.ports.queue import Queue
from storage.records import Job, Note


class Workshop(Protocol):
    """What waits, what a cutout is made of, and where it goes. Raises StorageError."""

    @property
    def queue(self) -> Queue: ...

    def original(self, scope: str, image_id: str) -> bytes:
        """Raises NotFound."""
        ...

    def photo(self, scope: str, sha256: str) -> bytes:
        """Return a picture that a recipe names as its background. Raises NotFound."""
        ...

    def matte(self, image_id: str, key: str) -> KeptMatte | None: ...

    def keep_matte(self, job: Job, key: str, png: bytes, note: Note) -> None: ...

    def strokes(self, image_id: str, sha256: str) -> bytes:
        """Raises NotFound."""
        ...

    def finish(
        self,
        job: Job,
        png: bytes,
        thumbnail: bytes,
        *,
        size: tuple[int, int],
        note: Note = Note(),  # noqa: B008 frozen
    ) -> Job:
        """Raises LostLease; then nothing is kept."""
        ...

    def heed(self, job: Job) -> None:
        """Raises LostLease where a job was cancelled or taken over meanwhile."""
        ...

    def sweep(self, stop: Callable[[], bool] = lambda: False) -> int:
        """Delete what is over, where that is a worker's business."""
        ...
