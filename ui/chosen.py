"""What can be done with the photos that are chosen in the library."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from nicegui import ui

from storage.records import Collection
from ui.components.ask import agreed
from ui.components.collect import which_collection
from ui.components.collection_list import TRASH
from ui.components.speech import Act, say
from ui.exporter import Exporter
from ui.keeper import Keeper
from ui.search import Query
from ui.words import t, tn

Do = Callable[..., Awaitable[Any]]
"""Does something in a thread and shows what came of it; None where it said why not."""


@dataclass(slots=True)
class Chosen:
    """Chosen by their ids, or all that a query finds."""

    keeper: Keeper
    do: Do
    exporter: Exporter
    choose_none: Callable[[], None]
    let_go: Callable[[int], None]
    """Chooses none, unless something else was chosen since that turn."""
    query: Query
    """What is looked at."""
    ids: list[str] = field(default_factory=list)
    every: bool = False
    """Whether all are chosen that are found; then `ids` is empty."""
    stopped: bool = False
    """Whether the last purge was stopped here."""
    turn: int = 0
    """Counts what was chosen one after the other."""
    collections: list[tuple[Collection, int]] = field(default_factory=list)

    def take(self, told: dict[str, Any]) -> None:
        """Take on what the grid tells: `ids`, or `all`, and which `turn` it is."""
        self.every, self.ids = bool(told["all"]), [str(one) for one in told["ids"]]
        self.turn = int(told["turn"])

    def look_for(self, query: Query) -> None:
        """Look at something else: nothing of it is chosen yet."""
        self.query, self.every, self.ids = query, False, []

    def name_of(self, collection_id: str) -> str:
        return next((one.name for one, _ in self.collections if one.id == collection_id), "")

    async def all_ids(self) -> Sequence[str]:
        return (await self.do(self.keeper.ids, self.query) or []) if self.every else self.ids

    async def act(self, name: str) -> None:
        """Do what a key asks for."""
        acts = {"trash": self.throw, "collect": self.collect, "workbench": self.unfold}
        acts["export"] = self.export
        if self.query.trashed:
            acts = {"trash": self.purge}
        if name in acts:
            await acts[name]()

    async def unfold(self) -> None:
        """Put them on the workbench, and go there."""
        entry = await self.do(self.keeper.unfold, await self.all_ids())
        if entry:
            ui.navigate.to(f"/?photo={entry}")

    async def export(self) -> None:
        """Ask how they leave: as a ZIP file, or into a folder."""
        ids = list(await self.all_ids())
        cards = await self.do(self.keeper.cards, ids)
        if cards:
            self.exporter.open(lambda: cards, ids)

    # The trash

    async def throw(self) -> None:
        turn, ids = self.turn, await self.all_ids()
        count = await self.do(self.keeper.throw, ids)
        if count:
            self.let_go(turn)
            said = tn("{count} photo is in the trash.", "{count} photos are in the trash.", count)
            say(said, Act(t("Undo"), lambda: self.do(self.keeper.take_back, ids)))

    async def take_back(self) -> None:
        turn = self.turn
        count = await self.do(self.keeper.take_back, await self.all_ids())
        if count:
            self.let_go(turn)
            say(tn("{count} photo is back.", "{count} photos are back.", count))

    async def purge(self) -> None:
        """Delete for good what is chosen in the trash."""
        await self._purge(await self.all_ids())

    async def empty(self) -> None:
        """Delete all that is in the trash."""
        await self._purge(await self.do(self.keeper.ids, Query(trashed=True)) or [])

    def stop_purge(self) -> None:
        """Delete no more; what is not deleted yet stays in the trash."""
        if purge := self.keeper.purging():
            purge.stop()
            self.stopped = True

    async def _purge(self, ids: Sequence[str]) -> None:
        """Delete photos after a question, unless others are being deleted already."""
        if not ids or self.keeper.purging():
            return
        question = tn("Delete {count} photo for good?", "Delete {count} photos for good?", len(ids))
        why = t("Originals, mattes and all versions go. This cannot be undone.")
        turn = self.turn
        if await agreed(question, why, t("Delete")) and not self.keeper.purging():
            self.stopped = False
            count = await self.do(self.keeper.purge, ids)
            if count is not None:
                self.let_go(turn)
                said = tn("{count} photo was deleted.", "{count} photos were deleted.", count)
                rest = t("The others are still in the trash.")
                say(f"{said} {rest}" if self.stopped else said)

    # Collections

    async def collect(self) -> None:
        """Ask for a collection, and put them there."""
        place = await which_collection([one for one, _ in self.collections])
        if place.name:
            made = await self.do(self.keeper.create, place.name)
            if made:
                await self.put(made.id)
        elif place.id:
            await self.put(place.id)

    async def put(self, place: str) -> None:
        """Put them into a collection, or the trash."""
        if place == TRASH:
            await self.throw()
            return
        added = await self.do(self.keeper.collect, place, await self.all_ids())
        name = self.name_of(place)
        if added is not None and name:
            said = tn(
                "{count} photo put into {name}.",
                "{count} photos put into {name}.",
                added,
                name=name,
            )
            say(said if added else t("All of them are in {name} already.", name=name))

    async def take_out(self) -> None:
        """Take them out of the collection that is looked at."""
        turn, place, ids = self.turn, self.query.collection, await self.all_ids()
        count = await self.do(self.keeper.take_out, place, ids)
        if count:
            self.let_go(turn)
            said = tn("{count} photo taken out.", "{count} photos taken out.", count)
            say(said, Act(t("Undo"), lambda: self.do(self.keeper.collect, place, ids)))

    async def move(self, wanted: dict[str, Any]) -> None:
        """Let photos of the collection that is looked at stand `before` another one: `ids`."""
        ids = [str(one) for one in wanted["ids"]]
        await self.do(self.keeper.move, self.query.collection, ids, str(wanted["before"]))
