"""The port of what is thrown away, and of what its objects leave."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from storage.records import Surplus


class Trash(Protocol):
    """What is to go. Rows go in one transaction that notes their objects; those go after it.

    Killed between the two, the next one who asks for `leavings` goes on.
    """

    def throw(self, scope: str, image_ids: Sequence[str]) -> int:
        """Put photos in the trash; return how many were not there."""
        ...

    def take_back(self, scope: str, image_ids: Sequence[str]) -> int:
        """Take photos out of the trash, with all that was theirs; return how many."""
        ...

    def purge(self, scope: str, image_ids: Sequence[str]) -> int:
        """Forget photos that are in the trash: jobs, mattes, versions, entries. Return how many."""
        ...

    def behind(self, scope: str, image_ids: Sequence[str]) -> list[str]:
        """Return those of some photos that recipes of any other one name as background.

        Purged before that, it would stay as a picture; purged after it, it goes.
        """
        ...

    def purge_older(self, moment: float) -> int:
        """Forget what was thrown away before a moment, of all scopes."""
        ...

    def drop_strokes(self, moment: float) -> int:
        """Forget strokes kept before a moment that no recipe names any more; return how many.

        Recipes are those of entries, versions, and jobs that have not expired.
        """
        ...

    def leavings(self, most: int) -> list[str]:
        """Return objects that no row speaks of any more, at most so many."""
        ...

    def cleared(self, paths: Iterable[str]) -> None:
        """Note that objects were removed."""
        ...

    def put_off(self, paths: Iterable[str]) -> None:
        """Let objects that could not be removed come after all others."""
        ...

    def keep_last(self, scope: str) -> int | None:
        """Return how many versions of each photo are kept; None means all."""
        ...

    def set_keep_last(self, scope: str, versions: int | None) -> None: ...

    def surplus(self, scope: str, keep: int) -> Surplus:
        """Tell what `prune` would remove."""
        ...

    def prune(self, scope: str, keep: int) -> Surplus:
        """Forget all but the last versions of each photo.

        The current one stays, what the workbench shows, and all of photos in a collection or
        in the trash.
        """
        ...

    def prune_all(self) -> None:
        """Prune each scope that has said how many versions it keeps."""
        ...
