"""The window's own process: what it waits for, and that it always comes to an end."""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ui.window.process import Ending, Window
from ui.window.shape import Shape, written
from ui.window.wire import Door, Told

PATIENCE = 30.0


class Heard:
    def __init__(self) -> None:
        self.painted, self.over = threading.Event(), threading.Event()
        self.ending: Ending | None = None

    def hear(self, told: Told) -> None:
        if told["what"] == "painted":
            self.painted.set()

    def end(self, ending: Ending) -> None:
        self.ending = ending
        self.over.set()


@contextmanager
def shown(tmp_path: Path, oddity: str) -> Iterator[tuple[Window, Heard]]:
    heard = Heard()
    window = Window(
        tmp_path / "log",
        on_told=heard.hear,
        on_end=heard.end,
        start=[sys.executable, "-m", "tests.engine", oddity],
    )
    door = Door(lambda _, wire: window.attach(wire))
    window.open(door.address)
    window.tell("be", shape=written(Shape()))
    try:
        yield window, heard
    finally:
        door.close()
        window.close()


@pytest.mark.parametrize("oddity", ["late", "usual"])
def test_a_page_is_shown_however_late_its_window_and_whatever_page_was_before(
    tmp_path: Path, oddity: str
) -> None:
    with shown(tmp_path, oddity) as (window, heard):
        window.tell("go", address="http://127.0.0.1/")
        assert heard.painted.wait(PATIENCE)


def test_a_window_that_is_not_there_yet_ends_at_once(tmp_path: Path) -> None:
    with shown(tmp_path, "never") as (window, heard):
        window.tell("end")
        assert heard.over.wait(PATIENCE)

    assert heard.ending
    assert (heard.ending.shown, heard.ending.closed, heard.ending.code) == (False, True, 0)


def test_a_window_that_somebody_closes_goes_though_a_thread_of_its_engine_stays(
    tmp_path: Path,
) -> None:
    with shown(tmp_path, "stays") as (_, heard):
        assert heard.over.wait(PATIENCE)

    assert heard.ending
    assert heard.ending.closed
