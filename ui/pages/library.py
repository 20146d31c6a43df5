"""The library: all that is kept, looked through and put in order."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, ParamSpec, TypeVar

from nicegui import ui

from inference.errors import InferenceError
from storage.errors import StorageError
from storage.records import Collection, Sort
from ui.components.ask import agreed
from ui.components.collect import which_collection
from ui.components.collection_list import TRASH, CollectionList
from ui.components.controls import button, heading, icon_button
from ui.components.keys import keys
from ui.components.library_tools import LibraryTools
from ui.components.photo_grid import PhotoGrid
from ui.components.speech import Act, say
from ui.components.state import state
from ui.components.storage_sheet import StorageSheet
from ui.keeper import Keeper
from ui.lane import Lane
from ui.search import Query
from ui.words import t, tn

LOOK_SECONDS = 1.5
"""Between two looks whether anything has changed."""

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


class LibraryPage:
    """One open page: its address says what it shows, and the grid fetches that by itself."""

    def __init__(self, keeper: Keeper, lane: Lane, bar: ui.element, view: Query) -> None:
        self._keeper = keeper
        self._lane = lane
        self._view = view
        self._chosen: list[str] = []
        self._all = False
        """Whether all are chosen that are found; then `_chosen` is empty."""
        self._total = 0
        self._collections: list[tuple[Collection, int]] = []
        self._trashed = 0
        self._seen = -1
        """The number of the last change that is shown."""
        self._looking = asyncio.Lock()
        with bar:
            self._sheet = StorageSheet(keeper, lane, on_change=self._look)
            icon_button("database", t("Storage"), self._sheet.open)
            icon_button("keyboard", t("Keys (?)"), lambda: dialog.open())  # noqa: PLW0108 made below
        heading(t("Library"), level=1).classes("spoken")
        with ui.element("div").classes("library"):
            self._places = CollectionList(
                on_choose=self.go,
                on_put=self.put,
                on_create=self.create,
                on_rename=self.rename,
                on_remove=self.delete,
            )
            with ui.element("div").classes("holdings"):
                self._tools = LibraryTools(self, view)
                self._grid = PhotoGrid(
                    view.address,
                    on_choose=self.choose,
                    on_open=self.open,
                    on_counted=self.counted,
                    on_act=self.act,
                    on_move=self.move,
                )
                with self._grid:
                    self._build_states()
        dialog = keys("Library")
        self._grid.show(view.address, own=view.own)
        self._show_states()
        ui.timer(LOOK_SECONDS, self._look)

    def _build_states(self) -> None:
        """Build what is seen where no photo is."""
        with state(
            "photo_library",
            t("Your library is empty."),
            t("Photos that you cut out on the workbench are kept here, with every version."),
        ) as self._empty:
            button(t("To the workbench"), lambda: ui.navigate.to("/"), classes="primary")
        with state(
            "search_off",
            t("Nothing found."),
            t("No photo here has all of these words, or is of this kind."),
        ) as self._nothing:
            button(t("Show all"), self.widen)
        with state(
            "folder_open",
            t("This collection is empty."),
            t("Drag photos onto its name, or choose some and press C."),
        ) as self._bare:
            button(t("All photos"), lambda: self.go(""))
        with state(
            "delete",
            t("The trash is empty."),
            t("What you throw away is here for 30 days before it is deleted."),
        ) as self._clean:
            button(t("All photos"), lambda: self.go(""))

    # Where one is

    def go(self, place: str) -> None:
        """Show a collection, all photos, or the trash."""
        trashed = place == TRASH
        own = self._view.sort is Sort.OWN and (trashed or not place)
        self.look_for(
            trashed=trashed,
            collection="" if trashed else place,
            sort=Sort.NEWEST if own else self._view.sort,
        )

    def look_for(self, **changes: Any) -> None:
        """Show something else, as Query has it."""
        self._view = replace(self._view, **changes)
        query = self._view.address
        self._grid.show(query, own=self._view.own)
        address = f"/library?{query}" if query else "/library"
        ui.run_javascript(f"history.replaceState(history.state, '', {address!r})")
        self._show_places()
        self._show_states()

    def widen(self) -> None:
        self.look_for(text="", doubtful=False, days=0)

    def counted(self, total: int) -> None:
        self._total = total
        self._show_tools()

    def choose(self, chosen: dict[str, Any]) -> None:
        self._all, self._chosen = bool(chosen["all"]), [str(one) for one in chosen["ids"]]
        self._show_tools()

    # What people do with what is chosen

    def open(self, image_id: str) -> None:
        query = self._view.address
        ui.navigate.to(f"/library/{image_id}" + (f"?{query}" if query else ""))

    def choose_none(self) -> None:
        self._grid.choose_none()

    async def act(self, name: str) -> None:
        """Do what a key asks for."""
        if self._view.trashed:
            await (self.purge() if name == "trash" else asyncio.sleep(0))
        else:
            await {
                "trash": self.throw,
                "collect": self.collect,
                "workbench": self.unfold,
            }[name]()

    async def unfold(self) -> None:
        """Put what is chosen on the workbench, and go there."""
        entry = await self._do(self._keeper.unfold, await self._ids())
        if entry:
            ui.navigate.to(f"/?photo={entry}")

    async def throw(self) -> None:
        ids = await self._ids()
        count = await self._do(self._keeper.throw, ids)
        if count:
            self._grid.choose_none()
            said = tn("{count} photo is in the trash.", "{count} photos are in the trash.", count)
            say(said, Act(t("Undo"), lambda: self._do(self._keeper.take_back, ids)))

    async def take_back(self) -> None:
        count = await self._do(self._keeper.take_back, await self._ids())
        if count:
            self._grid.choose_none()
            say(tn("{count} photo is back.", "{count} photos are back.", count))

    async def purge(self) -> None:
        """Delete for good what is chosen in the trash."""
        ids = await self._ids()
        question = tn("Delete {count} photo for good?", "Delete {count} photos for good?", len(ids))
        why = t("Originals, mattes and all versions go. This cannot be undone.")
        if ids and await agreed(question, why, t("Delete")):
            count = await self._do(self._keeper.purge, ids) or 0
            self._grid.choose_none()
            say(tn("{count} photo was deleted.", "{count} photos were deleted.", count))

    async def empty(self) -> None:
        """Delete all that is in the trash."""
        self._all = True
        await self.purge()

    async def collect(self) -> None:
        """Ask for a collection, and put there what is chosen."""
        place = await which_collection([one for one, _ in self._collections])
        if place.name:
            made = await self._do(self._keeper.create, place.name)
            place = replace(place, id=made.id if made else "")
        if place.id:
            await self.put(place.id)

    async def put(self, place: str) -> None:
        """Put what is chosen into a collection, or the trash."""
        if place == TRASH:
            await self.throw()
            return
        ids = await self._ids()
        added = await self._do(self._keeper.collect, place, ids)
        name = next((one.name for one, _ in self._collections if one.id == place), "")
        if added is not None and name:
            said = tn(
                "{count} photo put into {name}.",
                "{count} photos put into {name}.",
                added,
                name=name,
            )
            say(said if added else t("All of them are in {name} already.", name=name))

    async def take_out(self) -> None:
        """Take what is chosen out of the collection that is shown."""
        ids, place = await self._ids(), self._view.collection
        count = await self._do(self._keeper.take_out, place, ids)
        if count:
            self._grid.choose_none()
            said = tn("{count} photo taken out.", "{count} photos taken out.", count)
            say(said, Act(t("Undo"), lambda: self._do(self._keeper.collect, place, ids)))

    async def move(self, wanted: dict[str, Any]) -> None:
        """Let photos of the collection that is shown stand before another one."""
        ids = [str(one) for one in wanted["ids"]]
        await self._do(self._keeper.move, self._view.collection, ids, str(wanted["before"]))

    # Collections

    async def create(self, name: str) -> None:
        await self._do(self._keeper.create, name)

    async def rename(self, collection_id: str, name: str) -> None:
        await self._do(self._keeper.rename_collection, collection_id, name)

    async def delete(self, collection_id: str) -> None:
        name = next((one.name for one, _ in self._collections if one.id == collection_id), "")
        question = t("Delete the collection {name}?", name=name)
        if await agreed(question, t("Its photos stay in the library."), t("Delete"), t("Keep it")):
            await self._do(self._keeper.delete_collection, collection_id)
            if self._view.collection == collection_id:
                self.go("")

    # What is shown

    async def _ids(self) -> Sequence[str]:
        if self._all:
            return await self._lane.run(self._keeper.ids, self._view)
        return self._chosen

    async def _do(
        self,
        act: Callable[Arguments, Result],
        *args: Arguments.args,
        **kwargs: Arguments.kwargs,
    ) -> Result | None:
        """Do something and show what came of it, or say why not."""
        try:
            return await self._lane.run(act, *args, **kwargs)
        except (InferenceError, StorageError) as error:
            say(error.says)
            return None
        finally:
            await self._look()

    async def _look(self) -> None:
        """Let the grid fetch anew what it shows, where anything has changed."""
        async with self._looking:
            try:
                changes = await self._lane.run(self._keeper.changes)
                if changes != self._seen:
                    self._collections = await self._lane.run(self._keeper.collections)
                    self._trashed = await self._lane.run(self._keeper.trashed)
            except StorageError as error:
                self._tools.trouble(error.says)
                return
            self._seen = changes
        self._tools.trouble("")
        self._grid.refresh(changes)
        self._show_places()

    def _show_places(self) -> None:
        place = TRASH if self._view.trashed else self._view.collection
        self._places.show(self._collections, place, self._trashed)

    def _show_tools(self) -> None:
        chosen = self._total if self._all else len(self._chosen)
        self._tools.show(self._view, total=self._total, chosen=chosen)

    def _show_states(self) -> None:
        view = self._view
        self._nothing.set_visibility(view.narrow)
        self._clean.set_visibility(view.trashed and not view.narrow)
        self._bare.set_visibility(bool(view.collection) and not view.narrow)
        self._empty.set_visibility(not (view.narrow or view.trashed or view.collection))
        self._show_tools()
