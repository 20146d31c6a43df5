"""What an owner wants of the library: originals, their size, and for how long."""

from collections.abc import Awaitable, Callable
from functools import partial

from nicegui import ui

from storage.books import Wishes
from ui.components.controls import text
from ui.components.switch import Switch
from ui.wallet import Wallet
from ui.words import t


class Wishing:
    """Each counts as soon as it is chosen."""

    def __init__(self, wallet: Wallet) -> None:
        self._wallet = wallet
        self._known: Wishes | None = None
        with ui.element("div").classes("wishing"):
            self._original = Switch(t("Keep originals"), on_turn=self._turned("keep_original"))
            text(
                t(
                    "Without it a photo goes once it is cut out. Its cutouts stay, and nothing new "
                    "can be made of it until you drop it again."
                )
            ).classes("quiet")

    def show(self, wishes: Wishes) -> None:
        self._known = wishes
        self._original.show(wishes.keep_original)

    def _turned(self, name: str) -> Callable[[bool], Awaitable[None]]:
        return partial(self._wish, name)

    async def _wish(self, name: str, value: object) -> None:
        wishes = await self._wallet.wish(name, value) or self._known
        if wishes:
            self.show(wishes)
