"""A field whose words are looked for when the typing pauses; `/` leads to it."""

from collections.abc import Callable
from typing import Any

from nicegui.element import Element

from ui.words import spoken, word

WORDS = {"label": word("Search names and notes")}


class SearchField(Element, component="search_field.js"):
    def __init__(self, text: str, *, on_look: Callable[[str], Any]) -> None:
        super().__init__()
        self._props |= {"text": text, "words": spoken(WORDS)}
        self.on("look", lambda event: on_look(str(event.args)))

    def show(self, text: str) -> None:
        """Show what is looked for."""
        if text != self._props["text"]:
            self._props["text"] = text
