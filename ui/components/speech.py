"""Sentences that come and go, each with what can be done about it."""

from dataclasses import dataclass

from nicegui import ui

from ui.components.controls import Click, button, icon_button, named, text
from ui.words import t

READING_SECONDS = 4.0
SECONDS_A_WORD = 0.4
ACTING_SECONDS = 6.0
"""Longer where there is something to press."""
MOST = 3
"""Sentences at a time: the oldest makes room."""


@dataclass(frozen=True, slots=True)
class Act:
    """What can be done about a sentence, such as to undo what it tells."""

    name: str
    do: Click


class Toasts(ui.element):
    """The place of a page where sentences come and go; `frame` makes it."""

    def __init__(self) -> None:
        super().__init__("div")
        # In place before the first sentence is: only then is that read out.
        named(self, t("Messages")).classes("toasts").props("role=log aria-live=polite")

    def tell(self, sentence: str, act: Act | None) -> None:
        for old in list(self)[: 1 - MOST]:
            self.remove(old)
        with self, ui.element("div").classes("toast") as toast:
            text(sentence)
            if act:
                button(act.name, lambda: self._done(toast, act), classes="small").mark("act")
            icon_button("close", t("Close"), lambda: self._gone(toast))
            words = len(sentence.split()) * SECONDS_A_WORD
            seconds = READING_SECONDS + words + (ACTING_SECONDS if act else 0)
            timer = ui.timer(seconds, lambda: self._gone(toast), immediate=False)
        for comes, goes in (("mouseenter", "mouseleave"), ("focusin", "focusout")):
            toast.on(comes, timer.deactivate)  # whoever is at it is not hurried
            toast.on(goes, timer.activate)

    def _done(self, toast: ui.element, act: Act) -> object:
        self._gone(toast)
        with self:
            return act.do()

    def _gone(self, toast: ui.element) -> None:
        if toast in list(self):
            self.remove(toast)


def say(sentence: str, act: Act | None = None) -> None:
    """Show a sentence long enough to be read, and what can be done about it."""
    client = ui.context.client
    found = (one for one in client.elements.values() if isinstance(one, Toasts))
    toasts = next(found, None)
    if toasts is None:
        with client.content:
            toasts = Toasts()
    toasts.tell(sentence, act)
