"""Whose plan counts, as the database has it."""

from typing import Any

import httpx
import pytest

from auth.errors import Leaving, Unreachable
from auth.plans import KNOWN_SECONDS, Plans
from auth.session import Session
from tests.gateway.entry import START, Clock
from ui.components.entrance import LOOK_SECONDS

ANN = Session(access="t", refresh="r", user_id="ann", email="ann@example.com", expires_at=0)
FREE = {
    "id": "free",
    "name": "Free",
    "persists": False,
    "kept_hours": 48,
    "max_bytes": 20_000_000,
    "max_pixels": 36_000_000,
    "max_side": 6000,
    "credits_per_matte": 0,
    "processed_pixels": 12_000_000,
    "longer_hours": 168,
}
PAID = {
    **FREE,
    "id": "paid",
    "name": "Paid",
    "persists": True,
    "kept_hours": None,
    "credits_per_matte": 1,
    "processed_pixels": None,
}


class Database:
    def __init__(self, **profile: Any) -> None:
        self.clock = Clock()
        self.profile = {"plan_id": "paid", "plan_until": "infinity", "erase_at": None, **profile}
        self.settings: list[dict[str, bool]] = []
        self.gone = False
        self.asked: list[httpx.Request] = []
        http = httpx.AsyncClient(transport=httpx.MockTransport(self._answer))
        self.plans = Plans("http://supabase.test/", "sb_publishable_x", http, self.clock)

    async def plan(self) -> str:
        return (await self.plans.plan_of(ANN)).name

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        if self.gone:
            raise httpx.ConnectError("gone", request=request)
        rows = {"profiles": [self.profile], "plans": [FREE, PAID], "settings": self.settings}
        return httpx.Response(200, json=rows[request.url.path.rpartition("/")[2]])


async def test_a_plan_is_read_with_the_token_of_its_owner() -> None:
    database = Database()

    assert await database.plan() == "paid"
    assert await database.plan() == "paid"
    assert len(database.asked) == 3
    assert {one.headers["authorization"] for one in database.asked} == {"Bearer t"}
    assert database.asked[0].url.params["user_id"] == "eq.ann"


@pytest.mark.parametrize(
    ("until", "name"),
    [
        ("infinity", "paid"),
        ("2027-01-15T08:00:01+00:00", "paid"),
        ("2027-01-15T08:00:00+00:00", "free"),
        ("2020-01-01T00:00:00", "free"),
        (None, "free"),
    ],
)
async def test_a_plan_that_costs_money_counts_until_its_end(until: str | None, name: str) -> None:
    assert START == 1_800_000_000  # 2027-01-15, 8 in the morning

    assert await Database(plan_until=until).plan() == name


@pytest.mark.parametrize(
    ("plan", "settings", "pixels"),
    [
        ("free", [], 12_000_000),
        ("free", [{"full_resolution": True}], 12_000_000),
        ("paid", [], None),
        ("paid", [{"full_resolution": True}], None),
        ("paid", [{"full_resolution": False}], 12_000_000),
    ],
)
async def test_who_pays_has_full_resolution_unless_it_was_turned_off(
    plan: str, settings: list[dict[str, bool]], pixels: int | None
) -> None:
    database = Database(plan_id=plan)
    database.settings = settings

    assert (await database.plans.plan_of(ANN)).processed_pixels == pixels


async def test_a_new_plan_counts_within_half_a_minute_and_is_seen_within_a_whole_one() -> None:
    database = Database(plan_id="free")
    assert await database.plan() == "free"
    database.profile["plan_id"] = "paid"
    database.clock.now += 29
    assert await database.plan() == "free"
    database.clock.now += 1

    assert await database.plan() == "paid"
    assert KNOWN_SECONDS + LOOK_SECONDS <= 60


async def test_without_the_database_a_plan_stays_what_it_was_for_an_hour() -> None:
    database = Database()
    await database.plan()
    database.gone = True
    database.clock.now += 3599
    assert await database.plan() == "paid"
    database.clock.now += 2

    with pytest.raises(Unreachable):
        await database.plan()


async def test_nobody_is_taken_for_one_with_another_plan() -> None:
    database = Database()
    database.gone = True

    with pytest.raises(Unreachable):
        await database.plan()


async def test_an_account_that_is_being_deleted_is_closed() -> None:
    with pytest.raises(Leaving):
        await Database(erase_at="2027-01-15T08:00:00+00:00").plan()
