"""What goes wrong in the world must never cost anybody a photo or a credit."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from tests.ground.server import Server, move_clock, sign_up
from tests.ground.world import at_once, dies_after, outcome, snapshot

OUT_OF_CREDITS = "PT402"
LOST_LEASE = "PT410"


def balance(server: Server, scope: str) -> int:
    credit: int = server.call("account", scope=scope)["balance"]
    return credit


def versions(address: str) -> int:
    with psycopg.connect(address) as ground:
        return len(ground.execute("select from public.image_outputs").fetchall())


def test_of_50_photos_sent_at_once_with_one_credit_exactly_one_runs(
    address: str, server: Server
) -> None:
    scope = sign_up(address, balance=1)

    def send(photo: int) -> Callable[[Server], Any]:
        return lambda server: server.admit(scope, f"photo {photo}")

    outcomes = Counter(at_once(address, *map(send, range(50))))

    assert outcomes == {"done": 1, OUT_OF_CREDITS: 49}
    assert server.call("start", owner="worker")["status"] == "running"
    assert server.call("start", owner="worker") is None
    assert balance(server, scope) == 0


def test_the_same_photo_sent_20_times_at_once_is_one_job_and_one_credit(
    address: str, server: Server
) -> None:
    scope = sign_up(address, balance=5)

    outcomes = at_once(address, *[lambda server: server.admit(scope)] * 20)

    assert outcomes == ["done"] * 20
    assert server.call("start", owner="worker")["status"] == "running"
    assert server.call("start", owner="worker") is None
    assert balance(server, scope) == 4


def test_a_job_is_started_by_one_of_many_workers(address: str, server: Server) -> None:
    scope = sign_up(address, balance=5)
    job = server.admit(scope)

    at_once(address, *[lambda server: server.call("start", owner="worker")] * 20)

    assert server.call("job", scope=scope, job=job["id"])["fence"] == 1


def test_a_job_that_is_finished_ten_times_is_paid_and_kept_once(
    address: str, server: Server
) -> None:
    scope = sign_up(address, balance=5)
    server.admit(scope)
    job = server.call("start", owner="worker")

    outcomes = at_once(address, *[lambda server: server.finish(job)] * 10)

    assert outcomes == ["done"] * 10
    assert versions(address) == 1
    assert balance(server, scope) == 4


def test_finish_and_fail_at_once_end_a_job_one_way(address: str, server: Server) -> None:
    scope = sign_up(address, balance=100)
    for photo in range(20):
        server.admit(scope, f"photo {photo}")
        job = server.call("start", owner="worker")

        outcomes = at_once(
            address,
            lambda server, job=job: server.finish(job),  # type: ignore[misc]
            lambda server, job=job: server.call(  # type: ignore[misc]
                "fail", job=job["id"], fence=job["fence"], says="No."
            ),
        )

        assert sorted(outcomes) == [LOST_LEASE, "done"]
    assert balance(server, scope) == 100 - versions(address)


def test_what_comes_after_its_lease_was_given_to_another_is_refused(
    address: str, server: Server
) -> None:
    scope = sign_up(address, balance=5)
    server.admit(scope)
    zombie = server.call("start", owner="zombie")
    move_clock(address, "5 minutes")
    assert server.call("recover")["status"] == "queued"
    heir = server.call("start", owner="heir")

    assert outcome(lambda: server.finish(zombie)) == LOST_LEASE
    assert outcome(lambda: fail(server, zombie)) == LOST_LEASE
    assert server.call("beat", jobs=[{"id": zombie["id"], "fence": zombie["fence"]}]) == 0
    assert server.finish(heir)["status"] == "done"
    assert versions(address) == 1
    assert balance(server, scope) == 4


def fail(server: Server, job: dict[str, Any]) -> dict[str, Any]:
    failed: dict[str, Any] = server.call("fail", job=job["id"], fence=job["fence"], says="No.")
    return failed


def test_a_result_that_comes_late_counts_as_long_as_nobody_else_has_the_job(
    address: str, server: Server
) -> None:
    scope = sign_up(address, balance=5)
    server.admit(scope)
    job = server.call("start", owner="slow")
    move_clock(address, "5 minutes")

    assert server.finish(job)["status"] == "done"


def test_a_result_for_a_job_that_has_expired_is_refused(address: str, server: Server) -> None:
    scope = sign_up(address, balance=5)
    server.admit(scope)
    job = server.call("start", owner="worker")
    server.finish(job)
    server.call("expire", scope=scope, job=job["id"])

    assert outcome(lambda: server.finish(job)) == LOST_LEASE
    assert versions(address) == 0


def test_a_cancelled_job_gives_back_its_credit_and_takes_no_result(
    address: str, server: Server
) -> None:
    scope = sign_up(address, balance=5)
    server.admit(scope)
    job = server.call("start", owner="worker")
    server.call("cancel", scope=scope, job=job["id"])

    assert outcome(lambda: server.finish(job)) == LOST_LEASE
    assert balance(server, scope) == 5


@pytest.mark.parametrize("step", ["admit", "start", "finish", "fail", "cancel", "retry", "expire"])
def test_a_server_that_dies_in_the_middle_has_done_nothing(
    address: str, server: Server, step: str
) -> None:
    scope = sign_up(address, balance=5)
    job = server.admit(scope)
    calls: dict[str, Callable[[Server], Any]] = {
        "admit": lambda server: server.admit(scope, "another"),
        "start": lambda server: server.call("start", owner="worker"),
        "finish": lambda server: server.finish(running),
        "fail": lambda server: fail(server, running),
        "cancel": lambda server: server.call("cancel", scope=scope, job=job["id"]),
        "retry": lambda server: server.call("retry", scope=scope, job=job["id"]),
        "expire": lambda server: server.call("expire", scope=scope, job=job["id"]),
    }
    running = server.call("start", owner="worker") if step not in ("admit", "start") else job
    if step == "retry":
        fail(server, running)
    if step == "expire":
        server.finish(running)
    before = snapshot(address)

    dies_after(address, calls[step])

    assert snapshot(address) == before
    calls[step](server)
    assert snapshot(address) != before


@pytest.mark.parametrize("by", ["2 days", "-2 days"])
def test_a_clock_that_jumps_loses_no_work(address: str, server: Server, by: str) -> None:
    scope = sign_up(address, balance=5)
    server.admit(scope)
    before = server.call("start", owner="worker")
    move_clock(address, by)

    assert server.call("recover")["status"] == "queued"
    again = server.call("start", owner="worker")
    assert outcome(lambda: server.finish(before)) == LOST_LEASE
    assert server.finish(again)["status"] == "done"
    assert balance(server, scope) == 4
