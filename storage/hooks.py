"""Programs that are told when a job ends, and what is still to be told, in SQLite."""

from collections.abc import Callable
from uuid import uuid4

from storage.database import Database, made
from storage.errors import IllegalMove, NotFound
from storage.ports.hooks import CALL_PAUSES, CALL_SECONDS, MOST_HOOKS
from storage.records import Call, Hook

KNOWN = "This address is told already. Remove it first."
MANY = "Five addresses are told. Remove one first."
CLAIM = (
    "update calls set attempts = attempts + 1, due_at = ? where id in"
    " (select id from calls where due_at <= ? order by due_at, id limit ?) returning id"
)
CLAIMED = (
    "select c.id, c.hook_id, h.scope, h.address, c.task_id, c.status, c.created_at, c.attempts"
    " from calls c join hooks h on h.id = c.hook_id where c.id = ?"
)
SENT = (
    "update hooks set failures = 0, says = '' where id = (select hook_id from calls where id = ?)"
)
FAILED = "update hooks set failures = failures + 1, says = ? where id = ?"
DISABLED = "update hooks set disabled_at = ? where id = ? and disabled_at is null"


class SqliteHooks:
    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        self._db = database
        self._clock = clock

    def keep(self, scope: str, address: str) -> Hook:
        with self._db.writing():
            known = self._db.rows(Hook, "scope = ?", scope)
            if any(hook.address == address for hook in known):
                raise IllegalMove(KNOWN)
            if len(known) >= MOST_HOOKS:
                raise IllegalMove(MANY)
            hook = Hook(id=uuid4().hex, scope=scope, address=address, created_at=self._clock())
            self._db.insert(hook)
            return hook

    def all(self, scope: str) -> list[Hook]:
        return self._db.rows(Hook, "scope = ? order by created_at, id", scope)

    def remove(self, scope: str, hook_id: str) -> None:
        with self._db.writing() as connection:
            gone = connection.execute(
                "delete from hooks where scope = ? and id = ?", (scope, hook_id)
            )
            if not gone.rowcount:
                raise NotFound

    def claim(self, most: int) -> list[Call]:
        now = self._clock()
        if not self._db.query("select 1 from calls where due_at <= ? limit 1", now):
            return []  # a look takes nobody's turn to write
        with self._db.writing() as connection:
            taken = connection.execute(CLAIM, (now + CALL_SECONDS, now, most)).fetchall()
            rows = [connection.execute(CLAIMED, one).fetchone() for one in taken]
        return [made(Call, row) for row in rows]

    def sent(self, call: Call) -> None:
        with self._db.writing() as connection:
            connection.execute(SENT, (call.id,))
            connection.execute("delete from calls where id = ?", (call.id,))

    def failed(self, call: Call, says: str, *, gone: bool = False) -> None:
        now, late = self._clock(), call.attempts > len(CALL_PAUSES)
        with self._db.writing() as connection:
            same = "select 1 from calls where id = ? and attempts = ?"
            if not connection.execute(same, (call.id, call.attempts)).fetchone():
                return  # another one has it by now
            connection.execute(FAILED, (says, call.hook_id))
            if gone or late:
                connection.execute(DISABLED, (now, call.hook_id))
                connection.execute("delete from calls where hook_id = ?", (call.hook_id,))
            else:
                later = now + CALL_PAUSES[call.attempts - 1]
                connection.execute("update calls set due_at = ? where id = ?", (later, call.id))
