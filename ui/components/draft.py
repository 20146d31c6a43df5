"""Text that its owner writes, saved when the typing pauses."""

from collections.abc import Callable
from typing import Any

from nicegui.element import Element


class Draft(Element, component="draft.js"):
    """A line, or a few `lines`; what is typed stays, whatever is shown meanwhile."""

    def __init__(
        self,
        label: str,
        *,
        on_save: Callable[[str], Any],
        hint: str = "",
        lines: int = 1,
        most: int = 200,
    ) -> None:
        super().__init__()
        self._props |= {"text": "", "label": label, "hint": hint, "lines": lines, "most": most}
        self.on("save", lambda event: on_save(str(event.args)))

    def show(self, text: str) -> None:
        if text != self._props["text"]:
            self._props["text"] = text
