"""The sweep beside those who keep, promote, hit and erase at the same moment."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from typing import Any

import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from tests.ground.cluster import Cluster
from tests.ground.server import Server, faults, move_clock, sign_up

GONE = {"PT404", "PT410"}


@pytest.fixture
def address(cluster: Cluster) -> Iterator[str]:
    """A database of one's own, whose books are in order when the test is over."""
    address = cluster.ground()
    yield address
    assert faults(address) == []
    cluster.drop(address)


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


def promoted(server: Server, scope: str, version: str) -> str:
    server.call("promote_reserve", scope=scope, version=version)
    path: str = server.call("promote_commit", scope=scope, version=version)["path"]
    return path


def test_what_is_promoted_while_it_expires_is_kept_whole_or_refused_whole_and_free(
    address: str, servers: list[Server], let_end: Callable[[str], None]
) -> None:
    first, sweeper, _ = servers
    scope = sign_up(address, "free", balance=200)
    versions = results(first, scope, 200)
    plan(address, scope, "paid")

    outcomes = Counter[str]()
    for version in versions:
        let_end(version)
        path, claim = together(
            partial(promoted, first, scope, version),
            partial(sweeper.call, "claim_expired", most=2),
        )
        assert path in GONE or path.startswith(f"user-library/{scope}/")
        sweeper.call(
            "forget_claimed",
            **{kind: _uuids(claim[kind]) for kind in ("photos", "versions")},
        )
        outcomes["gone" if path in GONE else "kept"] += 1

    kept = rows(
        address,
        "select i.bucket, i.expires_at, o.bucket, o.expires_at, i.current_id = o.id"
        " from public.images i join public.image_outputs o on o.image_id = i.id"
        " where i.deleting_at is null and i.bucket = 'user-library'",
    )
    assert kept == [("user-library", None, "user-library", None, True)] * outcomes["kept"]
    assert first.call("account", scope=scope)["balance"] == 200 - outcomes["kept"]
    assert outcomes["kept"] + outcomes["gone"] == 200


def _uuids(ids: list[str]) -> Any:
    """An array, not JSON."""
    return "{" + ",".join(ids) + "}"


def test_what_is_kept_or_hit_while_it_expires_is_there_or_refused(
    address: str, servers: list[Server], let_end: Callable[[str], None]
) -> None:
    first, second, sweeper = servers
    scope = sign_up(address, "free")
    versions = results(first, scope, 100)

    for number, version in enumerate(versions):
        let_end(version)
        kept, hit, _ = together(
            partial(first.call, "keep_days", scope=scope, version=version),
            partial(second.admit, scope, f"photo {number}"),
            partial(sweeper.call, "claim_expired", most=2),
        )
        assert isinstance(kept, dict) or kept in GONE
        assert hit["status"] in {"done", "queued"}
        if hit["status"] == "done":
            assert hit["version_id"] in there(address)


def there(address: str) -> set[str]:
    """The versions that nobody removes, now or soon."""
    found = rows(
        address,
        "select o.id from public.image_outputs o join public.images i on i.id = o.image_id"
        " where o.deleting_at is null and i.deleting_at is null"
        " and o.expires_at > private.now() + interval '1 day'",
    )
    return {version.hex for (version,) in found}


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
