"""A number that is dragged, with its name and its value."""

from collections.abc import Awaitable, Callable

from nicegui import ui
from nicegui.events import GenericEventArguments

from ui.components.controls import text

VALUE = "(event) => emit(event.target.value)"


class Slider:
    """Hands a number back while it is dragged, a few times a second."""

    def __init__(
        self,
        name: str,
        *,
        unit: str,
        most: int,
        step: int = 5,
        on_move: Callable[[float], Awaitable[None]],
    ) -> None:
        self._unit, self._on_move = unit, on_move
        self._sent: float | None = None
        with ui.element("label").classes("slider") as self._label:
            text(name, tag="span")
            self._input = ui.element("input").props(
                f'type=range min=0 max={most} step={step} aria-label="{name}"'
            )
            self._input.mark(name)
            self._value = text(tag="span").classes("value")
        self._input.on("input", self._moved, throttle=0.15, js_handler=VALUE)

    def show(self, value: float) -> None:
        """Show a number, unless it comes back from here: the hand may be ahead of it."""
        self._value.set_text(f"{value:g}{self._unit}")
        if value != self._sent:
            self._input.props(f"value={value:g}")
            return
        with self._input.props.suspend_updates():
            self._input.props["value"] = f"{value:g}"

    def set_visibility(self, visible: bool) -> None:  # noqa: FBT001 as NiceGUI's own
        self._label.set_visibility(visible)

    async def _moved(self, event: GenericEventArguments) -> None:
        self._sent = float(event.args)
        await self._on_move(self._sent)
