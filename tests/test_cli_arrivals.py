"""What the watch takes for come in: whole files, each once as it is."""

import os
from dataclasses import dataclass
from pathlib import Path

import pytest

from ui.cli.arrivals import PAUSE, Arrivals
from ui.cli.console import Misused

SETTLE = 2.0


@dataclass(slots=True)
class Clock:
    now: float = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def arrivals(tmp_path: Path, clock: Clock) -> Arrivals:
    folder = tmp_path / "in"
    folder.mkdir()
    return Arrivals(folder, tmp_path / "in" / "out", SETTLE, clock)


def looks(arrivals: Arrivals, clock: Clock) -> list[str]:
    """Look once more when everything that is whole has settled."""
    arrivals.look()
    clock.now += SETTLE
    return [source.path.name for source in arrivals.look()]


def test_a_file_is_waited_for_until_it_stays_as_it_is(arrivals: Arrivals, clock: Clock) -> None:
    file = arrivals.folder / "a.jpg"
    file.write_bytes(b"half")
    assert arrivals.look() == []
    clock.now += SETTLE - 0.1
    file.write_bytes(b"half and more")
    assert arrivals.look() == []
    clock.now += SETTLE - 0.1
    assert arrivals.look() == []
    clock.now += 0.2

    assert [source.path for source in arrivals.look()] == [file]


def test_a_file_that_is_written_anew_at_the_same_size_has_not_settled(
    arrivals: Arrivals, clock: Clock
) -> None:
    file = arrivals.folder / "a.jpg"
    file.write_bytes(b"first")
    arrivals.look()
    clock.now += SETTLE
    os.utime(file, ns=(1, 1))

    assert arrivals.look() == []


@pytest.mark.parametrize(
    "name", ["a.jpg.part", "a.jpg.crdownload", "~a.jpg", "a.jpg~", ".a.jpg", "A.JPG.TMP"]
)
def test_files_that_programs_have_not_finished_are_left_alone(
    arrivals: Arrivals, clock: Clock, name: str
) -> None:
    (arrivals.folder / name).write_bytes(b"half")

    assert looks(arrivals, clock) == []


def test_what_was_tried_comes_again_only_as_another_file(arrivals: Arrivals, clock: Clock) -> None:
    file = arrivals.folder / "a.jpg"
    file.write_bytes(b"broken")
    assert looks(arrivals, clock) == ["a.jpg"]
    arrivals.tried([file])
    assert looks(arrivals, clock) == []
    new = file.with_suffix(".new")
    new.write_bytes(b"mended")
    new.replace(file)

    assert looks(arrivals, clock) == ["a.jpg"]


def test_what_is_tried_later_comes_again_as_it_is_and_each_time_later(
    arrivals: Arrivals, clock: Clock
) -> None:
    file = arrivals.folder / "a.jpg"
    file.write_bytes(b"photo")
    looks(arrivals, clock)
    for seconds in (PAUSE, 2 * PAUSE, 4 * PAUSE):
        arrivals.later(file)
        clock.now += seconds / 2
        assert arrivals.look() == []
        clock.now += seconds / 2
        assert [source.path for source in arrivals.look()] == [file]
    arrivals.later(file)
    file.write_bytes(b"another photo")

    assert looks(arrivals, clock) == ["a.jpg"]


def test_a_file_that_went_away_and_came_back_is_looked_at_again(
    arrivals: Arrivals, clock: Clock
) -> None:
    file, away = arrivals.folder / "a.jpg", arrivals.folder.with_name("away.jpg")
    file.write_bytes(b"photo")
    looks(arrivals, clock)
    arrivals.tried([file])
    file.rename(away)
    arrivals.look()
    away.rename(file)

    assert looks(arrivals, clock) == ["a.jpg"]


def test_the_folder_of_the_cutouts_is_not_looked_into(arrivals: Arrivals, clock: Clock) -> None:
    for folder in (arrivals.out, arrivals.folder / "shoes"):
        folder.mkdir()
        (folder / "a.jpg").write_bytes(b"photo")
    looks(arrivals, clock)

    assert [source.folder for source in arrivals.look()] == ["shoes"]


def test_a_folder_that_is_gone_is_told_of(arrivals: Arrivals) -> None:
    arrivals.folder.rmdir()

    with pytest.raises(Misused, match="There is no file or folder"):
        arrivals.look()
