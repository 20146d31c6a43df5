"""What waits to be synced to an account, and what has become of the rest: rows of this computer."""

import time
from collections.abc import Callable
from dataclasses import dataclass, fields

from storage.database import Database, columns, made
from storage.records import Image, Version

UPLOAD_SECONDS = 86400.0
"""How long an upload can be gone on with, as the storage keeps it."""
WAITS = (
    "from versions v join images i on i.id = v.image_id"
    " left join syncs s on s.version_id = v.id and s.user_id = ?"
    " where v.scope = ? and i.deleted_at is null"
)


@dataclass(frozen=True, slots=True)
class Due:
    """A version to be sent, and its photo."""

    version: Version
    image: Image


@dataclass(frozen=True, slots=True)
class Sent:
    """A version that the server has to look at, and what it is called there."""

    version_id: str
    image_id: str
    job_id: str
    sync_id: str = ""
    """Empty where it was not brought, but comes about there."""


@dataclass(frozen=True, slots=True)
class Tally:
    """How many photos are on their way, were refused, and why the first of them was."""

    left: int = 0
    refused: int = 0
    says: str = ""


@dataclass(frozen=True, slots=True)
class Stray:
    """A photo that is called otherwise here than there, or is in one trash alone."""

    image_id: str
    remote_id: str
    name: str
    trashed: bool
    renamed: bool
    moved: bool


@dataclass(frozen=True, slots=True)
class Mark:
    """How far a version is on its way to an account."""

    state: str
    """waiting, sent, synced or refused."""
    says: str = ""
    """Why it was refused."""


class Outbox:
    """Every method is one transaction of the library's file."""

    def __init__(self, db: Database, scope: str, clock: Callable[[], float] = time.time) -> None:
        self._db = db
        self._scope = scope
        self._clock = clock

    def next(self, user_id: str) -> Due | None:
        """Return the oldest version that waits; photos in the trash wait until they come out."""
        names = f"{columns(Version, 'v')}, {columns(Image, 'i')}"
        found = self._db.query(
            f"select {names} {WAITS} and s.state is null order by v.created_at, v.rowid limit 1",
            user_id,
            self._scope,
        )
        at = len(fields(Version))
        return Due(made(Version, found[0][:at]), made(Image, found[0][at:])) if found else None

    def sent(self, user_id: str, most: int) -> list[Sent]:
        """Return what the server has not answered yet; what was not asked for longest first."""
        found = self._db.query(
            "select s.version_id, v.image_id, s.job_id, s.sync_id from syncs s join versions v"
            " on v.id = s.version_id where s.user_id = ? and s.state = 'sent'"
            " order by s.updated_at limit ?",
            user_id,
            most,
        )
        return [Sent(*row) for row in found]

    def note(
        self, user_id: str, version_id: str, state: str, says: str = "", sent: Sent | None = None
    ) -> None:
        """Note how far a version is; one that has gone meanwhile is passed over."""
        there = (sent.job_id, sent.sync_id) if sent else ("", "")
        with self._db.writing() as connection:
            connection.execute(
                "insert into syncs (version_id, user_id, state, says, job_id, sync_id, updated_at)"
                " select id, ?, ?, ?, ?, ?, ? from versions where id = ? on conflict do update set"
                " state = excluded.state, says = excluded.says, job_id = excluded.job_id,"
                " sync_id = excluded.sync_id, updated_at = excluded.updated_at",
                (user_id, state, says, *there, self._clock(), version_id),
            )

    def again(self, user_id: str) -> int:
        """Let what was refused wait for its turn once more; return how many."""
        with self._db.writing() as connection:
            return connection.execute(
                "delete from syncs where user_id = ? and state = 'refused'", (user_id,)
            ).rowcount

    def tally(self, user_id: str) -> Tally:
        [(left, refused, says)] = self._db.query(
            "select count(distinct case when s.state is null or s.state = 'sent'"
            " then v.image_id end), count(distinct case when s.state = 'refused'"
            f" then v.image_id end), min(case when s.state = 'refused' then s.says end) {WAITS}",
            user_id,
            self._scope,
        )
        return Tally(left, refused, says or "")

    def marks(self, user_id: str, image_id: str) -> dict[str, Mark]:
        """Return those of a photo by the ids of its versions; `waiting` where there is no row."""
        return {
            version_id: Mark(state or "waiting", says or "")
            for version_id, state, says in self._db.query(
                f"select v.id, s.state, s.says {WAITS} and v.image_id = ?",
                user_id,
                self._scope,
                image_id,
            )
        }

    # Names and the trash

    def mirror(self, user_id: str, image_id: str, remote_id: str) -> None:
        """Note that a photo is there; of what it is called there nothing was told yet."""
        with self._db.writing() as connection:
            connection.execute(
                "insert into mirrors (image_id, user_id, remote_id) values (?, ?, ?)"
                " on conflict do update set name = '', trashed = 0, remote_id = excluded.remote_id"
                " where remote_id <> excluded.remote_id",
                (image_id, user_id, remote_id),
            )

    def strays(self, user_id: str, most: int) -> list[Stray]:
        found = self._db.query(
            "select m.image_id, m.remote_id, coalesce(i.name, m.name), i.id is null or"
            " i.deleted_at is not null, coalesce(i.name, m.name) <> m.name,"
            " (i.id is null or i.deleted_at is not null) <> m.trashed"
            " from mirrors m left join images i on i.id = m.image_id where m.user_id = ?"
            " and (coalesce(i.name, m.name) <> m.name"
            " or (i.id is null or i.deleted_at is not null) <> m.trashed) limit ?",
            user_id,
            most,
        )
        return [Stray(*row[:3], *map(bool, row[3:])) for row in found]

    def told(self, user_id: str, stray: Stray) -> None:
        """Note that it is there as it is here; of one that is purged here no more is told."""
        with self._db.writing() as connection:
            connection.execute(
                "update mirrors set name = ?, trashed = ? where image_id = ? and user_id = ?",
                (stray.name, stray.trashed, stray.image_id, user_id),
            )
            connection.execute(
                "delete from mirrors where trashed = 1 and user_id = ? and image_id = ?"
                " and image_id not in (select id from images)",
                (user_id, stray.image_id),
            )

    def forget(self, user_id: str, image_id: str) -> None:
        """Tell nothing more of a photo: it is not there any more."""
        with self._db.writing() as connection:
            connection.execute(
                "delete from mirrors where image_id = ? and user_id = ?", (image_id, user_id)
            )

    # Uploads that go on after a restart

    def find(self, name: str) -> str | None:
        found = self._db.query(
            "select address from uploads where name = ? and begun_at > ?",
            name,
            self._clock() - UPLOAD_SECONDS,
        )
        return str(found[0][0]) if found else None

    def keep(self, name: str, address: str) -> None:
        with self._db.writing() as connection:
            connection.execute(
                "delete from uploads where begun_at <= ?", (self._clock() - UPLOAD_SECONDS,)
            )
            connection.execute(
                "insert or replace into uploads values (?, ?, ?)", (name, address, self._clock())
            )

    def drop(self, name: str) -> bool:
        """Forget an upload; say whether it was known."""
        with self._db.writing() as connection:
            done = connection.execute("delete from uploads where name = ?", (name,))
            return done.rowcount == 1
