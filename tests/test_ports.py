"""The one contract of all bodies of Records: rules of ownership, order and time."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest

from auth.keys import Key, digest, new_secret
from storage.errors import IllegalMove, LostLease, NotFound
from storage.local import SqliteRecords
from storage.ports import LEASE_SECONDS, MAX_ATTEMPTS, Records
from storage.records import Entry, Image, Job, Note, Order, Status, Version


class Clock:
    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=["sqlite"])
def records(tmp_path: Path, clock: Clock) -> Iterator[Records]:
    records = SqliteRecords(tmp_path / "library.sqlite", clock=clock)
    yield records
    records.close()


def image(sha256: str = "a" * 64, scope: str = "local") -> Image:
    image_id = uuid4().hex
    return Image(
        id=image_id,
        scope=scope,
        sha256=sha256,
        mime="image/jpeg",
        extension="jpg",
        width=4000,
        height=3000,
        bytes=2_000_000,
        path=f"{scope}/{image_id}/original.jpg",
        created_at=1.0,
    )


def order(name: str = "white", priority: int = 0) -> Order:
    return Order(key=name, op_key=f"cut:{name}", recipe="{}", priority=priority)


def version(job: Job) -> Version:
    version_id = uuid4().hex
    return Version(
        id=version_id,
        scope=job.scope,
        image_id=job.image_id,
        job_id=job.id,
        number=0,
        key=job.key,
        op_key=job.op_key,
        recipe=job.recipe,
        path=f"{job.scope}/{job.image_id}/output/{version_id}.png",
        thumbnail_path=f"{job.scope}/{job.image_id}/thumb/{version_id}.webp",
        width=4000,
        height=3000,
        bytes=9,
        created_at=2.0,
    )


def started(records: Records, owner: str = "me") -> Job:
    job = records.start(owner)
    assert job
    return job


def entry(job: Job, name: str = "a.jpg") -> Entry:
    return Entry(
        id=uuid4().hex,
        scope=job.scope,
        image_id=job.image_id,
        job_id=job.id,
        name=name,
        folder="",
        recipe="{}",
        created_at=1.0,
    )


def test_an_equal_photo_and_recipe_are_one_job(records: Records) -> None:
    first = records.admit(image(), order())
    second = records.admit(image(), order())

    assert second == first


def test_an_equal_photo_of_another_scope_is_another_job(records: Records) -> None:
    mine = records.admit(image(scope="ann"), order())
    theirs = records.admit(image(scope="bob"), order())

    assert theirs.id != mine.id
    assert theirs.image_id != mine.image_id


def test_two_who_submit_at_the_same_moment_get_one_job(records: Records) -> None:
    gate = threading.Barrier(8)

    def submit(_: int) -> str:
        gate.wait()
        return records.admit(image(), order()).id

    with ThreadPoolExecutor(8) as pool:
        ids = set(pool.map(submit, range(8)))

    assert len(ids) == 1


def test_each_job_is_started_by_one_worker_only(records: Records) -> None:
    for number in range(20):
        records.admit(image(f"{number:064}"), order())

    def drain(owner: str) -> list[str]:
        return [job.id for job in iter(lambda: records.start(owner), None)]

    with ThreadPoolExecutor(4) as pool:
        taken = [job_id for ids in pool.map(drain, "abcd") for job_id in ids]

    assert len(taken) == len(set(taken)) == 20


def test_the_oldest_job_is_first_but_one_that_is_waited_for_overtakes(
    records: Records, clock: Clock
) -> None:
    first = records.admit(image("1" * 64), order())
    clock.now += 1
    second = records.admit(image("2" * 64), order())
    clock.now += 1
    urgent = records.admit(image("3" * 64), order(priority=1))

    assert [started(records).id for _ in range(3)] == [urgent.id, first.id, second.id]


def test_asking_urgently_for_a_queued_job_moves_it_forward(records: Records, clock: Clock) -> None:
    records.admit(image("1" * 64), order())
    clock.now += 1
    second = records.admit(image("2" * 64), order())
    records.admit(image("2" * 64), order(priority=1))

    assert started(records).id == second.id


def test_a_finished_job_has_its_version_under_the_next_number(records: Records) -> None:
    records.admit(image(), order("white"))
    job = started(records)
    records.finish(job, version(job))
    records.admit(image(), order("black"))
    job = started(records)
    records.finish(job, version(job), Note(says="on the CPU", doubt=0.7, reasons="Two\nreasons"))

    history = records.history("local", job.image_id)
    assert [row.number for row in history] == [1, 2]
    assert records.job("local", job.id).status is Status.DONE
    assert records.job("local", job.id).version_id == history[1].id
    kept = records.job("local", job.id)
    assert (kept.says, kept.doubt, kept.reasons) == ("on the CPU", 0.7, "Two\nreasons")


def test_finishing_twice_keeps_one_version(records: Records) -> None:
    records.admit(image(), order())
    job = started(records)
    first = records.finish(job, version(job))
    second = records.finish(job, version(job))

    assert second == first
    assert len(records.history("local", job.image_id)) == 1


def test_a_worker_whose_job_was_taken_over_cannot_end_it(records: Records, clock: Clock) -> None:
    records.admit(image(), order())
    late = started(records, "late")
    clock.now += LEASE_SECONDS + 1
    records.recover()
    again = started(records, "prompt")

    with pytest.raises(LostLease):
        records.finish(late, version(late))
    with pytest.raises(LostLease):
        records.fail(late, "too late")
    assert records.finish(again, version(again)).status is Status.DONE


def test_a_job_with_a_live_lease_is_left_alone(records: Records, clock: Clock) -> None:
    records.admit(image(), order())
    job = started(records)
    for _ in range(5):
        clock.now += LEASE_SECONDS - 1
        records.beat([job])
        assert records.recover() == []

    assert [row.id for row in records.leased()] == [job.id]


def test_a_dead_lease_gives_the_job_back(records: Records, clock: Clock) -> None:
    records.admit(image(), order())
    job = started(records)
    clock.now += LEASE_SECONDS + 1

    assert [row.id for row in records.recover()] == [job.id]
    assert started(records, "another").id == job.id


def test_a_lease_from_before_the_clock_was_set_back_does_not_last_for_ever(
    records: Records, clock: Clock
) -> None:
    records.admit(image(), order())
    job = started(records)
    clock.now -= 3600

    assert [row.id for row in records.recover()] == [job.id]


def test_a_photo_that_kills_its_process_three_times_is_given_up(
    records: Records, clock: Clock
) -> None:
    admitted = records.admit(image(), order())
    for _ in range(MAX_ATTEMPTS):
        started(records)
        clock.now += LEASE_SECONDS + 1
        records.recover()

    job = records.job("local", admitted.id)
    assert job.status is Status.ERROR
    assert "3 times" in job.says
    assert records.start("me") is None


def test_a_job_that_is_released_was_never_started(records: Records) -> None:
    job = records.admit(image(), order())
    for _ in range(MAX_ATTEMPTS + 1):
        started(records)
        records.release("me")

    assert records.job("local", job.id).status is Status.QUEUED
    assert records.job("local", job.id).attempts == 0


def test_a_failed_job_is_done_anew_when_asked_for_again(records: Records) -> None:
    records.admit(image(), order())
    failed = records.fail(started(records), "no luck")

    assert failed.says == "no luck"
    again = records.admit(image(), order())
    assert (again.id, again.status, again.says) == (failed.id, Status.QUEUED, "")


def test_a_cancelled_job_cannot_be_finished_but_be_tried_again(records: Records) -> None:
    records.admit(image(), order())
    job = started(records)
    records.cancel("local", job.id)
    records.cancel("local", job.id)

    with pytest.raises(LostLease):
        records.finish(job, version(job))
    assert records.retry("local", job.id).status is Status.QUEUED
    assert records.retry("local", job.id).status is Status.QUEUED


def test_what_is_done_cannot_be_cancelled_or_retried(records: Records) -> None:
    records.admit(image(), order())
    job = started(records)
    records.finish(job, version(job))

    with pytest.raises(IllegalMove):
        records.cancel("local", job.id)
    with pytest.raises(IllegalMove):
        records.retry("local", job.id)


def test_an_expired_job_makes_room_for_a_new_one(records: Records) -> None:
    records.admit(image(), order())
    job = started(records)
    records.finish(job, version(job))
    records.expire("local", job.id)
    records.expire("local", job.id)

    assert records.history("local", job.image_id) == []
    assert records.admit(image(), order()).id != job.id


def test_the_rows_of_another_scope_are_not_there(records: Records) -> None:
    job = records.admit(image(scope="ann"), order())
    placed = records.place(entry(job))

    for look in (
        lambda: records.job("bob", job.id),
        lambda: records.image("bob", job.image_id),
        lambda: records.entry("bob", placed.id),
        lambda: records.version("bob", "nothing"),
        lambda: records.cancel("bob", job.id),
        lambda: records.retry("bob", job.id),
        lambda: records.change("bob", placed.id, recipe="{}", job_id=job.id),
    ):
        with pytest.raises(NotFound):
            look()
    records.clear("bob", placed.id)
    assert records.bench("bob") == []
    assert len(records.bench("ann")) == 1


def test_the_same_file_dropped_twice_is_one_entry_and_under_two_names_two(
    records: Records,
) -> None:
    job = records.admit(image(), order())
    first = records.place(entry(job))
    second = records.place(entry(job))
    records.place(entry(job, "b.jpg"))

    assert second == first
    assert [card.entry.name for card in records.bench("local")] == ["a.jpg", "b.jpg"]
    assert records.bench("local")[0].job == job


def test_a_forsaken_job_is_cancelled_unless_the_workbench_waits_for_it(records: Records) -> None:
    alone = records.admit(image("1" * 64), order())
    placed = records.admit(image("2" * 64), order())
    records.place(entry(placed))

    assert records.forsake("local", alone.id).status is Status.CANCELLED
    assert records.forsake("local", alone.id).status is Status.CANCELLED
    assert records.forsake("local", placed.id).status is Status.QUEUED


def test_a_done_job_is_not_undone_by_being_forsaken(records: Records) -> None:
    records.admit(image(), order())
    job = started(records)
    records.finish(job, version(job))

    assert records.forsake("local", job.id).status is Status.DONE


def test_every_object_of_every_row_is_listed(records: Records) -> None:
    records.admit(image(), order())
    job = started(records)
    kept = version(job)
    records.finish(job, kept)

    original = records.image("local", job.image_id).path
    assert set(records.objects()) == {original, kept.path, kept.thumbnail_path}


def key(name: str = "shop", scope: str = "local") -> Key:
    return Key(
        id=uuid4().hex,
        scope=scope,
        name=name,
        digest=digest(new_secret()),
        created_at=1.0,
        revoked_at=None,
    )


def test_a_key_is_known_by_its_hash_until_it_is_revoked(records: Records) -> None:
    kept = records.keep_key(key())
    assert records.key(kept.digest) == kept
    records.revoke("local", "shop")

    assert records.key(kept.digest) is None
    assert records.revoke("local", "shop").revoked_at
    assert [row.name for row in records.keys("local")] == ["shop"]


def test_a_name_of_a_key_is_given_once_in_a_scope(records: Records) -> None:
    records.keep_key(key())
    records.keep_key(key(scope="ann"))

    with pytest.raises(IllegalMove):
        records.keep_key(key())
    with pytest.raises(NotFound):
        records.revoke("bob", "shop")


def test_a_picture_is_kept_once_without_a_job(records: Records) -> None:
    first = records.keep(image())

    assert records.keep(replace(image(), id="f" * 32, path="local/f/original.jpg")) == first
    assert records.find("local", first.sha256) == first
    assert records.start("me") is None
    assert records.admit(image(), order()).image_id == first.id
