"""The rules of one computer's library in SQLite: the desktop product and the tests' real thing."""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, fields, replace
from pathlib import Path
from sqlite3 import Connection
from typing import Any
from uuid import uuid4

from auth.account import LOCAL
from storage.batch import BEFORE, STARTABLE, SqliteBatch
from storage.collections import SqliteCollections
from storage.database import Database, columns, made
from storage.endless import LocalNames, LocalTerms
from storage.errors import IllegalMove, LostLease, NotFound
from storage.holdings import SqliteHoldings, show
from storage.hooks import SqliteHooks
from storage.intakes import SqliteIntakes
from storage.keyring import SqliteKeys
from storage.naming import natural_key
from storage.outbox import Outbox
from storage.ports.queue import LEASE_SECONDS, MAX_ATTEMPTS
from storage.records import (
    MOVES,
    Card,
    Entry,
    Image,
    Job,
    Matte,
    Note,
    Order,
    Status,
    Strokes,
    Version,
    Vitals,
)
from storage.stirs import SqliteStirs
from storage.trash import SqliteTrash
from storage.vitals import vitals

GIVEN_UP = (
    f"This photo has stopped Coveshot {MAX_ATTEMPTS} times, so it was set aside. "
    "Save it anew in another program and drop that."
)


class SqliteRecords:
    """Owns the database of a library."""

    def __init__(
        self,
        file: Path,
        *,
        clock: Callable[[], float] = time.time,
        lease_seconds: float = LEASE_SECONDS,
    ) -> None:
        self._db = Database(file)
        self._clock = clock
        self._lease = lease_seconds
        self.holdings = SqliteHoldings(self._db)
        self.collections = SqliteCollections(self._db, clock)
        self.trash = SqliteTrash(self._db, clock)
        self.batch = SqliteBatch(self._db, clock)
        self.terms = LocalTerms(self.version)
        self.names = LocalNames()
        self.outbox = Outbox(self._db, LOCAL.scope, clock)
        self.intakes = SqliteIntakes(self._db, clock)
        self.stirs = SqliteStirs(self._db)
        self.hooks = SqliteHooks(self._db, clock)
        self.keys = SqliteKeys(self._db, clock)

    # Jobs

    def admit(self, image: Image, order: Order) -> Job:
        with self._db.writing() as connection:
            known = self._keep(image)
            _name(connection, known.id, image.name)
            live = self._db.rows(
                Job, "image_id = ? and key = ? and status <> 'expired'", known.id, order.key
            )
            if not live:
                return self._queue(known, order)
            job = self._called(live[0], order.preset)
            priority = max(job.priority, order.priority)
            if job.status in {Status.ERROR, Status.CANCELLED}:
                return self._move(job, Status.QUEUED, attempts=0, says="", priority=priority)
            if job.status is Status.QUEUED and priority > job.priority:
                job = replace(job, priority=priority)
                self._db.update(job)
            return job

    def start(self, owner: str) -> Job | None:
        if not self._db.query(f"select 1 from jobs where {STARTABLE} limit 1"):  # noqa: S608 own words
            return None  # an idle worker does not take the place of a writer
        with self._db.writing():
            waiting = self._db.rows(
                Job, f"{STARTABLE} order by priority desc, created_at, rowid limit 1"
            )
            if not waiting:
                return None
            job = waiting[0]
            return self._move(
                job,
                Status.RUNNING,
                owner=owner,
                lease_until=self._clock() + self._lease,
                attempts=job.attempts + 1,
                fence=job.fence + 1,
            )

    def beat(self, jobs: Iterable[Job]) -> None:
        until = self._clock() + self._lease
        with self._db.writing() as connection:
            connection.executemany(
                "update jobs set lease_until = ? where id = ? and fence = ? and status = 'running'",
                [(until, job.id, job.fence) for job in jobs],
            )

    def finish(self, job: Job, version: Version, note: Note = Note()) -> Job:  # noqa: B008 frozen
        with self._db.writing() as connection:
            now = self._now(job)
            if now.status is Status.DONE:
                return now
            _check_lease(now, job)
            history = self.history(job.scope, job.image_id)
            self._db.insert(replace(version, number=history[-1].number + 1 if history else 1))
            done = self._move(now, Status.DONE, version_id=version.id, **asdict(note))
            show(connection, version)
            return done

    def fail(self, job: Job, says: str) -> Job:
        with self._db.writing():
            now = self._now(job)
            _check_lease(now, job)
            return self._move(now, Status.ERROR, says=says)

    def release(self, owner: str) -> None:
        with self._db.writing():
            for job in self._db.rows(Job, "status = 'running' and owner = ?", owner):
                self._move(job, Status.QUEUED, attempts=job.attempts - 1)

    def recover(self) -> list[Job]:
        # A lease that ends later than any lease could is dead, too: the clock was set back.
        now = self._clock()
        with self._db.writing():
            dead = self._db.rows(
                Job,
                "status = 'running' and (lease_until < ? or lease_until > ?)",
                now,
                now + 2 * self._lease,
            )
            return [
                self._move(job, Status.ERROR, says=GIVEN_UP)
                if job.attempts >= MAX_ATTEMPTS
                else self._move(job, Status.QUEUED)
                for job in dead
            ]

    def cancel(self, scope: str, job_id: str) -> Job:
        with self._db.writing():
            job = self.job(scope, job_id)
            return job if job.status is Status.CANCELLED else self._move(job, Status.CANCELLED)

    def forsake(self, scope: str, job_id: str) -> Job:
        with self._db.writing():
            return self._forsake(self.job(scope, job_id))

    def retry(self, scope: str, job_id: str) -> Job:
        with self._db.writing():
            job = self.job(scope, job_id)
            if job.status in {Status.QUEUED, Status.RUNNING}:
                return job
            return self._move(job, Status.QUEUED, attempts=0, says="")

    def expire(self, scope: str, job_id: str) -> Job:
        with self._db.writing() as connection:
            job = self.job(scope, job_id)
            if job.status is Status.EXPIRED:
                return job
            expired = self._move(job, Status.EXPIRED, version_id=None)
            left = [row for row in self.history(scope, job.image_id) if row.job_id != job_id]
            if self.image(scope, job.image_id).current_id == job.version_id:
                connection.execute(
                    "update images set current_id = null, doubt = 0 where id = ?", (job.image_id,)
                )
                for version in left[-1:]:
                    show(connection, version)
            connection.execute("delete from versions where job_id = ?", (job_id,))
            return expired

    def job(self, scope: str, job_id: str) -> Job:
        return self._db.one(Job, "scope = ? and id = ?", scope, job_id)

    def ahead(self, job_id: str = "") -> int:
        before, ids = (f" and {BEFORE}", (job_id,)) if job_id else ("", ())
        count = f"select count(*) from jobs where {STARTABLE}{before}"  # noqa: S608 own words
        return int(self._db.query(count, *ids)[0][0])

    def vitals(self) -> Vitals:
        return vitals(self._db, self._clock())

    def leased(self) -> list[Job]:
        return self._db.rows(Job, "status = 'running' and lease_until >= ?", self._clock())

    # Photos, mattes, strokes, versions

    def image(self, scope: str, image_id: str) -> Image:
        return self._db.one(Image, "scope = ? and id = ?", scope, image_id)

    def keep(self, image: Image) -> Image:
        with self._db.writing():
            return self._keep(image)

    def find(self, scope: str, sha256: str) -> Image | None:
        found = self._db.rows(Image, "scope = ? and sha256 = ?", scope, sha256)
        return found[0] if found else None

    def keep_matte(self, matte: Matte) -> None:
        with self._db.writing():
            self._db.one(Image, "id = ?", matte.image_id)
            self._db.insert(matte, "on conflict do nothing")

    def matte(self, image_id: str, key: str) -> Matte | None:
        found = self._db.rows(Matte, "image_id = ? and key = ?", image_id, key)
        return found[0] if found else None

    def keep_strokes(self, strokes: Strokes) -> Strokes:
        with self._db.writing():
            self._db.one(Image, "id = ?", strokes.image_id)
            self._db.insert(
                strokes,
                "on conflict (image_id, sha256) do update set created_at = excluded.created_at",
            )
            where = "image_id = ? and sha256 = ?"
            return self._db.one(Strokes, where, strokes.image_id, strokes.sha256)

    def strokes(self, image_id: str, sha256: str) -> Strokes | None:
        found = self._db.rows(Strokes, "image_id = ? and sha256 = ?", image_id, sha256)
        return found[0] if found else None

    def version(self, scope: str, version_id: str) -> Version:
        return self._db.one(Version, "scope = ? and id = ?", scope, version_id)

    def history(self, scope: str, image_id: str) -> list[Version]:
        return self._db.rows(Version, "scope = ? and image_id = ? order by number", scope, image_id)

    def objects(self) -> Iterator[str]:
        for (path,) in self._db.query(
            "select path from images union select path from mattes union select path from strokes"
            " union select path from versions union select thumbnail_path from versions"
        ):
            yield path

    # The workbench

    def place(self, entry: Entry) -> Entry:
        with self._db.writing() as connection:
            self._db.insert(entry, "on conflict do nothing")
            _name(connection, entry.image_id, entry.name)
            return self._db.one(
                Entry,
                "scope = ? and image_id = ? and folder = ? and name = ?",
                entry.scope,
                entry.image_id,
                entry.folder,
                entry.name,
            )

    def change(
        self, scope: str, entry_id: str, *, recipe: str, job_id: str, preset: str | None = None
    ) -> Entry:
        with self._db.writing():
            before = self.entry(scope, entry_id)
            called = before.preset if preset is None else preset
            changed = replace(before, recipe=recipe, job_id=job_id, preset=called)
            self._db.update(changed)
            if before.job_id != job_id:
                self._forsake(self.job(scope, before.job_id))
            return changed

    def clear(self, scope: str, entry_id: str) -> None:
        with self._db.writing() as connection:
            found = self._db.rows(Entry, "scope = ? and id = ?", scope, entry_id)
            connection.execute("delete from entries where scope = ? and id = ?", (scope, entry_id))
            for entry in found:
                self._forsake(self.job(scope, entry.job_id))

    def entry(self, scope: str, entry_id: str) -> Entry:
        return self._db.one(Entry, "scope = ? and id = ?", scope, entry_id)

    def bench(self, scope: str) -> list[Card]:
        rows = self._db.query(
            f"select {columns(Entry, 'e')}, {columns(Image, 'i')}, {columns(Job, 'j')}"  # noqa: S608 own words
            " from entries e join images i on i.id = e.image_id join jobs j on j.id = e.job_id"
            " where e.scope = ? and i.deleted_at is null order by e.created_at, e.rowid",
            scope,
        )
        image_at = len(fields(Entry))
        job_at = image_at + len(fields(Image))
        return [
            Card(
                entry=made(Entry, row[:image_at]),
                image=made(Image, row[image_at:job_at]),
                job=made(Job, row[job_at:]),
            )
            for row in rows
        ]

    def close(self) -> None:
        self._db.close()

    def _keep(self, image: Image) -> Image:
        """Keep a photo; what is dropped again is wanted again, and comes out of the trash."""
        new = replace(image, name="", current_id=None, deleted_at=None)
        self._db.insert(new, "on conflict (scope, sha256) do nothing")
        kept = self._db.one(Image, "scope = ? and sha256 = ?", image.scope, image.sha256)
        if self._db.query("select 1 from removals where path = ?", kept.path):
            raise NotFound  # purged since it was read: its object goes, whatever is written now
        if kept.deleted_at is not None:
            kept = replace(kept, deleted_at=None)
            self._db.update(kept)
        return kept

    def _queue(self, image: Image, order: Order) -> Job:
        now = self._clock()
        job = Job(
            id=uuid4().hex,
            scope=image.scope,
            image_id=image.id,
            status=Status.QUEUED,
            key=order.key,
            op_key=order.op_key,
            recipe=order.recipe,
            priority=order.priority,
            preset=order.preset,
            attempts=0,
            owner=None,
            lease_until=None,
            fence=0,
            says="",
            version_id=None,
            created_at=now,
            updated_at=now,
        )
        self._db.insert(job)
        return job

    def _called(self, job: Job, preset: str) -> Job:
        """Note what preset a job is for, where one is named."""
        if preset in {"", job.preset}:
            return job
        job = replace(job, preset=preset)
        self._db.update(job)
        return job

    def _now(self, job: Job) -> Job:
        """Return a job as it is now. Raises LostLease where it was purged with its photo."""
        try:
            return self.job(job.scope, job.id)
        except NotFound:
            raise LostLease from None

    def _forsake(self, job: Job) -> Job:
        wanted = self._db.rows(Entry, "job_id = ? limit 1", job.id)
        if wanted or Status.CANCELLED not in MOVES[job.status]:
            return job
        return self._move(job, Status.CANCELLED)

    def _move(self, job: Job, status: Status, **changes: Any) -> Job:
        """Write a job in its next state; only a running one has an owner and a lease."""
        if status not in MOVES[job.status]:
            raise IllegalMove(f"This photo is {job.status}: it cannot become {status}.")
        moved = replace(
            job,
            **{"owner": None, "lease_until": None, "updated_at": self._clock()} | changes,
            status=status,
        )
        self._db.update(moved)
        return moved


def _name(connection: Connection, image_id: str, name: str) -> None:
    """Give a photo a name, unless it has one."""
    connection.execute(
        "update images set name = ?, name_key = ? where id = ? and name = ''",
        (name, natural_key(name), image_id),
    )


def _check_lease(now: Job, held: Job) -> None:
    if now.status is not Status.RUNNING or now.fence != held.fence:
        raise LostLease
