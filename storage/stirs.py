"""In which libraries something has changed, in SQLite: whoever wrote it, in whatever process."""

from storage.database import Database
from storage.records import Stir


class SqliteStirs:
    """Writers queue up, so that numbers come in the order of what they count."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def since(self, mark: int) -> Stir:
        rows = self._db.query("select scope, number from stirs where number >= ?", mark)
        if mark and rows:
            after = max(number for _, number in rows) + 1
            return Stir(mark=after, scopes={scope: str(number) for scope, number in rows})
        ((now,),) = self._db.query("select coalesce(max(number), 0) from stirs")
        return Stir(mark=now + 1)
