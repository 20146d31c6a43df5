"""Rules of how jobs end: done, failed, cancelled, expired or forsaken, and which begin anew."""

import pytest

from storage.errors import IllegalMove, LostLease, NotFound
from storage.ports.queue import LEASE_SECONDS
from storage.ports.records import Records
from storage.records import Note, Status
from tests.ports.rows import Clock, entry, image, order, started, version


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
