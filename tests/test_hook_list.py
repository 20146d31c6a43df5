"""Addresses that are told when a job ends, on the page of the keys."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from nicegui.testing import User
from nicegui.testing.user_simulation import user_simulation

from storage.local import SqliteRecords
from storage.records import Hook
from tests.face import ANN
from ui.components.hook_list import HookList, state_of
from ui.courier import Signer
from ui.lane import Lane
from ui.pages.keys import HookDesk

LOOKS = 30
SIGNER = Signer(b"s" * 32)
ADDRESS = "https://shop.example/hook"


@pytest.fixture
def records(tmp_path: Path) -> Iterator[SqliteRecords]:
    records = SqliteRecords(tmp_path / "library.sqlite")
    yield records
    records.close()


@pytest.fixture
async def user(records: SqliteRecords) -> AsyncIterator[User]:
    lane = Lane()
    async with user_simulation(
        lambda: HookList(HookDesk(records.hooks, ANN, lane, SIGNER))
    ) as user:
        yield user
    lane.close()


async def test_an_address_is_added_and_its_secret_shown_once(
    user: User, records: SqliteRecords
) -> None:
    await user.open("/")
    await user.should_see("There is none yet.", retries=LOOKS)
    user.find(marker="hook-address").trigger("input", ADDRESS)
    user.find(marker="add-hook").click()
    await user.should_see("The secret of https://shop.example/hook", retries=LOOKS)
    [hook] = records.hooks.all("ann")
    await user.should_see(SIGNER.secret_of(hook.id), retries=LOOKS)

    await user.open("/")
    await user.should_see(ADDRESS, retries=LOOKS)
    await user.should_not_see(SIGNER.secret_of(hook.id))


async def test_what_is_no_public_address_is_refused_with_what_it_takes(
    user: User, records: SqliteRecords
) -> None:
    await user.open("/")
    user.find(marker="hook-address").trigger("input", "http://shop.example")
    user.find(marker="add-hook").click()

    await user.should_see("An address begins with https://", retries=LOOKS)
    assert records.hooks.all("ann") == []


def test_how_it_goes_with_an_address_is_said() -> None:
    hook = Hook(id="1", scope="ann", address=ADDRESS, created_at=0.0)
    failing = Hook(
        id="1", scope="ann", address=ADDRESS, created_at=0.0, failures=3, says="It is away."
    )
    over = Hook(
        id="1", scope="ann", address=ADDRESS, created_at=0.0, disabled_at=0.0, says="It is away."
    )

    assert state_of(hook) == "Added on 1970-01-01"
    assert state_of(failing) == "The last 3 tries have failed. It is away."
    assert state_of(over).startswith("Told nothing any more since 1970-01-01")
