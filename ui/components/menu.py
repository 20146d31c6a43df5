"""A button, and below it a list of what can be done."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from nicegui.element import Element

from ui.components.speech import say
from ui.words import spoken, word

WORDS = {"notTaken": word("This file could not be taken in.")}


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
    to: str = ""
    """Where that is sent: its name follows."""


class Menu(Element, component="menu.js"):
    """Calls back with the id of an item, or with what was answered to a file that was sent."""

    def __init__(
        self,
        label: str,
        *,
        icon: str = "more_vert",
        on_choose: Callable[[str], Any],
        on_taken: Callable[[dict[str, str]], Awaitable[None]],
    ) -> None:
        super().__init__()
        self._props |= {"label": label, "icon": icon, "items": [], "words": spoken(WORDS)}
        self.mark(label)
        self.on("choose", lambda event: on_choose(str(event.args)))
        self.on("taken", lambda event: on_taken(event.args))
        self.on("refuse", lambda event: say(str(event.args)))

    def show(self, items: Sequence[Item]) -> None:
        rows = [asdict(item) for item in items]
        if rows != self._props["items"]:
            self._props["items"] = rows
