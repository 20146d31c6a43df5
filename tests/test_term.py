"""How long a result can be kept, as the plan of its owner allows."""

import time
from dataclasses import replace

import pytest
from nicegui.testing.user_simulation import user_simulation

from auth.account import GUEST_PLAN, Account
from ui.components.term import NO_STAY, Stay, Term

FREE = replace(GUEST_PLAN, name="free", longer_hours=168)
PAID = Account("ann", "ann", replace(GUEST_PLAN, name="paid", kept_hours=None))
HOUR = 3600.0


def test_a_result_can_stay_longer_once_and_only_where_the_plan_allows_it() -> None:
    stay = Stay("a", 0.0, 48 * HOUR)

    assert stay.can_be_longer(FREE)
    assert not stay.can_be_longer(GUEST_PLAN)
    assert not replace(stay, ends_at=168 * HOUR).can_be_longer(FREE)


def test_nothing_stays_longer_that_is_not_made_yet_or_stays_anyway() -> None:
    assert not NO_STAY.can_be_longer(FREE)
    assert not Stay("", 0.0, 48 * HOUR).can_be_longer(FREE)


@pytest.mark.parametrize(
    ("credit", "words"),
    [
        (0, "Keep in the library: free"),
        (1, "Keep in the library: 1 credit"),
        (3, "Keep in the library: 3 credits"),
    ],
)
async def test_the_button_says_what_keeping_costs_and_where_it_is_free(
    credit: int, words: str
) -> None:
    async def cost(version_id: str) -> int:
        return {"a": credit}[version_id]

    def page() -> None:
        term = Term(PAID, on_longer=lambda: None, on_keep=lambda: None, cost=cost)
        term.show(Stay("a", 0.0, time.time() + HOUR))

    async with user_simulation(page) as user:
        await user.open("/")
        await user.should_see(words)
