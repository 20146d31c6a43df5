"""The sweep of a hosted instance: deletes what is over, and whoever wants to be forgotten."""

import logging
from collections.abc import Callable, Sequence

from storage.errors import StorageError
from storage.library import AT_ONCE, Library
from storage.ports.blobs import Blobs
from storage.ports.retention import Retention, Users
from storage.records import Swept

log = logging.getLogger(__name__)


class Sweep:
    """Removes objects first and rows after them: killed between the two, it goes on next time."""

    def __init__(self, library: Library, retention: Retention, blobs: Blobs, users: Users) -> None:
        self._library = library
        self._retention = retention
        self._blobs = blobs
        self._users = users
        self._removed = 0

    def run(self, stop: Callable[[], bool] = lambda: False) -> Swept:
        """Go once through everything; it may `stop` between two handfuls."""
        self._removed = 0
        erased = self._erase(stop)  # first: it is promised within minutes
        self._expire(stop)
        if not stop():
            self._retention.settle()
        return Swept(self._removed + self._library.sweep(stop), erased)

    def _expire(self, stop: Callable[[], bool]) -> None:
        while not stop() and (claim := self._retention.claim(AT_ONCE)):
            self._retention.forget(claim, self._left_of(claim.objects))

    def _erase(self, stop: Callable[[], bool]) -> int:
        erased = 0
        for leaver in self._retention.erasing():
            if not all(self._emptied(scope, stop) for scope in leaver.scopes):
                continue  # the next run goes on
            for scope in leaver.scopes:
                self._retention.erase(scope)
            self._users.forget(leaver.user_id)
            erased += 1
        return erased

    def _emptied(self, scope: str, stop: Callable[[], bool]) -> bool:
        """Remove all objects of a scope; say whether none is left."""
        while not stop():
            paths = self._retention.objects_of(scope, AT_ONCE)
            if not paths:
                return True
            if self._left_of(paths):
                return False
        return False

    def _left_of(self, paths: Sequence[str]) -> list[str]:
        """Remove objects and return those that are still there, whatever was answered."""
        try:
            left = self._blobs.clear(paths)
        except (OSError, StorageError) as error:
            log.warning("%d objects cannot be removed: %s", len(paths), error)
            left = [*paths]
        self._removed += len(paths) - len(left)
        return left
