"""The places of the library: all photos, collections, the trash."""

import json
from collections.abc import Callable, Sequence
from typing import Any

from nicegui.element import Element

from storage.records import Collection
from ui.words import spoken, word

TRASH = "trash"
"""What the trash is called where a collection is meant by its id."""
WORDS = {
    "places": word("Places in the library"),
    "all": word("All photos"),
    "collections": word("Collections"),
    "create": word("New collection"),
    "name": word("Name of the collection"),
    "rename": word("Rename"),
    "remove": word("Delete"),
    "hint": word("Make one with +, then drag photos onto it."),
    "trash": word("Trash"),
}


class CollectionList(Element, component="collection_list.js"):
    """Callbacks get the id of a collection, empty for all photos; `on_create` gets a name."""

    def __init__(
        self,
        *,
        on_choose: Callable[[str], Any],
        on_put: Callable[[str], Any],
        on_create: Callable[[str], Any],
        on_rename: Callable[[str, str], Any],
        on_remove: Callable[[str], Any],
    ) -> None:
        super().__init__()
        self._props |= {"collections": "[]", "chosen": "", "trashed": 0, "words": spoken(WORDS)}
        for name, callback in (
            ("choose", on_choose),
            ("put", on_put),
            ("create", on_create),
            ("remove", on_remove),
        ):
            self.on(name, lambda event, callback=callback: callback(event.args))
        self.on("rename", lambda event: on_rename(event.args["id"], event.args["name"]))

    def show(
        self, collections: Sequence[tuple[Collection, int]], chosen: str, trashed: int
    ) -> None:
        """`chosen` is the id of a collection, empty for all photos, or TRASH."""
        items = [{"id": one.id, "name": one.name, "count": count} for one, count in collections]
        wanted = {"collections": json.dumps(items), "chosen": chosen, "trashed": trashed}
        if any(self._props[name] != value for name, value in wanted.items()):
            self._props |= wanted
