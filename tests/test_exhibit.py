"""What a page on a photo of the library shows, as its versions come and go."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.face import ANN, Face, opened_face
from tests.test_api import uploaded
from ui.exhibit import Exhibit
from ui.keeper import Keeper


@pytest.fixture
def face(tmp_path: Path, models: Path) -> Iterator[Face]:
    with opened_face(tmp_path, models) as face:
        yield face


@pytest.fixture
async def exhibit(face: Face, photo: bytes) -> Exhibit:
    """A photo with three versions."""
    await uploaded(face, photo)
    face.work()
    keeper = Keeper(face.fitting, ANN)
    image_id = face.studio.bench(ANN)[0].image.id
    for preset in ("amazon-main", "etsy"):
        keeper.make(image_id, keeper.shown(image_id).versions[0], model="", preset=preset)
        face.work()
    return Exhibit(image_id, keeper.shown(image_id))


async def test_the_current_version_is_seen_beside_the_photo(exhibit: Exhibit) -> None:
    assert exhibit.shown
    view = exhibit.view(pending=False)

    assert exhibit.version == exhibit.shown.versions[2]
    assert view.before == f"/photos/{exhibit.image_id}/preview.webp"
    assert view.after == f"/versions/{exhibit.shown.versions[2].id}/preview.webp"


async def test_the_last_two_are_a_and_b_until_others_are_chosen(exhibit: Exhibit) -> None:
    assert exhibit.shown
    ids = [one.id for one in exhibit.shown.versions]
    assert exhibit.two == (ids[1], ids[2])
    exhibit.pair, exhibit.split = (ids[2], ids[0]), True

    view = exhibit.view(pending=False)
    assert (view.before, view.after) == tuple(
        f"/versions/{one}/preview.webp" for one in (ids[2], ids[0])
    )


async def test_a_version_that_has_gone_makes_room_for_those_that_are_left(
    exhibit: Exhibit,
) -> None:
    assert exhibit.shown
    first, _, last = exhibit.shown.versions
    exhibit.looked_at, exhibit.pair, exhibit.split = first.id, (first.id, last.id), True
    exhibit.shown = replace(exhibit.shown, versions=(last,))

    assert exhibit.version == last
    assert exhibit.two == ("", "")
    assert exhibit.view(pending=False).before.startswith("/photos/")
