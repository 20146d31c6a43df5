"""What can be done with many photos of the workbench at once."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Any

from storage.errors import StorageError
from storage.records import Status
from ui.components.ask import agreed
from ui.components.speech import say
from ui.desk import Desk
from ui.lane import Lane
from ui.visit import Visit
from ui.words import t, tn

Do = Callable[..., Awaitable[bool]]
"""Does something in a thread and shows what came of it; False where it said why not."""


class Many:
    """With all that are marked together, or with all there are."""

    def __init__(self, visit: Visit, desk: Desk, lane: Lane, do: Do) -> None:
        self._visit, self._desk, self._lane, self._do = visit, desk, lane, do

    def mark(self, picked: dict[str, Any]) -> None:
        """Take on which photos are marked together: `ids`, or `all` but those."""
        ids = set(picked["ids"])
        known = {card.entry.id for card in self._visit.cards}
        self._visit.selection = known - ids if picked["all"] else known & ids

    async def put_first(self, entry_ids: Sequence[str]) -> None:
        """Cut out first what is in sight; nobody waits for that to be noted."""
        if self._visit.unfinished:
            with suppress(StorageError):  # the order stays as it was
                await self._lane.run(self._desk.put_first, entry_ids)

    async def pause(self) -> None:
        await self._do(self._desk.pause)

    async def resume(self) -> None:
        await self._do(self._desk.resume)

    async def stop(self) -> None:
        await self._do(self._desk.cancel_all)

    async def go_on(self) -> None:
        await self._do(self._desk.retry_all, Status.CANCELLED)

    async def try_failed(self) -> None:
        await self._do(self._desk.retry_all, Status.ERROR)

    async def try_again(self, entry_id: str = "") -> None:
        await self._do(self._desk.retry, self._visit.named(entry_id))

    async def discard(self, entry_id: str = "") -> None:
        """Remove a photo, or all that are marked, after a question."""
        cards = self._visit.named(entry_id)
        if len(cards) > 1:
            question = tn("Remove {count} photo?", "Remove {count} photos?", len(cards))
            if not await agreed(question, t("Download first what you need."), t("Remove them")):
                return
        await self._do(self._desk.remove, cards)

    async def accept(self, entry_id: str) -> None:
        """Keep a cutout as it is; what was doubtful of it is not asked about again."""
        cards = [card for card in self._visit.named(entry_id) if card.job.status is Status.DONE]
        if cards:
            await self._do(self._desk.accept, cards)

    def end_review(self) -> None:
        say(t("Nothing is left to look at."))
