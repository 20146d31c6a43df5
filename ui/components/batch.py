"""In the header: how far all photos are, and the ways to pause, to stop and to go on."""

from nicegui import ui

from ui.components.controls import button, icon_button, text
from ui.many import Many
from ui.tally import progress
from ui.visit import Visit
from ui.words import t, tn


class Batch:
    """Nothing is seen of it as long as one photo at most is under way."""

    def __init__(self, many: Many) -> None:
        with ui.element("div").classes("batch") as self._box:
            self._text = text(tag="span").classes("tally")
            self._pause = icon_button("pause", t("Pause"), many.pause)
            self._resume = icon_button("play_arrow", t("Resume"), many.resume)
            self._stop = button(t("Stop"), many.stop, classes="small")
            self._go_on = button(t("Go on"), many.go_on, classes="small")
            self._again = button(t("Try the failed again"), many.try_failed, classes="small")
        self._box.set_visibility(False)

    def show(self, visit: Visit) -> None:
        under_way, stopped, failed = len(visit.unfinished), len(visit.stopped), len(visit.failed)
        self._text.set_text(_sentence(visit, under_way, stopped, failed))
        self._pause.set_visibility(bool(under_way) and not visit.paused)
        self._resume.set_visibility(visit.paused)
        self._stop.set_visibility(bool(under_way))
        self._go_on.set_visibility(bool(stopped) and not under_way)
        self._again.set_visibility(failed > 1)
        several = under_way > 1 or (max(stopped, failed) > 1 and not under_way)
        self._box.set_visibility(several or visit.paused)


def _sentence(visit: Visit, under_way: int, stopped: int, failed: int) -> str:
    if visit.paused:
        return t("Paused · {progress}", progress=f"{visit.done}/{visit.done + under_way}")
    if under_way:
        return progress(visit.done, under_way, visit.ends)
    if stopped:
        return tn("{count} stopped", "{count} stopped", stopped)
    return tn("{count} failed", "{count} failed", failed)
