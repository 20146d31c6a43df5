"""The offer of a better model, where only the small one is on this computer."""

import threading

from nicegui import ui

from inference.errors import Cancelled, InferenceError
from inference.jobs import Studio
from ui.lane import Lane

LOOK_SECONDS = 0.5


class Offer:
    """A quiet line below the header; gone once the better model is here."""

    def __init__(self, studio: Studio, lane: Lane) -> None:
        self._studio, self._lane = studio, lane
        self._cancel = threading.Event()
        self._progress = (0, 0)
        with ui.element("div").classes("offer") as self._line:
            self._text = ui.label()
            self._bar = ui.element("progress").props('aria-label="Progress of the download"')
            self._get = ui.element("button").classes("button small").on("click", self._fetch)
            with self._get:
                ui.label("Get it")
            self._stop = ui.element("button").classes("button small").on("click", self._cancel.set)
            with self._stop:
                ui.label("Cancel")
        self._show(running=False)
        self._line.set_visibility(False)
        self._timer = ui.timer(LOOK_SECONDS, self._tell, active=False)
        ui.timer(0, self._look, once=True)

    async def _look(self) -> None:
        model = await self._lane.run(self._studio.better)
        if model:
            self._text.set_text(
                f"Sharper edges: {model.title}, {model.bytes / 1e6:.0f} MB. New photos will use it."
            )
        self._line.set_visibility(model is not None)

    async def _fetch(self) -> None:
        self._cancel.clear()
        self._show(running=True)
        self._timer.activate()
        try:
            model = await self._lane.run(self._studio.improve, self._note, self._cancel)
        except Cancelled as error:
            ui.notify(error.says)
        except InferenceError as error:
            ui.notify(error.says, timeout=12000)
        else:
            ui.notify(f"{model.title} is here. New photos use it.")
        self._timer.deactivate()
        self._show(running=False)
        await self._look()

    def _note(self, done: int, total: int) -> None:
        self._progress = (done, total)

    def _tell(self) -> None:
        done, total = self._progress
        if done:
            self._bar.props(f"value={done} max={total}")
        else:  # on its way, nobody knows how far
            self._bar.props(remove="value max")

    def _show(self, *, running: bool) -> None:
        self._bar.set_visibility(running)
        self._stop.set_visibility(running)
        self._get.set_visibility(not running)
