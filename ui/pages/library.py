"""The library: all that is kept, looked through and put in order."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any, ParamSpec, TypeVar

from nicegui import ui

from inference.errors import InferenceError
from storage.errors import StorageError
from storage.records import Sort
from ui.chosen import Chosen
from ui.components.ask import agreed
from ui.components.collection_list import TRASH, CollectionList
from ui.components.controls import button, heading, icon_button
from ui.components.keys import keys
from ui.components.library_tools import LibraryTools
from ui.components.photo_grid import PhotoGrid
from ui.components.progress import Progress
from ui.components.speech import say
from ui.components.state import state
from ui.components.storage_sheet import StorageSheet
from ui.components.watch import IN_LINE_SECONDS, Watch
from ui.exporter import Exporter
from ui.holding import draw_from
from ui.keeper import Keeper
from ui.lane import Lane
from ui.search import Query
from ui.words import t

LOOK_SECONDS, BUSY_SECONDS = 1.5, 0.4
"""Between two looks whether anything has changed; shorter while photos are deleted."""

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


class LibraryPage:
    """One open page: its address says what it shows, and the grid fetches that by itself."""

    def __init__(self, keeper: Keeper, lane: Lane, bar: ui.element, query: Query) -> None:
        self._keeper = keeper
        self._lane = lane
        self._chosen = Chosen(
            keeper,
            self._do,
            Exporter(
                lane,
                draw_from(keeper.studio, keeper.account),
                address="/library.zip",
                here=keeper.account.owns_computer,
            ),
            choose_none=lambda: self._grid.choose_none(),  # noqa: PLW0108 made below
            let_go=lambda turn: self._grid.let_go(turn),  # noqa: PLW0108 made below
            query=query,
        )
        self._total = 0
        self._trashed = 0
        self._seen = -1
        """The number of the last change that is shown."""
        self._looking = asyncio.Lock()
        with bar:
            self._sheet = StorageSheet(
                keeper, lane, on_change=self._look, on_empty=self._chosen.empty
            )
            icon_button("database", t("Storage"), self._sheet.open)
            icon_button("keyboard", t("Keys (?)"), lambda: dialog.open())  # noqa: PLW0108 made below
        heading(t("Library"), level=1).classes("spoken")
        with ui.element("div").classes("library"):
            self._places = CollectionList(
                on_choose=self.go,
                on_put=self._chosen.put,
                on_create=self.create,
                on_rename=self.rename,
                on_remove=self.delete,
            )
            with ui.element("div").classes("holdings"):
                self._tools = LibraryTools(self._chosen, query, on_look=self.look_for)
                self._progress = Progress(
                    t("Progress of the deletion"), on_stop=self._chosen.stop_purge
                )
                self._grid = PhotoGrid(
                    query.address,
                    on_choose=self.choose,
                    on_open=self.open,
                    on_counted=self.counted,
                    on_act=self._chosen.act,
                    on_move=self._chosen.move,
                )
                with self._grid:
                    self._build_states()
        dialog = keys("Library")
        self._grid.show(query.address, own=query.own)
        self._show_states()
        self._watch = Watch(LOOK_SECONDS, self._look, keeper.listen, keeper.purging)

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
        sort = self._query.sort
        if sort is Sort.OWN and (trashed or not place):
            sort = Sort.NEWEST
        self.look_for(trashed=trashed, collection="" if trashed else place, sort=sort)

    def look_for(self, **changes: Any) -> None:
        """Show something else, as Query has it."""
        query = replace(self._query, **changes)
        self._chosen.look_for(query)
        self._grid.show(query.address, own=query.own)
        address = f"/library?{query.address}" if query.address else "/library"
        ui.run_javascript(f"history.replaceState(history.state, '', {address!r})")
        self._show_places()
        self._show_states()

    def widen(self) -> None:
        self.look_for(text="", doubtful=False, days=0, preset="")

    def counted(self, total: int) -> None:
        self._total = total
        self._show_tools()

    def choose(self, chosen: dict[str, Any]) -> None:
        self._chosen.take(chosen)
        self._show_tools()

    def open(self, image_id: str) -> None:
        query = self._query.address
        ui.navigate.to(f"/library/{image_id}" + (f"?{query}" if query else ""))

    # Collections

    async def create(self, name: str) -> None:
        await self._do(self._keeper.create, name)

    async def rename(self, collection_id: str, name: str) -> None:
        await self._do(self._keeper.rename_collection, collection_id, name)

    async def delete(self, collection_id: str) -> None:
        name = self._chosen.name_of(collection_id)
        question = t("Delete the collection {name}?", name=name)
        if await agreed(question, t("Its photos stay in the library."), t("Delete"), t("Keep it")):
            await self._do(self._keeper.delete_collection, collection_id)
            if self._query.collection == collection_id:
                self.go("")

    # What is shown

    @property
    def _query(self) -> Query:
        return self._chosen.query

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
            say(t(error.says))
            return None
        finally:
            await self._look()

    async def _look(self) -> None:
        """Let the grid fetch anew what it shows, where anything has changed."""
        self._show_purge()
        async with self._looking:
            try:
                changes = await self._lane.run(self._keeper.changes)
                if changes != self._seen:
                    self._chosen.collections = await self._lane.run(self._keeper.collections)
                    self._trashed = await self._lane.run(self._keeper.trashed)
                    self._tools.load(await self._lane.run(self._keeper.presets))
                    self._show_tools()
            except StorageError as error:
                self._tools.trouble(t(error.says))
                self._watch.pace(LOOK_SECONDS, IN_LINE_SECONDS)
                return
            self._seen = changes
        self._tools.trouble("")
        self._grid.refresh(changes)
        self._show_places()

    def _show_purge(self) -> None:
        """Show how far photos are deleted, whichever page has asked for it."""
        purge = self._keeper.purging()
        if purge:
            self._watch.pace(BUSY_SECONDS, BUSY_SECONDS)
        else:
            self._watch.pace(LOOK_SECONDS)
        if purge is None:
            self._progress.hide()
            return
        says = t(
            "{done} of {total} photos are deleted.",
            done=f"{purge.done:,}",
            total=f"{purge.total:,}",
        )
        self._progress.show(says, purge.done, purge.total, stopped=purge.stopped)

    def _show_places(self) -> None:
        place = TRASH if self._query.trashed else self._query.collection
        self._places.show(self._chosen.collections, place, self._trashed)

    def _show_tools(self) -> None:
        chosen = self._total if self._chosen.every else len(self._chosen.ids)
        self._tools.show(self._query, total=self._total, chosen=chosen)

    def _show_states(self) -> None:
        query = self._query
        self._nothing.set_visibility(query.narrow)
        self._clean.set_visibility(query.trashed and not query.narrow)
        self._bare.set_visibility(bool(query.collection) and not query.narrow)
        self._empty.set_visibility(not (query.narrow or query.trashed or query.collection))
        self._show_tools()
