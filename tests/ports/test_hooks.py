"""Rules of addresses that are told of what ends: once each, again until taken, and not for ever."""

from dataclasses import replace

import pytest

from storage.errors import IllegalMove, NotFound
from storage.ports.hooks import CALL_PAUSES, CALL_SECONDS, MOST_HOOKS
from storage.ports.records import Records
from storage.records import Status
from tests.ports.rows import Clock, announced, ending, image, order


def test_an_address_is_told_of_what_ends_until_it_has_taken_it(
    records: Records, clock: Clock
) -> None:
    before = ending(records, "before")
    hook = records.hooks.keep("local", "https://shop.example/hook")
    records.hooks.keep("b", "https://shop.example/hook")
    job = ending(records)
    assert before.status is job.status is Status.CANCELLED
    [call] = records.hooks.claim(9)

    assert (call.hook_id, call.scope, call.address) == (hook.id, "local", hook.address)
    assert (call.task_id, call.status, call.attempts) == (job.id, Status.CANCELLED, 1)
    assert records.hooks.claim(9) == []
    clock.now += CALL_SECONDS  # it was in the hands of one who is gone
    [again] = records.hooks.claim(9)
    assert again == replace(call, attempts=2)
    records.hooks.failed(call, "late")
    assert records.hooks.all("local") == [hook]
    records.hooks.failed(again, "It is away.")
    assert records.hooks.all("local") == [replace(hook, failures=1, says="It is away.")]
    clock.now += CALL_PAUSES[1] - 1
    assert records.hooks.claim(9) == []
    clock.now += 1
    [last] = records.hooks.claim(9)
    records.hooks.sent(last)
    assert records.hooks.all("local") == [hook]
    clock.now += 10**6
    assert records.hooks.claim(9) == []


def test_announcements_are_told_by_their_own_name(records: Records) -> None:
    records.hooks.keep("local", "https://shop.example")
    given_up, queued, late = (records.intakes.open(announced()) for _ in range(3))
    records.intakes.cancel("local", given_up.id)
    job = records.admit(image(), order())
    held = records.intakes.claim("local", queued.id)
    records.intakes.end(held, Status.QUEUED, job_id=job.id)
    records.cancel("local", job.id)
    held = records.intakes.claim("local", late.id)
    records.intakes.end(held, Status.QUEUED, job_id=job.id)

    told = {call.task_id for call in records.hooks.claim(9)}
    assert told == {given_up.id, queued.id, late.id}


@pytest.mark.parametrize("gone", [True, False])
def test_an_address_that_never_takes_anything_is_told_no_more(
    records: Records, clock: Clock, *, gone: bool
) -> None:
    hook = records.hooks.keep("local", "https://shop.example")
    ending(records)
    tries = 0
    while calls := records.hooks.claim(9):
        tries += 1
        records.hooks.failed(calls[0], "It is away.", gone=gone)
        clock.now += max(CALL_PAUSES)
    [known] = records.hooks.all("local")

    assert tries == (1 if gone else len(CALL_PAUSES) + 1)
    assert known.failures == tries
    assert known.disabled_at is not None
    ending(records, "b")
    assert records.hooks.claim(9) == []
    records.hooks.remove("local", hook.id)
    assert records.hooks.all("local") == []


def test_addresses_are_few_and_of_one_scope(records: Records) -> None:
    hooks = [records.hooks.keep("local", f"https://{n}.example") for n in range(MOST_HOOKS)]

    assert {one.id for one in records.hooks.all("local")} == {one.id for one in hooks}
    for address in ("https://0.example", "https://new.example"):
        with pytest.raises(IllegalMove):
            records.hooks.keep("local", address)
    for scope, hook_id in (("b", hooks[0].id), ("local", "0" * 32)):
        with pytest.raises(NotFound):
            records.hooks.remove(scope, hook_id)
