"""Rules of the queue: equal work is done once, in order, by one worker, whoever dies meanwhile."""

import threading
from concurrent.futures import ThreadPoolExecutor

from storage.ports.queue import LEASE_SECONDS, MAX_ATTEMPTS
from storage.ports.records import Records
from storage.records import Status, Vitals
from tests.ports.rows import Clock, announced, entry, image, order, started


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


def test_what_waits_is_counted_and_since_when(records: Records, clock: Clock) -> None:
    assert records.vitals() == Vitals(jobs={}, age=0.0)
    job, other = records.admit(image(), order()), records.admit(image("b"), order())
    records.place(entry(job))
    clock.now += 60
    assert records.vitals() == Vitals(jobs={Status.QUEUED: 2}, age=60.0)
    records.batch.pause("local")
    assert records.vitals().age == 60.0
    assert started(records).id == other.id
    records.intakes.open(announced())
    counted = {Status.QUEUED: 1, Status.RUNNING: 1, Status.AWAITING_UPLOAD: 1}
    assert records.vitals() == Vitals(jobs=counted, age=0.0)
