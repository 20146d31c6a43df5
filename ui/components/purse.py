"""Credits of an account: how many there are, what they are for, and the lines behind the number."""

from collections.abc import Sequence

from nicegui import ui

from storage.books import Line, Tariff
from ui.components.controls import text
from ui.components.ledger import Ledger
from ui.components.price_table import costs
from ui.wallet import Wallet
from ui.words import t, tn


class Purse:
    """Seen once it is shown."""

    def __init__(self, wallet: Wallet) -> None:
        self._wallet = wallet
        self._lines: list[Line] = []
        self._place = ui.element("div").classes("purse")
        with self._place:
            self._count = text().classes("count").props("role=status")
            self._costs = text().classes("quiet")
            self._ledger = Ledger(on_older=self._older)

    def show(self, lines: Sequence[Line], tariff: Tariff | None) -> None:
        """Show the newest lines, and what the plan says of credits."""
        self._lines = [*lines]
        balance = lines[0].balance if lines else 0
        self._count.set_text(tn("{count} credit", "{count} credits", balance))
        self._costs.set_text(" ".join(_terms(tariff)) if tariff else "")
        self._draw(len(lines))

    def _draw(self, came: int) -> None:
        self._ledger.show(self._lines, more=self._wallet.more(came))

    async def _older(self) -> None:
        older = await self._wallet.older(self._lines[-1].id)
        if older is not None:
            self._lines += older
            self._draw(len(older))


def _terms(tariff: Tariff) -> list[str]:
    if not tariff.credits_per_matte:
        return [t("Your plan needs none: cutting out is free. They count once you have another.")]
    told = [costs(tariff.credits_per_matte, tariff.credits_per_upscale)]
    if tariff.monthly_credits:
        told.append(
            tn(
                "{count} comes at the beginning of each month.",
                "{count} come at the beginning of each month.",
                tariff.monthly_credits,
            )
        )
    return told
