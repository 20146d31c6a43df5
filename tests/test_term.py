"""How long a result can be kept, as the plan of its owner allows."""

from dataclasses import replace

from auth.account import GUEST_PLAN
from ui.components.term import NO_STAY, Stay

FREE = replace(GUEST_PLAN, name="free", longer_hours=168)
HOUR = 3600.0


def test_a_result_can_stay_longer_once_and_only_where_the_plan_allows_it() -> None:
    stay = Stay("a", 0.0, 48 * HOUR)

    assert stay.can_be_longer(FREE)
    assert not stay.can_be_longer(GUEST_PLAN)
    assert not replace(stay, ends_at=168 * HOUR).can_be_longer(FREE)


def test_nothing_stays_longer_that_is_not_made_yet_or_stays_anyway() -> None:
    assert not NO_STAY.can_be_longer(FREE)
    assert not Stay("", 0.0, 48 * HOUR).can_be_longer(FREE)
