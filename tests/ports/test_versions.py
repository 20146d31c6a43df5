"""Rules of versions: which of them is shown, what keeping one costs, and which of them go."""

import pytest

from storage.errors import NotFound
from storage.ports.records import Records
from storage.records import Status, Surplus
from tests.ports.rows import another_version, entry, held, names, order


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
