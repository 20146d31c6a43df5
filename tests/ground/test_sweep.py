"""The sweep, and who is being deleted, beside those who work at the same moment."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from typing import Any

import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from tests.ground.server import Server, move_clock, sign_up

GONE = {"PT404", "PT410"}


@pytest.fixture
def servers(address: str) -> Iterator[list[Server]]:
    servers = [Server(address) for _ in range(3)]
    yield servers
    for server in servers:
        server.close()


def together(*calls: Callable[[], Any]) -> list[Any]:
    """What calls return that begin in the same moment, or the code of their refusal."""
    barrier = Barrier(len(calls))

    def one(call: Callable[[], Any]) -> Any:
        barrier.wait()
        try:
            return call()
        except psycopg.Error as error:
            return str(error.sqlstate)

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(one, calls))


def results(server: Server, scope: str, count: int) -> list[str]:
    """So many versions in the buckets for a while, each of a photo of its own."""
    for number in range(count):
        server.admit(scope, f"photo {number}")
    jobs = [server.call("start", owner="worker") for _ in range(count)]
    return [server.finish(job)["version_id"] for job in jobs]


def plan(address: str, scope: str, name: str) -> None:
    with psycopg.connect(address) as ground:
        ground.execute("update public.profiles set plan_id = %s where user_id = %s", (name, scope))


@pytest.fixture
def let_end(address: str) -> Iterator[Callable[[str], None]]:
    """Lets the time of a version, and of its photo, be over now."""
    with psycopg.connect(address, autocommit=True) as ground:

        def let_end(version: str) -> None:
            for table, column in (("images", "current_id"), ("image_outputs", "id")):
                ground.execute(
                    SQL("update public.{} set expires_at = private.now() where {} = %s").format(
                        Identifier(table), Identifier(column)
                    ),
                    (version,),
                )

        yield let_end


def rows(address: str, text: str) -> list[Any]:
    with psycopg.connect(address) as ground:
        return ground.execute(text.encode()).fetchall()


def test_two_sweeps_at_once_claim_each_photo_once(address: str, servers: list[Server]) -> None:
    scope = sign_up(address, "free")
    results(servers[0], scope, 90)
    move_clock(address, "49 hours")

    claims = together(*[partial(server.call, "claim_expired", most=50) for server in servers])

    photos = [photo for claim in claims for photo in claim["photos"]]
    assert len(photos) == len(set(photos)) == 90


def test_a_result_that_comes_while_its_photo_is_swept_is_refused_and_free(
    address: str, servers: list[Server], let_end: Callable[[str], None]
) -> None:
    first, sweeper, _ = servers
    scope = sign_up(address, "free", balance=20)
    versions = results(first, scope, 20)
    plan(address, scope, "paid")
    for number in range(20):
        first.admit(scope, f"photo {number}", "another")
    running = [first.call("start", owner="worker") for _ in range(20)]

    done = 0
    for job, version in zip(running, versions, strict=True):
        let_end(version)
        result, _ = together(
            partial(first.finish, job), partial(sweeper.call, "claim_expired", most=1)
        )
        assert isinstance(result, dict) or result in GONE
        done += isinstance(result, dict)

    assert first.call("account", scope=scope)["balance"] == 20 - done
    assert rows(address, "select from public.credit_ledger where state = 'held'") == []


def test_an_account_that_is_marked_while_it_works_comes_to_rest(
    address: str, servers: list[Server]
) -> None:
    first, second, third = servers
    scope = sign_up(address, balance=30)

    def work() -> None:
        for number in range(30):
            first.admit(scope, f"photo {number}")

    outcomes = together(
        work,
        lambda: [second.call("start", owner="worker") for _ in range(30)],
        lambda: third.call("erase_mark", scope=scope),
    )
    assert "40P01" not in outcomes
    third.call("erase_mark", scope=scope)
    third.call("erase_rows", scope=scope)

    assert rows(address, f"select from public.images where scope = '{scope}'") == []
    for table in ("jobs", "credits", "changes", "ticks", "paid_items"):
        assert scope not in str(rows(address, f"table public.{table}"))
