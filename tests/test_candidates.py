"""The models side by side, and those that are still to come."""

import threading
from collections.abc import AsyncIterator, Callable

import pytest
from nicegui import ui
from nicegui.testing import User
from nicegui.testing.user_simulation import user_simulation

from inference.catalogue import model_named
from inference.errors import Cancelled
from ui.components.candidates import Candidates
from ui.lane import Lane
from ui.theme import frame

PATIENCE = 10.0


class Supply:
    """Fetches a model until it is told to stop."""

    def __init__(self) -> None:
        self.began, self.ended = threading.Event(), threading.Event()

    def fetch(self, _: str, progress: Callable[[int, int], None], cancel: threading.Event) -> None:
        progress(1, 4)
        self.began.set()
        if cancel.wait(PATIENCE):
            self.ended.set()
        raise Cancelled("Stopped.")


@pytest.fixture
def supply() -> Supply:
    return Supply()


@pytest.fixture
async def opened(supply: Supply) -> AsyncIterator[User]:
    """A page with the dialog open: no model is here, one could be had."""
    lane = Lane()

    def page() -> None:
        with frame(page="Workbench"):
            candidates = Candidates(lane, supply.fetch)

            async def nothing(_: str) -> None: ...

            absent = [model_named("isnet-fp16")]
            ui.timer(
                0,
                lambda: candidates.open("entry", "u2netp", [], absent, on_choose=nothing),
                once=True,
            )

    async with user_simulation(page) as user:
        await user.open("/")
        await user.should_see(marker="get-isnet-fp16")
        yield user
    lane.close()


async def test_a_download_ends_with_the_dialog_that_shows_it(opened: User, supply: Supply) -> None:
    opened.find(marker="get-isnet-fp16").click()
    await opened.should_see("Cancel")
    assert supply.began.wait(PATIENCE)
    opened.find(kind=ui.dialog).trigger("hide")

    assert supply.ended.wait(PATIENCE)
    await opened.should_not_see(marker="get-isnet-fp16")
