"""The one contract of all bodies of Records: rules of ownership, order and time."""

import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from auth.keys import READ, RIGHTS, Key, new_key
from storage.errors import IllegalMove, LostLease, NotFound, TooMany
from storage.local import SqliteRecords
from storage.ports.hooks import CALL_PAUSES, CALL_SECONDS, MOST_HOOKS
from storage.ports.intakes import INTAKE_SECONDS, LOOK_SECONDS, MOST_EXPECTED, TOLD_SECONDS
from storage.ports.keys import MOST_KEYS, SHOWN_SECONDS
from storage.ports.queue import LEASE_SECONDS, MAX_ATTEMPTS
from storage.ports.records import Records
from storage.records import (
    NOW,
    Entry,
    Image,
    Intake,
    Job,
    Matte,
    Note,
    Order,
    Search,
    Share,
    Sort,
    Status,
    Strokes,
    Surplus,
    Survey,
    Task,
    Usage,
    Version,
    Vitals,
)


class Clock:
    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(
    params=[
        "sqlite",
        pytest.param("postgres", marks=pytest.mark.ground),
        pytest.param("postgres, for a while", marks=pytest.mark.ground),
        pytest.param("supabase", marks=pytest.mark.ground),
    ]
)
def records(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> Iterator[Records]:
    if request.param == "sqlite":
        records = SqliteRecords(tmp_path / "library.sqlite", clock=clock)
        yield records
        records.close()
        return
    bodies = request.getfixturevalue("bodies")
    if request.param == "supabase":
        with bodies.over_the_network(clock) as hosted:
            yield hosted
        return
    with bodies.records(clock, keeping=request.param == "postgres") as hosted:
        yield hosted


def image(named: str = "a" * 64, scope: str = "local") -> Image:
    """Return a photo of other bytes for each name; a SHA-256 stands for itself."""
    image_id = uuid4().hex
    known = len(named) == 64
    sha256 = named if known else hashlib.sha256(named.encode()).hexdigest()
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


def order(name: str = "white", priority: int = 0, preset: str = "") -> Order:
    return Order(key=name, op_key=f"cut:{name}", recipe="{}", priority=priority, preset=preset)


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
    done = records.finish(job, version(job))

    kept = records.version("local", str(done.version_id))
    original = records.image("local", job.image_id).path
    assert set(records.objects()) == {original, kept.path, kept.thumbnail_path}


# The library


def held(
    records: Records, name: str, *, scope: str = "local", doubt: float = 0.0, at: float = 1.0
) -> Image:
    """Return a photo that is done and was on the workbench under a name."""
    job = records.admit(replace(image(uuid4().hex * 2, scope), created_at=at), order())
    placed = records.place(replace(entry(job, name), scope=scope))
    running = started(records)
    records.finish(running, version(running), Note(doubt=doubt))
    records.clear(scope, placed.id)
    return records.image(scope, job.image_id)


def another_version(records: Records, photo: Image, recipe: str) -> Version:
    records.admit(photo, order(recipe))
    job = started(records)
    made = version(job)
    records.finish(job, made)
    return records.version(photo.scope, made.id)


def names(records: Records, **search: Any) -> list[str]:
    found = records.holdings.page("local", Search(**search), most=100)
    assert [one.image.id for one in found] == records.holdings.ids("local", Search(**search))
    return [one.image.name for one in found]


def test_a_photo_has_the_name_it_first_came_under(records: Records) -> None:
    job = records.admit(image(), order())
    records.place(entry(job, "first.jpg"))
    records.place(entry(job, "second.jpg"))

    assert records.image("local", job.image_id).name == "first.jpg"
    records.holdings.rename("local", job.image_id, "My vase")
    records.place(entry(job, "third.jpg"))
    assert records.image("local", job.image_id).name == "My vase"


def test_a_photo_that_was_never_on_the_workbench_has_the_name_it_is_given(
    records: Records,
) -> None:
    held(records, "IMG_10.jpg")
    job = records.admit(replace(image(), name="IMG_9.jpg"), order())
    records.admit(replace(image(), name="another.jpg"), order())

    assert records.image("local", job.image_id).name == "IMG_9.jpg"
    assert names(records, sort=Sort.NAME) == ["IMG_9.jpg", "IMG_10.jpg"]


def test_photos_are_sorted_by_date_doubt_and_by_name_as_people_count(records: Records) -> None:
    held(records, "IMG_10.jpg", doubt=0.2, at=3)
    held(records, "img_9.jpg", doubt=0.9, at=1)
    held(records, "Ähre.jpg", doubt=0.5, at=2)

    assert names(records) == ["IMG_10.jpg", "Ähre.jpg", "img_9.jpg"]
    assert names(records, sort=Sort.OLDEST) == ["img_9.jpg", "Ähre.jpg", "IMG_10.jpg"]
    assert names(records, sort=Sort.NAME) == ["Ähre.jpg", "img_9.jpg", "IMG_10.jpg"]
    assert names(records, sort=Sort.DOUBT) == ["img_9.jpg", "Ähre.jpg", "IMG_10.jpg"]


def test_pages_are_found_by_place_even_when_a_photo_has_gone(records: Records) -> None:
    photos = [held(records, f"{number}.jpg", at=number // 2) for number in range(10)]
    search = Search(sort=Sort.OLDEST)
    survey = records.holdings.survey("local", search, 4)
    assert (survey.total, len(survey.marks)) == (10, 3)

    def page(at: int) -> list[str]:
        marks = (*survey.marks, None)
        found = records.holdings.page("local", search, start=marks[at], end=marks[at + 1], most=100)
        return [one.image.id for one in found]

    pages = [page(at) for at in range(3)]
    assert [len(ids) for ids in pages] == [4, 4, 2]
    assert [*chain(*pages)] == records.holdings.ids("local", search)
    assert {*chain(*pages)} == {photo.id for photo in photos}
    records.trash.throw("local", [pages[1][0]])
    assert [page(at) for at in range(3)] == [pages[0], pages[1][1:], pages[2]]


def test_every_word_is_looked_for_in_names_and_notes_in_any_case(records: Records) -> None:
    held(records, "Blue Café 1.jpg")
    noted = held(records, "red.jpg")
    records.holdings.annotate("local", noted.id, "For the spring catalogue, 100%")

    assert names(records, text="cafe BLUE") == ["Blue Café 1.jpg"]
    assert names(records, text="spring red") == ["red.jpg"]
    assert names(records, text="0%") == ["red.jpg"]
    assert names(records, text="spring blue") == []


def test_doubtful_photos_and_those_of_some_days_are_found(records: Records) -> None:
    held(records, "sure.jpg", doubt=0.1, at=100)
    held(records, "doubtful.jpg", doubt=0.8, at=200)

    assert names(records, doubtful=0.5) == ["doubtful.jpg"]
    assert names(records, since=100, until=200) == ["sure.jpg"]
    assert records.holdings.survey("local", Search(doubtful=0.95), 10) == Survey(0, ())


def test_photos_are_found_by_the_preset_that_their_shown_version_was_made_with(
    records: Records,
) -> None:
    shop, plain = held(records, "shop.jpg"), held(records, "plain.jpg")
    records.admit(shop, order("framed", preset="etsy"))
    job = started(records)
    made = records.finish(job, version(job))
    records.trash.throw("local", [held(records, "thrown.jpg").id])
    assert made.preset == "etsy"
    assert names(records, preset="etsy") == ["shop.jpg"]
    assert names(records, preset="etsy", trashed=True) == []
    assert records.holdings.presets("local") == [("etsy", 1)]

    records.holdings.restore("local", shop.id, records.history("local", shop.id)[0].id)
    assert names(records, preset="etsy") == []
    assert records.holdings.presets("local") == []

    records.admit(plain, order(preset="ebay"))  # as it is already, now for somebody
    records.admit(plain, order())
    assert names(records, preset="ebay") == ["plain.jpg"]
    assert records.holdings.presets("local") == [("ebay", 1)]
    assert records.holdings.presets("bob") == []


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


def test_a_photo_that_failed_is_found_and_a_picture_for_backgrounds_is_not(
    records: Records,
) -> None:
    job = records.admit(image(), order())
    records.fail(started(records), "no luck")
    records.keep(image("b" * 64))

    found = records.holdings.page("local", Search(), most=9)
    assert [(one.image.id, one.job.says, one.version) for one in found] == [
        (job.image_id, "no luck", None)
    ]


def test_the_newest_version_is_shown_until_another_is_restored(records: Records) -> None:
    photo = held(records, "a.jpg", doubt=0.7)
    first = records.history("local", photo.id)[0]
    second = another_version(records, photo, "black")
    assert records.image("local", photo.id).current_id == second.id
    assert names(records, doubtful=0.5) == []

    for _ in range(2):
        restored = records.holdings.restore("local", photo.id, first.id)
        assert restored.current_id == first.id
    shown = records.holdings.holding("local", photo.id)
    assert (shown.version, shown.versions, shown.job.doubt) == (first, 2, 0.7)
    assert names(records, doubtful=0.5) == ["a.jpg"]
    with pytest.raises(NotFound):
        records.holdings.restore("local", held(records, "b.jpg").id, first.id)


def test_keeping_what_stays_anyway_costs_nothing(records: Records) -> None:
    version = records.history("local", held(records, "a.jpg").id)[0]

    assert records.terms.cost("local", version.id) == 0
    with pytest.raises(NotFound):
        records.terms.cost("bob", version.id)


def test_where_the_shown_version_is_lost_the_last_of_the_others_is_shown(records: Records) -> None:
    photo = held(records, "a.jpg")
    first = records.history("local", photo.id)[0]
    second = another_version(records, photo, "black")
    records.expire("local", second.job_id)
    assert records.image("local", photo.id).current_id == first.id

    records.expire("local", first.job_id)
    assert records.image("local", photo.id).current_id is None
    assert records.holdings.holding("local", photo.id).version is None


def test_collections_are_named_once_sorted_by_name_and_counted(records: Records) -> None:
    photos = [held(records, f"{number}.jpg") for number in range(3)]
    ids = [photo.id for photo in photos]
    spring = records.collections.create("local", " Spring  10 ")
    records.collections.create("local", "Spring 9")
    records.collections.create("ann", "Spring 10")

    assert records.collections.add("local", spring.id, ids[:2]) == 2
    assert records.collections.add("local", spring.id, [*ids, "unknown"]) == 1
    for name in ("spring 10", " "):
        with pytest.raises(IllegalMove):
            records.collections.create("local", name)
    listed = [(one.name, count) for one, count in records.collections.listing("local")]
    assert listed == [("Spring 9", 0), ("Spring 10", 3)]
    assert records.collections.rename("local", spring.id, "SPRING 10").name == "SPRING 10"
    assert [one.name for one in records.collections.of("local", ids[0])] == ["SPRING 10"]

    assert records.collections.remove("local", spring.id, ids[:1]) == 1
    records.collections.delete("local", spring.id)
    records.collections.delete("local", spring.id)
    assert [one.name for one, _ in records.collections.listing("local")] == ["Spring 9"]
    assert len(names(records)) == 3


def test_photos_of_a_collection_stand_as_their_owner_puts_them(records: Records) -> None:
    ids = [held(records, f"{number}.jpg").id for number in range(4)]
    chosen = records.collections.create("local", "Chosen")
    records.collections.add("local", chosen.id, ids)
    own = Search(collection_id=chosen.id, sort=Sort.OWN)
    assert records.holdings.ids("local", own) == ids

    records.collections.move("local", chosen.id, ids[3], ids[0])
    records.collections.move("local", chosen.id, ids[1], "")
    assert records.holdings.ids("local", own) == [ids[3], ids[0], ids[2], ids[1]]
    for number in range(100):  # there is always room between two
        records.collections.move("local", chosen.id, ids[number % 2 * 3], ids[2])
    assert set(records.holdings.ids("local", own)[:3]) == {ids[3], ids[0], ids[2]}
    with pytest.raises(NotFound):
        records.collections.move("local", chosen.id, "unknown", "")


def test_what_is_in_the_trash_is_nowhere_else_until_it_is_taken_back(records: Records) -> None:
    photo = held(records, "a.jpg")
    held(records, "b.jpg")
    job = records.admit(photo, order())
    records.place(entry(job, "a.jpg"))
    chosen = records.collections.create("local", "Chosen")
    records.collections.add("local", chosen.id, [photo.id])
    assert records.trash.throw("local", [photo.id, "unknown"]) == 1
    assert records.trash.throw("local", [photo.id]) == 0

    assert names(records) == ["b.jpg"]
    assert names(records, trashed=True) == ["a.jpg"]
    assert names(records, text="a.jpg") == []
    assert records.collections.listing("local")[0][1] == 0
    assert records.bench("local") == []
    assert records.trash.take_back("local", [photo.id]) == 1
    assert records.collections.listing("local")[0][1] == 1
    assert len(records.bench("local")) == 1


def test_a_photo_that_is_dropped_again_comes_out_of_the_trash(records: Records) -> None:
    photo = held(records, "a.jpg")
    records.trash.throw("local", [photo.id])
    records.admit(replace(image(photo.sha256), id="f" * 32, path="local/f/original.jpg"), order())

    assert names(records) == ["a.jpg"]


def test_a_purge_forgets_all_rows_of_a_photo_and_notes_its_objects(records: Records) -> None:
    photo, other = held(records, "a.jpg"), held(records, "b.jpg")
    another_version(records, photo, "black")
    matte = Matte(image_id=photo.id, key="m", path="local/m.png", created_at=1.0, bytes=5)
    records.keep_matte(matte)
    records.keep_strokes(strokes_on(photo))
    records.place(entry(records.admit(photo, order())))
    chosen = records.collections.create("local", "Chosen")
    records.collections.add("local", chosen.id, [photo.id])
    theirs = set(records.objects())
    assert records.trash.purge("local", [photo.id]) == 0  # it is not in the trash

    records.trash.throw("local", [photo.id])
    assert records.trash.purge("local", [photo.id]) == 1
    left = set(records.objects())
    assert set(records.trash.leavings(100)) == theirs - left
    assert len(theirs - left) == 7
    assert {one.id for one in records.history("local", other.id)} == {other.current_id}
    with pytest.raises(NotFound):
        records.image("local", photo.id)
    records.trash.cleared(records.trash.leavings(100))
    assert records.trash.leavings(100) == []


def test_a_picture_that_lies_behind_another_photo_outlives_its_own_purge(
    records: Records,
) -> None:
    picture, other = held(records, "wall.jpg"), held(records, "b.jpg")
    behind = json.dumps({"background": f"picture {picture.sha256} fill 0.5 0.5 0"})
    records.place(replace(entry(records.admit(other, order())), recipe=behind))
    records.trash.throw("local", [picture.id])

    assert records.trash.purge("local", [picture.id]) == 1
    assert records.find("local", picture.sha256) is not None
    assert picture.path not in records.trash.leavings(100)
    assert names(records) == ["b.jpg"]
    assert names(records, trashed=True) == []


def test_pictures_that_lie_behind_other_photos_are_known(records: Records) -> None:
    wall, own = held(records, "wall.jpg"), held(records, "own.jpg")
    theirs = held(records, "theirs.jpg", scope="bob")
    for number, (ground, photo) in enumerate([(wall, own), (own, own), (wall, theirs)]):
        recipe = json.dumps({"background": f"picture {ground.sha256} fill"})
        records.admit(photo, replace(order(f"on {number}"), recipe=recipe))
        job = started(records)
        records.finish(job, version(job))
    ids = [own.id, wall.id, theirs.id]

    assert records.trash.behind("local", ids) == [wall.id]
    assert records.trash.behind("local", [own.id]) == []
    assert records.trash.behind("bob", ids) == []


def test_what_a_picture_leaves_goes_again_after_its_second_purge(records: Records) -> None:
    picture, other = held(records, "wall.jpg"), held(records, "b.jpg")
    behind = json.dumps({"background": f"picture {picture.sha256} fill 0.5 0.5 0"})
    records.place(replace(entry(records.admit(other, order())), recipe=behind))
    matte = Matte(image_id=picture.id, key="m", path=f"{picture.path}.matte", created_at=1.0)
    for _ in range(2):
        records.keep_matte(matte)
        records.trash.throw("local", [picture.id])
        records.trash.purge("local", [picture.id])

        assert records.trash.leavings(100) != []
        records.trash.cleared(records.trash.leavings(100))
        records.keep(picture)


def test_a_purged_photo_that_was_read_before_cannot_be_kept_by_what_was_read(
    records: Records,
) -> None:
    photo = held(records, "a.jpg")
    records.trash.throw("local", [photo.id])
    records.trash.purge("local", [photo.id])
    records.trash.cleared(records.trash.leavings(100))

    for keep in (lambda: records.keep(photo), lambda: records.admit(photo, order())):
        with pytest.raises(NotFound):
            keep()
    matte = Matte(image_id=photo.id, key="m", path="local/m.png", created_at=1.0)
    with pytest.raises(NotFound):
        records.keep_matte(matte)
    assert records.admit(image(photo.sha256), order()).image_id != photo.id


def test_a_worker_whose_photo_was_purged_cannot_end_its_job(records: Records) -> None:
    job = records.admit(image(), order())
    running = started(records)
    records.trash.throw("local", [job.image_id])
    records.trash.purge("local", [job.image_id])

    with pytest.raises(LostLease):
        records.finish(running, version(running))
    with pytest.raises(LostLease):
        records.fail(running, "too late")
    records.beat([running])


def test_what_was_thrown_away_long_ago_is_purged_by_itself(records: Records, clock: Clock) -> None:
    old, new = held(records, "old.jpg"), held(records, "new.jpg")
    records.trash.throw("local", [old.id])
    clock.now += 100
    records.trash.throw("local", [new.id])

    assert records.trash.purge_older(clock.now) == 1
    assert names(records, trashed=True) == ["new.jpg"]


def test_old_versions_go_but_never_what_is_shown_collected_or_on_the_workbench(
    records: Records,
) -> None:
    photos = {name: held(records, name) for name in ("plain", "restored", "bench", "collected")}
    first = {name: records.history("local", photo.id)[0] for name, photo in photos.items()}
    for photo in photos.values():
        for recipe in ("black", "red"):
            another_version(records, photo, recipe)
    records.holdings.restore("local", photos["restored"].id, first["restored"].id)
    records.place(entry(records.job("local", first["bench"].job_id)))
    chosen = records.collections.create("local", "Chosen")
    records.collections.add("local", chosen.id, [photos["collected"].id])
    records.trash.set_keep_last("local", 1)
    assert records.trash.keep_last("local") == 1

    expected = Surplus(versions=4, photos=3, bytes=4 * 9)
    assert records.trash.surplus("local", 1) == expected
    assert records.trash.prune("local", 1) == expected
    left = {
        name: [one.number for one in records.history("local", photo.id)]
        for name, photo in photos.items()
    }
    assert left == {"plain": [3], "restored": [1, 3], "bench": [1, 3], "collected": [1, 2, 3]}
    assert len(records.trash.leavings(100)) == 8
    assert records.trash.prune("local", 1).versions == 0
    assert records.admit(photos["plain"], order("black")).status is Status.QUEUED


def test_versions_are_pruned_by_themselves_where_their_owner_has_said_so(records: Records) -> None:
    photo = held(records, "a.jpg")
    another_version(records, photo, "black")
    records.trash.prune_all()
    assert len(records.history("local", photo.id)) == 2

    records.trash.set_keep_last("local", 1)
    records.trash.prune_all()
    assert len(records.history("local", photo.id)) == 1
    records.trash.set_keep_last("local", None)
    assert records.trash.keep_last("local") is None


def test_what_is_used_is_told_by_kind_and_the_trash_apart(records: Records) -> None:
    photo, thrown = held(records, "a.jpg"), held(records, "b.jpg")
    for one, size in ((photo, 0), (thrown, 7)):
        path = f"local/{one.id}/matte.png"
        records.keep_matte(Matte(image_id=one.id, key="m", path=path, created_at=1.0, bytes=size))
    records.keep_strokes(strokes_on(photo))
    thumbs = {records.history("local", one.id)[0].thumbnail_path: 2 for one in (photo, thrown)}
    strokes, matte = records.strokes(photo.id, "b" * 64), records.matte(photo.id, "m")
    assert strokes
    assert matte
    weights = {matte.path: 5, strokes.path: 3} | thumbs
    assert sorted(records.holdings.unweighed()) == sorted(weights)
    records.holdings.weigh(weights)
    records.trash.throw("local", [thrown.id])

    assert records.holdings.unweighed() == []
    assert records.holdings.usage("local") == Usage(
        originals=Share(1, 2_000_000),
        mattes=Share(1, 5),
        strokes=Share(1, 3),
        versions=Share(1, 9 + 2),
        trash=Share(1, 2_000_000 + 7 + 9 + 2),
    )


def test_every_change_that_pages_show_is_counted(records: Records) -> None:
    photo = held(records, "a.jpg")
    chosen = records.collections.create("local", "Chosen")
    changes: list[Callable[[], object]] = [
        lambda: held(records, "b.jpg"),
        lambda: records.holdings.rename("local", photo.id, "c.jpg"),
        lambda: records.holdings.annotate("local", photo.id, "new"),
        lambda: records.admit(photo, order(preset="etsy")),
        lambda: records.collections.add("local", chosen.id, [photo.id]),
        lambda: records.collections.rename("local", chosen.id, "New"),
        lambda: records.collections.delete("local", chosen.id),
        lambda: records.trash.throw("local", [photo.id]),
        lambda: records.trash.purge("local", [photo.id]),
    ]
    for change in changes:
        before = records.holdings.changes("local")
        change()
        assert records.holdings.changes("local") > before
    before = records.holdings.changes("local")
    held(records, "theirs.jpg", scope="ann")
    assert records.holdings.changes("local") == before


def test_the_library_of_another_scope_is_not_there(records: Records) -> None:
    photo = held(records, "a.jpg")
    chosen = records.collections.create("local", "Chosen")
    records.collections.add("local", chosen.id, [photo.id])
    records.trash.throw("bob", [photo.id])

    assert records.holdings.ids("bob", Search()) == []
    assert records.holdings.ids("bob", Search(collection_id=chosen.id)) == []
    assert records.collections.listing("bob") == []
    assert records.holdings.usage("bob").originals == Share(0, 0)
    for look in (
        lambda: records.holdings.holding("bob", photo.id),
        lambda: records.holdings.rename("bob", photo.id, "mine"),
        lambda: records.holdings.annotate("bob", photo.id, "mine"),
        lambda: records.holdings.restore("bob", photo.id, str(photo.current_id)),
        lambda: records.collections.add("bob", chosen.id, []),
        lambda: records.collections.rename("bob", chosen.id, "mine"),
        lambda: records.collections.move("bob", chosen.id, photo.id, ""),
    ):
        with pytest.raises(NotFound):
            look()
    assert records.collections.remove("bob", chosen.id, [photo.id]) == 0
    assert records.trash.take_back("bob", [photo.id]) == 0
    assert names(records) == ["a.jpg"]


def key(name: str = "shop", scope: str = "local") -> Key:
    return new_key(scope, name)[0]


def test_a_key_is_known_by_its_hash_until_it_is_revoked(records: Records, clock: Clock) -> None:
    kept = records.keys.keep(key())
    assert records.keys.find(kept.digest) == replace(kept, used_at=clock.now)
    records.keys.revoke("local", "shop")

    assert records.keys.find(kept.digest) is None
    assert records.keys.revoke("local", "shop").revoked_at
    assert [row.name for row in records.keys.all("local")] == ["shop"]


def test_a_key_may_what_it_was_made_for(records: Records) -> None:
    reader, _ = new_key("local", "reader", [READ], per_minute=7)
    records.keys.keep(reader)

    [kept] = records.keys.all("local")
    assert replace(kept, created_at=reader.created_at) == reader
    assert [kept.has(right) for right in RIGHTS] == [False, True, False]


def test_it_is_noted_when_a_key_was_shown_to_a_minute(records: Records, clock: Clock) -> None:
    kept = records.keys.keep(key())
    first = clock.now
    records.keys.find(kept.digest)
    clock.now += SHOWN_SECONDS - 1
    records.keys.find(kept.digest)
    assert [row.used_at for row in records.keys.all("local")] == [first]
    clock.now += 1
    records.keys.find(kept.digest)

    assert [row.used_at for row in records.keys.all("local")] == [clock.now]


def test_a_name_of_a_key_is_given_once_in_a_scope(records: Records) -> None:
    records.keys.keep(key())
    records.keys.keep(key(scope="ann"))

    with pytest.raises(IllegalMove):
        records.keys.keep(key())
    with pytest.raises(NotFound):
        records.keys.revoke("bob", "shop")


def test_a_scope_has_so_many_keys_and_may_revoke_some_for_others(records: Records) -> None:
    for number in range(MOST_KEYS):
        records.keys.keep(key(str(number)))
    with pytest.raises(IllegalMove, match="Revoke one"):
        records.keys.keep(key())
    records.keys.keep(key(scope="ann"))
    records.keys.revoke("local", "7")
    records.keys.keep(key())

    assert len(records.keys.all("local")) == MOST_KEYS + 1


def test_a_picture_is_kept_once_without_a_job(records: Records) -> None:
    first = records.keep(image())

    assert records.keep(replace(image(), id="f" * 32, path="local/f/original.jpg")) == first
    assert records.find("local", first.sha256) == first
    assert records.start("me") is None
    assert records.admit(image(), order()).image_id == first.id


def strokes_on(photo: Image) -> Strokes:
    path = f"local/{photo.id}/strokes/b.png"
    return Strokes(image_id=photo.id, sha256="b" * 64, path=path, created_at=3.0)


def where(records: Records, strokes: Strokes, path: str) -> Strokes:
    """A hosted library decides itself where an object lies."""
    return strokes if isinstance(records, SqliteRecords) else replace(strokes, path=path)


def test_strokes_are_kept_once_under_their_own_name(records: Records) -> None:
    photo = records.keep(image())
    strokes = strokes_on(photo)
    kept = records.keep_strokes(strokes)
    assert kept == where(records, strokes, kept.path)
    younger = replace(kept, created_at=4.0)
    assert records.keep_strokes(replace(younger, path="local/again.png")) == younger

    assert records.strokes(photo.id, "b" * 64) == younger
    assert records.strokes(photo.id, "c" * 64) is None
    assert records.strokes("another", "b" * 64) is None
    assert kept.path in records.objects()
    with pytest.raises(NotFound):
        records.keep_strokes(replace(strokes, image_id="0" * 32))


def test_strokes_go_when_no_recipe_names_them_any_more(records: Records) -> None:
    names = {"entry": "1" * 64, "version": "2" * 64, "job": "3" * 64, "none": "4" * 64}
    photo = held(records, "a.jpg")
    for sha256 in [*names.values(), "5" * 64]:
        made = 9.0 if sha256 == "5" * 64 else 3.0
        path = f"local/{sha256[:4]}.png"
        one = Strokes(image_id=photo.id, sha256=sha256, path=path, created_at=made)
        records.keep_strokes(one)
    placed = records.place(entry(records.admit(photo, order())))
    records.change("local", placed.id, recipe=names["entry"], job_id=placed.job_id)
    records.admit(photo, replace(order("version"), recipe=names["version"]))
    records.finish(job := started(records), version(job))
    records.admit(photo, replace(order("job"), recipe=names["job"]))

    unnamed = records.strokes(photo.id, names["none"])
    assert unnamed
    assert records.trash.drop_strokes(5.0) == 1
    assert records.trash.drop_strokes(5.0) == 0
    assert records.trash.leavings(9) == [unnamed.path]
    assert records.strokes(photo.id, names["none"]) is None
    assert all(records.strokes(photo.id, names[one]) for one in ("entry", "version", "job"))
    assert records.strokes(photo.id, "5" * 64)


# The workbench as a batch


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


def test_a_photo_in_the_trash_is_not_computed_until_it_is_back(records: Records) -> None:
    job = records.admit(image(), order())
    records.place(entry(job))
    records.trash.throw("local", [job.image_id])

    assert records.start("me") is None
    assert records.batch.cancel_all("local") == 0
    records.trash.take_back("local", [job.image_id])
    assert started(records).id == job.id


def test_an_object_that_cannot_be_removed_comes_after_the_others(
    records: Records, clock: Clock
) -> None:
    photo = held(records, "a.jpg")
    records.trash.throw("local", [photo.id])
    records.trash.purge("local", [photo.id])
    first = records.trash.leavings(1)
    clock.now += 1

    records.trash.put_off(first)
    assert records.trash.leavings(9)[-1:] == first


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


def test_whoever_listens_learns_whose_rows_have_changed(records: Records) -> None:
    assert records.stirs.since(0).scopes == {}
    mark, told = heard(records, records.stirs.since(0).mark, {})
    assert told == {}
    job = records.admit(image(), order())
    mark, told = heard(records, mark, told)
    assert told.keys() == {"local"}
    acts: list[tuple[str, Callable[[], object]]] = [
        ("b", lambda: records.admit(image(scope="b"), order(priority=NOW))),
        ("local", lambda: records.place(entry(job))),
        ("b", lambda: started(records)),
        ("local", lambda: records.finish(started(records), version(job))),
        ("local", lambda: records.batch.pause("local")),
        ("local", lambda: records.collections.create("local", "Vases")),
        ("c", lambda: records.intakes.open(announced("c"))),
        ("local", lambda: records.trash.throw("local", [job.image_id])),
    ]
    for scope, act in acts:
        act()
        before = told
        mark, told = heard(records, mark, before)
        assert [one for one in told if told[one] != before.get(one)] == [scope]
        mark, again = heard(records, mark, told)
        assert again == told
    assert records.stirs.since(mark + 10**12).scopes == {}
    assert records.stirs.since(mark + 10**12).mark <= mark


def heard(records: Records, mark: int, told: dict[str, str]) -> tuple[int, dict[str, str]]:
    """Return the next mark, and the last stamp of each scope."""
    stir = records.stirs.since(mark)
    return stir.mark, told | {**stir.scopes}


def announced(scope: str = "local", named: str = "a" * 64, token: str = "") -> Intake:
    known = image(named, scope)
    return Intake(
        id=uuid4().hex,
        scope=scope,
        sha256=known.sha256,
        bytes=known.bytes,
        width=known.width,
        height=known.height,
        name="vase.jpg",
        key="white",
        op_key="cut:white",
        recipe="{}",
        spot=f"{scope}/{uuid4().hex}/original.jpg",
        token=token,
        created_at=0.0,
        updated_at=0.0,
        expires_at=0.0,
    )


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


def ending(records: Records, named: str = "a" * 64) -> Job:
    """Let a job end, of which programs are told."""
    return records.cancel("local", records.admit(image(named), order()).id)


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
