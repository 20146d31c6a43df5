"""The port of who is to be told that something has changed."""

from typing import Protocol

from storage.records import Stir


class Stirs(Protocol):
    """What a process asks that listens for all its pages and streams: once for them all."""

    def since(self, mark: int) -> Stir:
        """Return the scopes in which something has changed since a mark; none for 0.

        That is whatever a workbench, a library, a job or an announcement shows. Whoever asks by
        each new mark misses nothing, however changes were committed.
        """
        ...
