"""Rules of the trash: what is in it is nowhere else, and what is purged is gone with all it had."""

import json
from dataclasses import replace

import pytest

from storage.errors import LostLease, NotFound
from storage.ports.records import Records
from storage.records import Matte
from tests.ports.rows import (
    Clock,
    another_version,
    entry,
    held,
    image,
    names,
    order,
    started,
    strokes_on,
    version,
)


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
