"""Instead of content: why there is none, and what can be done."""

from collections.abc import Iterator
from contextlib import contextmanager

from nicegui import ui

from ui.components.controls import icon, text


class State:
    """A sign, a title, a sentence, and below them `answers`: a place for buttons.

    The sign is a Material Symbol, or `BUSY` for something that turns.
    """

    def __init__(self, sign: str = "", title: str = "", sentence: str = "") -> None:
        with ui.element("div").classes("stand-in") as self.box:
            self._sign = icon(sign)
            self._spinner = ui.element("span").classes("spinner").props("aria-hidden=true")
            with ui.element("div").props("role=status"):
                self._title = text().classes("title")
                self._sentence = text()
            self.answers = ui.element("div").classes("answers")
        self.show(sign, title, sentence)

    def show(self, sign: str, title: str, sentence: str = "") -> None:
        busy = sign == BUSY
        self._sign.set_text("" if busy else sign)
        self._sign.set_visibility(bool(sign) and not busy)
        self._spinner.set_visibility(busy)
        for part, words in ((self._title, title), (self._sentence, sentence)):
            part.set_text(words)
            part.set_visibility(bool(words))

    def set_visibility(self, visible: bool) -> None:  # noqa: FBT001 as NiceGUI's own
        self.box.set_visibility(visible)


BUSY = "busy"


@contextmanager
def state(sign: str, title: str, sentence: str = "") -> Iterator[State]:
    """Build one that stays as it is; its answers are built inside the `with`."""
    made = State(sign, title, sentence)
    with made.answers:
        yield made
