"""Over the picture: why there is no cutout to see, and what can be done."""

from nicegui import ui

from storage.records import Job, Status
from ui.components.controls import Click, button, icon, text
from ui.components.state import State
from ui.words import t, tn

SIGNS = {Status.CANCELLED: "stop_circle", Status.EXPIRED: "stop_circle"}
"""Of a line; a clock where a photo waits."""


class Notice:
    """A line at the foot of a photo that waits; where one failed, a state instead of a picture."""

    def __init__(
        self,
        *,
        on_cancel: Click | None = None,
        on_again: Click | None = None,
        on_discard: Click | None = None,
        on_open: Click | None = None,
    ) -> None:
        """What nobody cares for is not offered; `on_open` is for the workbench."""
        with ui.element("div").classes("notice") as self._box:
            with ui.element("div").classes("line") as self._line:
                self._spinner = ui.element("span").classes("spinner").props("aria-hidden=true")
                self._icon = icon("")
                self._text = text().props("role=status")
                with ui.element("div").classes("answers"):
                    self._cancel = _answer(t("Cancel"), on_cancel, "small")
                    self._again = _answer(t("Try again"), on_again, "small")
                    _answer(t("Open on the workbench"), on_open, "small")
            self._failed = State()
            with self._failed.answers:
                _answer(t("Try again"), on_again, "primary")
                _answer(t("Remove"), on_discard)
                _answer(t("Open on the workbench"), on_open, "primary")
        self.hide()

    def show(self, job: Job, *, waits_for: int | None = None) -> None:
        """`waits_for` is how many photos come before this one, where that is known."""
        status = job.status
        failed, computing = status is Status.ERROR, status is Status.RUNNING
        stopped = status in {Status.CANCELLED, Status.EXPIRED}
        if failed:
            title = t("This photo could not be cut out.")
            self._failed.show("broken_image", title, t(job.says))
        self._failed.set_visibility(failed)
        self._line.set_visibility(not failed)
        self._text.set_text(_sentence(status, waits_for))
        self._spinner.set_visibility(computing)
        self._icon.set_text(SIGNS.get(status, "schedule"))
        self._icon.set_visibility(not computing)
        if self._cancel:
            self._cancel.set_visibility(not stopped)
        if self._again:
            self._again.set_visibility(stopped)
        self._box.classes(add="failed") if failed else self._box.classes(remove="failed")
        self._box.set_visibility(status is not Status.DONE)

    def hide(self) -> None:
        self._box.set_visibility(False)


def _answer(words: str, on_click: Click | None, classes: str = "") -> ui.element | None:
    return button(words, on_click, classes=classes) if on_click else None


def _sentence(status: Status, waits_for: int | None) -> str:
    match status:
        case Status.RUNNING:
            return t("Cutting out …")
        case Status.CANCELLED | Status.EXPIRED:
            return t("Stopped before it was cut out.")
        case _ if waits_for is None:
            return t("Waiting to be cut out.")
        case _ if waits_for:
            return tn(
                "Waiting: {count} photo comes first.",
                "Waiting: {count} photos come first.",
                waits_for,
            )
        case _:
            return t("Waiting: it is next.")
