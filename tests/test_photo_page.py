"""The page on a photo of the library, as somebody goes on before it has answered."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Iterator
from pathlib import Path

import pytest
from nicegui import background_tasks
from nicegui.testing import User
from nicegui.testing.user_simulation import user_simulation

from storage.errors import NotFound
from storage.outbox import Mark
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


async def test_each_version_tells_how_far_it_is_synced(
    face: Face, images: list[str], opened: tuple[User, PhotoPage]
) -> None:
    user, page = opened
    keeper, mark = Keeper(face.fitting, ANN), Mark("sent")
    keeper.take_back(images[:1])
    [version] = keeper.shown(images[0]).versions
    with user:
        page.follow(lambda _: {version.id: mark})
    await user.should_see("Sent; it is being checked there", retries=LOOKS)
    mark = Mark("refused", "The library is full.")
    await user.should_see("Not synced: The library is full.", retries=LOOKS)


async def test_an_archived_version_is_drawn_again_when_somebody_asks(
    face: Face, images: list[str], opened: tuple[User, PhotoPage]
) -> None:
    user, page = opened
    keeper = Keeper(face.fitting, ANN)
    [archived] = keeper.shown(images[0]).versions
    face.blobs.remove(archived.path)
    with user:
        await page.go(1)
        await page.go(-1)
        keeper.take_back(images[:1])
        await user.should_see("This version is archived", retries=LOOKS)
        await page.draw_again()
    face.work()

    again = keeper.shown(images[0]).versions[-1]
    assert again.id != archived.id
    assert again.recipe == archived.recipe
    assert not keeper.is_archived(again)


async def _at_the_page(user: User, act: Awaitable[None]) -> None:
    with user:
        await act
