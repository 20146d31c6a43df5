"""Photos that are announced before they come, in the library of one computer."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from storage.database import Database
from storage.errors import IllegalMove, LostLease, NotFound, TooMany
from storage.ports.intakes import INTAKE_SECONDS, LOOK_SECONDS, MOST_EXPECTED, TOLD_SECONDS
from storage.records import Intake, Job, Status, Task

OPEN = "status in ('awaiting_upload', 'verifying')"
OTHER = "This Idempotency-Key was used for another photo. Take a new one for each."
MANY = "Send the photos that you have announced first."
IN_HAND = "This photo is being looked at. Ask again in a moment."
OVER = "This upload is over. Announce the photo again."


class SqliteIntakes:
    """The rules of announcements; where the bytes lie is told elsewhere."""

    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        self._db = database
        self._clock = clock

    def open(self, intake: Intake) -> Intake:
        now = self._clock()
        with self._db.writing():
            same = "scope = ? and token = ? and token <> ''"
            for known in self._db.rows(Intake, same, intake.scope, intake.token):
                if known.said != intake.said:
                    raise IllegalMove(OTHER)
                return known
            count = f"select count(*) from intakes where scope = ? and {OPEN}"  # noqa: S608 own words
            if self._db.query(count, intake.scope)[0][0] >= MOST_EXPECTED:
                raise TooMany(MANY)
            opened = replace(
                intake, created_at=now, updated_at=now, expires_at=now + INTAKE_SECONDS
            )
            self._db.insert(opened)
            return opened

    def task(self, scope: str, task_id: str) -> Task:
        intake = next(iter(self._db.rows(Intake, "scope = ? and id = ?", scope, task_id)), None)
        job_id = intake.job_id if intake else task_id
        job = next(iter(self._db.rows(Job, "scope = ? and id = ?", scope, job_id)), None)
        if not (intake or job):
            raise NotFound
        return Task(intake=intake, job=job)

    def claim(self, scope: str, intake_id: str) -> Intake:
        now = self._clock()
        with self._db.writing():
            intake = self._one(scope, intake_id)
            if intake.status not in {Status.AWAITING_UPLOAD, Status.VERIFYING}:
                raise IllegalMove(intake.says or OVER)
            if (intake.lease_until or 0.0) > now:
                raise TooMany(IN_HAND)
            if intake.expires_at <= now:
                raise IllegalMove(OVER)
            return self._written(
                intake,
                status=Status.VERIFYING,
                fence=intake.fence + 1,
                lease_until=now + LOOK_SECONDS,
            )

    def end(self, intake: Intake, status: Status, says: str = "", job_id: str = "") -> Intake:
        now = self._clock()
        with self._db.writing():
            known = self._one(intake.scope, intake.id)
            if known.fence != intake.fence:
                raise LostLease
            if known.status is not Status.VERIFYING:
                if known.status is status:  # said before, and the answer was lost
                    return known
                raise LostLease
            later = now + INTAKE_SECONDS if status is Status.VERIFYING else known.expires_at
            return self._written(
                known,
                status=status,
                says=says,
                job_id=job_id or None,
                lease_until=None,
                expires_at=max(known.expires_at, later),
            )

    def cancel(self, scope: str, intake_id: str) -> Intake:
        with self._db.writing():
            intake = self._one(scope, intake_id)
            if intake.status is Status.CANCELLED:
                return intake
            if intake.status not in {Status.AWAITING_UPLOAD, Status.VERIFYING}:
                raise IllegalMove(f"This photo is {intake.status}: it cannot become cancelled.")
            return self._written(intake, status=Status.CANCELLED, lease_until=None)

    def expire(self) -> list[Intake]:
        now = self._clock()
        due = f"{OPEN} and expires_at <= ? and coalesce(lease_until, 0) <= ?"
        old = f"not ({OPEN}) and updated_at <= ?"
        if not self._db.query(
            f"select 1 from intakes where ({due}) or ({old}) limit 1",  # noqa: S608 own words
            now,
            now,
            now - TOLD_SECONDS,
        ):
            return []  # nobody loses the place of a writer for nothing
        with self._db.writing() as connection:
            connection.execute(f"delete from intakes where {old}", (now - TOLD_SECONDS,))  # noqa: S608 own words
            return [
                self._written(one, status=Status.EXPIRED, lease_until=None)
                for one in self._db.rows(Intake, due, now, now)
            ]

    def recipe(self, scope: str, op_key: str) -> str:
        named = "scope = ? and op_key = ? order by updated_at desc limit 1"
        return self._db.one(Job, named, scope, op_key).recipe

    def _one(self, scope: str, intake_id: str) -> Intake:
        return self._db.one(Intake, "scope = ? and id = ?", scope, intake_id)

    def _written(self, intake: Intake, **changes: Any) -> Intake:
        written = replace(intake, updated_at=self._clock(), **changes)
        self._db.update(written)
        return written
