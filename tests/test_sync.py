"""The engine that brings a library to an account, with another side that does as it is told."""

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from auth.account import LOCAL
from auth.errors import NotAllowed as GateNotAllowed
from auth.errors import Unreachable as GateUnreachable
from storage.errors import NotFound, QuotaExceeded, SignedOut, StorageError, Unreachable
from storage.outbox import Due, Mark, Sent, Stray
from storage.ports.blobs import Blobs
from storage.records import Status
from storage.sync import (
    FAILED_THERE,
    LONGEST_SECONDS,
    NEEDS_PLAN,
    Phase,
    Receipt,
    Standing,
    Sync,
    Ticket,
)
from tests.kept import Kept

FULL = "Your library is full."
LOOKS = 10.0
"""Seconds that a thread is waited for."""


@dataclass(slots=True)
class Other:
    """The other side: what it says next, and what it was brought."""

    says: list[StorageError] = field(default_factory=list)
    receipt: Receipt = field(default=Receipt("job", Status.VERIFYING))
    looked: Receipt = field(default=Receipt("job", Status.DONE, remote_id="there"))
    brought: list[str] = field(default_factory=list)
    told: list[Stray] = field(default_factory=list)
    seen: Callable[[], object] = lambda: None
    """Called while something is brought."""

    def carry(self, _ticket: Ticket, due: Due, _blobs: Blobs) -> Receipt:
        self.seen()
        self._answer()
        self.brought.append(due.version.id)
        return self.receipt

    def look(self, _ticket: Ticket, sent: Sequence[Sent]) -> list[Receipt]:
        return [self.looked for _ in sent]

    def tell(self, _ticket: Ticket, stray: Stray) -> None:
        self._answer()
        self.told.append(stray)

    def reaches(self) -> bool:
        return not self.says

    def close(self) -> None: ...

    def _answer(self) -> None:
        if self.says:
            raise self.says[0]


@dataclass(slots=True)
class Engine:
    kept: Kept
    other: Other = field(default_factory=Other)
    user: str = "ann"
    ticket: Callable[[], Ticket] = lambda: Ticket("ann", "token", keeps=True)
    sync: Sync = field(init=False)

    def __post_init__(self) -> None:
        self.sync = Sync(
            self.kept.records.outbox,
            self.kept.blobs,
            whose=lambda: self.user,
            ticket=self.asked,
            carrier=lambda: self.other,
        )

    def asked(self) -> Ticket:
        return self.ticket()

    def rounds(self, count: int = 1) -> Standing:
        for _ in range(count):
            self.sync.round()
        return self.sync.standing


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = Engine(Kept(tmp_path / "computer"))
    yield engine
    engine.sync.close()
    engine.kept.close()


def test_versions_are_brought_one_after_the_other_and_then_asked_about(engine: Engine) -> None:
    versions = [engine.kept.cut(name).id for name in ("vase.png", "bowl.png")]
    assert engine.rounds() == Standing(Phase.SYNCING, left=2)
    assert engine.rounds() == Standing(Phase.SYNCING, left=2)
    assert engine.other.brought == versions

    assert engine.rounds() == Standing(Phase.SYNCED)


def test_what_is_refused_is_marked_with_why_and_holds_nothing_else_up(engine: Engine) -> None:
    first, second = engine.kept.cut("vase.png"), engine.kept.cut("bowl.png")
    engine.other.says = [QuotaExceeded(FULL)]
    engine.rounds()
    engine.other.says = []
    standing = engine.rounds(2)

    assert standing == Standing(Phase.REFUSED, refused=1, says=FULL)
    assert engine.sync.marks(first.image_id) == {first.id: Mark("refused", FULL)}
    assert engine.sync.marks(second.image_id) == {second.id: Mark("synced")}
    engine.sync.again()
    assert engine.rounds(2) == Standing(Phase.SYNCED)


def test_it_is_offline_until_somebody_has_answered(engine: Engine) -> None:
    engine.kept.cut()
    seen: list[Phase] = []
    engine.other.seen = lambda: seen.append(engine.sync.standing.phase)
    engine.other.says = [Unreachable()]
    pauses = [engine.sync.round() or 0 for _ in range(8)]
    assert engine.sync.standing == Standing(Phase.OFFLINE, left=1)
    assert seen == [Phase.SYNCING] + 7 * [Phase.OFFLINE]
    assert pauses[0] < pauses[3]
    assert max(pauses) <= LONGEST_SECONDS * 1.25

    engine.other.says = []
    assert engine.rounds(2) == Standing(Phase.SYNCED)


@pytest.mark.parametrize("status", [Status.ERROR, Status.CANCELLED])
def test_what_came_to_nothing_there_is_told(engine: Engine, status: Status) -> None:
    engine.kept.cut()
    engine.other.looked = Receipt("job", status)

    assert engine.rounds(2) == Standing(Phase.REFUSED, refused=1, says=FAILED_THERE)


def test_a_token_that_is_refused_twice_asks_to_sign_in(engine: Engine) -> None:
    engine.kept.cut()
    engine.other.says = [SignedOut()]
    assert engine.sync.round() == 0

    assert engine.rounds() == Standing(Phase.OFF, says=SignedOut().says)


@pytest.mark.parametrize(
    ("error", "standing"),
    [
        (GateUnreachable(), Standing(Phase.OFFLINE, left=1)),
        (GateNotAllowed("No."), Standing(Phase.OFF, says="No.")),
    ],
)
def test_what_the_gate_says_is_shown(engine: Engine, error: Exception, standing: Standing) -> None:
    engine.kept.cut()

    def closed() -> Ticket:
        raise error

    engine.ticket = closed

    assert engine.rounds() == standing


def test_without_a_plan_that_keeps_nothing_is_brought_or_marked(engine: Engine) -> None:
    version = engine.kept.cut()
    engine.ticket = lambda: Ticket("ann", "token", keeps=False)

    assert engine.rounds() == Standing(Phase.OFF, says=NEEDS_PLAN)
    assert engine.other.brought == []
    assert engine.sync.marks(version.image_id) == {}


def test_a_photo_that_has_gone_there_is_told_of_no_more(engine: Engine) -> None:
    version = engine.kept.cut()
    engine.rounds(2)
    assert [stray.name for stray in engine.other.told] == ["vase.png"]
    engine.other.says = [NotFound()]
    engine.kept.records.holdings.rename(LOCAL.scope, version.image_id, "Blue vase")
    engine.rounds()
    engine.other.says = []
    engine.kept.records.holdings.rename(LOCAL.scope, version.image_id, "Red vase")

    assert engine.rounds() == Standing(Phase.SYNCED)
    assert len(engine.other.told) == 1


def test_its_thread_waits_to_be_woken_and_ends_when_it_is_closed(engine: Engine) -> None:
    engine.kept.cut()
    engine.user = ""
    brought = threading.Event()
    engine.other.seen = brought.set
    engine.sync.start()
    engine.user = "ann"
    engine.sync.wake()

    assert brought.wait(LOOKS)
    engine.sync.close()
    assert "sync" not in [thread.name for thread in threading.enumerate()]
