"""In the header: how far all photos are, and the way to stop and to go on."""

from nicegui import ui

from ui.components.controls import Click, button, text
from ui.tally import Tally
from ui.visit import Visit
from ui.words import t, tn


class Batch:
    """Nothing is seen of it as long as one photo at most is under way."""

    def __init__(self, *, on_stop: Click, on_go_on: Click) -> None:
        self._tally = Tally()
        with ui.element("div").classes("batch") as self._box:
            self._text = text(tag="span").classes("tally")
            self._stop = button(t("Stop"), on_stop, classes="small")
            self._go_on = button(t("Go on"), on_go_on, classes="small")
        self._box.set_visibility(False)

    def show(self, visit: Visit) -> None:
        under_way, stopped = len(visit.unfinished), len(visit.stopped)
        progress = self._tally.text(visit.done, under_way)
        self._text.set_text(progress or tn("{count} stopped", "{count} stopped", stopped))
        self._stop.set_visibility(bool(under_way))
        self._go_on.set_visibility(not under_way)
        self._box.set_visibility(under_way > 1 or (stopped > 1 and not under_way))
