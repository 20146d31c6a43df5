"""Files of this computer that come in by their paths."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.face import ANN
from ui.house import House
from ui.window.porter import Porter


@pytest.fixture
def porter(house: House) -> Iterator[Porter]:
    def arrive(file: Path, name: str, folder: str) -> str:
        return house.studio.arrive(ANN, file, name=name, folder=folder).id

    porter = Porter(arrive, own=house.home)
    yield porter
    porter.close()


def test_a_folder_comes_in_all_the_way_down_and_what_is_no_photo_stays_out(
    house: House, porter: Porter, photos: Path
) -> None:
    porter.bring([photos])
    porter.finish()
    cards = house.studio.bench(ANN)

    assert sorted((card.entry.folder, card.entry.name) for card in cards) == [
        ("photos", "vase.jpg"),
        ("photos/shoes", "red.jpg"),
    ]
    assert porter.incoming.failed == ()
    assert (porter.incoming.done, porter.incoming.left) == (2, 0)


def test_a_photo_that_comes_alone_is_known_by_its_entry(
    house: House, porter: Porter, photos: Path
) -> None:
    porter.bring([photos / "vase.jpg"])
    porter.finish()
    [card] = house.studio.bench(ANN)

    assert (porter.incoming.last, porter.incoming.alone) == (card.entry.id, True)


def test_what_comes_too_late_is_not_taken(porter: Porter, photos: Path) -> None:
    porter.close()

    assert not porter.bring([photos / "vase.jpg"])


def test_what_was_meant_and_cannot_come_in_is_told_of(porter: Porter, photos: Path) -> None:
    porter.bring([photos / "prices.txt", photos / "gone.jpg"])
    porter.finish()
    told = {failure.name: failure.says for failure in porter.incoming.failed}

    assert set(told) == {"prices.txt", "gone.jpg"}
    assert "There is no file" in told["gone.jpg"]


def test_what_has_not_begun_can_be_dropped(tmp_path: Path, photo: bytes) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def arrive(_: Path, name: str, __: str) -> str:
        begun.set()
        assert go_on.wait(30)
        return name

    for number in range(20):
        (tmp_path / f"{number:02}.jpg").write_bytes(photo)
    porter = Porter(arrive, own=tmp_path / "home")
    porter.bring([tmp_path])
    assert begun.wait(30)
    porter.drop_waiting()
    go_on.set()
    porter.finish()

    assert (porter.incoming.done, porter.incoming.left) == (1, 0)
    porter.close()


def test_the_library_itself_is_not_taken_in(
    house: House, porter: Porter, photos: Path, photo: bytes
) -> None:
    (house.home / "lost.jpg").write_bytes(photo)
    porter.bring([house.home.parent])
    porter.finish()

    assert {card.entry.name for card in house.studio.bench(ANN)} == {"vase.jpg", "red.jpg"}
    assert photos.is_dir()
