"""Photos of the library in a grid that fetches what is in sight."""

from collections.abc import Callable
from typing import Any

from nicegui.element import Element

from ui.words import spoken, word

PAGE = 120
"""Photos that come at once."""
WORDS = {
    "photos": word("Photos"),
    "loading": word("Loading"),
    "unread": word("The library could not be read."),
    "away": word("Coveshot does not answer. Is it still running?"),
    "again": word("Try again"),
    "look": word("Worth a look"),
    "dragged": word("{} photos"),
    "waiting": word("Waiting"),
    "computing": word("Cutting out"),
    "failed": word("Failed"),
    "cancelled": word("Stopped"),
    "left": word("{} left"),
    "moment": word("Less than a minute left"),
    "over": word("Its time is over"),
}


class PhotoGrid(Element, component="photo_grid.js"):
    """Shows what a query finds; what is built inside it is seen where nothing is found.

    `on_choose` gets `all`, `ids` and `turn`, `on_open` the id of a photo, `on_counted` how many
    there are, `on_act` what a key asks for, such as trash; `on_move` which `ids` are
    to stand `before` which one.
    """

    def __init__(
        self,
        query: str,
        *,
        on_choose: Callable[[dict[str, Any]], Any],
        on_open: Callable[[str], Any],
        on_counted: Callable[[int], Any],
        on_act: Callable[[str], Any],
        on_move: Callable[[dict[str, Any]], Any],
    ) -> None:
        super().__init__()
        words = spoken(WORDS)
        self._props |= {"query": query, "changes": 0, "page": PAGE, "own": False}
        self._props["words"] = words
        for name, callback in (
            ("choose", on_choose),
            ("open", on_open),
            ("counted", on_counted),
            ("act", on_act),
            ("move", on_move),
        ):
            self.on(name, lambda event, callback=callback: callback(event.args))

    def show(self, query: str, *, own: bool) -> None:
        """Look for something else; where photos stand in their `own` order, they can be moved."""
        if (query, own) != (self._props["query"], self._props["own"]):
            self._props |= {"query": query, "own": own}

    def refresh(self, changes: int) -> None:
        """Fetch what is in sight anew, where the number is another one."""
        if changes != self._props["changes"]:
            self._props["changes"] = changes

    def choose_none(self) -> None:
        self.run_method("chooseNone")

    def let_go(self, turn: int) -> None:
        """Choose none, unless something else was chosen since that turn."""
        self.run_method("letGo", turn)
