"""One photo of the library: its versions, and what is known of it."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from typing import ParamSpec, TypeVar

from nicegui import background_tasks, ui

from inference.errors import InferenceError
from inference.recipe import Recipe
from storage.errors import NotFound, StorageError
from storage.outbox import Mark
from storage.records import ENDED, Job, Status, Version
from ui.components.ask import agreed
from ui.components.bound import Bound
from ui.components.canvas import Canvas
from ui.components.collect import which_collection
from ui.components.controls import Click, button, heading, icon, icon_button, named, text
from ui.components.credits import tell
from ui.components.keys import keys
from ui.components.notice import Notice
from ui.components.photo_panel import PhotoPanel
from ui.components.shortcuts import Shortcuts
from ui.components.speech import Act, say
from ui.components.state import state
from ui.components.term import NO_STAY, Stay, Term
from ui.components.version_strip import VersionStrip
from ui.components.watch import Watch
from ui.exhibit import Exhibit
from ui.keeper import Keeper
from ui.lane import Lane
from ui.search import Query
from ui.words import t

LOOK_SECONDS, BUSY_SECONDS = 1.5, 0.4
"""Between two looks whether anything has changed; shorter while a version is being made."""

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


class PhotoPage:
    """One open page on one photo after the other; they follow each other as in the library."""

    def __init__(
        self,
        keeper: Keeper,
        lane: Lane,
        bar: ui.element,
        query: Query,
        image_id: str,
        enter: Callable[[], Click] | None = None,
    ) -> None:
        """`enter` builds a way to sign in, where there is one for whoever looks."""
        self._keeper = keeper
        self._lane = lane
        self._query = query
        self._one = Exhibit(image_id)
        self._job: Job | None = None
        """What makes another version for this page."""
        self._order: list[str] = []
        self._seen = -1
        self._looking = asyncio.Lock()
        with bar:
            self._build_way()
            icon_button("keyboard", t("Keys (?)"), lambda: dialog.open())  # noqa: PLW0108 made below
        self._heading = heading(t("Photo"), level=1).classes("spoken")
        with ui.element("div").classes("exhibit") as self._exhibit:
            with ui.element("div").classes("showing"):
                with ui.element("div").classes("middle"):
                    self._term = Term(
                        keeper.account,
                        on_longer=self.keep_longer,
                        on_keep=self.keep_for_good,
                        cost=lambda version: lane.run(keeper.cost, version),
                        enter=enter,
                    )
                    self._bound = Bound(keeper.account, on_whole=self.make_whole, enter=enter)
                    self._canvas = Canvas()
                    self._notice = Notice(on_open=self.unfold)
                self._strip = VersionStrip(
                    on_look=self.look_at, on_pair=self.pair, on_split=self.split
                )
            self._panel = PhotoPanel(self, keeper.fitting.presets.all(), keeper.models())
        with state(
            "image_not_supported",
            t("This photo is not here any more."),
            t("It was deleted, or this address was never one of your library."),
        ) as self._gone:
            button(t("To the library"), self.leave, classes="primary")
        self._gone.set_visibility(False)
        self._exhibit.set_visibility(False)
        dialog = keys("Photo")
        self._build_shortcuts()
        self._watch = Watch(BUSY_SECONDS, self._look, keeper.listen)

    def follow(self, marks: Callable[[str], Mapping[str, Mark]]) -> None:
        """Show how far versions are on their way to an account, as `marks` tells of a photo."""

        async def look() -> None:
            one = self._one
            now = await self._lane.run(marks, one.image_id)
            if self._one is one and one.marks != now:
                one.marks = now
                self._show()

        Watch(LOOK_SECONDS, look)

    def _build_way(self) -> None:
        with ui.element("div").classes("way"):
            with button("", self.leave, classes="back"):
                icon("arrow_back")
                text(t("Library"), tag="span")
            self._at = text(tag="span").classes("tally quiet")
            self._before = icon_button("chevron_left", t("Photo before (←)"), lambda: self.go(-1))
            self._after = icon_button("chevron_right", t("Next photo (→)"), lambda: self.go(1))
        named(self._before, t("Photo before (←)"))

    def _build_shortcuts(self) -> None:
        Shortcuts(
            {
                "ArrowLeft": partial(self.go, -1),
                "ArrowRight": partial(self.go, 1),
                "A": partial(self._look_at_side, 0),
                "B": partial(self._look_at_side, 1),
                "S": self._split_two,
                "Delete": self.throw,
            }
        )

    # Where one is

    def leave(self) -> None:
        query = self._query.address
        ui.navigate.to(f"/library?{query}" if query else "/library")

    async def go(self, step: int) -> None:
        """Show another photo of those that the library has found."""
        at = self._place
        if not at or not 0 < at + step <= len(self._order):
            return
        self._one = Exhibit(self._order[at + step - 1])
        self._job, self._seen = None, -1
        query = self._query.address
        address = f"/library/{self._image_id}" + (f"?{query}" if query else "")
        ui.run_javascript(f"history.replaceState(history.state, '', {address!r})")
        await self._look()

    # Versions

    def look_at(self, version_id: str) -> None:
        self._one.looked_at, self._one.split = version_id, False
        self._show()

    def pair(self, one: str, other: str) -> None:
        self._one.pair = one, other
        self._show()

    def split(self) -> None:
        """Show A and B under one handle, or again one version beside the photo."""
        self._one.split = not self._one.split
        self._show()

    async def draw_again(self) -> None:
        """Make an archived version anew from the original, as it was."""
        await self.make(model="", preset="")

    async def restore(self) -> None:
        shown, version = self._one.shown, self._one.version
        if shown and version:
            image_id, last = self._image_id, shown.holding.image.current_id
            await self._do(self._keeper.restore, image_id, version.id)
            said = t("Version {number} is shown in the library now.", number=version.number)
            undo = lambda: self._do(self._keeper.restore, image_id, str(last))  # noqa: E731 short
            say(said, Act(t("Undo"), undo) if last else None)

    async def make(self, *, model: str, preset: str) -> None:
        one = self._one
        job = await self._do(
            self._keeper.make, one.image_id, one.version, model=model, preset=preset
        )
        await self._follow(one, job)

    async def _follow(self, one: Exhibit, job: Job | None) -> None:
        """Wait for a version that is being made, and show it."""
        if job and self._one is one:
            one.looked_at, self._job = "", job
            await self._look()

    async def make_whole(self) -> None:
        one, version = self._one, self._one.version
        if version:
            await self._follow(one, await self._do(self._keeper.make_whole, one.image_id, version))

    async def unfold(self) -> None:
        version_id = self._one.version.id if self._one.version else ""
        entry = await self._do(self._keeper.unfold, [self._image_id], version_id)
        if entry:
            ui.navigate.to(f"/?photo={entry}")

    async def keep_longer(self) -> None:
        for version in self._current:
            await self._do(self._keeper.keep_longer, version.id)

    async def keep_for_good(self) -> None:
        for version in self._current:
            await self._do(self._keeper.promote, version.id)

    # What is known of it

    async def rename(self, name: str) -> None:
        await self._do(self._keeper.rename, self._image_id, " ".join(name.split()))

    async def annotate(self, notes: str) -> None:
        await self._do(self._keeper.annotate, self._image_id, notes)

    async def collect(self) -> None:
        image_id = self._image_id
        known = await self._do(self._keeper.collections) or []
        place = await which_collection([one for one, _ in known])
        collection_id = place.id
        if place.name:
            made = await self._do(self._keeper.create, place.name)
            collection_id = made.id if made else ""
        if collection_id:
            await self._do(self._keeper.collect, collection_id, [image_id])

    async def take_out(self, collection_id: str) -> None:
        await self._do(self._keeper.take_out, collection_id, [self._image_id])

    # The trash

    async def throw(self) -> None:
        images = [self._image_id]
        if await self._do(self._keeper.throw, images):
            undo = Act(t("Undo"), lambda: self._do(self._keeper.take_back, images))
            say(t("This photo is in the trash."), undo)

    async def take_back(self) -> None:
        await self._do(self._keeper.take_back, [self._image_id])

    async def purge(self) -> None:
        images = [self._image_id]  # the question is about this one, whatever is shown by then
        why = t("Originals, mattes and all versions go. This cannot be undone.")
        if await agreed(t("Delete this photo for good?"), why, t("Delete"), t("Keep it")):
            await self._do(self._keeper.purge, images)

    # What is shown

    @property
    def _image_id(self) -> str:
        return self._one.image_id

    @property
    def _current(self) -> list[Version]:
        """The version that the library shows; none where there is none yet."""
        shown = self._one.shown
        return [shown.holding.version] if shown and shown.holding.version else []

    @property
    def _place(self) -> int:
        """The place of the photo among those that the library has found, from 1; 0 for none."""
        return self._order.index(self._image_id) + 1 if self._image_id in self._order else 0

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
            await tell(error)
            return None
        finally:
            await self._look()

    async def _look(self) -> None:
        """Show the photo as it is, where anything has changed; nothing of one that was left."""
        async with self._looking:
            await self._look_for_job()
            one, changes = self._one, self._seen
            shown, order = one.shown, self._order
            try:
                changes = await self._lane.run(self._keeper.changes)
                if changes != self._seen:
                    shown = await self._lane.run(self._keeper.shown, one.image_id)
                    order = await self._lane.run(self._keeper.ids, self._query)
            except NotFound:
                shown = None
            except StorageError as error:
                say(t(error.says))
                return
            if self._one is not one:  # which is looked for next
                return
            fresh, self._seen = changes != self._seen, changes
            one.shown, self._order = shown, order
        self._watch.pace(BUSY_SECONDS if self._job else LOOK_SECONDS)
        if fresh:
            self._show()

    async def _look_for_job(self) -> None:
        asked = self._job
        if asked is None:
            return
        try:
            job = await self._lane.run(self._keeper.job, asked)
        except StorageError:  # it was purged with its photo
            job = None
        if self._job is not asked:  # nobody waits for it here any more
            return
        if job and job.status is Status.ERROR:
            say(t(job.says))
        self._job = job if job and job.status not in ENDED else None
        if self._job is None:
            self._seen = -1

    def _show(self) -> None:
        shown = self._one.shown
        self._gone.set_visibility(shown is None)
        self._exhibit.set_visibility(shown is not None)
        at = self._place
        self._at.set_text(f"{at:,} / {len(self._order):,}" if at else "")
        self._before.props["disabled"] = at <= 1
        self._after.props["disabled"] = not 0 < at < len(self._order)
        if shown is None:
            return
        name = shown.holding.image.name or t("Photo without a name")
        self._heading.set_text(name)
        ui.page_title(f"{name} · Coveshot")
        one, version = self._one, self._one.version
        mark = one.marks.get(version.id) if version else None
        self._panel.show(shown, version, mark, archived=one.is_archived)
        made = shown.holding.version
        stay = Stay(made.id, made.created_at, shown.holding.expires_at) if made else NO_STAY
        self._term.show(stay)
        image, recipe = shown.holding.image, Recipe.read(version.recipe) if version else None
        self._bound.show((image.width, image.height), recipe)
        self._notice.hide() if version else self._notice.show(shown.holding.job)
        self._strip.show(one, busy=self._job is not None)
        self._canvas.label("A" if one.split else "", "B" if one.split else "")
        self._canvas.show(one.view(pending=self._job is not None))
        if version and version.id not in one.archived:
            background_tasks.create(self._find_archived(one, version), context=self._exhibit)

    async def _find_archived(self, one: Exhibit, version: Version) -> None:
        """Find out whether there is a picture of a version, which takes a while on an instance."""
        one.archived = {**one.archived, version.id: False}
        with suppress(StorageError):  # then its picture will say so
            gone = await self._lane.run(self._keeper.is_archived, version)
            one.archived = {**one.archived, version.id: gone}
            if gone and self._one is one:
                self._show()

    def _look_at_side(self, side: int) -> None:
        if version_id := self._one.two[side]:
            self.look_at(version_id)

    def _split_two(self) -> None:
        if self._one.two[0]:
            self.split()
