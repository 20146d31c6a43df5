"""Who is signed in on one's own computer, asked from pages and from threads."""

import asyncio
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

import pytest

from auth.desktop import DESKTOP, Desktop, Doorway
from auth.errors import Unreachable, WrongPassword
from auth.session import MemorySessions, Session

if TYPE_CHECKING:
    from auth.accounts import Accounts

ANN = Session(access="t", refresh="r", user_id="ann", email="ann@example.com", expires_at=0)
BOB = Session(access="t", refresh="r", user_id="bob", email="bob@example.com", expires_at=0)
SECONDS = 10.0


@dataclass
class Home:
    """A computer with nobody on it, until somebody is kept in `sessions`."""

    sessions: MemorySessions = field(default_factory=MemorySessions)
    changed: threading.Event = field(default_factory=threading.Event)
    opened: int = 0
    closed: int = 0
    desktop: Desktop = field(init=False)

    def __post_init__(self) -> None:
        self.desktop = Desktop(self.open, on_change=self.changed.set)

    def open(self) -> Doorway:
        self.opened += 1
        return Doorway(cast("Accounts", self), self.sessions, self.close)

    async def close(self) -> None:
        self.closed += 1

    async def enter(self, session: Session) -> str:
        self.sessions.keep(DESKTOP, session)
        return session.email

    async def refuse(self) -> str:
        raise WrongPassword

    async def leave(self) -> None:
        self.sessions.forget(DESKTOP)


@pytest.fixture
def home() -> Iterator[Home]:
    home = Home()
    yield home
    home.desktop.close()


def asked(home: Home, session: Session) -> str:
    return home.desktop.asked(lambda _: home.enter(session))


def test_who_was_signed_in_before_is_found_at_the_start(home: Home) -> None:
    home.sessions.keep(DESKTOP, ANN)
    home.desktop.start()

    assert home.changed.wait(SECONDS)
    assert (home.desktop.user_id, home.desktop.email) == ("ann", "ann@example.com")


def test_each_change_of_who_is_signed_in_is_told_once(home: Home) -> None:
    home.desktop.start()
    for session in (ANN, BOB):
        home.changed.clear()
        assert asked(home, session) == session.email
        assert home.changed.is_set()
        assert home.desktop.user_id == session.user_id
    home.changed.clear()
    asked(home, BOB)
    assert not home.changed.is_set()

    home.desktop.asked(lambda _: home.leave())
    assert home.changed.is_set()
    assert (home.desktop.user_id, home.desktop.email) == ("", "")


def test_what_is_refused_is_said_to_whoever_asked(home: Home) -> None:
    home.desktop.start()
    with pytest.raises(WrongPassword):
        home.desktop.asked(lambda _: home.refuse())

    assert asyncio.run(home.desktop.ask(lambda _: home.enter(ANN))) == ANN.email


def test_a_service_that_does_not_answer_a_thread_is_out_of_reach(home: Home) -> None:
    home.desktop.start()
    with pytest.raises(Unreachable):
        home.desktop.asked(lambda _: asyncio.Event().wait(), seconds=0.01)

    assert asked(home, ANN) == ANN.email


def test_the_way_to_the_project_is_opened_once_and_closed_at_the_end() -> None:
    home = Home()
    home.desktop.start()
    for _ in range(3):
        asked(home, ANN)
    home.desktop.close()

    assert (home.opened, home.closed) == (1, 1)


def test_a_computer_that_was_never_started_is_closed_quietly() -> None:
    home = Home()
    home.desktop.close()

    assert (home.opened, home.closed) == (0, 0)
