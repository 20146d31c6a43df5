"""The models side by side, each with what it makes of the chosen photo."""

import threading
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from itertools import count

from nicegui import ui
from nicegui.element import Element

from inference.catalogue import Model
from inference.errors import Cancelled, InferenceError
from ui.components.controls import button, heading, icon, icon_button, named, text
from ui.components.speech import say
from ui.lane import Lane
from ui.words import spoken, t, word

SIDE = 480
LOOK_SECONDS = 0.5
WORDS = {
    "chosen": word("Now"),
    "waiting": word("Cutting out …"),
    "failed": word("The program does not answer. Try again."),
}
Fetch = Callable[[str, Callable[[int, int], None], threading.Event], None]


class Candidate(Element, component="candidate.js"):
    def __init__(
        self, src: str, model: Model, *, chosen: bool, on_choose: Callable[[], Awaitable[None]]
    ) -> None:
        super().__init__()
        self._props |= {"src": src, "title": t(model.title), "hint": t(model.hint)}
        self._props["chosen"] = chosen
        self._props["words"] = spoken(WORDS)
        self.mark(f"candidate-{model.name}")
        self.on("choose", lambda _: on_choose())


class Absent:
    """A model that could be had: its size, and the way to get it."""

    def __init__(
        self, model: Model, lane: Lane, fetch: Fetch, on_here: Callable[[Model], None]
    ) -> None:
        self._model, self._lane, self._fetch, self._on_here = model, lane, fetch, on_here
        self._cancel = threading.Event()
        self._progress = (0, 0)
        with ui.element("div").classes("candidate absent") as self._box:
            with ui.element("span").classes("candidate-picture"):
                icon("download")
            text(t(model.title), tag="span").classes("candidate-title")
            text(t(model.hint), tag="span").classes("quiet")
            self._bar = named(ui.element("progress"), t("Progress of the download"))
            self._get = button(
                t("Get it ({size} MB)", size=round(model.bytes / 1e6)), self._begin, classes="small"
            ).mark(f"get-{model.name}")
            self._stop = button(t("Cancel"), self._cancel.set, classes="small")
            self._timer = ui.timer(LOOK_SECONDS, self._tell, active=False)
        self._busy(busy=False)

    async def _begin(self) -> None:
        self._cancel.clear()
        self._busy(busy=True)
        try:
            await self._lane.run(self._fetch, self._model.name, self._note, self._cancel)
        except Cancelled:
            pass
        except InferenceError as error:
            if not self._box.is_deleted:
                say(t(error.says))
        else:
            if not self._box.is_deleted:
                self._on_here(self._model)
                self._box.delete()
            return
        if not self._box.is_deleted:
            self._busy(busy=False)

    def leave(self) -> None:
        """Let go of a download whose place goes away."""
        self._cancel.set()

    def _busy(self, *, busy: bool) -> None:
        self._get.set_visibility(not busy)
        self._stop.set_visibility(busy)
        self._bar.set_visibility(busy)
        self._timer.active = busy

    def _note(self, done: int, total: int) -> None:
        """Take in the progress, from the thread that fetches."""
        self._progress = (done, total)

    def _tell(self) -> None:
        done, total = self._progress
        if total:
            self._bar.props(f"value={done} max={total}")


class Candidates:
    """A dialog, built anew for the photo that is chosen each time it is opened."""

    def __init__(self, lane: Lane, fetch: Fetch) -> None:
        self._lane, self._fetch = lane, fetch
        self._absent: list[Absent] = []
        with ui.dialog() as self._dialog, ui.element("div").classes("paper wide"):
            named(self._dialog, t("Try another model"))
            with ui.element("div").classes("paper-head"):
                heading(t("Try another model"), level=1)
                icon_button("close", t("Close"), self._dialog.close)
            text(
                t("Those that are here have cut out this photo. Your strokes and your look stay.")
            ).classes("quiet")
            self._place = ui.element("div").classes("candidates")
        self._dialog.on("hide", self._clear)

    def open(
        self,
        entry_id: str,
        chosen: str,
        here: Sequence[Model],
        absent: Sequence[Model],
        *,
        on_choose: Callable[[str], Awaitable[None]],
    ) -> None:
        """Show what the models that are here make of a photo, and which could be had."""
        places = count()

        async def choose(name: str) -> None:
            self._dialog.close()
            if name != chosen:
                await on_choose(name)

        def show(model: Model) -> None:
            with self._place:
                candidate = Candidate(
                    f"/entries/{entry_id}/models/{model.name}/preview.webp?side={SIDE}",
                    model,
                    chosen=model.name == chosen,
                    on_choose=partial(choose, model.name),
                )
            candidate.move(target_index=next(places))

        self._clear()
        for model in here:
            show(model)
        with self._place:
            self._absent = [Absent(model, self._lane, self._fetch, show) for model in absent]
        self._dialog.open()

    def _clear(self) -> None:
        for each in self._absent:
            each.leave()
        self._absent = []
        self._place.clear()
