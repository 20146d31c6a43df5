"""Keys that do something on a page."""

from collections.abc import Mapping

from nicegui.element import Element

from ui.components.controls import Click


class Shortcuts(Element, component="shortcuts.js"):
    """Acts by the names of keys, such as `L`, `?` and `Ctrl+Shift+Z`; they stand in ui/keys.py."""

    def __init__(self, acts: Mapping[str, Click]) -> None:
        super().__init__()
        self._props["names"] = list(acts)
        self.on("press", lambda event: acts[str(event.args)]())
