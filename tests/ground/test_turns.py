"""Whose turn it is: those who pay are passed once at most, and the rest is never forgotten."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.ground.cluster import Cluster
from tests.ground.server import Server, sign_up

DAYS = st.lists(st.sampled_from(["pays", "rest", "start", "start", "again", "cancel"]), max_size=50)
"""What happens, one after the other; `again` is a message that comes twice."""


class Desk:
    """Two customers, and what has become of their jobs."""

    def __init__(self, address: str) -> None:
        self.server = Server(address)
        self.owner = psycopg.connect(address, autocommit=True)
        self.scopes = {"pays": sign_up(address, balance=1_000_000), "rest": "visit"}
        self.kinds = {scope: kind for kind, scope in self.scopes.items()}
        self._numbers = count(1)
        self.waiting: dict[str, list[str]] = {"pays": [], "rest": []}
        self.passed: dict[str, int] = {}
        """How many of the rest were put before each who pays."""
        self.paid_since = 0
        """How many who pay were started since one of the rest was, while others of it waited."""
        self.due = 0
        """How many were there to be passed then."""

    def close(self) -> None:
        self.server.close()
        self.owner.close()

    def end(self) -> None:
        """Start all that waits."""
        while any(self.waiting.values()):
            self.start()

    def happens(self, event: str) -> None:
        match event:
            case "pays" | "rest":
                job = self.server.admit(self.scopes[event], f"{next(self._numbers)}")
                self.waiting[event].append(job["id"])
                self.passed[job["id"]] = 0
            case "start":
                self.start()
            case "again":
                self.owner.execute(
                    "select pgmq.send('jobs_paid', '{}'), pgmq.send('jobs_rest', '{}')"
                )
            case "cancel" if self.waiting["pays"]:
                gone = self.waiting["pays"].pop(0)
                self.server.call("cancel", scope=self.scopes["pays"], job=gone)

    def start(self) -> None:
        job: dict[str, Any] | None = self.server.call("start", owner="day")
        if job is None:
            assert not any(self.waiting.values())
            return
        kind = self.kinds[job["scope"]]
        assert self.waiting[kind].pop(0) == job["id"]  # the oldest first
        if kind == "rest":
            for paid in self.waiting["pays"]:
                self.passed[paid] += 1
                assert self.passed[paid] <= 1
            self.paid_since, self.due = 0, max(1, len(self.waiting["pays"]))
        elif self.waiting["rest"]:
            self.paid_since += 1
            assert self.paid_since <= max(1, self.due)


@pytest.fixture(scope="module")
def desk(cluster: Cluster) -> Iterator[Desk]:
    ground = cluster.ground()
    desk = Desk(ground)
    yield desk
    desk.close()
    cluster.drop(ground)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(day=DAYS)
def test_nobody_who_pays_is_passed_twice_and_the_rest_does_not_starve(
    desk: Desk, day: list[str]
) -> None:
    for event in day:
        desk.happens(event)

    desk.end()
    desk.start()  # finds nothing


def test_the_rest_goes_on_however_many_pay(desk: Desk) -> None:
    desk.happens("rest")
    desk.happens("rest")
    for _ in range(20):
        desk.happens("pays")
        desk.happens("start")

    assert desk.waiting["rest"] == []
    desk.end()


def test_many_workers_at_once_start_each_job_once(address: str) -> None:
    server = Server(address)
    payer = sign_up(address, balance=1000)
    jobs = {server.admit(scope, f"{n}")["id"] for n in range(60) for scope in (payer, "visit")}
    started: list[str] = []
    ready = threading.Barrier(6)

    def work(name: str) -> None:
        own = Server(address)
        ready.wait()
        while job := own.call("start", owner=name):
            started.append(job["id"])
        own.close()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(work, "abcdef"))
    server.close()

    assert sorted(started) == sorted(jobs)
    with psycopg.connect(address) as rows:
        left = rows.execute(
            "select msg_id from pgmq.q_jobs_paid union all select msg_id from pgmq.q_jobs_rest"
        )
        assert left.fetchall() == []
