"""Rules of collections: their names, their photos and the order of these."""

import pytest

from storage.errors import IllegalMove, NotFound
from storage.ports.records import Records
from storage.records import Search, Sort
from tests.ports.rows import held, names


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
