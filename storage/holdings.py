"""What the library of one computer holds, in SQLite: searched, sorted, named, shown."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

from storage.database import Database, columns, made
from storage.errors import NotFound
from storage.naming import folded, natural_key
from storage.records import (
    Entry,
    Holding,
    Image,
    Job,
    Mark,
    Search,
    Share,
    Sort,
    Survey,
    Usage,
    Version,
)

SORTS = {
    Sort.NEWEST: ("i.created_at", "desc"),
    Sort.OLDEST: ("i.created_at", "asc"),
    Sort.NAME: ("i.name_key", "asc"),
    Sort.DOUBT: ("i.doubt", "desc"),
    Sort.OWN: ("c.place", "asc"),
}
# What is shown of a photo is its current version, or else how its last job goes.
SHOWN = (
    " join jobs j on j.id = coalesce(v.job_id,"
    " (select id from jobs where image_id = i.id order by updated_at desc, rowid desc limit 1))"
)
PHOTOS = "exists (select 1 from jobs where image_id = i.id)"
MADE_WITH = (
    "exists (select 1 from versions v join jobs o on o.id = v.job_id"
    " where v.id = i.current_id and o.preset = ?)"
)
WEIGHTS = (
    ("mattes", "path", "bytes"),
    ("strokes", "path", "bytes"),
    ("versions", "thumbnail_path", "thumbnail_bytes"),
)
"""Tables whose objects are weighed after they were kept: their names, and where that is noted."""
LIVING = "image_id in (select id from images where scope = ? and deleted_at is null)"


class SqliteHoldings:
    """The rules of looking through a library."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def changes(self, scope: str) -> int:
        found = self._db.query("select count from changes where scope = ?", scope)
        return int(found[0][0]) if found else 0

    def survey(self, scope: str, search: Search, page: int) -> Survey:
        key, order = _sorted(search)
        origin, values = _found(scope, search)
        rows = self._db.query(
            f"select key, id, total from (select {key} as key, i.id as id,"  # noqa: S608 own words
            f" row_number() over (order by {key} {order}, i.id {order}) - 1 as at,"
            f" count(*) over () as total from {origin}) where at % ? = 0 order by at",
            *values,
            page,
        )
        total = rows[0][2] if rows else 0
        return Survey(total, tuple(Mark(value, image_id) for value, image_id, _ in rows))

    def page(
        self,
        scope: str,
        search: Search,
        *,
        start: Mark | None = None,
        end: Mark | None = None,
        most: int,
    ) -> list[Holding]:
        key, order = _sorted(search)
        origin, values = _found(scope, search)
        rising = order == "asc"
        for mark, sign in ((start, ">=" if rising else "<="), (end, "<" if rising else ">")):
            if mark:
                origin += f" and ({key}, i.id) {sign} (?, ?)"
                values += [mark.value, mark.id]
        return self._held(f"{origin} order by {key} {order}, i.id {order} limit ?", *values, most)

    def ids(self, scope: str, search: Search) -> list[str]:
        key, order = _sorted(search)
        origin, values = _found(scope, search)
        return [
            image_id
            for (image_id,) in self._db.query(
                f"select i.id from {origin} order by {key} {order}, i.id {order}",  # noqa: S608 own words
                *values,
            )
        ]

    def presets(self, scope: str) -> list[tuple[str, int]]:
        return self._db.query(
            "select j.preset, count(*) from images i join versions v on v.id = i.current_id"
            " join jobs j on j.id = v.job_id where i.scope = ? and i.deleted_at is null"
            " and j.preset <> '' group by j.preset order by j.preset",
            scope,
        )

    def holding(self, scope: str, image_id: str) -> Holding:
        found = self._held(f"images i where i.scope = ? and i.id = ? and {PHOTOS}", scope, image_id)
        if not found:
            raise NotFound
        return found[0]

    def rename(self, scope: str, image_id: str, name: str) -> Image:
        with self._db.writing() as connection:
            connection.execute(
                "update images set name = ?, name_key = ? where scope = ? and id = ?",
                (name, natural_key(name), scope, image_id),
            )
            return self._image(scope, image_id)

    def annotate(self, scope: str, image_id: str, notes: str) -> Image:
        with self._db.writing() as connection:
            connection.execute(
                "update images set notes = ? where scope = ? and id = ?", (notes, scope, image_id)
            )
            return self._image(scope, image_id)

    def restore(self, scope: str, image_id: str, version_id: str) -> Image:
        with self._db.writing() as connection:
            version = self._db.one(
                Version, "scope = ? and image_id = ? and id = ?", scope, image_id, version_id
            )
            show(connection, version)
            return self._image(scope, image_id)

    def entries(self, scope: str, image_id: str) -> list[Entry]:
        return self._db.rows(
            Entry, "scope = ? and image_id = ? order by created_at, rowid", scope, image_id
        )

    def usage(self, scope: str) -> Usage:
        return Usage(
            originals=self._share("images", "scope = ? and deleted_at is null", scope),
            mattes=self._share("mattes", LIVING, scope),
            strokes=self._share("strokes", LIVING, scope),
            versions=self._share("versions", LIVING, scope),
            trash=self._trash(scope),
        )

    def unweighed(self) -> list[str]:
        parts = [
            f"select {path} from {table} where {weight} = 0"  # noqa: S608 own words
            for table, path, weight in WEIGHTS
        ]
        return [path for (path,) in self._db.query(" union all ".join(parts))]

    def weigh(self, weights: Mapping[str, int]) -> None:
        with self._db.writing() as connection:
            for table, path, weight in WEIGHTS:
                connection.executemany(
                    f"update {table} set {weight} = ? where {path} = ?",  # noqa: S608 own words
                    [(size, name) for name, size in weights.items()],
                )

    def _trash(self, scope: str) -> Share:
        gone = "(select id from images where scope = ? and deleted_at is not null)"
        photos = self._share("images", f"id in {gone}", scope)
        theirs = [
            self._share(table, f"image_id in {gone}", scope)
            for table in ("mattes", "strokes", "versions")
        ]
        return Share(photos.count, photos.bytes + sum(share.bytes for share in theirs))

    def _share(self, table: str, where: str, *values: object) -> Share:
        size = "bytes + thumbnail_bytes" if table == "versions" else "bytes"
        text = f"select count(*), coalesce(sum({size}), 0) from {table} where {where}"  # noqa: S608 own words
        return Share(*self._db.query(text, *values)[0])

    def _held(self, origin: str, *values: object) -> list[Holding]:
        """Return photos: `origin` names images as i, and goes on with a condition."""
        tables, _, rest = origin.partition(" where ")
        rows = self._db.query(
            f"select {columns(Image, 'i')}, {columns(Job, 'j')}, {columns(Version, 'v')},"  # noqa: S608 own words
            " (select count(*) from versions where image_id = i.id)"
            f" from {tables} left join versions v on v.id = i.current_id{SHOWN} where {rest}",
            *values,
        )
        return [_holding(row) for row in rows]

    def _image(self, scope: str, image_id: str) -> Image:
        return self._db.one(Image, "scope = ? and id = ?", scope, image_id)


def show(connection: Any, version: Version) -> None:
    """Make a version the current one of its photo; a writer calls it."""
    connection.execute(
        "update images set current_id = ?,"
        " doubt = coalesce((select doubt from jobs where id = ?), 0) where id = ?",
        (version.id, version.job_id, version.image_id),
    )


def _sorted(search: Search) -> tuple[str, str]:
    """Return the column that is sorted by, and asc or desc."""
    own = search.sort is Sort.OWN and not search.collection_id
    return SORTS[Sort.NEWEST if own else search.sort]


def _found(scope: str, search: Search) -> tuple[str, list[object]]:
    """Return tables and condition of a search, and the values in them."""
    origin, values = "images i", list[object]()
    if search.collection_id:
        origin += " join collection_images c on c.image_id = i.id and c.collection_id = ?"
        values.append(search.collection_id)
    terms: dict[str, list[object]] = {
        "i.scope = ?": [scope],
        f"i.deleted_at is {'not null' if search.trashed else 'null'}": [],
        PHOTOS: [],
    }
    if search.doubtful:
        terms["i.doubt >= ?"] = [search.doubtful]
    if search.since is not None:
        terms["i.created_at >= ?"] = [search.since]
    if search.until is not None:
        terms["i.created_at < ?"] = [search.until]
    if search.preset:
        terms[MADE_WITH] = [search.preset]
    conditions = [*terms]
    values += [value for found in terms.values() for value in found]
    for word in folded(search.text).split():
        conditions.append("instr(folded(i.name || ' ' || i.notes), ?) > 0")
        values.append(word)
    return f"{origin} where {' and '.join(conditions)}", values


def _holding(row: Sequence[Any]) -> Holding:
    job_at = len(fields(Image))
    version_at = job_at + len(fields(Job))
    version = row[version_at:-1]
    return Holding(
        image=made(Image, row[:job_at]),
        job=made(Job, row[job_at:version_at]),
        version=made(Version, version) if version[0] else None,
        versions=row[-1],
    )
