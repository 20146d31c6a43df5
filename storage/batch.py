"""The workbench as a batch, in SQLite: paused or not, what comes first, and what has changed."""

import json
from collections.abc import Callable, Sequence
from dataclasses import fields

from storage.database import Database, columns, made
from storage.records import MOVES, Card, Changes, Entry, Image, Job, Status

MOST_MISSED = 100_000
"""Changes after which departures are forgotten: see the schema."""
STARTABLE = (
    "status = 'queued' and (priority >= 2 or (scope not in (select scope from pauses)"
    " or not exists (select 1 from entries where entries.job_id = jobs.id)) and not exists"
    " (select 1 from images where images.id = jobs.image_id and deleted_at is not null))"
)
"""Of jobs: a pause holds what the workbench alone waits for, the trash all, but nobody NOW."""
BEFORE = (
    "exists (select 1 from jobs mine where mine.id = ? and mine.status = 'queued'"
    " and (jobs.priority > mine.priority or (jobs.priority = mine.priority"
    " and (jobs.created_at, jobs.rowid) < (mine.created_at, mine.rowid))))"
)
"""Of jobs: they come before another one that waits."""
PUT_BACK = (
    "update jobs set priority = 0 where status = 'queued' and priority = 1 and scope = ? and id not"
    " in (select job_id from entries where id in (select value from json_each(?)))"
)
PUT_FIRST = (
    "update jobs set priority = 1 where status = 'queued' and priority = 0 and scope = ? and id in"
    " (select job_id from entries where id in (select value from json_each(?)))"
)
MOVE = (
    "update jobs set status = ?, owner = null, lease_until = null, updated_at = ?,"
    " attempts = iif(? = 'queued', 0, attempts), says = iif(? = 'queued', '', says)"
    " where scope = ? and id in (select job_id from entries where scope = jobs.scope)"
    " and status in (select value from json_each(?)) and not exists"
    " (select 1 from images where images.id = jobs.image_id and deleted_at is not null)"
)
CLEAR = "delete from entries where scope = ? and id in (select value from json_each(?))"
JOBS_OF = (
    "select distinct job_id from entries where scope = ? and id in (select value from json_each(?))"
)
FORSAKE = (
    "update jobs set status = 'cancelled', owner = null, lease_until = null, updated_at = ?"
    " where id in (select value from json_each(?)) and status in (select value from json_each(?))"
    " and not exists (select 1 from entries where entries.job_id = jobs.id)"
)
ACCEPT = (
    "update entries set seen = (select reasons from jobs where jobs.id = entries.job_id)"
    " where scope = ? and id in (select value from json_each(?))"
)
NEWS = (
    "select coalesce((select count from ticks where scope = ?), 0),"
    " exists (select 1 from pauses where scope = ?)"
)
STOPPABLE = [status.value for status in Status if Status.CANCELLED in MOVES[status]]


class SqliteBatch:
    """The rules of many photos at once; each method is one transaction, however many they are."""

    def __init__(self, db: Database, clock: Callable[[], float]) -> None:
        self._db = db
        self._clock = clock

    def pause(self, scope: str) -> None:
        with self._db.writing() as connection:
            connection.execute(
                "insert into pauses values (?, ?) on conflict do nothing", (scope, self._clock())
            )

    def resume(self, scope: str) -> None:
        with self._db.writing() as connection:
            connection.execute("delete from pauses where scope = ?", (scope,))

    def paused(self, scope: str) -> bool:
        return bool(self._db.query("select 1 from pauses where scope = ?", scope))

    def put_first(self, scope: str, entry_ids: Sequence[str]) -> None:
        given = (scope, json.dumps([*entry_ids]))
        with self._db.writing() as connection:
            connection.execute(PUT_BACK, given)
            connection.execute(PUT_FIRST, given)

    def cancel_all(self, scope: str) -> int:
        return self._move(scope, STOPPABLE, Status.CANCELLED)

    def retry_all(self, scope: str, status: Status) -> int:
        return self._move(scope, [status.value], Status.QUEUED)

    def clear_all(self, scope: str, entry_ids: Sequence[str]) -> int:
        given = (scope, json.dumps([*entry_ids]))
        with self._db.writing() as connection:
            jobs = [job_id for (job_id,) in connection.execute(JOBS_OF, given)]
            removed = connection.execute(CLEAR, given).rowcount
            stoppable = json.dumps(STOPPABLE)
            connection.execute(FORSAKE, (self._clock(), json.dumps(jobs), stoppable))
        return removed

    def accept(self, scope: str, entry_ids: Sequence[str]) -> None:
        with self._db.writing() as connection:
            connection.execute(ACCEPT, (scope, json.dumps([*entry_ids])))

    def changes(self, scope: str, since: int = 0) -> Changes:
        ((now, paused),) = self._db.query(NEWS, scope, scope)
        if now == since:
            return Changes(tick=now, whole=False, paused=bool(paused))
        # A count from the future is one of a library that was put back from a copy.
        whole = since <= 0 or since > now or now - since > MOST_MISSED
        found = self._cards(scope, -1 if whole else since)
        gone = [] if whole else self._gone(scope, since)
        return Changes(
            tick=now,
            whole=whole,
            paused=bool(paused),
            cards=tuple(card for card, there in found if there),
            gone=(*gone, *(card.entry.id for card, there in found if not there and not whole)),
        )

    def _cards(self, scope: str, since: int) -> list[tuple[Card, bool]]:
        """Return what has changed, and whether it is there; in the order it came."""
        rows = self._db.query(
            f"select {columns(Entry, 'e')}, {columns(Image, 'i')}, {columns(Job, 'j')},"  # noqa: S608 own words
            " i.deleted_at is null"
            " from entries e join images i on i.id = e.image_id join jobs j on j.id = e.job_id"
            " where e.scope = ? and e.tick > ? order by e.created_at, e.rowid",
            scope,
            since,
        )
        image_at = len(fields(Entry))
        job_at = image_at + len(fields(Image))
        return [
            (
                Card(
                    entry=made(Entry, row[:image_at]),
                    image=made(Image, row[image_at:job_at]),
                    job=made(Job, row[job_at:-1]),
                ),
                bool(row[-1]),
            )
            for row in rows
        ]

    def _gone(self, scope: str, since: int) -> list[str]:
        rows = self._db.query(
            "select entry_id from departures where scope = ? and tick > ?", scope, since
        )
        return [entry_id for (entry_id,) in rows]

    def _move(self, scope: str, those: Sequence[str], to: Status) -> int:
        values = (to.value, self._clock(), to.value, to.value, scope, json.dumps(those))
        with self._db.writing() as connection:
            return connection.execute(MOVE, values).rowcount
