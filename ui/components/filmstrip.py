"""The photos on the workbench."""

import json
from collections.abc import Callable
from typing import Any

from nicegui.element import Element

WORDS = {
    "strip": "Photos",
    "add": "Add photos",
    "discard": "Remove",
    "again": "Try again",
    "stop": "Stop",
    "uploading": "Uploading",
    "more": "{} more to upload",
    "waiting": "Waiting",
    "computing": "Cutting out",
    "failed": "Failed",
    "cancelled": "Stopped",
    "look": "Worth a look",
}

Item = dict[str, Any]


class Filmstrip(Element, component="filmstrip.js"):
    """Shows items of `id`, `name`, `path`, `state`, `says`, `doubt` and `thumb`.

    `doubt` says why an item is worth a look, and `thumb` is an address or None.

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
        self._props |= {"photos": "[]", "selected": "", "words": WORDS}
        for name, callback in (
            ("choose", on_choose),
            ("discard", on_discard),
            ("again", on_again),
        ):
            self.on(name, lambda event, callback=callback: callback(event.args))

    def show(self, items: list[Item], selected: str) -> None:
        """Send what has changed, and nothing where nothing has."""
        photos = json.dumps(items)  # one text: there may be hundreds, and they are compared often
        if photos != self._props["photos"]:
            self._props |= {"photos": photos, "selected": selected}
        elif selected != self._props["selected"]:
            with self._props.suspend_updates():
                self._props["selected"] = selected
            self.run_method("select", selected)
