"""The library at home and the hosted one do the same, whatever is asked of them."""

import hashlib
import json
import os
from collections.abc import Callable
from dataclasses import dataclass, field, fields, is_dataclass, replace
from pathlib import Path
from typing import Any, ClassVar
from uuid import UUID

import psycopg
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from storage.errors import IllegalMove, LostLease, NotFound
from storage.local import SqliteRecords
from storage.ports.records import Records
from storage.records import (
    Card,
    Entry,
    Image,
    Job,
    Matte,
    Note,
    Order,
    Search,
    Sort,
    Status,
    Strokes,
)
from storage.remote.records import RemoteRecords
from tests.ground.bodies import door, empty, set_clock
from tests.ground.cluster import Cluster
from tests.ground.server import FAULTS, sign_up
from tests.ports.rows import version

STEPS = int(os.environ.get("COVESHOT_STEPS", "400"))
A_RUN = 100
"""Steps that follow each other before both begin anew."""
REFUSALS = (NotFound, IllegalMove, LostLease)
pick = st.integers(0, 1000)
photos = st.integers(0, 3)
owners = st.sampled_from([0, 0, 0, 1])
searches = st.builds(
    Search,
    text=st.sampled_from(["", "vase", "RED 1"]),
    doubtful=st.sampled_from([0.0, 0.0, 0.5]),
    trashed=st.booleans(),
    preset=st.sampled_from(["", "", "etsy"]),
    sort=st.sampled_from(Sort),
)


@dataclass(slots=True)
class Body:
    """Records, and our names for the ids that they gave."""

    records: Records
    names: dict[str, str] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)
    page: dict[str, Card] = field(default_factory=dict)
    """What somebody sees of a workbench who has only learnt what was new."""
    tick: int = 0
    count: int = 0

    def call_it(self, given: str, name: str) -> None:
        self.names[given] = name
        self.ids[name] = given

    def shown(self, value: Any) -> Any:
        """The same value with our names, and paths as they would be at home."""
        if is_dataclass(value) and not isinstance(value, type):
            return {one.name: self.shown(getattr(value, one.name)) for one in fields(value)}
        if isinstance(value, list | tuple):
            return [self.shown(one) for one in value]
        if isinstance(value, str):
            home = value.removeprefix("user-library/").replace("-", "") if "/" in value else value
            return self.names.get(value, home)
        return value


class Bodies(RuleBasedStateMachine):
    ground: ClassVar[str]
    over: ClassVar[str]
    folder: ClassVar[Path]
    runs: ClassVar[int] = 0
    steps: ClassVar[int] = 0

    @initialize()
    def begin(self) -> None:
        empty(self.over)
        type(self).runs += 1
        self.now = 1_700_000_000.0
        self.scopes = [sign_up(self.ground, balance=100_000) for _ in range(2)]
        local = SqliteRecords(self.folder / f"{self.runs}.sqlite", clock=lambda: self.now)
        self.bodies = [Body(local), Body(RemoteRecords(door(self.ground, lambda: self.now)))]
        self.money = psycopg.connect(self.ground, autocommit=True)
        self.made = 0
        self.images: list[tuple[str, str]] = []
        self.jobs: list[tuple[str, str, str]] = []
        self.entries: list[tuple[str, str, str]] = []
        self.versions: list[tuple[str, str, str]] = []
        self.collections: list[tuple[str, str]] = []
        self.running: list[list[Job]] = []
        self.forgotten: set[str] = set()

    def teardown(self) -> None:
        for body in getattr(self, "bodies", []):
            body.records.close()
        if hasattr(self, "money"):
            self.money.close()

    # What both are asked

    def both(self, ask: Callable[[Body], Any]) -> Any:
        """Ask both the same, see that they answer the same, and return it."""
        at_home, hosted = (self.answer(body, ask) for body in self.bodies)
        assert at_home == hosted
        return at_home

    def answer(self, body: Body, ask: Callable[[Body], Any]) -> Any:
        try:
            return body.shown(ask(body))
        except REFUSALS as refusal:
            return type(refusal).__name__

    def each(self, pair: list[Job], ask: Callable[[Records, Job], Any]) -> None:
        """Ask each of its own job, and see that they answer the same."""
        jobs = {id(body): job for body, job in zip(self.bodies, pair, strict=True)}
        self.both(lambda body: ask(body.records, jobs[id(body)]))

    def new_id(self) -> str:
        self.made += 1
        return UUID(int=self.made + (self.runs << 64)).hex

    @invariant()
    def money_is_in_order(self) -> None:
        if hasattr(self, "money"):
            type(self).steps += 1
            assert self.money.execute(FAULTS).fetchall() == []

    # Photos and jobs

    @rule(owner=owners, photo=photos, recipe=st.integers(0, 3), priority=st.integers(0, 2))
    def admit(self, owner: int, photo: int, recipe: int, priority: int) -> None:
        image = self.photo(owner, photo)
        jobs = [
            body.records.admit(image, self.order(owner, recipe, priority)) for body in self.bodies
        ]
        if jobs[0].id not in self.bodies[0].names:
            name = f"job {len(self.jobs)}"
            for body, job in zip(self.bodies, jobs, strict=True):
                body.call_it(job.id, name)
            self.jobs.append((self.scopes[owner], jobs[0].image_id, name))
            self.images.append((self.scopes[owner], jobs[0].image_id))
        assert self.bodies[0].shown(jobs[0]) == self.bodies[1].shown(jobs[1])

    def photo(self, owner: int, photo: int) -> Image:
        scope, image_id = self.scopes[owner], self.new_id()
        return Image(
            id=image_id,
            scope=scope,
            sha256=self.sha256(owner, photo),
            mime="image/png",
            extension="png",
            width=4,
            height=3,
            bytes=9 + photo,
            path=f"{scope}/{image_id}/original.png",
            created_at=self.now,
            name=("", "vase 10", "Vase 9", "red 1")[photo],
        )

    def sha256(self, owner: int, photo: int) -> str:
        return hashlib.sha256(f"{owner} {photo}".encode()).hexdigest()

    def order(self, owner: int, recipe: int, priority: int) -> Order:
        text = json.dumps(
            (
                {"model": "net"},
                {"model": "net", "background": f"picture {self.sha256(owner, 0)} fill"},
                {"model": "other", "upscale": 2},
                {"model": "other"},
            )[recipe]
        )
        preset = ("", "etsy", "", "ebay")[(recipe + self.made) % 4]
        return Order(
            key=f"key {recipe}",
            op_key=f"cut {recipe}",
            recipe=text,
            priority=priority,
            preset=preset,
        )

    @rule(worker=st.sampled_from("ab"))
    def start(self, worker: str) -> None:
        jobs = [body.records.start(worker) for body in self.bodies]
        assert self.bodies[0].shown(jobs[0]) == self.bodies[1].shown(jobs[1])
        if jobs[0]:
            self.running.append([job for job in jobs if job])

    @rule(which=pick, doubt=st.sampled_from([0.0, 0.4, 0.8]))
    def finish(self, which: int, doubt: float) -> None:
        if not self.running:
            return
        pair = self.running[which % len(self.running)]
        version_id = self.new_id()
        note = Note(says="done", doubt=doubt, reasons="A hole." if doubt else "")
        self.each(
            pair,
            lambda records, job: records.finish(
                job, replace(version(job, version_id), created_at=self.now), note
            ),
        )
        self.versions.append((pair[0].scope, pair[0].image_id, version_id))

    @rule(which=pick)
    def fail(self, which: int) -> None:
        if self.running:
            pair = self.running[which % len(self.running)]
            self.each(pair, lambda records, job: records.fail(job, "no luck"))

    @rule(which=pick)
    def beat(self, which: int) -> None:
        if self.running:
            pair = self.running[which % len(self.running)]
            for body, job in zip(self.bodies, pair, strict=True):
                body.records.beat([job])
        self.both(lambda body: in_order(body, body.records.leased()))

    @rule(worker=st.sampled_from("ab"))
    def release(self, worker: str) -> None:
        self.both(lambda body: body.records.release(worker))

    @rule(seconds=st.sampled_from([0.5, 10.0, 31.0]))
    def later(self, seconds: float) -> None:
        self.now += seconds
        self.both(lambda body: in_order(body, body.records.recover()))

    @rule(which=pick, move=st.sampled_from(["cancel", "forsake", "retry", "job"]))
    def move(self, which: int, move: str) -> None:
        if self.jobs:
            scope, _, name = self.jobs[which % len(self.jobs)]
            self.both(lambda body: getattr(body.records, move)(scope, body.ids[name]))

    @rule(which=pick)
    def expire(self, which: int) -> None:
        if not self.jobs:
            return
        scope, _, name = self.jobs[which % len(self.jobs)]
        before = self.both(lambda body: body.records.job(scope, body.ids[name]))
        if isinstance(before, dict) and before["status"] == Status.DONE:
            # At home its objects are known to be gone; a hosted one has them removed.
            gone = self.both(lambda body: body.records.version(scope, before["version_id"]))
            self.forgotten |= {gone["path"], gone["thumbnail_path"]}
        self.both(lambda body: body.records.expire(scope, body.ids[name]))

    # The workbench

    @rule(which=pick, name=st.sampled_from(["a.png", "b.png"]))
    def place(self, which: int, name: str) -> None:
        if not self.jobs:
            return
        scope, image_id, job = self.jobs[which % len(self.jobs)]
        if self.both(lambda body: body.records.job(scope, body.ids[job])) == "NotFound":
            return
        entry_id = self.new_id()
        self.both(
            lambda body: body.records.place(
                self.entry(entry_id, scope, image_id, body.ids[job], name)
            )
        )
        self.entries.append((scope, image_id, entry_id))

    def entry(self, entry_id: str, scope: str, image_id: str, job_id: str, name: str) -> Entry:
        return Entry(
            id=entry_id,
            scope=scope,
            image_id=image_id,
            job_id=job_id,
            name=name,
            folder="",
            recipe="{}",
            created_at=self.now,
        )

    @rule(which=pick, other=pick, preset=st.sampled_from([None, "", "etsy"]))
    def change(self, which: int, other: int, preset: str | None) -> None:
        if not self.entries:
            return
        scope, image_id, entry_id = self.entries[which % len(self.entries)]
        jobs = [job for of, photo, job in self.jobs if (of, photo) == (scope, image_id)]
        job = jobs[other % len(jobs)]
        if self.both(lambda body: body.records.job(scope, body.ids[job])) != "NotFound":
            self.both(
                lambda body: body.records.change(
                    scope,
                    entry_id,
                    recipe='{"model": "net"}',
                    job_id=body.ids[job],
                    preset=preset,
                )
            )

    @rule(owner=owners, which=pick, many=st.integers(0, 3))
    def batch(self, owner: int, which: int, many: int) -> None:
        scope = self.scopes[owner]
        ids = [entry for _, _, entry in self.entries[which % (len(self.entries) + 1) :][:many]]
        batch: list[Callable[[Body], Any]] = [
            lambda body: body.records.batch.put_first(scope, ids),
            lambda body: body.records.batch.accept(scope, ids),
            lambda body: body.records.batch.clear_all(scope, ids),
            lambda body: body.records.batch.pause(scope),
            lambda body: body.records.batch.resume(scope),
            lambda body: body.records.batch.paused(scope),
            lambda body: body.records.batch.cancel_all(scope),
            lambda body: body.records.batch.retry_all(scope, Status.ERROR),
            lambda body: body.records.batch.retry_all(scope, Status.CANCELLED),
            lambda body: body.records.batch.clear_all(scope, ids[:1]),
        ]
        self.both(batch[which % len(batch)])

    @rule()
    def news(self) -> None:
        scope = self.scopes[0]

        def learn(body: Body) -> Any:
            news = body.records.batch.changes(scope, body.tick)
            body.tick = news.tick
            body.page = {} if news.whole else body.page
            body.page |= {card.entry.id: card for card in news.cards}
            for gone in news.gone:
                body.page.pop(gone, None)
            shown = [
                (card.entry, card.job.status, card.job.says, card.job.version_id, card.job.reasons)
                for _, card in sorted(body.page.items())
            ]
            return news.paused, shown

        def grown(body: Body) -> bool:
            before, body.count = body.count, body.records.holdings.changes(scope)
            return body.count > before

        self.both(learn)
        at_home, hosted = (grown(body) for body in self.bodies)
        assert hosted or not at_home

    # The library

    @rule(owner=owners, search=searches, which=pick)
    def look(self, owner: int, search: Search, which: int) -> None:
        scope = self.scopes[owner]
        looks: list[Callable[[Body], Any]] = [
            lambda body: body.records.bench(scope),
            lambda body: body.records.holdings.survey(scope, search, 2),
            lambda body: body.records.holdings.page(scope, search, most=3),
            lambda body: body.records.holdings.ids(scope, search),
            lambda body: body.records.holdings.presets(scope),
            lambda body: body.records.holdings.usage(scope),
            lambda body: body.records.collections.listing(scope),
            lambda body: sorted(body.shown([*body.records.objects()])),
            lambda body: [body.records.find(scope, self.sha256(owner, one)) for one in range(4)],
        ]
        self.both(looks[which % len(looks)])

    @rule(which=pick, more=pick)
    def know(self, which: int, more: int) -> None:
        if self.images:
            scope, image_id = self.images[which % len(self.images)]
            knows: list[Callable[[Body], Any]] = [
                lambda body: body.records.image(scope, image_id),
                lambda body: body.records.holdings.holding(scope, image_id),
                lambda body: body.records.holdings.entries(scope, image_id),
                lambda body: body.records.history(scope, image_id),
                lambda body: body.records.collections.of(scope, image_id),
            ]
            self.both(knows[more % len(knows)])

    @rule(which=pick, text=st.sampled_from(["", "Vase 2", "IMG_10", "img_9"]))
    def name_it(self, which: int, text: str) -> None:
        if self.images:
            scope, image_id = self.images[which % len(self.images)]
            self.both(lambda body: body.records.holdings.rename(scope, image_id, text))
            self.both(lambda body: body.records.holdings.annotate(scope, image_id, text))

    @rule(which=pick)
    def restore(self, which: int) -> None:
        if self.versions:
            scope, image_id, version_id = self.versions[which % len(self.versions)]
            self.both(lambda body: body.records.holdings.restore(scope, image_id, version_id))

    @rule(which=pick)
    def keep(self, which: int) -> None:
        if not self.images:
            return
        scope, image_id = self.images[which % len(self.images)]
        folder = f"{scope}/{image_id}"
        matte = Matte(
            image_id=image_id, key="m", path=f"{folder}/matte/m.png", created_at=self.now, bytes=5
        )
        painted = Strokes(
            image_id=image_id,
            sha256="b" * 64,
            path=f"{folder}/strokes/{'b' * 16}-{self.new_id()[-8:]}.png",
            created_at=self.now,
        )
        self.both(lambda body: body.records.keep_matte(matte))
        self.both(lambda body: body.records.keep_strokes(painted))
        self.both(
            lambda body: [
                body.records.matte(image_id, "m"),
                body.records.strokes(image_id, "b" * 64),
            ]
        )

    @rule(owner=owners, text=st.sampled_from([" Spring  10 ", "spring 10", "Été", " "]))
    def collect(self, owner: int, text: str) -> None:
        scope, made = self.scopes[owner], list[str]()
        for body in self.bodies:
            try:
                created = body.records.collections.create(scope, text)
            except IllegalMove:
                continue
            made.append(created.name)
            body.call_it(created.id, f"collection {len(self.collections)}")
        assert len(made) in {0, 2}
        if made:
            self.collections.append((scope, f"collection {len(self.collections)}"))

    @rule(which=pick, more=pick, some=st.lists(pick, max_size=3))
    def arrange(self, which: int, more: int, some: list[int]) -> None:
        if not self.collections:
            return
        scope, name = self.collections[which % len(self.collections)]
        ids = [self.images[one % len(self.images)][1] for one in some if self.images] or ["none"]
        arrangements: list[Callable[[Body], Any]] = [
            lambda body: body.records.collections.add(scope, body.ids[name], ids),
            lambda body: body.records.collections.add(scope, body.ids[name], ids),
            lambda body: body.records.collections.remove(scope, body.ids[name], ids),
            lambda body: body.records.collections.move(scope, body.ids[name], ids[0], ids[-1]),
            lambda body: body.records.collections.move(scope, body.ids[name], ids[0], ""),
            lambda body: body.records.collections.rename(scope, body.ids[name], "Autumn"),
            lambda body: body.records.collections.delete(scope, body.ids[name]),
            lambda body: body.records.holdings.ids(
                scope, Search(collection_id=body.ids[name], sort=Sort.OWN)
            ),
        ]
        self.both(arrangements[more % len(arrangements)])

    # What goes

    @rule(owner=owners, which=pick, some=st.lists(pick, min_size=1, max_size=3))
    def discard(self, owner: int, which: int, some: list[int]) -> None:
        scope = self.scopes[owner]
        ids = [self.images[one % len(self.images)][1] for one in some if self.images]
        ways: list[Callable[[Body], Any]] = [
            lambda body: body.records.trash.throw(scope, ids),
            lambda body: body.records.trash.throw(scope, ids),
            lambda body: body.records.trash.take_back(scope, ids),
            lambda body: body.records.trash.behind(scope, ids),
            lambda body: body.records.trash.purge(scope, ids),
            lambda body: body.records.trash.purge_older(self.now - 60),
            lambda body: body.records.trash.drop_strokes(self.now - 60),
        ]
        self.both(ways[which % len(ways)])

    @rule(owner=owners, keep=st.integers(1, 2), which=st.integers(0, 3))
    def prune(self, owner: int, keep: int, which: int) -> None:
        scope = self.scopes[owner]
        ways: list[Callable[[Body], Any]] = [
            lambda body: body.records.trash.set_keep_last(scope, keep),
            lambda body: body.records.trash.surplus(scope, keep),
            lambda body: body.records.trash.prune(scope, keep),
            lambda body: body.records.trash.prune_all(),
        ]
        self.both(ways[which])
        self.both(lambda body: body.records.trash.keep_last(scope))

    @rule(clear=st.booleans())
    def leave(self, *, clear: bool) -> None:
        self.both(
            lambda body: sorted({*body.shown(body.records.trash.leavings(1000))} - self.forgotten)
        )
        if clear:
            self.both(lambda body: body.records.trash.cleared(body.records.trash.leavings(1000)))


def in_order(body: Body, jobs: list[Job]) -> list[Job]:
    return sorted(jobs, key=lambda job: body.names[job.id])


@pytest.fixture
def fresh(cluster: Cluster, tmp_path: Path) -> type[Bodies]:
    ground = cluster.ground()
    set_clock(ground)
    Bodies.ground, Bodies.over, Bodies.folder = ground, cluster.over(ground), tmp_path
    return Bodies


@pytest.mark.timeout(1200)
def test_both_bodies_answer_the_same_and_money_is_in_order_after_each_step(
    fresh: type[Bodies],
) -> None:
    run_state_machine_as_test(
        fresh,
        settings=settings(
            max_examples=STEPS * 5 // 4 // A_RUN + 2,  # some runs end early
            stateful_step_count=A_RUN,
            deadline=None,
            database=None,
            derandomize="COVESHOT_STEPS" not in os.environ,
            suppress_health_check=[*HealthCheck],
        ),
    )

    assert fresh.steps >= STEPS
