"""A number that is dragged, with its name and its value."""

from collections.abc import Awaitable, Callable

from nicegui.element import Element


class Slider(Element, component="slider.js"):
    """Hands a number back while it is dragged, a few times a second."""

    def __init__(
        self,
        name: str,
        *,
        unit: str,
        most: float,
        least: float = 0,
        step: float = 5,
        on_move: Callable[[float], Awaitable[None]],
    ) -> None:
        super().__init__()
        self._props |= {"name": name, "unit": unit, "value": 0, "least": least, "most": most}
        self._props["step"] = step
        self.mark(name)
        self.on("move", lambda event: on_move(float(event.args)))

    def show(self, value: float) -> None:
        if value != self._props["value"]:
            self._props["value"] = value
