"""How much waits in a library, and for how long, in SQLite."""

from storage.batch import STARTABLE
from storage.database import Database
from storage.records import Status, Vitals

COUNTS = (
    "select status, count(*) from jobs where status in ('queued', 'running') group by status"
    " union all select status, count(*) from intakes"
    " where status in ('awaiting_upload', 'verifying') group by status"
)


def vitals(database: Database, now: float) -> Vitals:
    ((oldest,),) = database.query(f"select min(updated_at) from jobs where {STARTABLE}")  # noqa: S608 own words
    return Vitals(
        jobs={Status(status): count for status, count in database.query(COUNTS)},
        age=max(0.0, now - oldest) if oldest is not None else 0.0,
    )
