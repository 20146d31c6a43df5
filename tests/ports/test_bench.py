"""Rules of the workbench: its entries, what is done to all at once, and what pages learn of it."""

from dataclasses import replace
from uuid import uuid4

from storage.ports.records import Records
from storage.records import NOW, Entry, Job, Note, Status
from tests.ports.rows import Clock, entry, image, order, started, version


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


def test_an_entry_stays_with_its_preset_until_another_is_named(records: Records) -> None:
    [placed] = on_the_bench(records, 1)
    seen = records.batch.changes("ann").tick

    def changed(**what: str) -> str:
        given = {"recipe": "{}", "job_id": placed.job_id, **what}
        return records.change("ann", placed.id, **given).preset

    assert changed(preset="etsy") == "etsy"
    assert [one.entry.preset for one in records.batch.changes("ann", seen).cards] == ["etsy"]
    assert changed() == "etsy"
    assert changed(preset="") == ""


def on_the_bench(records: Records, count: int, scope: str = "ann") -> list[Entry]:
    """Put so many photos on a workbench, each with a job that waits."""
    entries = []
    for number in range(count):
        one = image(f"{scope}-{number}", scope)
        job = records.admit(one, order())
        entries.append(records.place(entry(job, f"{number}.jpg")))
    return entries


def all_started(records: Records) -> list[Job | None]:
    """Start whatever may be started, in its order."""
    return list(iter(lambda: records.start("me"), None))


def test_a_pause_holds_what_the_workbench_alone_waits_for(records: Records) -> None:
    (held,) = on_the_bench(records, 1)
    (of_bob,) = on_the_bench(records, 1, "bob")
    alone = records.admit(image("of a program", "ann"), order())
    records.batch.pause("ann")
    records.batch.pause("ann")
    begun = {job.id for job in all_started(records) if job}
    assert records.batch.paused("ann")
    assert not records.batch.paused("bob")
    assert begun == {of_bob.job_id, alone.id}
    records.batch.resume("ann")

    assert started(records).id == held.job_id


def test_a_place_in_the_line_counts_what_anybody_waits_for(records: Records, clock: Clock) -> None:
    first, second = on_the_bench(records, 2)
    clock.now += 1
    (of_bob,) = on_the_bench(records, 1, "bob")
    clock.now += 1
    urgent = records.admit(image("of a program", "bob"), order(priority=NOW))

    assert records.ahead() == 4
    assert [records.ahead(one) for one in (urgent.id, first.job_id, second.job_id)] == [0, 1, 2]
    assert records.ahead(of_bob.job_id) == 3
    records.batch.pause("ann")
    assert records.ahead(of_bob.job_id) == 1
    records.cancel("bob", urgent.id)
    assert (records.ahead(of_bob.job_id), records.ahead()) == (0, 1)
    assert records.ahead(urgent.id) == 0


def test_what_somebody_waits_for_is_done_in_spite_of_a_pause(records: Records) -> None:
    (held,) = on_the_bench(records, 1)
    records.batch.pause("ann")
    records.admit(records.image("ann", held.image_id), order(priority=NOW))

    assert started(records).id == held.job_id


def test_what_is_in_sight_comes_first_and_only_as_long(records: Records) -> None:
    first, second, third = on_the_bench(records, 3)
    records.batch.put_first("ann", [second.id])
    records.batch.put_first("ann", [third.id, "gone"])
    records.batch.put_first("bob", [second.id])
    begun = [job.id for job in all_started(records) if job]

    assert begun == [third.job_id, first.job_id, second.job_id]


def test_all_of_a_workbench_are_cancelled_and_tried_again_at_once(records: Records) -> None:
    entries = on_the_bench(records, 3)
    on_the_bench(records, 1, "bob")
    broken = started(records)
    records.fail(broken, "It is broken.")
    assert records.batch.cancel_all("ann") == 2
    assert records.batch.cancel_all("ann") == 0
    assert records.batch.retry_all("ann", Status.ERROR) == 1
    assert records.job("ann", broken.id).status is Status.QUEUED
    assert records.job("ann", broken.id).says == ""
    assert records.batch.retry_all("ann", Status.CANCELLED) == 2

    assert {records.job("ann", one.job_id).status for one in entries} == {Status.QUEUED}
    assert [card.job.status for card in records.bench("bob")] == [Status.QUEUED]


def test_many_are_removed_at_once_and_what_nobody_waits_for_is_cancelled(records: Records) -> None:
    first, second, third = on_the_bench(records, 3)
    twin = records.place(replace(first, id=uuid4().hex, name="twin.jpg"))
    assert records.batch.clear_all("ann", [first.id, second.id, "gone"]) == 2

    assert [card.entry.id for card in records.bench("ann")] == [third.id, twin.id]
    assert records.job("ann", first.job_id).status is Status.QUEUED
    assert records.job("ann", second.job_id).status is Status.CANCELLED


def test_a_doubt_that_was_seen_is_not_asked_about_again(records: Records) -> None:
    (one,) = on_the_bench(records, 1)
    job = started(records)
    records.finish(job, version(job), Note(doubt=0.9, reasons="A hole."))
    records.batch.accept("bob", [one.id])
    assert records.entry("ann", one.id).seen == ""
    records.batch.accept("ann", [one.id])

    assert records.entry("ann", one.id).seen == "A hole."


def test_a_page_learns_what_has_changed_and_nothing_else(records: Records) -> None:
    batch = records.batch
    first, second, third = on_the_bench(records, 3)
    on_the_bench(records, 1, "bob")
    seen = batch.changes("ann")
    assert seen.whole
    assert [card.entry.id for card in seen.cards] == [first.id, second.id, third.id]
    assert batch.changes("ann", seen.tick) == replace(seen, whole=False, cards=())
    job = started(records)
    records.beat([job])
    records.clear("ann", third.id)
    batch.pause("ann")
    after = batch.changes("ann", seen.tick)

    assert after.paused
    assert not after.whole
    assert [card.entry.id for card in after.cards] == [first.id]
    assert after.cards[0].job.status is Status.RUNNING
    assert after.gone == (third.id,)
    records.beat([job])
    assert batch.changes("ann", after.tick).tick == after.tick


def test_a_page_that_knows_more_than_there_is_gets_everything(records: Records) -> None:
    on_the_bench(records, 1)

    assert batch_is_whole(records, 10**6)
    assert batch_is_whole(records, 0)


def batch_is_whole(records: Records, since: int) -> bool:
    changes = records.batch.changes("ann", since)
    return changes.whole and len(changes.cards) == 1


def test_a_photo_in_the_trash_is_not_on_the_workbench_until_it_is_back(records: Records) -> None:
    (one,) = on_the_bench(records, 1)
    seen = records.batch.changes("ann")
    records.trash.throw("ann", [one.image_id])
    gone = records.batch.changes("ann", seen.tick)
    records.trash.take_back("ann", [one.image_id])
    back = records.batch.changes("ann", gone.tick)

    assert gone.gone == (one.id,)
    assert records.batch.changes("ann").cards == back.cards
    assert [card.entry.id for card in back.cards] == [one.id]


def test_a_job_that_an_entry_has_left_is_forsaken_unless_another_waits_for_it(
    records: Records,
) -> None:
    old = records.admit(image(), order("old"))
    new = records.admit(image(), order("new"))
    ours, theirs = records.place(entry(old)), records.place(entry(old, "b.jpg"))

    records.change("local", ours.id, recipe="{}", job_id=new.id)
    assert records.job("local", old.id).status is Status.QUEUED
    records.change("local", theirs.id, recipe="{}", job_id=old.id)
    assert records.job("local", old.id).status is Status.QUEUED
    records.change("local", theirs.id, recipe="{}", job_id=new.id)
    assert records.job("local", old.id).status is Status.CANCELLED
    assert records.job("local", new.id).status is Status.QUEUED
