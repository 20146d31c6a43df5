"""Photos put together by name, in SQLite."""

import json
from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from uuid import uuid4

from storage.database import Database, columns, made
from storage.errors import IllegalMove, NotFound
from storage.naming import folded, natural_key
from storage.records import Collection

STEP = 1024.0
"""Between the places of two photos, so that others fit between."""
TIGHT = 1e-6
"""Where two places are so near, all are given anew."""


class SqliteCollections:
    """The rules of collections."""

    def __init__(self, db: Database, clock: Callable[[], float]) -> None:
        self._db = db
        self._clock = clock

    def listing(self, scope: str) -> list[tuple[Collection, int]]:
        rows = self._db.query(
            f"select {columns(Collection, 'g')}, count(i.id) from collections g"  # noqa: S608 own words
            " left join collection_images c on c.collection_id = g.id"
            " left join images i on i.id = c.image_id and i.deleted_at is null"
            " where g.scope = ? group by g.id",
            scope,
        )
        width = len(fields(Collection))
        found = [(made(Collection, row[:width]), int(row[width])) for row in rows]
        return sorted(found, key=lambda pair: natural_key(pair[0].name))

    def create(self, scope: str, name: str) -> Collection:
        with self._db.writing():
            name = self._free(scope, name)
            made = Collection(id=uuid4().hex, scope=scope, name=name, created_at=self._clock())
            self._db.insert(made)
            return made

    def rename(self, scope: str, collection_id: str, name: str) -> Collection:
        with self._db.writing():
            found = self._collection(scope, collection_id)
            renamed = replace(found, name=self._free(scope, name, but=found.id))
            self._db.update(renamed)
            return renamed

    def delete(self, scope: str, collection_id: str) -> None:
        with self._db.writing() as connection:
            connection.execute(
                "delete from collection_images where scope = ? and collection_id = ?",
                (scope, collection_id),
            )
            connection.execute(
                "delete from collections where scope = ? and id = ?", (scope, collection_id)
            )

    def add(self, scope: str, collection_id: str, image_ids: Sequence[str]) -> int:
        with self._db.writing() as connection:
            self._collection(scope, collection_id)
            ((last,),) = self._db.query(
                "select coalesce(max(place), 0) from collection_images where collection_id = ?",
                collection_id,
            )
            return connection.execute(
                "insert into collection_images (collection_id, image_id, scope, place)"
                " select ?, i.id, i.scope, ? + ? * (given.key + 1)"
                " from json_each(?) given join images i on i.id = given.value and i.scope = ?"
                " where true on conflict do nothing",
                (collection_id, last, STEP, json.dumps([*image_ids]), scope),
            ).rowcount

    def remove(self, scope: str, collection_id: str, image_ids: Sequence[str]) -> int:
        with self._db.writing() as connection:
            return connection.execute(
                "delete from collection_images"
                " where scope = ? and collection_id = ?"
                " and image_id in (select value from json_each(?))",
                (scope, collection_id, json.dumps([*image_ids])),
            ).rowcount

    def move(self, scope: str, collection_id: str, image_id: str, before: str) -> None:
        with self._db.writing() as connection:
            self._collection(scope, collection_id)
            places = dict(
                self._db.query(
                    "select image_id, place from collection_images where collection_id = ?"
                    " order by place, image_id",
                    collection_id,
                )
            )
            if image_id not in places or (before and before not in places):
                raise NotFound
            if image_id == before:
                return
            order = [one for one in places if one != image_id]
            at = order.index(before) if before else len(order)
            low = places[order[at - 1]] if at else None
            high = places[order[at]] if at < len(order) else None
            place = _between(low, high)
            if place is None:  # no room between the two
                order.insert(at, image_id)
                changed = [(STEP * (at + 1), one) for at, one in enumerate(order)]
            else:
                changed = [(place, image_id)]
            connection.executemany(
                "update collection_images set place = ? where image_id = ? and collection_id = ?",
                [(place, one, collection_id) for place, one in changed],
            )

    def of(self, scope: str, image_id: str) -> list[Collection]:
        found = self._db.rows(
            Collection,
            "scope = ? and id in (select collection_id from collection_images where image_id = ?)",
            scope,
            image_id,
        )
        return sorted(found, key=lambda one: natural_key(one.name))

    def _collection(self, scope: str, collection_id: str) -> Collection:
        return self._db.one(Collection, "scope = ? and id = ?", scope, collection_id)

    def _free(self, scope: str, name: str, but: str = "") -> str:
        """Return a name as it is kept. Raises IllegalMove where it is given already, or empty."""
        name = " ".join(name.split())
        if not name:
            raise IllegalMove("A collection needs a name.")
        others = self._db.rows(Collection, "scope = ? and id <> ?", scope, but)
        if any(folded(other.name) == folded(name) for other in others):
            raise IllegalMove(f"There is a collection “{name}” already. Take another name.")
        return name


def _between(low: float | None, high: float | None) -> float | None:
    """Return a place between two, or None where they are too near."""
    if high is None:
        return (low or 0.0) + STEP
    if low is None:
        return high - STEP
    return None if high - low < TIGHT else (low + high) / 2
