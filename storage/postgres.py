"""The door to a Postgres that is reached directly: for tests, and for a server of one's own."""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.sql import SQL, Composed, Identifier
from psycopg.types.json import Jsonb

from storage.errors import Busy, StorageError, Unreachable
from storage.remote.door import refusal

TRIES = 5
"""Of a call that stood in the way of another one: each is safe to repeat."""
SIGNATURE = """
select p.proretset, coalesce(p.proargnames, '{}'),
  array(select format_type(t, null) from unnest(p.proargtypes) with ordinality a(t, at) order by at)
from pg_proc p where p.pronamespace = 'public'::regnamespace and p.proname = %s
"""


@dataclass(frozen=True, slots=True)
class Signature:
    """What a function takes, and whether it returns many."""

    many: bool
    types: Mapping[str, str]


class PostgresDoor:
    """Owns connections; each call takes one that is free, or another one."""

    def __init__(
        self,
        address: str,
        role: str = "service_role",
        before: Callable[[psycopg.Connection], object] = lambda _: None,
    ) -> None:
        """Call functions as `role`; `before` is asked of each connection before a call."""
        self._address = address
        self._role = role
        self._before = before
        self._lock = threading.Lock()
        self._free: list[psycopg.Connection] = []
        self._known: dict[str, Signature] = {}

    def call(self, function: str, arguments: Mapping[str, object]) -> Any:
        for tries_left in reversed(range(TRIES)):
            try:
                with self._connection() as connection:
                    self._before(connection)
                    return self._called(connection, function, arguments)
            except (psycopg.errors.DeadlockDetected, psycopg.errors.SerializationFailure) as error:
                if not tries_left:
                    raise Busy("The library is busy. Try again in a moment.") from error
            except psycopg.Error as error:
                raise _sentence(error) from error
        raise AssertionError

    def close(self) -> None:
        with self._lock:
            while self._free:
                self._free.pop().close()

    def _called(
        self, connection: psycopg.Connection, function: str, arguments: Mapping[str, object]
    ) -> Any:
        if not (signature := self._known.get(function)):
            signature = self._known[function] = _signature(connection, function)
        rows = connection.execute(_statement(function, signature, arguments), [Jsonb(arguments)])
        answers = [answer for (answer,) in rows.fetchall()]
        return answers if signature.many else answers[0]

    @contextmanager
    def _connection(self) -> Iterator[psycopg.Connection]:
        with self._lock:
            connection = self._free.pop() if self._free else None
        if connection is None:
            connection = psycopg.connect(self._address, autocommit=True)
            connection.execute(SQL("set role {}").format(Identifier(self._role)))
        try:
            yield connection
        finally:
            if connection.closed:
                connection.close()
            else:
                with self._lock:
                    self._free.append(connection)


def _signature(connection: psycopg.Connection, function: str) -> Signature:
    found = connection.execute(SIGNATURE, [function]).fetchone()
    if found is None:
        raise StorageError(f"The database does not know {function}. Bring it up to date.")
    many, names, types = found
    return Signature(many, dict(zip(names, types, strict=False)))


def _statement(function: str, signature: Signature, arguments: Mapping[str, object]) -> Composed:
    """Read JSON as the types that the function takes, as the gateway of Supabase does."""
    call = SQL("public.{}({})").format(
        Identifier(function),
        SQL(", ").join(SQL("{0} => given.{0}").format(Identifier(name)) for name in arguments),
    )
    if not arguments:
        return SQL("select answer from {} answer where %s is not null").format(call)
    columns = SQL(", ").join(
        SQL("{} {}").format(Identifier(name), SQL(signature.types[name])) for name in arguments
    )
    return SQL("select answer from jsonb_to_record(%s) given({}), lateral {} answer").format(
        columns, call
    )


def _sentence(error: psycopg.Error) -> Exception:
    if known := refusal(error.sqlstate or "", error.diag.message_primary or ""):
        return known
    if isinstance(error, psycopg.OperationalError):
        return Unreachable()
    return error
