"""The corner of the header, as somebody has a page open for long."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast

from nicegui.testing.user_simulation import user_simulation

from auth.account import GUEST_PLAN, Account
from auth.errors import Unreachable
from ui.components.entrance import corner_of
from ui.theme import frame

if TYPE_CHECKING:
    from ui.members import Members

ANN = Account("ann", "ann", replace(GUEST_PLAN, name="free"), email="ann@example.com")
SECONDS = 0.05
LOOKS = 40


@dataclass
class Gate:
    """Knows one visitor, and may be out of reach."""

    account: Account = ANN
    away: bool = False
    asked: int = 0

    async def who(self, token: str | None) -> Account | None:
        self.asked += 1
        if self.away:
            raise Unreachable
        return self.account if token == "ann" else None


@dataclass
class Entered:
    """As much of the members as the corner of somebody who is signed in asks."""

    accounts: Gate


async def nothing() -> int | None:
    return None


async def test_another_plan_is_seen_on_a_page_that_is_open() -> None:
    gate = Gate(away=True)
    members = cast("Members", Entered(gate))

    def page() -> None:
        with frame(page="Library", corner=corner_of(members, ANN, "ann", "/", nothing, SECONDS)):
            pass

    async with user_simulation(page) as user:
        await user.open("/")
        await user.should_see("Free", retries=LOOKS)
        gate.account = replace(ANN, plan=replace(ANN.plan, name="paid"))
        await user.should_not_see("Paid")
        gate.away = False
        await user.should_see("Your plan is Paid from now on.", retries=LOOKS)
        await user.should_see("Load the page anew")
        await user.should_not_see("Free")
