"""The photos on the workbench."""

from collections.abc import Callable
from typing import Any

from nicegui.element import Element

WORDS = {
    "strip": "Photos",
    "add": "Add photos",
    "discard": "Remove",
    "again": "Try again",
    "uploading": "Uploading",
    "waiting": "Waiting",
    "computing": "Cutting out",
    "failed": "Failed",
    "cancelled": "Cancelled",
}

Item = dict[str, Any]


class Filmstrip(Element, component="filmstrip.js"):
    """Shows items of `id`, `name`, `path`, `state`, `says` and `thumb` (an address or None).

    Callbacks get the id of an item.
    """

    def __init__(
        self,
        *,
        on_choose: Callable[[str], Any],
        on_discard: Callable[[str], Any],
        on_again: Callable[[str], Any],
    ) -> None:
        super().__init__()
        self._props |= {"items": [], "selected": "", "words": WORDS}
        for name, callback in (
            ("choose", on_choose),
            ("discard", on_discard),
            ("again", on_again),
        ):
            self.on(name, lambda event, callback=callback: callback(event.args))

    def show(self, items: list[Item], selected: str) -> None:
        """Send what has changed, and nothing where nothing has."""
        if (items, selected) != (self._props["items"], self._props["selected"]):
            self._props |= {"items": items, "selected": selected}
            self.update()
