"""The photos on the workbench, as a strip or as a grid."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from inspect import isawaitable
from typing import Any

from nicegui.element import Element
from nicegui.events import GenericEventArguments

from ui.words import spoken, word

WORDS = {
    "strip": word("Photos"),
    "add": word("Add photos"),
    "discard": word("Remove"),
    "again": word("Try again"),
    "stop": word("Stop"),
    "uploading": word("Uploading"),
    "more": word("{} more to come"),
    "waiting": word("Waiting"),
    "computing": word("Cutting out"),
    "failed": word("Failed"),
    "cancelled": word("Stopped"),
    "look": word("Worth a look"),
    "special": word("Has a look of its own"),
    "left": word("{} left"),
    "moment": word("Less than a minute left"),
    "before": word("Then it is deleted. Download it before."),
    "over": word("Deleted: its time was over. Drop the photo again."),
    "nothing": word("Nothing is left to look at."),
    "sort": word("Order of the photos"),
    "name": word("By name"),
    "time": word("Newest"),
    "doubt": word("By doubt"),
    "grid": word("Grid"),
    "mark": word("Select"),
    "marked": word("{} selected"),
    "export": word("Export"),
    "againMarked": word("Try the selected photos again"),
    "discardMarked": word("Remove the selected photos"),
}
ACTS = ("choose", "select", "discard", "again", "accept", "export", "sight", "end")


class Filmstrip(Element, component="filmstrip.js"):
    """Asks `/strip` for its photos whenever it is told that there is something new.

    Callbacks get the id of a photo, "" for those that are marked. `choose` gets an id, and of
    those beside it; `select` what is marked, as `Many.mark` takes it; `sight` the ids of those
    that wait in sight; `end` that nothing is left to look at. Each comes in its turn, and once
    `abreast` has seen to it that whatever the strip knows of is known here.
    """

    def __init__(
        self, abreast: Callable[[int], Awaitable[None]], **acts: Callable[..., Any]
    ) -> None:
        super().__init__()
        self._abreast, self._turn = abreast, asyncio.Lock()
        self._props |= {"tick": 0, "selected": "", "special": [], "words": spoken(WORDS)}
        for name in ACTS:
            self.on(name, partial(self._told, acts[name]))

    async def _told(self, act: Callable[..., Any], event: GenericEventArguments) -> None:
        try:
            async with self._turn:
                await self._abreast(event.args["tick"])
            done = act(event.args["what"])
            if isawaitable(done):
                await done
        finally:
            if choice := event.args["choice"]:  # which the strip shows until it is answered
                self.run_method("heard", choice)

    def show(self, tick: int, selected: str, special: Sequence[str]) -> None:
        """Send what has changed, and nothing where nothing has.

        `special` are the ids of those whose look is not that of most others.
        """
        if special != self._props["special"]:
            self._props["special"] = special
        if tick != self._props["tick"]:
            self._props |= {"tick": tick, "selected": selected}
        elif selected != self._props["selected"]:
            with self._props.suspend_updates():
                self._props["selected"] = selected
            self.run_method("select", selected)
