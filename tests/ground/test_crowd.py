"""Many servers at once, each doing whatever it likes: nobody waits for ever, no book is wrong."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import chain
from random import Random
from typing import Any

import psycopg

from tests.ground.server import Server, sign_up

CROWD = 8
TURNS = 150
NOBODYS: dict[str, Any] = {"id": "0" * 32, "scope": "nobody", "fence": 0}
# A step that another one does as well, so that there is work in every state.
USUAL = ["admit"] * 6 + ["start"] * 5 + ["finish"] * 5


@dataclass(slots=True)
class Actor:
    """Somebody with the secret key, the jobs in hand, and those that were ever seen."""

    server: Server
    scopes: list[str]
    chance: Random
    name: str
    held: list[dict[str, Any]] = field(default_factory=list)
    seen: list[dict[str, Any]] = field(default_factory=list)

    def turn(self) -> str:
        """What came of one step, chosen by chance: nothing, or the code of a refusal."""
        steps = self.steps()
        step = self.chance.choice([*USUAL, *steps])
        try:
            steps[step]()
        except psycopg.Error as error:
            return str(error.sqlstate)
        return ""

    def steps(self) -> dict[str, Callable[[], Any]]:
        job = self.chance.choice(self.seen) if self.seen else NOBODYS
        of_job = {"scope": job["scope"], "job": job["id"]}
        of_version = {"scope": job["scope"], "version": job.get("version_id")}
        call = self.server.call
        return {
            "admit": self.admit,
            "start": self.start,
            "finish": self.finish,
            "cancel": lambda: call("cancel", **of_job),
            "retry": lambda: call("retry", **of_job),
            "forsake": lambda: call("forsake", **of_job),
            "expire": lambda: call("expire", **of_job),
            "release": lambda: call("release", owner=self.name),
            "beat": lambda: call("beat", jobs=self.held or [job]),
            "recover": lambda: call("recover"),
            "keep": lambda: call("keep_days", **of_version),
            "reserve": lambda: call("promote_reserve", **of_version),
            "commit": lambda: call("promote_commit", **of_version),
            "sweep": self.sweep,
            "adopt": lambda: call("adopt", visit=self.scopes[-1], scope=self.scopes[1]),
            "stale": lambda: call("release_stale"),
            "change of plan": lambda: self.change(
                "update public.profiles set plan_until = case when plan_until > now() then now()"
                " else 'infinity' end where user_id = %s",
                self.scopes[1],
            ),
            "end of time": lambda: self.change(
                "update public.images set expires_at = now(), promoting_until = null where id in ("
                " select id from public.images where expires_at is not null"
                " order by random() limit 1 for update skip locked)"
            ),
        }

    def admit(self) -> None:
        photo, look = self.chance.randrange(20), self.chance.randrange(4)
        scope = self.chance.choice(self.scopes)
        self.seen.append(self.server.admit(scope, f"photo {photo}", f"look {look}"))

    def start(self) -> None:
        if job := self.server.call("start", owner=self.name):
            self.held.append(job)

    def finish(self) -> None:
        if self.held:
            self.seen.append(self.server.finish(self.held.pop()))

    def sweep(self) -> None:
        claim = self.server.call("claim_expired", most=5)
        ids = {kind: "{" + ",".join(claim[kind]) + "}" for kind in ("photos", "versions")}
        self.server.call("forget_claimed", **ids)

    def change(self, text: str, *values: str) -> None:
        """What happens beside all servers."""
        with psycopg.connect(self.server.address) as world:
            world.execute(text.encode(), values)


def test_a_crowd_that_does_everything_at_once_is_refused_in_words_alone(address: str) -> None:
    scopes = [sign_up(address, balance=60), sign_up(address, balance=60), "visit-1"]
    crowd = [
        Actor(Server(address), scopes, Random(number), f"worker {number}")  # noqa: S311 no secret
        for number in range(CROWD)
    ]

    def act(actor: Actor) -> list[str]:
        return [actor.turn() for _ in range(TURNS)]

    with ThreadPoolExecutor(CROWD) as pool:
        outcomes = Counter(chain.from_iterable(pool.map(act, crowd)))
    for actor in crowd:
        actor.server.close()

    # Who counts changes of several owners may be sent back, and comes again.
    assert outcomes.pop("40P01", 0) < CROWD * TURNS / 100
    assert {code for code in outcomes if code and not code.startswith("PT4")} == set()
