"""Something that is on or off."""

from collections.abc import Awaitable, Callable

from nicegui import ui
from nicegui.events import GenericEventArguments

from ui.components.controls import text

CHECKED = "(event) => emit(event.target.checked)"


class Switch:
    """Shows whether something is on, and hands back that it is to be turned."""

    def __init__(self, name: str, *, on_turn: Callable[[bool], Awaitable[None]]) -> None:
        async def turned(event: GenericEventArguments) -> None:
            self._box.props["checked"] = bool(event.args)  # as it is in the browser by now
            await on_turn(bool(event.args))

        with ui.element("label").classes("switch") as self._label:
            self._box = ui.element("input").props("type=checkbox").mark(name)
            text(name, tag="span")
        self._box.on("change", turned, js_handler=CHECKED)

    def show(self, on: bool) -> None:  # noqa: FBT001 its state
        if self._box.props.get("checked", False) != on:
            self._box.props["checked"] = on

    def set_visibility(self, visible: bool) -> None:  # noqa: FBT001 as NiceGUI's own
        self._label.set_visibility(visible)
