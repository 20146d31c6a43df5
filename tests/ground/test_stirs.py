"""What changes on Postgres is heard once it is committed, in whatever order that happens."""

from collections.abc import Iterator

import psycopg
import pytest

from inference.watcher import Watcher
from storage.postgres import PostgresDoor
from storage.records import Status
from storage.remote.records import RemoteRecords
from tests.ports.rows import image, order, started, version
from tests.test_watcher import Bell, quiet


@pytest.fixture
def here(address: str) -> Iterator[RemoteRecords]:
    records = RemoteRecords(PostgresDoor(address))
    yield records
    records.close()


@pytest.fixture
def elsewhere(address: str) -> Iterator[RemoteRecords]:
    """Another process on the same project."""
    records = RemoteRecords(PostgresDoor(address))
    yield records
    records.close()


def listening(records: RemoteRecords) -> tuple[Watcher, Bell]:
    bell, watcher = Bell(), quiet(records.stirs)
    watcher.listen("visit", bell)
    watcher.look()
    bell.rang()
    return watcher, bell


def test_what_a_worker_elsewhere_does_is_heard_at_the_next_look(
    here: RemoteRecords, elsewhere: RemoteRecords
) -> None:
    job = here.admit(image(scope="visit"), order())
    watcher, bell = listening(here)
    running = started(elsewhere, "elsewhere")
    watcher.look()
    assert bell.rang()
    assert here.job("visit", job.id).status is Status.RUNNING
    elsewhere.finish(running, version(running))
    watcher.look()

    assert bell.rang()
    assert here.job("visit", job.id).status is Status.DONE
    assert not watcher.look()


def test_what_was_begun_before_a_look_and_committed_after_it_is_heard(
    here: RemoteRecords, elsewhere: RemoteRecords, address: str
) -> None:
    watcher, bell = listening(here)
    count = "insert into public.changes (scope, count) values ('visit', 1)"
    with psycopg.connect(address) as slow:
        slow.execute(count)
        elsewhere.admit(image(scope="other"), order())  # later, and committed first
        assert watcher.look()
        assert not bell.rang()
    assert watcher.look()

    assert bell.rang()


def test_what_is_told_again_while_somebody_takes_long_rings_once(
    here: RemoteRecords, elsewhere: RemoteRecords, address: str
) -> None:
    watcher, bell = listening(here)
    with psycopg.connect(address) as slow:
        slow.execute("select pg_current_xact_id()")
        elsewhere.admit(image(scope="visit"), order())
        watcher.look()
        assert bell.rang()
        assert not watcher.look()
        assert not bell.rang()
