"""Rules of the keys of programs: what they may, how they are named, and how they are revoked."""

from dataclasses import replace

import pytest

from auth.keys import READ, RIGHTS, Key, new_key
from storage.errors import IllegalMove, NotFound
from storage.ports.keys import MOST_KEYS, SHOWN_SECONDS
from storage.ports.records import Records
from tests.ports.rows import Clock


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
