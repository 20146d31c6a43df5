"""Rules of announcements: who may send what, until when, and what becomes of it."""

from dataclasses import replace

import pytest

from storage.errors import IllegalMove, LostLease, NotFound, TooMany
from storage.ports.intakes import INTAKE_SECONDS, LOOK_SECONDS, MOST_EXPECTED, TOLD_SECONDS
from storage.ports.records import Records
from storage.records import Status, Task
from tests.ports.rows import Clock, announced, image, order


def test_an_announcement_is_the_same_under_the_same_token(records: Records, clock: Clock) -> None:
    said = announced(token="7")
    first = records.intakes.open(said)
    second = records.intakes.open(announced(token="7"))
    others = [records.intakes.open(announced(scope, token="7")) for scope in ("b", "c")]

    assert first == replace(
        said, created_at=clock.now, updated_at=clock.now, expires_at=clock.now + INTAKE_SECONDS
    )
    assert second == first
    assert len({first.id, *(one.id for one in others)}) == 3
    assert records.intakes.open(announced()).id != records.intakes.open(announced()).id
    with pytest.raises(IllegalMove):
        records.intakes.open(announced(named="b", token="7"))


def test_an_announcement_is_its_scopes_alone(records: Records) -> None:
    opened = records.intakes.open(announced())

    assert records.intakes.task("local", opened.id) == Task(intake=opened, job=None)
    for ask in (records.intakes.task, records.intakes.claim, records.intakes.cancel):
        with pytest.raises(NotFound):
            ask("b", opened.id)
        with pytest.raises(NotFound):
            ask("local", "0" * 32)


def test_so_many_photos_are_expected_and_no_more(records: Records) -> None:
    opened = [records.intakes.open(announced()) for _ in range(MOST_EXPECTED)]
    with pytest.raises(TooMany):
        records.intakes.open(announced())
    records.intakes.cancel("local", opened[0].id)

    assert records.intakes.open(announced()).status is Status.AWAITING_UPLOAD


def test_bytes_that_came_are_in_one_hand(records: Records, clock: Clock) -> None:
    opened = records.intakes.open(announced())
    held = records.intakes.claim("local", opened.id)
    with pytest.raises(TooMany):
        records.intakes.claim("local", opened.id)
    clock.now += LOOK_SECONDS + 1
    again = records.intakes.claim("local", opened.id)
    job = records.admit(image(), order())

    with pytest.raises(LostLease):
        records.intakes.end(held, Status.QUEUED, job_id=job.id)
    ended = records.intakes.end(again, Status.QUEUED, job_id=job.id)
    assert (ended.status, ended.job_id) == (Status.QUEUED, job.id)
    assert records.intakes.end(again, Status.QUEUED, job_id=job.id) == ended
    assert records.intakes.task("local", opened.id) == Task(intake=ended, job=job)
    assert records.intakes.task("local", job.id) == Task(intake=None, job=job)
    for refused in (records.intakes.claim, records.intakes.cancel):
        with pytest.raises(IllegalMove):
            refused("local", opened.id)


def test_what_is_held_can_be_looked_at_again(records: Records, clock: Clock) -> None:
    opened = records.intakes.open(announced())
    clock.now += INTAKE_SECONDS - 10
    held = records.intakes.claim("local", opened.id)
    waiting = records.intakes.end(held, Status.VERIFYING, "Not scanned yet.")
    clock.now += INTAKE_SECONDS - 10
    again = records.intakes.claim("local", opened.id)
    refused = records.intakes.end(again, Status.ERROR, "It is no photo.")

    assert (waiting.status, waiting.says) == (Status.VERIFYING, "Not scanned yet.")
    assert records.intakes.task("local", opened.id).says == "It is no photo."
    assert refused.status is Status.ERROR
    with pytest.raises(IllegalMove, match="no photo"):
        records.intakes.claim("local", opened.id)


def test_who_cancels_an_announcement_takes_it_out_of_hand(records: Records) -> None:
    opened = records.intakes.open(announced())
    held = records.intakes.claim("local", opened.id)
    cancelled = records.intakes.cancel("local", opened.id)

    assert cancelled.status is Status.CANCELLED
    assert records.intakes.cancel("local", opened.id) == cancelled
    with pytest.raises(LostLease):
        records.intakes.end(held, Status.ERROR, "late")


def test_what_never_comes_is_given_up_and_forgotten_a_day_later(
    records: Records, clock: Clock
) -> None:
    opened, held = (records.intakes.open(announced()) for _ in range(2))
    clock.now += INTAKE_SECONDS - 1
    records.intakes.claim("local", held.id)
    assert records.intakes.expire() == []
    clock.now += 2
    with pytest.raises(IllegalMove):
        records.intakes.claim("local", opened.id)
    assert [one.id for one in records.intakes.expire()] == [opened.id]
    assert records.intakes.task("local", opened.id).status is Status.EXPIRED
    clock.now += LOOK_SECONDS
    assert [one.id for one in records.intakes.expire()] == [held.id]
    clock.now += TOLD_SECONDS

    assert records.intakes.expire() == []
    with pytest.raises(NotFound):
        records.intakes.task("local", opened.id)


def test_what_became_of_a_photo_goes_with_it(records: Records) -> None:
    opened = records.intakes.open(announced())
    held = records.intakes.claim("local", opened.id)
    job = records.admit(image(), order())
    records.intakes.end(held, Status.QUEUED, job_id=job.id)
    records.trash.throw("local", [job.image_id])
    records.trash.purge("local", [job.image_id])

    with pytest.raises(NotFound):
        records.intakes.task("local", opened.id)


def test_a_recipe_is_found_by_its_name_in_its_scope(records: Records, clock: Clock) -> None:
    records.admit(image(), replace(order(), recipe='{"a": 1}'))
    clock.now += 1
    records.admit(image("b"), replace(order(), recipe='{"a": 2}'))

    assert records.intakes.recipe("local", "cut:white") == '{"a": 2}'
    for scope, name in (("b", "cut:white"), ("local", "cut:black")):
        with pytest.raises(NotFound):
            records.intakes.recipe(scope, name)
