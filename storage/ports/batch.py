"""The port of what is done with a whole workbench."""

from collections.abc import Sequence
from typing import Protocol

from storage.records import Changes, Status


class Batch(Protocol):
    """The workbench as a whole. What is no longer there is passed over."""

    def pause(self, scope: str) -> None:
        """Start nothing that the workbench alone waits for; what is in hand is finished."""
        ...

    def resume(self, scope: str) -> None: ...

    def paused(self, scope: str) -> bool: ...

    def put_first(self, scope: str, entry_ids: Sequence[str]) -> None:
        """Let photos that are in sight come before all others, and those before no more.

        What somebody waits for comes before both.
        """
        ...

    def cancel_all(self, scope: str) -> int:
        """Cancel all that is under way for the workbench; return how many."""
        ...

    def retry_all(self, scope: str, status: Status) -> int:
        """Queue all of the workbench that failed, or was cancelled, again; return how many."""
        ...

    def clear_all(self, scope: str, entry_ids: Sequence[str]) -> int:
        """Take entries off the workbench and forsake their jobs; return how many were there."""
        ...

    def accept(self, scope: str, entry_ids: Sequence[str]) -> None:
        """Note that the doubts of cutouts were seen; the same ones are not asked about again."""
        ...

    def changes(self, scope: str, since: int = 0) -> Changes:
        """Return what has changed on the workbench since a tick; 0 for all that is there."""
        ...
