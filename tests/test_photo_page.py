"""The page on a photo of the library, as somebody goes on before it has answered."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Iterator
from pathlib import Path

import pytest
from nicegui import background_tasks
from nicegui.testing import User
from nicegui.testing.user_simulation import user_simulation

from storage.errors import NotFound
from tests.face import ANN, Face, opened_face
from tests.test_api import uploaded
from ui.keeper import Keeper
from ui.lane import Lane
from ui.pages.photo import PhotoPage
from ui.search import Query
from ui.theme import frame

LOOKS = 30
TRASH = Query(trashed=True)


@pytest.fixture
def face(tmp_path: Path, models: Path) -> Iterator[Face]:
    with opened_face(tmp_path, models) as face:
        yield face


@pytest.fixture
async def images(face: Face, photo: bytes) -> list[str]:
    """Three photos in the trash, in the order of the page."""
    for number in range(3):
        await uploaded(face, photo + bytes([number]))
    face.work()
    keeper = Keeper(face.fitting, ANN)
    keeper.throw(keeper.ids(Query()))
    return keeper.ids(TRASH)


@pytest.fixture
async def opened(face: Face, images: list[str]) -> AsyncIterator[tuple[User, PhotoPage]]:
    pages: list[PhotoPage] = []
    lane = Lane()

    def page() -> None:
        with frame(page="Library") as bar:
            pages.append(PhotoPage(Keeper(face.fitting, ANN), lane, bar, TRASH, images[0]))

    async with user_simulation(page) as user:
        await user.open("/")
        await user.should_see("1 / 3", retries=LOOKS)
        yield user, pages[0]
    lane.close()


async def test_two_quick_steps_end_at_the_photo_after_next(opened: tuple[User, PhotoPage]) -> None:
    user, page = opened
    await asyncio.gather(_at_the_page(user, page.go(1)), _at_the_page(user, page.go(1)))

    await user.should_see("3 / 3", retries=LOOKS)
    await user.should_not_see("This photo is not here any more.")


async def test_the_photo_that_was_asked_about_is_deleted_and_no_other(
    face: Face, images: list[str], opened: tuple[User, PhotoPage]
) -> None:
    user, page = opened
    keeper = Keeper(face.fitting, ANN)
    with user:
        question = background_tasks.create(_at_the_page(user, page.purge()))
        await user.should_see("Delete this photo for good?", retries=LOOKS)
        await page.go(1)
        user.find(marker="yes").click()
        await question

    assert [keeper.shown(one).holding.image.id for one in images[1:]] == images[1:]
    with pytest.raises(NotFound):
        keeper.shown(images[0])


async def _at_the_page(user: User, act: Awaitable[None]) -> None:
    with user:
        await act
