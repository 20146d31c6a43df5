"""The workbench: photos in, cutouts out, everything about one photo in sight."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from nicegui import ui
from nicegui.events import KeyEventArguments

from auth.account import Account
from inference.errors import InferenceError
from inference.jobs import Studio
from inference.recipe import TRANSPARENT
from storage.errors import NotFound, StorageError
from storage.records import Status
from ui.components.compare import Compare
from ui.components.drop_zone import DropZone
from ui.components.filmstrip import Filmstrip
from ui.components.offer import Offer
from ui.components.recipe_panel import RecipePanel
from ui.lane import Lane
from ui.tally import Tally
from ui.visit import Visit, after, background, before, painted

SAMPLES = ("bowl", "lens", "whisk", "scissors")
KEYS = {
    "← → ↑ ↓": "Go through the photos",
    "Space": "Hold to see the original",
    "Z": "100 % and back",
    "Delete": "Remove the photo",
    "Ctrl V": "Paste a photo",
    "?": "This list",
}
LOOK_SECONDS = 0.3
"""Between two looks at the workbench."""


class Workbench:
    """One open page: builds it once, then shows what the library says."""

    def __init__(self, studio: Studio, account: Account, lane: Lane, bar: ui.element) -> None:
        self._studio, self._account, self._lane = studio, account, lane
        self._visit = Visit()
        self._progress = Tally()
        with bar:
            self._tally = ui.label().classes("tally")
            self._chip = ui.label("…").classes("chip")
            with (
                ui.element("button")
                .classes("icon-button")
                .props('aria-label="Keys" title="Keys (?)"') as help_button
            ):
                ui.html('<span class="material-symbols-outlined">keyboard</span>', sanitize=False)
        Offer(studio, lane)
        self._build()
        keys = _keys()
        help_button.on("click", keys.open)
        ui.keyboard(on_key=lambda event: _on_key(event, keys))
        ui.timer(LOOK_SECONDS, self._look)

    def _build(self) -> None:
        with ui.element("main").classes("welcome") as self._welcome:
            DropZone()
            with ui.element("div").classes("samples"):
                ui.label("Try one:")
                for name in SAMPLES:
                    with (
                        ui.element("button")
                        .props(f'aria-label="Try the {name}"')
                        .on("click", lambda name=name: self._sample(name))
                    ):
                        ui.element("img").props(f'src="/samples/{name}.jpg" alt=""')
            ui.label("Stays on this computer.").classes("quiet")
        with ui.element("main").classes("bench") as self._bench:
            self._strip = Filmstrip(
                on_choose=self._choose, on_discard=self._discard, on_again=self._again
            )
            with ui.element("div").classes("middle"):
                self._compare = Compare()
                with ui.element("div").classes("veil") as self._veil, ui.element("div"):
                    self._state = ui.label().props("role=status")
                    self._retry = (
                        ui.element("button")
                        .classes("link")
                        .on("click", lambda: self._again(self._visit.selected))
                    )
                    with self._retry:
                        ui.label("Try again")
            self._panel = RecipePanel(
                on_paint=self._paint, on_paint_all=self._paint_all, on_discard=self._discard
            )
        self._bench.set_visibility(False)

    # What people do

    async def _sample(self, name: str) -> None:
        file = Path(__file__).parents[2] / "assets" / "samples" / f"{name}.jpg"
        await self._try(self._studio.arrive, self._account, file, name=file.name)

    async def _choose(self, entry_id: str) -> None:
        self._visit.selected = entry_id
        self._show()

    async def _discard(self, entry_id: str) -> None:
        if await self._try(self._studio.clear, self._account, entry_id):
            ui.notify("Removed from the workbench. It stays in your library.")

    async def _again(self, entry_id: str) -> None:
        card = next((card for card in self._visit.cards if card.entry.id == entry_id), None)
        if card:
            await self._try(self._studio.retry, self._account, card.job.id)

    async def _paint(self, colour: str) -> None:
        card = self._visit.card
        if card:
            entry_id, recipe = card.entry.id, painted(card, colour)
            await self._try(self._studio.choose, self._account, entry_id, recipe)

    async def _paint_all(self) -> None:
        chosen = self._visit.card
        if not chosen:
            return
        colour = background(chosen) or TRANSPARENT

        def paint() -> None:
            for card in self._visit.cards:
                self._studio.choose(self._account, card.entry.id, painted(card, colour))

        if await self._try(paint):
            ui.notify(f"All {len(self._visit.cards)} photos have this background now.")

    async def _try(self, act: Callable[..., Any], *args: Any, **kwargs: Any) -> bool:
        """Do something, show what came of it, or say why not."""
        try:
            await self._lane.run(act, *args, **kwargs)
        except NotFound:
            pass  # another page was faster: the next look shows it
        except (InferenceError, StorageError) as error:
            ui.notify(error.says, timeout=8000)
            return False
        await self._look()
        return True

    # What is shown

    async def _look(self) -> None:
        cards = await self._lane.run(self._studio.bench, self._account)
        pace = await self._lane.run(self._studio.device)
        seconds = pace.seconds_per_photo
        self._chip.set_text(f"{pace.name} · {seconds:.1f} s/photo" if seconds else pace.name)
        self._chip.props(f'title="{pace.reason}"')
        if self._visit.see(cards):
            self._show()

    def _show(self) -> None:
        visit = self._visit
        card = visit.card
        self._tally.set_text(self._progress.text(visit.done, visit.open))
        self._welcome.set_visibility(card is None)
        self._bench.set_visibility(card is not None)
        if card is None:
            return
        self._strip.show(visit.items, visit.selected)
        self._compare.show(
            before=before(card),
            after=after(card),
            background=background(card),
            size=(card.image.width, card.image.height),
        )
        self._panel.show(card, done=visit.done)
        says = _says(card.job.status, card.job.says)
        self._veil.set_visibility(bool(says))
        self._state.set_text(says)
        self._retry.set_visibility(card.job.status in {Status.ERROR, Status.CANCELLED})


def _says(status: Status, says: str) -> str:
    """Tell in a sentence why there is no cutout to see; nothing where there is one."""
    match status:
        case Status.QUEUED:
            return "Waiting for its turn."
        case Status.RUNNING:
            return "Cutting out …"
        case Status.ERROR:
            return says
        case Status.CANCELLED:
            return "This photo was cancelled."
    return ""


def _keys() -> ui.dialog:
    with ui.dialog() as dialog, ui.element("div").classes("sheet-of-keys"):
        ui.html("<h1>Keys</h1>", sanitize=False)
        with ui.element("table"):
            for key, effect in KEYS.items():
                with ui.element("tr"):
                    with ui.element("td"), ui.element("kbd"):
                        ui.label(key).style("display: inline")
                    with ui.element("td"):
                        ui.label(effect)
    return dialog


def _on_key(event: KeyEventArguments, keys: ui.dialog) -> None:
    if event.key == "?" and event.action.keydown:
        keys.open()
