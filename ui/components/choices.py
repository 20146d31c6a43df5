"""A row of buttons, one of which is pressed."""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial

from nicegui import ui

from ui.components.controls import button, named


class Choices:
    """Shows the `words` of values by value, and hands a value back when its word is pressed."""

    def __init__(
        self, name: str, words: Mapping[str, str], *, on_choose: Callable[[str], Awaitable[None]]
    ) -> None:
        with ui.element("div").classes("choices").props("role=group") as self._row:
            named(self._row, name)
            self._buttons = {
                value: button(word, partial(on_choose, value), classes="small")
                for value, word in words.items()
            }

    def show(self, chosen: str) -> None:
        for value, each in self._buttons.items():
            each.props(f"aria-pressed={str(value == chosen).lower()}")

    def set_visibility(self, visible: bool) -> None:  # noqa: FBT001 as NiceGUI's own
        self._row.set_visibility(visible)
