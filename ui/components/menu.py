"""A button, and below it a list of what can be done."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from nicegui.element import Element
from nicegui.events import GenericEventArguments


@dataclass(frozen=True, slots=True)
class Item:
    """One of the things that can be done, by its `id`."""

    id: str
    name: str
    icon: str
    off: bool = False
    """It is seen, but cannot be done now."""
    href: str = ""
    """A file to download instead."""
    accept: str = ""
    """The kinds of a file that is chosen for it."""


class Menu(Element, component="menu.js"):
    """Calls back with the id of an item, or with the name and the text of a file for it."""

    def __init__(
        self,
        label: str,
        *,
        icon: str = "more_vert",
        on_choose: Callable[[str], Any],
        on_file: Callable[[str, str], Awaitable[None]] | None = None,
    ) -> None:
        super().__init__()
        self._props |= {"label": label, "icon": icon, "items": []}
        self.mark(label)
        self.on("choose", lambda event: on_choose(str(event.args)))

        async def take(event: GenericEventArguments) -> None:
            _, name, text = event.args
            if on_file:
                await on_file(str(name), str(text))

        self.on("file", take)

    def show(self, items: Sequence[Item]) -> None:
        rows = [asdict(item) for item in items]
        if rows != self._props["items"]:
            self._props["items"] = rows
