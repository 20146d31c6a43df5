"""The port of collections of photos."""

from collections.abc import Sequence
from typing import Protocol

from storage.records import Collection


class Collections(Protocol):
    """Photos put together by name; a photo may be in several."""

    def listing(self, scope: str) -> list[tuple[Collection, int]]:
        """Return all by name, each with how many photos it has; those in the trash don't count."""
        ...

    def create(self, scope: str, name: str) -> Collection:
        """Raises IllegalMove where the name is given already, in whatever case, or is empty."""
        ...

    def rename(self, scope: str, collection_id: str, name: str) -> Collection:
        """Raises NotFound, and IllegalMove as `create` does."""
        ...

    def delete(self, scope: str, collection_id: str) -> None:
        """Forget a collection; its photos stay in the library."""
        ...

    def add(self, scope: str, collection_id: str, image_ids: Sequence[str]) -> int:
        """Put photos at the end of a collection; return how many are new there.

        Raises NotFound where there is no such collection; unknown photos are passed over.
        """
        ...

    def remove(self, scope: str, collection_id: str, image_ids: Sequence[str]) -> int:
        """Take photos out; return how many were in."""
        ...

    def move(self, scope: str, collection_id: str, image_id: str, before: str) -> None:
        """Put a photo before another one, or at the end where that is empty. Raises NotFound."""
        ...

    def of(self, scope: str, image_id: str) -> list[Collection]:
        """Return the collections that a photo is in, by name."""
        ...
