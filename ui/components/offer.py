"""The offer of a better model, where only the small one is on this computer."""

import threading
from collections.abc import Callable
from typing import Any, Protocol

from nicegui import ui

from inference.catalogue import Model
from inference.errors import Cancelled, InferenceError
from ui.components.controls import button, icon_button, text
from ui.components.speech import say
from ui.lane import Lane

LOOK_SECONDS = 0.5
GET, STOP, AGAIN, CLOSE = "Get it", "Cancel", "Cut these again", "Not now"
HERE = "Sharper edges are here: new photos use them."


class Supplier(Protocol):
    """The part of the Studio that knows of better models, and gets them."""

    def better(self) -> Model | None: ...
    def improve(
        self, progress: Callable[[int, int], None], cancel: threading.Event | None
    ) -> Model: ...


class Offer:
    """A quiet line below the header: an offer, then its progress, then what it is good for."""

    def __init__(self, supplier: Supplier, lane: Lane, *, on_again: Callable[[], Any]) -> None:
        self._supplier, self._lane, self._on_again = supplier, lane, on_again
        self._cancel = threading.Event()
        self._progress = (0, 0)
        with ui.element("div").classes("offer").props("role=status") as self._line:
            self._text = text()
            self._bar = ui.element("progress").props('aria-label="Progress of the download"')
            self._get = button(GET, self._fetch, classes="small")
            self._stop = button(STOP, self._cancel.set, classes="small")
            self._again = button(AGAIN, self._cut_again, classes="small")
            self._close = icon_button("close", CLOSE, self._hide)
        self._hide()
        self._timer = ui.timer(LOOK_SECONDS, self._tell, active=False)
        ui.timer(0, self._look, once=True)

    async def _look(self) -> None:
        model = await self._lane.run(self._supplier.better)
        self._line.set_visibility(model is not None)
        if model:
            self._show(self._get, self._close)
            self._text.set_text(
                f"For sharper edges, get “{model.title}” ({_megabytes(model.bytes)})."
            )

    async def _fetch(self) -> None:
        self._cancel.clear()
        self._progress = (0, 0)
        self._show(self._bar, self._stop)
        self._timer.activate()
        try:
            await self._lane.run(self._supplier.improve, self._note, self._cancel)
        except Cancelled:
            await self._look()
        except InferenceError as error:
            say(error.says)
            await self._look()
        else:
            self._show(self._again, self._close)
            self._text.set_text(HERE)
        finally:
            self._timer.deactivate()

    async def _cut_again(self) -> None:
        self._hide()
        await self._on_again()

    def _hide(self) -> None:
        self._line.set_visibility(False)

    def _note(self, done: int, total: int) -> None:
        """Take in the progress, from the thread that fetches."""
        self._progress = (done, total)

    def _tell(self) -> None:
        done, total = self._progress
        if done and total:
            self._bar.props(f"value={done} max={total}")
            self._text.set_text(f"Getting sharper edges: {_megabytes(done)} of {_megabytes(total)}")
        else:  # on its way, nobody knows how far
            self._bar.props(remove="value max")
            self._text.set_text("Getting sharper edges …")

    def _show(self, *shown: ui.element) -> None:
        for each in (self._bar, self._get, self._stop, self._again, self._close):
            each.set_visibility(each in shown)


def _megabytes(count: int) -> str:
    return f"{count / 1e6:.0f} MB"
