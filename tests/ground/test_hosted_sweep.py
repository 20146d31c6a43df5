"""The sweep of a hosted instance: exact, complete wherever it is killed, and nothing too much."""

import os
import subprocess
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import psycopg
import pytest

from storage.errors import Gone, NotFound, Unreachable
from storage.library import TRASH_SECONDS, Library
from storage.records import Version
from storage.sweep import Sweep
from tests.ground.cluster import Cluster
from tests.ground.instance import Instance, Killed, order
from tests.ground.parts import BINARIES
from tests.ground.server import faults

HOUR = 3600.0
MINUTE = 60.0
CANARY = "canary-4711"


@pytest.fixture
def instance(cluster: Cluster, tmp_path: Path) -> Iterator[Instance]:
    """One whose money is in order when the test is over."""
    ground = cluster.ground()
    instance = Instance(ground, cluster.over(ground), tmp_path / "objects")
    yield instance
    instance.close()
    assert faults(ground) == []


@dataclass(frozen=True, slots=True)
class Scene:
    """Somebody stays, somebody goes, and a visit was long ago."""

    stays: str
    goes: str
    shown: Version
    old: Version
    thrown: Version
    visited: Version


def scene(instance: Instance) -> Scene:
    stays, goes = instance.signed_up(), instance.signed_up()
    old = instance.kept(stays, "vase.png")
    shown = instance.kept(stays, "vase.png", "black")
    thrown = instance.kept(stays, "old.png")
    visited = instance.kept(f"visit-{int(instance.now)}", "guest.png")
    instance.furnished(goes, instance.worked_on(instance.kept(goes, f"{CANARY}.png")), CANARY)
    instance.admitted(goes, f"{CANARY}-2.png", "red")
    instance.records.trash.set_keep_last(stays, 1)
    instance.records.trash.throw(stays, [thrown.image_id])
    instance.now += TRASH_SECONDS + HOUR
    instance.door.call("erase_mark", {"p_scope": goes})
    return Scene(stays, goes, shown, old, thrown, visited)


def check(instance: Instance, scene: Scene) -> None:
    """What is over has gone with all its objects; what is not is there with all of its."""
    assert instance.orphans() == set()
    assert instance.records.trash.leavings(100) == []
    history = instance.records.history(scene.stays, scene.shown.image_id)
    assert history == [scene.shown]
    assert instance.blobs.get(scene.shown.path) == b"pixels"
    for image_id in (scene.thrown.image_id, scene.visited.image_id):
        with pytest.raises(NotFound):
            instance.records.image(scene.stays, image_id)
    assert instance.retention.erasing() == []
    assert not instance.retention.claim(1)


def test_a_sweep_removes_what_is_over_and_nothing_else(instance: Instance) -> None:
    there = scene(instance)
    swept = instance.sweep().run()

    check(instance, there)
    # Of the old version 2, of the thrown and the visited photo 3 each, of the erased one 5, and
    # an original alone.
    assert (swept.objects, swept.users) == (2 + 2 * 3 + 5 + 1, 1)
    assert instance.sweep().run().objects == 0


@pytest.mark.timeout(400)
def test_a_sweep_that_is_killed_at_any_step_leaves_nothing_behind_after_the_next(
    instance: Instance,
) -> None:
    for steps in count():
        there = scene(instance)
        instance.life.steps = steps
        try:
            instance.sweep().run()
        except Killed:
            instance.life.steps = None
            instance.now += 6 * MINUTE
            instance.sweep().run()
            check(instance, there)
        else:
            instance.life.steps = None
            break

    assert steps > 40


@pytest.mark.timeout(400)
def test_a_promotion_that_is_killed_at_any_step_is_whole_or_nothing(instance: Instance) -> None:
    owner = instance.signed_up()
    for steps in count():
        with psycopg.connect(instance.ground) as rows:
            rows.execute("update public.profiles set plan_id = 'free'")
        passing = instance.worked_on(instance.kept(owner, f"{steps}.png"))
        with psycopg.connect(instance.ground) as rows:
            rows.execute("update public.profiles set plan_id = 'paid'")
        instance.door.call(
            "grant_credits",
            {"p_scope": owner, "p_amount": 1, "p_kind": "grant", "p_key": f"{steps}"},
        )
        instance.life.steps = steps
        try:
            Library(instance.records, instance.blobs).promote(owner, passing.id)
        except Killed:
            instance.life.steps = None
            instance.now += 3 * 24 * HOUR
            instance.sweep().run()
            assert instance.orphans() == set()
            with pytest.raises(NotFound):
                instance.records.version(owner, passing.id)
        else:
            instance.life.steps = None
            assert_kept(instance, owner, passing)
            break

    assert steps > 10


def assert_kept(instance: Instance, owner: str, promoted: Version) -> None:
    instance.now += 3 * 24 * HOUR
    instance.sweep().run()
    kept = instance.records.version(owner, promoted.id)
    assert instance.orphans() == set()
    assert kept.path.startswith(f"user-library/{owner}/")
    assert instance.blobs.get(kept.path) == b"pixels"


def test_nothing_goes_before_its_time_and_all_of_it_a_minute_later(instance: Instance) -> None:
    visited = instance.kept("visit", "a.png")
    instance.now += 48 * HOUR - 1
    assert instance.sweep().run().objects == 0
    assert instance.blobs.has(visited.path)
    instance.now += 1

    assert instance.sweep().run().objects == 3
    assert instance.orphans() == set()


def test_two_sweeps_at_once_remove_everything_once(instance: Instance, tmp_path: Path) -> None:
    for number in range(20):
        instance.kept("visit", f"{number}.png")
    instance.now += 49 * HOUR
    other = Instance(instance.ground, instance.over, tmp_path / "objects", now=instance.now)
    with ThreadPoolExecutor(2) as pool:
        runs = [pool.submit(one.sweep().run) for one in (instance, other)]
    other.close()

    assert sum(run.result().objects for run in runs) == 60
    assert instance.orphans() == set()


def test_an_original_that_is_not_wanted_goes_and_comes_back_with_its_photo(
    instance: Instance,
) -> None:
    owner = instance.signed_up()
    with psycopg.connect(instance.ground) as rows:
        rows.execute(
            "insert into public.settings (scope, keep_original) values (%s, false)", [owner]
        )
    made = instance.kept(owner, "vase.png")
    before = instance.records.image(owner, made.image_id)
    instance.sweep().run()
    assert instance.orphans() == set()
    assert instance.blobs.get(made.path) == b"pixels"
    photo = instance.records.image(owner, made.image_id)
    assert not instance.blobs.has(before.path)
    assert not instance.blobs.has(photo.path)
    with pytest.raises(Gone):
        instance.records.admit(photo, order("black"))

    instance.blobs.put(photo.path, b"original")
    instance.records.admit(photo, order("black"))
    assert instance.orphans() == set()
    running = instance.records.start("worker")
    assert running
    instance.records.fail(running, "No.")
    assert instance.blobs.get(photo.path) == b"original"


def test_objects_that_no_row_speaks_of_go_after_a_day(instance: Instance) -> None:
    owner = instance.signed_up()
    kept = instance.kept(owner, "vase.png")
    strays = [f"user-library/{owner}/of/nothing.png", "outputs-ephemeral/killed.png"]
    for stray in strays:
        instance.blobs.put(stray, b"pixels")
    instance.now = time.time()
    instance.sweep().run()
    assert all(instance.blobs.has(stray) for stray in strays)
    instance.now += 25 * HOUR
    instance.sweep().run()

    assert not any(instance.blobs.has(stray) for stray in strays)
    assert instance.orphans() == set()
    assert instance.blobs.get(kept.path) == b"pixels"


def test_a_sweep_gives_each_account_its_credits_of_the_month_once(instance: Instance) -> None:
    owner = instance.signed_up()
    before = instance.door.call("account", {"p_scope": owner})
    for _ in range(2):
        instance.sweep().run()
    after = instance.door.call("account", {"p_scope": owner})
    assert after["balance"] == before["balance"] + before["plan"]["monthly_credits"]

    instance.now += 32 * 24 * HOUR
    instance.sweep().run()
    later = instance.door.call("account", {"p_scope": owner})
    assert later["balance"] == after["balance"] + before["plan"]["monthly_credits"]


@dataclass(slots=True)
class Stubborn:
    """A storage that does not let an object go, or is not there at all."""

    instance: Instance
    path: str
    there: bool = True

    def clear(self, keys: Sequence[str]) -> list[str]:
        if not self.there:
            raise Unreachable
        self.instance.blobs.clear([key for key in keys if key != self.path])
        return [key for key in keys if key == self.path]


def unwilling(instance: Instance, blobs: Stubborn) -> None:
    """Let time be over for a visit, and sweep with a storage that will not have it."""
    instance.now += 49 * HOUR
    willing = instance.sweep()
    sweep = Sweep(
        willing._library,  # noqa: SLF001
        instance.retention,
        blobs,  # type: ignore[arg-type]
        willing._users,  # noqa: SLF001
    )
    sweep._expire(lambda: False)  # noqa: SLF001


def test_an_object_that_stays_is_tried_again_and_keeps_nothing_else(instance: Instance) -> None:
    stuck, other = (instance.kept("visit", name) for name in ("a.png", "b.png"))
    unwilling(instance, Stubborn(instance, stuck.path))

    assert instance.blobs.has(stuck.path)
    assert not instance.blobs.has(other.path)
    assert instance.records.trash.leavings(9) == [stuck.path]
    instance.now += MINUTE
    instance.sweep().run()
    assert instance.orphans() == set()


def test_what_the_storage_could_not_remove_at_all_goes_with_the_next_round(
    instance: Instance,
) -> None:
    kept = instance.kept("visit", "a.png")
    unwilling(instance, Stubborn(instance, kept.path, there=False))

    assert instance.blobs.has(kept.path)
    instance.now += MINUTE
    instance.sweep().run()
    assert instance.orphans() == set()


def test_after_an_erasure_nothing_tells_who_it_was(instance: Instance) -> None:
    there = scene(instance)
    assert CANARY in dump(instance)
    with psycopg.connect(instance.over) as rows:
        found = rows.execute("select email from auth.users where id = %s", [there.goes]).fetchone()
    assert found
    email = str(found[0])
    assert email in dump(instance)
    instance.sweep().run()

    left = dump(instance)
    for trace in (there.goes, there.goes.replace("-", ""), email, CANARY):
        assert trace not in left
    names = {path.relative_to(instance.root).as_posix() for path in instance.root.rglob("*")}
    assert not any(there.goes in name for name in names)
    assert there.stays in left
    with pytest.raises((NotFound, Gone)):
        instance.kept(there.goes, "too late.png")


def dump(instance: Instance) -> str:
    """All that is in the database, as text."""
    dumped = subprocess.run(
        [BINARIES / "pg_dump", "--data-only", "--dbname", instance.over],
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=True,
    )
    return dumped.stdout
