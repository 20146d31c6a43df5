"""Photos that are deleted for good, a handful at a time: how far it is, and a way to stop it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

HANDFUL = 40
"""Photos whose rows go in one transaction, and whose objects go before the next ones: others write
between two of them, and a stop does not wait for long."""


@dataclass(slots=True)
class Purge:
    """Read by pages while a thread deletes."""

    total: int
    done: int = 0
    stopped: bool = False

    def stop(self) -> None:
        """Go no further: what is not deleted yet stays in the trash."""
        self.stopped = True


class Purges:
    """What is under way in one process; of each scope the first one is told of."""

    def __init__(self) -> None:
        self._under_way: dict[str, Purge] = {}

    def of(self, scope: str) -> Purge | None:
        return self._under_way.get(scope)

    def stop(self) -> None:
        """Stop all of them."""
        for purge in list(self._under_way.values()):
            purge.stop()

    def handfuls(self, scope: str, image_ids: Sequence[str]) -> Iterator[Sequence[str]]:
        """Yield photos, those that were asked for first, until all are done or it is stopped."""
        purge = Purge(len(image_ids))
        told = self._under_way.setdefault(scope, purge) is purge
        try:
            for at in range(0, len(image_ids), HANDFUL):
                if purge.stopped:
                    return
                yield image_ids[at : at + HANDFUL]
                purge.done = min(at + HANDFUL, len(image_ids))
        finally:
            if told:
                del self._under_way[scope]
