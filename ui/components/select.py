"""A list of which one is chosen, as the browser draws it."""

from collections.abc import Callable, Mapping
from typing import Any

from nicegui import ui
from nicegui.events import GenericEventArguments

from ui.components.controls import give, named, text

VALUE = "(event) => emit(event.target.value)"


class Select:
    """Shows `words` by value, and hands the value back that is chosen."""

    def __init__(
        self, name: str, words: Mapping[str, str], *, on_choose: Callable[[str], Any]
    ) -> None:
        self._on_choose = on_choose
        with named(ui.element("select"), name).classes("field") as self.list:
            self._options = {value: _option(value, word) for value, word in words.items()}
        self._words = dict(words)
        self.list.on("change", self._chosen, js_handler=VALUE)

    def load(self, words: Mapping[str, str]) -> None:
        """Show other words by other values."""
        if words == self._words:
            return
        self._words = dict(words)
        self.list.clear()
        with self.list:
            self._options = {value: _option(value, word) for value, word in words.items()}

    def show(self, value: str) -> None:
        give(self.list, value=value)

    def offer(self, value: str, offered: bool) -> None:  # noqa: FBT001 as NiceGUI's own
        """Show one of the values, or leave it away."""
        self._options[value].set_visibility(offered)

    def set_visibility(self, visible: bool) -> None:  # noqa: FBT001 as NiceGUI's own
        self.list.set_visibility(visible)

    def _chosen(self, event: GenericEventArguments) -> Any:
        self.list.props["value"] = str(event.args)
        return self._on_choose(str(event.args))


def _option(value: str, word: str) -> ui.element:
    option = text(word, tag="option")
    option.props["value"] = value
    return option
