"""The workbench: photos in, cutouts out, everything about one photo in sight."""

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, ParamSpec

from nicegui import background_tasks, ui

from auth.account import Account
from inference.errors import InferenceError
from inference.fitting import Fitting
from storage.errors import StorageError
from storage.records import Card, Changes, Status
from ui.components.arrivals import Arrivals
from ui.components.ask import agreed
from ui.components.batch import Batch
from ui.components.bound import Bound
from ui.components.candidates import Candidates
from ui.components.canvas import Canvas
from ui.components.controls import Click, icon_button, named, text
from ui.components.credits import tell
from ui.components.device import DeviceChip
from ui.components.drop_zone import DropZone
from ui.components.filmstrip import Filmstrip
from ui.components.keys import keys
from ui.components.notice import Notice
from ui.components.offer import Offer
from ui.components.recipe_panel import RecipePanel
from ui.components.shortcuts import Shortcuts
from ui.components.speech import say
from ui.components.term import Stay, Term
from ui.components.watch import IN_LINE_SECONDS, UNHEARD_SECONDS, Watch
from ui.desk import Desk
from ui.dressing import Dressing
from ui.exporter import Exporter
from ui.hands import Hands
from ui.keys import WORKBENCH
from ui.lane import Lane
from ui.many import Many
from ui.visit import Visit, after, before, plain, recipe, view
from ui.words import t, tn, word

SAMPLES = {
    "bowl": word("Try the bowl"),
    "lens": word("Try the lens"),
    "whisk": word("Try the whisk"),
    "scissors": word("Try the scissors"),
}
SAMPLE_FOLDER = Path(__file__).parents[2] / "assets" / "samples"

PATIENCE = 15.0
"""Seconds that are begun without a question."""
BUSY_SECONDS, IDLE_SECONDS = 0.3, 1.5
"""Between two looks at the workbench: while photos are cut out, and while nothing happens."""
EARLY = '<link rel="preload" as="fetch" crossorigin href="/strip?since=0">'
"""The photos come while the scripts of the page do, not after them."""

Arguments = ParamSpec("Arguments")


class Workbench:
    """One open page: builds it once, then shows what the library says."""

    def __init__(
        self,
        fitting: Fitting,
        account: Account,
        lane: Lane,
        bar: ui.element,
        chosen: str = "",
        enter: Callable[[], Click] | None = None,
    ) -> None:
        """`enter` builds a way to sign in, where there is one for whoever looks."""
        self._enter = enter
        self._desk = Desk(fitting, account)
        self._lane = lane
        self._visit = Visit(selected=chosen)
        self._exporter = Exporter(
            lane, self._desk.draw, address="/download.zip", here=account.owns_computer
        )
        self._many = Many(self._visit, self._desk, lane, self._do)
        self._looking = asyncio.Lock()
        self._acting = asyncio.Lock()
        self._measured: tuple[str, ...] = ()
        """Which photo, recipe and preset the rules were told of last."""
        self._dressing = Dressing(
            self._desk,
            self._visit,
            lane,
            do=self._do,
            show=self._show,
            on_presets=self._load_presets,
        )
        with bar:
            self._batch = Batch(self._many)
            self._chip = DeviceChip()
            icon_button("keyboard", t("Keys (?)"), lambda: dialog.open())  # noqa: PLW0108 made below
        if account.owns_computer:
            Offer(fitting.studio.networks, lane, on_again=self.cut_all_again)
        ui.add_head_html(EARLY)
        self._build_welcome()
        self._build_bench(lane)
        self._candidates = Candidates(lane, self._desk.get_model)
        dialog = keys(WORKBENCH)
        self._build_shortcuts()
        self._watch = Watch(BUSY_SECONDS, self._look, self._desk.listen)
        # Who opens this page will bring a photo: what works on it comes in meanwhile.
        ui.timer(0, lambda: lane.run(fitting.studio.lab), once=True)

    def _build_welcome(self) -> None:
        with ui.element("div").classes("welcome") as self._welcome:
            DropZone(on_arrive=self.arrived, announces=not self._desk.account.owns_computer)
            with ui.element("div").classes("samples"):
                text(t("Try one:"), tag="span")
                for name, label in SAMPLES.items():
                    sample = named(ui.element("button"), t(label)).props("type=button")
                    sample.on("click", lambda name=name: self.add_sample(name)).mark(
                        f"sample-{name}"
                    )
                    with sample:
                        ui.element("img").props(f'src="/samples/{name}.jpg" alt=""')
            text(_kept(self._desk.account)).classes("quiet")

    def _build_bench(self, lane: Lane) -> None:
        with ui.element("div").classes("bench") as self._bench:
            many = self._many
            self._strip = Filmstrip(
                self._abreast,
                choose=lambda what: self.choose(what["id"], what["near"]),
                select=self.mark,
                discard=many.discard,
                again=many.try_again,
                accept=many.accept,
                export=lambda _: self._exporter.open(*self._visit.leaving),
                sight=many.put_first,
                end=lambda _: many.end_review(),
            )
            with ui.element("div").classes("middle"):
                self._term = Term(
                    self._desk.account,
                    on_longer=self.keep_longer,
                    on_keep=self.keep_for_good,
                    cost=lambda version: lane.run(self._desk.cost, version),
                    enter=self._enter,
                )
                self._bound = Bound(self._desk.account, on_whole=self.make_whole, enter=self._enter)
                self._canvas = Canvas(on_change=self._dressing.dress_one, on_saved=self._look)
                self._notice = Notice(
                    on_cancel=self.cancel, on_again=self.try_again, on_discard=self.discard
                )
            self._panel = RecipePanel(self._dressing, self)
        self._bench.set_visibility(False)
        self._panel.presets.load(self._desk.presets(), self._desk.own_presets())

    def _build_shortcuts(self) -> None:
        acts = self._dressing
        Shortcuts(
            {
                "Ctrl+Z": acts.undo,
                "Ctrl+Shift+Z": acts.redo,
                "Ctrl+Y": acts.redo,
                "L": acts.dress_all,
                "M": self.try_models,
            }
        )

    def lend(self, hands: Hands) -> None:
        """Show what a window takes in, and let it know which preset was chosen last."""
        self._dressing.prefer = hands.prefer
        Arrivals(hands, on_arrive=self.arrived)

    # What people do: with the chosen photo where none is named

    async def arrived(self, entry_id: str) -> None:
        """Look for photos that have come in; one that came alone is shown."""
        await self._look()
        self.choose(entry_id)

    async def add_sample(self, name: str) -> None:
        await self._do(self._desk.add, SAMPLE_FOLDER / f"{name}.jpg")

    def mark(self, picked: dict[str, Any]) -> None:
        """Take on which photos are marked together: the panel is about them."""
        self._many.mark(picked)
        self._show()

    def choose(self, entry_id: str, near: Sequence[str] = ()) -> None:
        if entry_id and self._visit.choose(entry_id, near):
            self._show()

    async def discard(self) -> None:
        await self._many.discard(self._visit.selected)

    async def try_again(self) -> None:
        await self._many.try_again(self._visit.selected)

    async def cancel(self) -> None:
        await self._do(self._desk.cancel, self._visit.chosen)

    async def keep_longer(self) -> None:
        await self._do(self._desk.keep_longer, self._visit.picked)

    async def keep_for_good(self) -> None:
        if await self._do(self._desk.promote, self._visit.picked):
            say(t("It is kept in your library until you delete it."))

    async def make_whole(self) -> None:
        await self._do(self._desk.make_whole, self._visit.picked)

    def try_on(self, background: str) -> None:
        """Show a colour while it is being picked, where the browser can lay it on alone."""
        if all(plain(recipe(card)) for card in self._visit.chosen):
            self._canvas.try_on(background)

    async def try_models(self) -> None:
        """Show what other models make of the chosen photo; a choice is for those marked now."""
        picked = {card.entry.id for card in self._visit.picked}
        choose = partial(self._dressing.cut_with, picked)
        for card in self._visit.chosen:
            here, absent = await self._lane.run(self._desk.models)
            model = recipe(card).model
            self._candidates.open(card.entry.id, model, here, absent, on_choose=choose)

    # With all

    async def discard_all(self) -> None:
        question = t("Remove all {count} photos?", count=len(self._visit.cards))
        if await agreed(question, t("Download first what you need."), t("Remove all")):
            await self._do(self._desk.remove, self._visit.cards)

    async def cut_all_again(self) -> None:
        await self._do(self._desk.cut_again, self._visit.cards)

    async def _do(
        self, act: Callable[Arguments, object], *args: Arguments.args, **kwargs: Arguments.kwargs
    ) -> bool:
        """Do something and show what came of it, or say why not.

        One thing after the other, in the order in which they were asked for: of two quick moves of
        a slider the later one is meant.
        """

        def done() -> Changes:
            act(*args, **kwargs)
            return self._desk.changes(self._visit.tick)

        try:
            async with self._acting:
                changes = await self._lane.run(done)
        except (InferenceError, StorageError) as error:
            await tell(error)
            await self._look()
            return False
        if changes.whole:  # nothing was known before
            await self._look()
        else:
            self._take(changes)
        return True

    async def _load_presets(self) -> None:
        presets = await self._lane.run(self._desk.presets)
        self._panel.presets.load(presets, await self._lane.run(self._desk.own_presets))
        self._show()

    # What is shown

    async def _abreast(self, tick: int) -> None:
        """Know here what the strip knows."""
        if tick > self._visit.tick:
            await self._look()

    async def _look(self) -> None:
        """Show what the library has; one look at a time, so that none shows what is older."""
        async with self._looking:
            try:
                changes, pace = await self._lane.run(self._desk.news, self._visit.tick)
            except (InferenceError, StorageError) as error:
                self._chip.trouble(t(error.says))
                self._watch.pace(IDLE_SECONDS, IN_LINE_SECONDS)
                return
            self._chip.show(pace)
            self._take(changes)
            await self._tell_place()

    async def _tell_place(self) -> None:
        """Tell where in the line of all photos, whoever they belong to, the chosen one stands."""
        for card in self._visit.chosen:
            with suppress(StorageError):  # it is asked for again
                ahead = await self._lane.run(self._desk.ahead, card)
                self._visit.ahead = {} if ahead is None else {card.entry.id: ahead}
                if ahead is not None and card in self._visit.chosen:
                    self._notice.show(card.job, waits_for=ahead)

    def _take(self, changes: Changes) -> None:
        for name in self._visit.ended(changes, time.time()):
            say(t("{name} was deleted: its time was over. Drop it again to go on.", name=name))
        if self._visit.take(changes):
            self._show()
        if self._visit.unfinished:
            self._watch.pace(BUSY_SECONDS, IN_LINE_SECONDS)
        else:
            self._watch.pace(IDLE_SECONDS, UNHEARD_SECONDS)

    def _show(self) -> None:
        visit = self._visit
        card = visit.card
        self._batch.show(visit)
        self._welcome.set_visibility(card is None)
        self._bench.set_visibility(card is not None)
        self._strip.show(visit.tick, visit.selected, visit.special)
        if card is None:
            return
        self._canvas.show(view(card))
        if not visit.unfinished:  # else the processor has better things to do
            self._canvas.fetch(
                [address for each in visit.neighbours for address in (before(each), after(each))]
            )
        self._notice.show(card.job, waits_for=visit.waits_for)
        self._term.show(Stay(card.job.version_id or "", card.job.updated_at, card.expires_at))
        size = card.image.width, card.image.height
        self._bound.show(size, recipe(card) if card.job.version_id else None)
        self._panel.show(visit, card, self._dressing.past)
        self._measure(card)

    def _measure(self, card: Card) -> None:
        """Check a cutout by the rules of its preset, once for each of its looks."""
        presets = self._panel.presets
        key = (card.entry.id, recipe(card).key, presets.name)
        if not presets.rules or card.job.status is not Status.DONE or key == self._measured:
            return
        self._measured = key
        presets.wait()
        background_tasks.create(self._measure_now(card, key), context=self._bench)

    async def _measure_now(self, card: Card, key: tuple[str, ...]) -> None:
        try:
            found = await self._lane.run(self._desk.check, card, key[-1])
        except (InferenceError, StorageError) as error:
            self._measured = ()  # to be tried again
            say(t(error.says))
            return
        if key == self._measured:  # else the look has moved on
            self._panel.presets.tell(found)


def _kept(account: Account) -> str:
    """Where photos go, and for how long."""
    if account.plan.kept_hours is not None:
        return tn(
            "Deleted after {count} hour.", "Deleted after {count} hours.", account.plan.kept_hours
        )
    if account.email:
        return t("Kept in your library until you delete it.")
    return t("Stays on this computer.")
