"""Rules of what is kept: the names of photos, how they are found and sorted, and what they take."""

from collections.abc import Callable
from dataclasses import replace
from itertools import chain

import pytest

from storage.errors import NotFound
from storage.ports.records import Records
from storage.records import Matte, Search, Share, Sort, Survey, Usage
from tests.ports.rows import entry, held, image, names, order, started, strokes_on, version


def test_every_object_of_every_row_is_listed(records: Records) -> None:
    records.admit(image(), order())
    job = started(records)
    done = records.finish(job, version(job))

    kept = records.version("local", str(done.version_id))
    original = records.image("local", job.image_id).path
    assert set(records.objects()) == {original, kept.path, kept.thumbnail_path}


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


def test_a_picture_is_kept_once_without_a_job(records: Records) -> None:
    first = records.keep(image())

    assert records.keep(replace(image(), id="f" * 32, path="local/f/original.jpg")) == first
    assert records.find("local", first.sha256) == first
    assert records.start("me") is None
    assert records.admit(image(), order()).image_id == first.id
