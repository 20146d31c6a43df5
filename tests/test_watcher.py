"""One question tells all who listen what has changed, whichever process did it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event

import pytest

from inference.watcher import Patience, Watcher
from storage.errors import Unreachable
from storage.local import SqliteRecords
from storage.records import Stir
from tests.ports.rows import announced, image, order

AT_ONCE = Patience(first=0.0, most=0.0, least=0.0)


@dataclass(slots=True)
class Bell:
    rings: int = 0

    def __call__(self) -> None:
        self.rings += 1

    def rang(self) -> bool:
        """Whether it did since it was last asked."""
        rang, self.rings = self.rings > 0, 0
        return rang


@dataclass(slots=True)
class Gone:
    """Stirs of a library that cannot be asked now and then."""

    gone: bool = False
    mark: int = 1
    asked: int = 0
    scopes: dict[str, str] = field(default_factory=dict)

    def since(self, _mark: int) -> Stir:
        self.asked += 1
        if self.gone:
            raise Unreachable
        return Stir(mark=self.mark, scopes=self.scopes)


@pytest.fixture
def here(tmp_path: Path) -> Iterator[SqliteRecords]:
    records = SqliteRecords(tmp_path / "library.sqlite")
    yield records
    records.close()


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[SqliteRecords]:
    """Another process on the same library."""
    records = SqliteRecords(tmp_path / "library.sqlite")
    yield records
    records.close()


def quiet(stirs: object) -> Watcher:
    """Return one that looks when it is told to, and never by itself."""
    watcher = Watcher(stirs)  # type: ignore[arg-type]
    watcher.close()
    return watcher


def test_what_another_process_does_is_heard_at_the_next_look(
    here: SqliteRecords, elsewhere: SqliteRecords
) -> None:
    ann, bob = Bell(), Bell()
    watcher = quiet(here.stirs)
    forget = watcher.listen("ann", ann)
    watcher.listen("bob", bob)
    watcher.look()
    assert (ann.rang(), bob.rang()) == (True, True)  # for what may have been before

    elsewhere.admit(image(scope="ann"), order())
    assert watcher.look()
    assert (ann.rang(), bob.rang()) == (True, False)
    assert not watcher.look()
    assert (ann.rang(), bob.rang()) == (False, False)
    elsewhere.intakes.open(announced("bob"))
    watcher.look()
    assert (ann.rang(), bob.rang()) == (False, True)
    forget()
    elsewhere.admit(image("b", scope="ann"), order())
    watcher.look()
    assert not ann.rang()


def test_who_comes_later_is_rung_once_for_what_it_may_have_missed(here: SqliteRecords) -> None:
    ann, bob = Bell(), Bell()
    watcher = quiet(here.stirs)
    watcher.listen("ann", ann)
    watcher.look()
    watcher.listen("bob", bob)
    ann.rang()
    watcher.look()

    assert (ann.rang(), bob.rang()) == (False, True)
    watcher.look()
    assert not bob.rang()


def test_a_stamp_that_is_told_again_is_nothing_new() -> None:
    stirs, ann = Gone(scopes={"ann": "1"}), Bell()
    watcher = quiet(stirs)
    watcher.listen("ann", ann)
    watcher.look()
    ann.rang()
    assert not watcher.look()
    assert not ann.rang()
    stirs.scopes = {"ann": "2"}
    assert watcher.look()
    assert ann.rang()


def test_a_library_that_cannot_be_asked_is_told_once_and_so_is_its_return(
    caplog: pytest.LogCaptureFixture,
) -> None:
    stirs, ann = Gone(), Bell()
    watcher = quiet(stirs)
    watcher.listen("ann", ann)
    watcher.look()
    ann.rang()
    stirs.gone = True
    rings = []
    for _ in range(3):
        watcher.look()
        rings.append(ann.rang())
    stirs.gone = False
    watcher.look()

    assert rings == [True, False, False]
    assert ann.rang()
    assert len(caplog.records) == 1


def test_a_library_that_was_put_back_from_a_copy_is_looked_at_anew() -> None:
    stirs, ann = Gone(mark=7), Bell()
    watcher = quiet(stirs)
    watcher.listen("ann", ann)
    watcher.look()
    ann.rang()
    stirs.mark = 3
    watcher.look()

    assert ann.rang()


def test_nothing_is_asked_while_nobody_listens() -> None:
    stirs, rung = Gone(), Event()
    watcher = Watcher(stirs, AT_ONCE)
    watcher.hurry()
    assert stirs.asked == 0
    forget = watcher.listen("ann", rung.set)
    assert rung.wait(10)
    forget()
    watcher.close()

    assert stirs.asked >= 1
