"""The offer of a better model, where only the small one is on this computer."""

import threading
from collections.abc import Callable
from typing import Any, Protocol

from nicegui import ui

from inference.catalogue import Model
from inference.errors import Cancelled, InferenceError
from ui.components.controls import button, icon_button, named, text
from ui.components.speech import say
from ui.lane import Lane
from ui.words import t, word

LOOK_SECONDS = 0.5
HERE = word("Sharper edges are here: new photos use them.")


class Supplier(Protocol):
    """Who knows of better models, and gets them: `Networks`."""

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
            self._bar = named(ui.element("progress"), t("Progress of the download"))
            self._get = button(t("Get it"), self._fetch, classes="small")
            self._stop = button(t("Cancel"), self._cancel.set, classes="small")
            self._again = button(t("Cut these again"), self._cut_again, classes="small")
            self._close = icon_button("close", t("Not now"), self._hide)
        self._hide()
        self._timer = ui.timer(LOOK_SECONDS, self._tell, active=False)
        ui.timer(0, self._look, once=True)

    async def _look(self) -> None:
        model = await self._lane.run(self._supplier.better)
        self._line.set_visibility(model is not None)
        if model:
            self._show(self._get, self._close)
            self._text.set_text(
                t(
                    "For sharper edges, get “{model}” ({size}).",
                    model=t(model.title),
                    size=_megabytes(model.bytes),
                )
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
            say(t(error.says))
            await self._look()
        else:
            self._show(self._again, self._close)
            self._text.set_text(t(HERE))
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
            so_far, all_of_it = _megabytes(done), _megabytes(total)
            self._text.set_text(
                t("Getting sharper edges: {done} of {total}", done=so_far, total=all_of_it)
            )
        else:  # on its way, nobody knows how far
            self._bar.props(remove="value max")
            self._text.set_text(t("Getting sharper edges …"))

    def _show(self, *shown: ui.element) -> None:
        for each in (self._bar, self._get, self._stop, self._again, self._close):
            each.set_visibility(each in shown)


def _megabytes(count: int) -> str:
    return t("{number} MB", number=f"{count / 1e6:.0f}")
