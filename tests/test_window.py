"""One window a library: what its processes tell each other, and what it remembers."""

import asyncio
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.conftest import ROOT
from ui.window.claim import Silent, claim, claim_or_hand_over
from ui.window.faults import fault_of
from ui.window.memory import Memory, Remembered
from ui.window.process import Ending, Window
from ui.window.shape import Shape, read_shape
from ui.window.wire import Address, Door, Told, Wire, knock

PRETENDED = """
import json, os, signal
from ui.window.pane import DOOR
from ui.window.wire import Address, knock
door = json.loads(os.environ[DOOR])
wire = knock(Address(door["port"], door["key"]), "window")
wire.tell("shown", group=os.getpgrp())
for told in wire.heard():
    if told["what"] == "photos":
        wire.tell("answer", id=told["id"], paths=["/photos/vase.jpg"])
    if told["what"] == "crash":
        os.abort()
    if told["what"] == "logout":
        os.kill(os.getpid(), signal.SIGTERM)
    if told["what"] == "end":
        wire.tell("closed")
        break
"""
"""A window that shows nothing."""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "ein Zuhause für Fotos"


class Heard:
    """What a window has told, and how it has ended."""

    def __init__(self) -> None:
        self.told: list[Told] = []
        self.shown, self.over = threading.Event(), threading.Event()
        self.ending: Ending | None = None

    def hear(self, told: Told) -> None:
        self.told.append(told)
        if told["what"] == "shown":
            self.shown.set()

    def end(self, ending: Ending) -> None:
        self.ending = ending
        self.over.set()


@contextmanager
def pretended(tmp_path: Path, script: str = PRETENDED) -> Iterator[tuple[Window, Heard]]:
    heard = Heard()
    window = Window(
        tmp_path / "log",
        on_told=heard.hear,
        on_end=heard.end,
        start=[sys.executable, "-c", script],
    )
    door = Door(lambda _, wire: window.attach(wire))
    window.open(door.address)
    try:
        yield window, heard
    finally:
        door.close()
        window.close()


# The wire


def test_what_is_told_before_anybody_listens_is_kept(tmp_path: Path) -> None:
    with pretended(tmp_path) as (window, heard):
        chosen = asyncio.run(window.ask("photos"))
        window.tell("end")
        assert heard.over.wait(30)

    assert chosen == [Path("/photos/vase.jpg")]
    assert heard.ending == Ending(shown=True, closed=True, why="", code=0)


def test_a_window_that_goes_answers_what_it_was_asked_with_nothing(tmp_path: Path) -> None:
    async def asked(window: Window) -> list[Path]:
        answer = asyncio.ensure_future(window.ask("folder"))  # which it leaves open
        await asyncio.sleep(0)
        window.tell("crash")
        return await answer

    with pretended(tmp_path) as (window, heard):
        chosen = asyncio.run(asked(window))
        assert heard.over.wait(30)

    assert chosen == []
    assert heard.ending
    assert (heard.ending.shown, heard.ending.closed) == (True, False)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
def test_a_window_that_is_ended_with_all_other_programs_has_not_crashed(tmp_path: Path) -> None:
    with pretended(tmp_path) as (window, heard):
        assert heard.shown.wait(30)
        window.tell("logout")
        assert heard.over.wait(30)

    assert heard.ending
    assert (heard.ending.code, fault_of(heard.ending)) == (-signal.SIGTERM, "")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such groups")
def test_ctrl_c_at_a_terminal_does_not_reach_the_window_before_us(tmp_path: Path) -> None:
    with pretended(tmp_path) as (_, heard):
        assert heard.shown.wait(30)

    assert heard.told[0]["group"] != os.getpgrp()


def test_who_does_not_show_the_key_is_not_let_in() -> None:
    guests: list[str] = []
    door = Door(lambda who, _: guests.append(who))
    stranger = knock(Address(door.address.port, "another key"), "start")
    stranger.tell("bring", paths=["/etc/passwd"])

    assert list(stranger.heard()) == []  # it is closed on the other side
    assert guests == []
    stranger.close()
    door.close()


# One a library


def test_a_library_has_one_window_until_that_has_gone(home: Path) -> None:
    first = claim(home)
    assert first
    second = claim(home)
    first.close()
    third = claim(home)

    assert second is None
    assert third
    third.close()


def test_whatever_ends_a_process_gives_the_library_back(home: Path) -> None:
    code = "import os, sys; from pathlib import Path; from ui.window.claim import claim\n"
    code += "assert claim(Path(sys.argv[1])); os._exit(9)"
    ended = subprocess.run([sys.executable, "-c", code, str(home)], cwd=ROOT, check=False)
    after = claim(home)

    assert ended.returncode == 9
    assert after
    after.close()


def test_a_second_start_hands_its_files_over(home: Path) -> None:
    brought: list[Told] = []

    def receive(_: str, wire: Wire) -> None:
        brought.append(next(wire.heard()))
        wire.tell("taken")
        wire.close()

    first, door = claim(home), Door(receive)
    assert first
    first.publish(door.address)
    second = claim_or_hand_over(home, [home / "vase.jpg"])
    door.close()
    first.close()

    assert second is None
    assert brought == [{"what": "bring", "paths": [str(home / "vase.jpg")]}]


def test_where_nobody_answers_that_is_told(home: Path) -> None:
    first = claim(home)
    assert first
    first.publish(Address(9, "nobody"))

    with pytest.raises(Silent):
        claim_or_hand_over(home, [], patience=0.2)
    first.close()


def test_one_that_ends_takes_nothing_more_and_the_next_start_takes_its_place(home: Path) -> None:
    first = claim(home)
    assert first
    asked = threading.Event()

    def refuse(_: str, wire: Wire) -> None:
        next(wire.heard())
        asked.set()

    door = Door(refuse)
    first.publish(door.address)

    with ThreadPoolExecutor(1) as pool:
        starting = pool.submit(claim_or_hand_over, home, [home / "vase.jpg"])
        assert asked.wait(30)
        door.close()
        first.close()
        second = starting.result(30)

        assert second
        pool.submit(second.close).result()


def test_only_its_owner_can_read_where_a_window_is_reached(home: Path) -> None:
    held = claim(home)
    assert held
    held.publish(Address(1, "secret"))
    mode = (home / "window.door").stat().st_mode & 0o777
    held.close()

    assert mode == 0o600
    assert not (home / "window.door").exists()


# What is remembered


def test_it_remembers_from_one_start_to_the_next(tmp_path: Path) -> None:
    file = tmp_path / "window.json"
    Memory(file).note(shape=Shape(900, 700, 10, 20), photos="/photos", port=41234, preset="etsy")

    assert Memory(file).now == Remembered(
        Shape(900, 700, 10, 20), port=41234, photos="/photos", preset="etsy"
    )


@pytest.mark.parametrize(
    "text", ["", "[]", "{", '{"port": "x", "shape": {"width": 3}}', '"\\u0000"']
)
def test_what_makes_no_sense_is_forgotten(tmp_path: Path, text: str) -> None:
    file = tmp_path / "window.json"
    file.write_text(text)

    assert Memory(file).now == Remembered()


def test_a_window_is_never_too_small_to_be_used() -> None:
    assert read_shape({"width": 1, "height": 1, "x": 5, "y": 6}) == Shape(x=5, y=6)
    assert read_shape({"width": "wide"}) == Shape()


# What goes wrong

LACKS_EGL = "libEGL.so.1: cannot open shared object file: No such file or directory"
LACKS_XCB = 'qt.qpa.plugin: Could not load the Qt platform plugin "xcb" in ""'
NO_CARD = "Cannot load library vulkan: vulkan: cannot open shared object file: No such file"
AS_ROOT = "Running as root without --no-sandbox is not supported."


@pytest.mark.parametrize(
    ("ending", "says"),
    [
        (Ending(shown=True, closed=False, why="", code=-9), "crashed. Your photos are kept."),
        (Ending(shown=False, closed=False, why=LACKS_EGL, code=3), "needs libEGL.so.1"),
        (Ending(shown=False, closed=False, why=LACKS_XCB, code=-6), "apt install libxcb-cursor0"),
        (Ending(shown=False, closed=False, why=AS_ROOT, code=1), "Start Coveshot as yourself."),
        (
            Ending(shown=False, closed=False, why="No module named 'PySide6'", code=3),
            "pip install 'coveshot[desktop]'",
        ),
        (Ending(shown=False, closed=False, why="", code=1), "could not be opened"),
        (Ending(shown=False, closed=False, why=NO_CARD, code=1), "could not be opened"),
    ],
)
@pytest.mark.skipif(sys.platform != "linux", reason="in the words of the loader of Linux")
def test_why_there_is_no_window_is_said_with_what_to_do(ending: Ending, says: str) -> None:
    said = fault_of(ending)

    assert says in said
    assert "coveshot web" in said


def test_a_window_that_somebody_has_closed_is_no_fault() -> None:
    assert fault_of(Ending(shown=True, closed=True, why="", code=0)) == ""
