"""Rules of stirs: whoever listens learns whose rows have changed, and nothing else."""

from collections.abc import Callable

from storage.ports.records import Records
from storage.records import NOW
from tests.ports.rows import announced, entry, image, order, started, version


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
