"""Keeping, promoting, sweeping and erasing meet in the same moment, or stop half way."""

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.ground.server import Server, move_clock, sign_up
from tests.ground.world import dies_after, snapshot, together

GONE = {"PT404", "PT410"}


class Buckets:
    """The objects, as the Storage API writes and removes them, over the rows it keeps of them."""

    def __init__(self, address: str) -> None:
        self._connection = psycopg.connect(address, autocommit=True)

    def close(self) -> None:
        self._connection.close()

    def put(self, key: str, size: int = 1) -> None:
        bucket, _, name = key.partition("/")
        self._connection.execute(
            "insert into storage.objects (bucket_id, name, metadata) values (%s, %s, %s)"
            " on conflict do nothing",
            (bucket, name, Jsonb({"size": size})),
        )

    def remove(self, keys: list[str]) -> None:
        with self._connection.transaction():
            self._connection.execute("set local storage.allow_delete_query = 'true'")
            self._connection.execute(
                "delete from storage.objects where bucket_id || '/' || name = any (%s)", (keys,)
            )

    def keys(self) -> set[str]:
        rows = self._connection.execute("select bucket_id || '/' || name from storage.objects")
        return {row[0] for row in rows.fetchall()}

    def spoken_of(self) -> set[str]:
        """The objects that rows speak of."""
        rows = self._connection.execute(
            "select bucket || '/' || path"
            " from private.objects_of(array(select id from public.images))"
        )
        return {row[0] for row in rows.fetchall()}

    def fill(self) -> None:
        for key in self.spoken_of() - self.keys():
            self.put(key)

    def due(self) -> list[str]:
        """What nobody speaks of any more and is to be removed by now."""
        rows = self._connection.execute(
            "select bucket || '/' || path from public.removals"
            " where removed_at is null and noted_at <= private.now()"
        )
        return [row[0] for row in rows.fetchall()]

    def removed(self, keys: list[str]) -> None:
        self._connection.execute(
            "update public.removals set removed_at = private.now()"
            " where bucket || '/' || path = any (%s)",
            (keys,),
        )


@pytest.fixture
def buckets(address: str) -> Iterator[Buckets]:
    buckets = Buckets(address)
    yield buckets
    buckets.close()


def cut(server: Server, buckets: Buckets, scope: str, photo: str = "a") -> str:
    """The version of a photo, its objects in their buckets."""
    version: str = server.cut(scope, photo)["version_id"]
    buckets.fill()
    return version


def promote(server: Server, buckets: Buckets, scope: str, version: str) -> Iterator[str]:
    """Each step of a promotion, told when it is done."""
    reserved = server.call("promote_reserve", scope=scope, version=version)
    yield "reserve"
    for copy in reserved["copies"]:
        buckets.put(copy["to"])
        yield "copy"
    server.call("promote_commit", scope=scope, version=version)
    yield "commit"


def sweep(server: Server, buckets: Buckets) -> Iterator[str]:
    claimed = server.call("claim_expired")
    yield "claim"
    for key in claimed["objects"]:
        buckets.remove([key])
        yield "remove"
    server.call("forget_claimed", photos=claimed["photos"], versions=claimed["versions"])
    yield "forget"
    due = buckets.due()
    buckets.remove(due)
    yield "remove what is due"
    buckets.removed(due)
    yield "note it"


def erase(server: Server, buckets: Buckets, scope: str, address: str) -> Iterator[str]:
    server.call("erase_mark", scope=scope)
    yield "mark"
    while keys := listed(server.call("erase_objects", scope=scope, most=2)):
        buckets.remove(keys)
        yield "remove"
    server.call("erase_rows", scope=scope)
    yield "forget"
    with psycopg.connect(address) as auth:
        auth.execute("delete from auth.users where id = %s", (scope,))
    yield "user"


def listed(answer: Any) -> list[str]:
    return answer if isinstance(answer, list) else [answer]


def stops_after(steps: Iterator[str], number: int) -> bool:
    """Take so many steps, and no more; whether there were that many."""
    return len(list(islice(steps, number))) == number


def run(steps: Iterator[str]) -> None:
    assert list(steps)


def on_the_edge(address: str, version: str) -> None:
    """Let the time of a version and its photo be over in this moment."""
    with psycopg.connect(address) as ground:
        ground.execute(
            "with o as (update public.image_outputs set expires_at = private.now()"
            " where id = %s returning image_id)"
            " update public.images set expires_at = private.now() from o where id = o.image_id",
            (version,),
        )


def state(address: str, version: str) -> tuple[str, bool] | None:
    """Where a version is, and whether only a part of it is there; nothing where it has gone."""
    with psycopg.connect(address) as ground:
        return ground.execute(
            "select o.bucket, o.deleting_at is not null or i.deleting_at is not null"
            " or (o.bucket = 'user-library') <> (i.bucket = 'user-library')"
            " from public.image_outputs o join public.images i on i.id = o.image_id"
            " where o.id = %s",
            (version,),
        ).fetchone()


def take_plan(address: str, scope: str, plan: str) -> None:
    with psycopg.connect(address) as ground:
        ground.execute("update public.profiles set plan_id = %s where user_id = %s", (plan, scope))


@pytest.fixture
def racers(address: str) -> Iterator[list[Server]]:
    racers = [Server(address), Server(address)]
    yield racers
    for racer in racers:
        racer.close()


def test_promoted_and_swept_at_once_200_times_a_version_is_kept_whole_or_refused_uncharged(
    address: str, server: Server, buckets: Buckets, racers: list[Server]
) -> None:
    scope = sign_up(address, "free", balance=300)
    versions = [server.cut(scope, f"photo {number}")["version_id"] for number in range(200)]
    buckets.fill()
    take_plan(address, scope, "paid")
    outcomes: Counter[str] = Counter()
    mover, sweeper = Buckets(address), Buckets(address)

    for version in versions:
        on_the_edge(address, version)
        promoted, swept = together(
            racers,
            [
                lambda server, id_=version: run(promote(server, mover, scope, id_)),  # type: ignore[misc]
                lambda server: run(sweep(server, sweeper)),
            ],
        )
        outcomes[promoted] += 1
        assert swept == "done"
        assert state(address, version) == (("user-library", False) if promoted == "done" else None)

    run(sweep(server, sweeper))
    mover.close()
    sweeper.close()
    assert set(outcomes) <= {"done", *GONE}
    assert server.call("account", scope=scope)["balance"] == 300 - outcomes["done"]
    assert buckets.keys() == buckets.spoken_of()


@pytest.mark.parametrize("what", ["keep", "hit"])
def test_what_is_wanted_in_the_moment_it_expires_is_kept_whole_or_gone_whole(
    address: str, server: Server, buckets: Buckets, racers: list[Server], what: str
) -> None:
    scope = sign_up(address, "free")
    sweeper = Buckets(address)
    for number in range(50):
        photo = f"photo {number}"
        version = cut(server, buckets, scope, photo)
        on_the_edge(address, version)
        calls: dict[str, Callable[[Server], Any]] = {
            "keep": lambda server, id_=version: server.call("keep_days", scope=scope, version=id_),  # type: ignore[misc]
            "hit": lambda server, photo=photo: server.admit(scope, photo),  # type: ignore[misc]
        }

        wanted, swept = together(racers, [calls[what], lambda server: run(sweep(server, sweeper))])

        assert swept == "done"
        left = state(address, version)
        if what == "keep":
            assert (wanted, left) in [
                ("done", ("outputs-ephemeral", False)),
                *((g, None) for g in GONE),
            ]
        else:
            job = server.admit(scope, photo)
            assert wanted == "done"
            assert (job["status"], job["version_id"]) == (
                ("done", version) if left else ("queued", None)
            )
    sweeper.close()


def test_nothing_is_swept_early_or_kept_long(
    address: str, server: Server, buckets: Buckets
) -> None:
    cut(server, buckets, "visit-1")
    move_clock(address, "47 hours 59 minutes")
    run(sweep(server, buckets))
    assert buckets.keys() == buckets.spoken_of() != set()

    move_clock(address, "48 hours")
    run(sweep(server, buckets))
    assert buckets.keys() == buckets.spoken_of() == set()


def test_a_clock_that_was_set_back_sweeps_nothing(
    address: str, server: Server, buckets: Buckets
) -> None:
    cut(server, buckets, "visit-1")
    move_clock(address, "-2 days")
    run(sweep(server, buckets))

    assert buckets.keys() == buckets.spoken_of() != set()


def test_a_promotion_that_stops_at_any_step_leaves_nothing_behind_and_can_be_repeated(
    address: str, server: Server, buckets: Buckets
) -> None:
    scope = sign_up(address, "free", balance=99)
    number, going = 0, True
    while going:
        number += 1
        take_plan(address, scope, "free")
        version = cut(server, buckets, scope, f"photo {number}")
        take_plan(address, scope, "paid")

        going = stops_after(promote(server, buckets, scope, version), number)

        move_clock(address, f"{number * 30} minutes")
        run(sweep(server, buckets))
        assert buckets.keys() == buckets.spoken_of()
        # Another sweep may be about to remove the same copies: it is given time.
        move_clock(address, f"{number * 30 + 6} minutes")
        run(promote(server, buckets, scope, version))
        run(sweep(server, buckets))
        assert state(address, version) == ("user-library", False)
        assert buckets.keys() == buckets.spoken_of()
    assert number > 4
    assert server.call("account", scope=scope)["balance"] == 99 - number


def test_a_sweep_that_stops_at_any_step_is_finished_by_the_next(
    address: str, server: Server, buckets: Buckets
) -> None:
    number, going = 0, True
    while going:
        number += 1
        cut(server, buckets, f"visit-{number}")
        move_clock(address, f"{number * 49} hours")

        going = stops_after(sweep(server, buckets), number)

        move_clock(address, f"{number * 49} hours 6 minutes")
        run(sweep(server, buckets))
        assert buckets.keys() == buckets.spoken_of() == set()
    assert number > 4


def test_an_erasure_that_stops_at_any_step_is_finished_by_the_next_and_leaves_no_trace(
    address: str, server: Server, buckets: Buckets
) -> None:
    number, going = 0, True
    while going:
        number += 1
        scope = sign_up(address, balance=3)
        cut(server, buckets, scope, "canary")
        server.admit(scope, "canary two")

        going = stops_after(erase(server, buckets, scope, address), number)

        if server.call("erasing"):
            run(erase(server, buckets, scope, address))
        run(sweep(server, buckets))
        assert [row for row in snapshot(address) if scope in row or "canary" in row] == []
        assert buckets.keys() == set()
    assert number > 4


@pytest.mark.parametrize(
    "step",
    ["keep_days", "promote_reserve", "promote_commit", "claim_expired", "erase_mark", "erase_rows"],
)
def test_a_server_that_dies_in_the_middle_of_it_has_done_nothing(
    address: str, server: Server, buckets: Buckets, step: str
) -> None:
    scope = sign_up(address, "free", balance=5)
    version = cut(server, buckets, scope)
    take_plan(address, scope, "paid")
    if step == "promote_commit":
        server.call("promote_reserve", scope=scope, version=version)
    if step == "claim_expired":
        on_the_edge(address, version)
    if step == "erase_rows":
        server.call("erase_mark", scope=scope)
        buckets.remove(list(buckets.keys()))
    arguments: dict[str, Any] = {"scope": scope, "version": version}
    if step == "claim_expired":
        arguments = {}
    if step.startswith("erase"):
        del arguments["version"]
    before = snapshot(address)

    dies_after(address, lambda server: server.call(step, **arguments))

    assert snapshot(address) == before
    server.call(step, **arguments)
    assert snapshot(address) != before
