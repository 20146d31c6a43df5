"""A line that tells how far something is, with a way to stop it."""

from nicegui import ui

from ui.components.controls import Click, button, enable, give, named, text
from ui.words import t


class Progress:
    def __init__(self, name: str, *, on_stop: Click) -> None:
        """`name` says to those who cannot see it what the bar is of."""
        with ui.element("div").classes("under-way").props("role=status") as self._line:
            self._text = text()
            self._bar = named(ui.element("progress"), name)
            self._stop = button(t("Stop"), on_stop, classes="small")
        self.hide()

    def show(self, says: str, done: int, total: int, *, stopped: bool) -> None:
        self._text.set_text(says)
        give(self._bar, value=done, max=total)
        enable(self._stop, not stopped)
        self._line.set_visibility(True)

    def hide(self) -> None:
        self._line.set_visibility(False)
