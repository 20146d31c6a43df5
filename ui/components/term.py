"""How long a result is still there, and what keeps it longer."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from nicegui import background_tasks, ui
from nicegui.element import Element

from auth.account import Account, Plan
from storage.errors import StorageError
from ui.components.controls import Click, button, give, icon
from ui.words import spoken, t, tn, word

WORDS = {
    "left": word("{} left, then it is deleted."),
    "moment": word("Less than a minute left, then it is deleted."),
    "over": word("Its time is over: it is being deleted. Drop the photo again to go on."),
}
HOUR, DAY = 3600.0, 24
TRUE_SECONDS = 5.0
"""As long, a price is taken to be what it was."""
Cost = Callable[[str], Awaitable[int]]
"""Returns the credits that keeping a version takes."""


@dataclass(frozen=True, slots=True)
class Stay:
    """How long a result is there."""

    version_id: str
    """Empty before there is one."""
    made_at: float
    ends_at: float | None
    """In Unix seconds; None for what stays."""

    def can_be_longer(self, plan: Plan) -> bool:
        if not (self.version_id and self.ends_at and plan.longer_hours):
            return False
        return self.made_at + plan.longer_hours * HOUR > self.ends_at + HOUR


NO_STAY = Stay("", 0.0, None)


class Stays(Element, component="stays.js"):
    def __init__(self) -> None:
        super().__init__()
        self._props |= {"expires": 0, "now": time.time(), "words": spoken(WORDS)}

    def show(self, ends_at: float) -> None:
        if ends_at != self._props["expires"]:
            give(self, expires=ends_at, now=time.time())


class Term:
    """A bar above a picture; not to be seen where nothing ends."""

    def __init__(
        self,
        account: Account,
        *,
        on_longer: Click,
        on_keep: Click,
        cost: Cost,
        enter: Callable[[], Click] | None = None,
    ) -> None:
        """`enter` builds a way to sign in, where there is one for whoever looks."""
        self._plan = account.plan
        self._cost = cost
        self._priced, self._priced_at = "", 0.0
        with ui.element("div").classes("term") as self._bar:
            icon("schedule")
            self._stays = Stays()
            self._longer = button(_longer(account.plan), on_longer, classes="small")
            self._keep = button(t("Keep in the library"), on_keep, classes="small primary")
            if enter and not account.email:
                button(t("Sign up to keep it longer"), enter(), classes="small").mark("sign-up")
        self._bar.set_visibility(False)

    def show(self, stay: Stay) -> None:
        """Show what is true now of the result in sight."""
        self._bar.set_visibility(stay.ends_at is not None)
        if stay.ends_at is None:
            return
        self._stays.show(stay.ends_at)
        self._longer.set_visibility(stay.can_be_longer(self._plan))
        keeps = bool(stay.version_id) and self._plan.kept_hours is None
        self._keep.set_visibility(keeps)
        if keeps:
            self._price(stay.version_id)

    def _price(self, version_id: str) -> None:
        """Find out what keeping a version costs, and write it on the button."""
        now = time.monotonic()
        if version_id == self._priced and now < self._priced_at + TRUE_SECONDS:
            return
        if version_id != self._priced:
            self._keep.set_text(t("Keep in the library"))
        self._priced, self._priced_at = version_id, now
        background_tasks.create(self._price_now(version_id), context=self._bar)

    async def _price_now(self, version_id: str) -> None:
        try:
            credit = await self._cost(version_id)
        except StorageError:  # it is said once somebody presses the button
            return
        if version_id == self._priced:  # else another one is in sight
            self._keep.set_text(_keep(credit))


def _longer(plan: Plan) -> str:
    days = (plan.longer_hours or 0) // DAY
    return tn("Keep {count} day", "Keep {count} days", days)


def _keep(credit: int) -> str:
    if not credit:
        return t("Keep in the library: free")
    return tn("Keep in the library: {count} credit", "Keep in the library: {count} credits", credit)
