"""The photos on the workbench."""

import json
from collections.abc import Callable
from typing import Any

from nicegui.element import Element

from ui.words import spoken, word

WORDS = {
    "strip": word("Photos"),
    "add": word("Add photos"),
    "discard": word("Remove"),
    "again": word("Try again"),
    "stop": word("Stop"),
    "uploading": word("Uploading"),
    "more": word("{} more to upload"),
    "waiting": word("Waiting"),
    "computing": word("Cutting out"),
    "failed": word("Failed"),
    "cancelled": word("Stopped"),
    "look": word("Worth a look"),
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
        self._props |= {"photos": "[]", "selected": "", "words": spoken(WORDS)}
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
