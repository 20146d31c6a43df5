"""Over the picture: why there is no cutout to see, and what can be done."""

from nicegui import ui

from storage.records import Card, Status
from ui.components.controls import Click, button, icon, text
from ui.words import t, tn


class Notice:
    """A line at the foot of a picture; in the middle where there is no picture."""

    def __init__(self, *, on_cancel: Click, on_again: Click, on_discard: Click) -> None:
        with ui.element("div").classes("notice") as self._box, ui.element("div"):
            self._spinner = ui.element("span").classes("spinner").props("aria-hidden=true")
            self._icon = icon("error")
            with ui.element("div").props("role=status"):
                self._title = text().classes("title")
                self._text = text()
            with ui.element("div").classes("answers"):
                self._cancel = button(t("Cancel"), on_cancel, classes="small")
                self._again = button(t("Try again"), on_again, classes="small")
                self._discard = button(t("Remove"), on_discard, classes="small")

    def show(self, card: Card, *, waits_for: int) -> None:
        """`waits_for` is how many photos come before this one."""
        status = card.job.status
        failed, computing = status is Status.ERROR, status is Status.RUNNING
        waiting = status in {Status.AWAITING_UPLOAD, Status.VERIFYING, Status.QUEUED}
        self._title.set_text(t("This photo could not be cut out.") if failed else "")
        self._text.set_text(_sentence(card, waits_for))
        self._spinner.set_visibility(computing)
        self._icon.set_visibility(failed)
        self._cancel.set_visibility(computing or waiting)
        self._again.set_visibility(failed or status is Status.CANCELLED)
        self._discard.set_visibility(failed)
        self._box.classes(add="failed") if failed else self._box.classes(remove="failed")
        self._box.set_visibility(status is not Status.DONE)


def _sentence(card: Card, waits_for: int) -> str:
    match card.job.status:
        case Status.ERROR:
            return t(card.job.says)
        case Status.RUNNING:
            return t("Cutting out …")
        case Status.CANCELLED | Status.EXPIRED:
            return t("Stopped before it was cut out.")
        case _ if waits_for:
            return tn(
                "Waiting: {count} photo comes first.",
                "Waiting: {count} photos come first.",
                waits_for,
            )
        case _:
            return t("Waiting: it is next.")
