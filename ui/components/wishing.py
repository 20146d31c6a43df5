"""What an owner wants of the library: originals, their size, and for how long."""

from collections.abc import Awaitable, Callable
from functools import partial

from nicegui import ui

from storage.books import Wishes
from ui.components.controls import text
from ui.components.select import Select
from ui.components.switch import Switch
from ui.wallet import Wallet
from ui.words import t, tn

NEVER = "never"
DAYS = (7, 30, 90, 180, 365)


class Wishing:
    """Each counts as soon as it is chosen."""

    def __init__(self, wallet: Wallet) -> None:
        self._wallet = wallet
        self._known: Wishes | None = None
        with ui.element("div").classes("wishing"):
            with ui.element("div").classes("line"):
                text(t("Archive older versions"), tag="span")
                words = {NEVER: t("never")} | {
                    str(days): tn("after {count} day", "after {count} days", days) for days in DAYS
                }
                self._archive = Select(t("When to archive"), words, on_choose=self._archived)
            text(
                t(
                    "An archived version takes less room: its picture goes, and is drawn again "
                    "when you ask for it, at no cost. The version that is shown always stays."
                )
            ).classes("quiet")
            self._original = Switch(t("Keep originals"), on_turn=self._turned("keep_original"))
            text(
                t(
                    "Without it a photo goes once it is cut out. Its cutouts stay, and nothing new "
                    "can be made of it until you drop it again."
                )
            ).classes("quiet")
            self._whole = Switch(t("Full resolution"), on_turn=self._turned("full_resolution"))
            text(
                t(
                    "Without it photos are made smaller before they are cut out, as in the free "
                    "plan, and take less room. It counts within a minute, for what is made then."
                )
            ).classes("quiet")

    def show(self, wishes: Wishes) -> None:
        self._known = wishes
        self._original.show(wishes.keep_original)
        self._whole.show(wishes.full_resolution)
        self._archive.show(str(wishes.archive_after_days or NEVER))

    async def _archived(self, value: str) -> None:
        await self._wish("archive_after_days", None if value == NEVER else int(value))

    def _turned(self, name: str) -> Callable[[bool], Awaitable[None]]:
        return partial(self._wish, name)

    async def _wish(self, name: str, value: object) -> None:
        wishes = await self._wallet.wish(name, value) or self._known
        if wishes:
            self.show(wishes)
