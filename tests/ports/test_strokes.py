"""Rules of strokes: they are kept once, and for as long as a recipe names them."""

from dataclasses import replace

import pytest

from storage.errors import NotFound
from storage.local import SqliteRecords
from storage.ports.records import Records
from storage.records import Strokes
from tests.ports.rows import entry, held, image, order, started, strokes_on, version


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
