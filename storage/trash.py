"""What is to go, in SQLite: the trash, its purge, and how many versions are kept."""

import json
from collections.abc import Callable, Iterable, Sequence
from sqlite3 import Connection

from storage.database import Database
from storage.records import Surplus

REMEMBERED = 30 * 86400.0
"""Seconds for which the name of a removed object is never used again."""
GIVEN = "(select value from json_each(?))"
# By table, what names its objects: all of them go with their photo.
OBJECTS = {
    "images": ("id", "path"),
    "mattes": ("image_id", "path"),
    "strokes": ("image_id", "path"),
    "versions": ("image_id", "path", "thumbnail_path"),
}
PICTURE = '"background": "picture '
"""How a recipe as JSON names a picture by its sha256."""
# In an order in which no row is left that speaks of one that has gone.
OWNED = ("entries", "jobs", "collection_images", "mattes", "strokes", "versions")
SURPLUS = (
    "select v.id, v.image_id, v.bytes from versions v join images i on i.id = v.image_id"
    " where v.scope = ? and i.deleted_at is null and v.id is not i.current_id"
    " and not exists (select 1 from collection_images c where c.image_id = i.id)"
    " and not exists (select 1 from entries e where e.job_id = v.job_id)"
    " and (select count(*) from versions w where w.image_id = i.id and w.number > v.number) >= ?"
)

UNNAMED = (
    "select path from strokes s where created_at < ?"
    " and not exists (select 1 from entries where image_id = s.image_id and instr(recipe, sha256))"
    " and not exists (select 1 from versions where image_id = s.image_id and instr(recipe, sha256))"
    " and not exists (select 1 from jobs where image_id = s.image_id and instr(recipe, sha256)"
    " and status is not 'expired')"
)
"""Strokes from before a moment that no recipe names."""


class SqliteTrash:
    """The rules of going. Rows go first, and with them it is noted what objects were theirs."""

    def __init__(self, db: Database, clock: Callable[[], float]) -> None:
        self._db = db
        self._clock = clock

    def throw(self, scope: str, image_ids: Sequence[str]) -> int:
        with self._db.writing() as connection:
            return connection.execute(
                "update images set deleted_at = ?"
                " where scope = ? and deleted_at is null"
                " and id in (select value from json_each(?))",
                (self._clock(), scope, json.dumps([*image_ids])),
            ).rowcount

    def take_back(self, scope: str, image_ids: Sequence[str]) -> int:
        with self._db.writing() as connection:
            return connection.execute(
                "update images set deleted_at = null"
                " where scope = ? and deleted_at is not null"
                " and id in (select value from json_each(?))",
                (scope, json.dumps([*image_ids])),
            ).rowcount

    def purge(self, scope: str, image_ids: Sequence[str]) -> int:
        with self._db.writing() as connection:
            return self._purge(
                connection,
                "scope = ? and deleted_at is not null and id in (select value from json_each(?))",
                scope,
                json.dumps([*image_ids]),
            )

    def behind(self, scope: str, image_ids: Sequence[str]) -> list[str]:
        given = json.dumps([*image_ids])
        rows = self._db.query(
            f"select id, sha256 from images where scope = ? and id in {GIVEN} order by id",  # noqa: S608 own words
            scope,
            given,
        )
        users = self._users()
        return [
            image_id for image_id, sha256 in rows if users.get((scope, sha256), set()) - {image_id}
        ]

    def purge_older(self, moment: float) -> int:
        if not self._db.query("select 1 from images where deleted_at < ? limit 1", moment):
            return 0  # nobody loses the place of a writer for nothing
        with self._db.writing() as connection:
            return self._purge(connection, "deleted_at < ?", moment)

    def purge_visits(self, prefix: str, moment: float) -> int:
        """Forget what came before a moment to scopes that begin so; return how many photos."""
        theirs = "substr(scope, 1, length(?)) = ? and created_at < ?"
        found = f"select 1 from images where {theirs} limit 1"  # noqa: S608 own words
        if not self._db.query(found, prefix, prefix, moment):
            return 0
        with self._db.writing() as connection:
            return self._purge(connection, theirs, prefix, prefix, moment)

    def drop_strokes(self, moment: float) -> int:
        if not self._db.query(f"{UNNAMED} limit 1", moment):
            return 0
        with self._db.writing() as connection:
            paths = [path for (path,) in self._db.query(UNNAMED, moment)]
            given = json.dumps(paths)
            self._note(connection, "strokes", f"path in {GIVEN}", given)
            connection.execute(f"delete from strokes where path in {GIVEN}", (given,))  # noqa: S608 own words
            return len(paths)

    def leavings(self, most: int) -> list[str]:
        return [
            path
            for (path,) in self._db.query(
                "select path from removals where removed_at is null order by noted_at limit ?", most
            )
        ]

    def cleared(self, paths: Iterable[str]) -> None:
        now = self._clock()
        with self._db.writing() as connection:
            connection.executemany(
                "update removals set removed_at = ? where path = ?", [(now, path) for path in paths]
            )
            connection.execute("delete from removals where removed_at < ?", (now - REMEMBERED,))

    def put_off(self, paths: Iterable[str]) -> None:
        now = self._clock()
        with self._db.writing() as connection:
            connection.executemany(
                "update removals set noted_at = ? where path = ?", [(now, path) for path in paths]
            )

    def keep_last(self, scope: str) -> int | None:
        found = self._db.query("select keep_last from retention where scope = ?", scope)
        return int(found[0][0]) if found else None

    def set_keep_last(self, scope: str, versions: int | None) -> None:
        with self._db.writing() as connection:
            connection.execute("delete from retention where scope = ?", (scope,))
            if versions is not None:
                connection.execute("insert into retention values (?, ?)", (scope, versions))

    def surplus(self, scope: str, keep: int) -> Surplus:
        found = self._db.query(SURPLUS, scope, keep)
        photos = {image_id for _, image_id, _ in found}
        return Surplus(
            versions=len(found), photos=len(photos), bytes=sum(size for _, _, size in found)
        )

    def prune(self, scope: str, keep: int) -> Surplus:
        with self._db.writing() as connection:
            going = self.surplus(scope, keep)
            if going.versions:
                self._prune(connection, scope, keep)
            return going

    def prune_all(self) -> None:
        for scope, keep in self._db.query("select scope, keep_last from retention"):
            if self.surplus(scope, keep).versions:
                self.prune(scope, keep)

    def _prune(self, connection: Connection, scope: str, keep: int) -> None:
        ids = json.dumps([row[0] for row in self._db.query(SURPLUS, scope, keep)])
        self._note(connection, "versions", f"id in {GIVEN}", ids)
        connection.execute(
            "update jobs set status = 'expired', version_id = null, updated_at = ?"
            " where version_id in (select value from json_each(?))",
            (self._clock(), ids),
        )
        connection.execute(
            "delete from versions where id in (select value from json_each(?))", (ids,)
        )

    def _purge(self, connection: Connection, where: str, *values: object) -> int:
        found = self._db.query(f"select id from images where {where}", *values)  # noqa: S608 own words
        ids = json.dumps([row[0] for row in found])
        needed = json.dumps(self._needed(ids))
        gone = json.dumps(sorted(set(json.loads(ids)) - set(json.loads(needed))))
        for table, (owner, *_) in OBJECTS.items():
            self._note(connection, table, f"{owner} in {GIVEN}", gone if table == "images" else ids)
        # What lies behind other photos stays as a picture, and is a photo no more.
        connection.execute(
            "update images set current_id = null, deleted_at = null, name = '', name_key = '',"
            " notes = '' where id in (select value from json_each(?))",
            (needed,),
        )
        connection.execute(
            "update images set current_id = null where id in (select value from json_each(?))",
            (ids,),
        )
        for table in OWNED:
            connection.execute(f"delete from {table} where image_id in {GIVEN}", (ids,))  # noqa: S608 own words
        connection.execute(
            "delete from images where id in (select value from json_each(?))", (gone,)
        )
        return len(found)

    def _needed(self, ids: str) -> list[str]:
        """Return those of the given photos that recipes of other photos name as background."""
        rows = self._db.query(f"select id, scope, sha256 from images where id in {GIVEN}", ids)  # noqa: S608 own words
        users, going = self._users(), set(json.loads(ids))
        return [image_id for image_id, *named in rows if users.get(tuple(named), set()) - going]

    def _users(self) -> dict[tuple[str, ...], set[str]]:
        """Return by scope and sha256 of a picture the photos that it lies behind."""
        users: dict[tuple[str, ...], set[str]] = {}
        for table in ("versions", "entries"):
            for *named, image_id in self._db.query(
                "select distinct scope, substr(recipe, instr(recipe, ?) + length(?), 64), image_id"  # noqa: S608 own words
                f" from {table} where instr(recipe, ?) > 0",
                *(PICTURE, PICTURE, PICTURE),
            ):
                users.setdefault(tuple(named), set()).add(image_id)
        return users

    def _note(self, connection: Connection, table: str, where: str, ids: str) -> None:
        for path in OBJECTS[table][1:]:
            connection.execute(
                f"insert into removals (path, noted_at) select {path}, ? from {table} where {where}"  # noqa: S608 own words
                " on conflict (path) do update set noted_at = excluded.noted_at, removed_at = null",
                (self._clock(), ids),
            )
