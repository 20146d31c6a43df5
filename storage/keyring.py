"""Keys of programs in the library of one computer, and whose key it is that a program shows."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

from auth.account import Account
from auth.keys import PREFIX, Key, Program, digest
from storage.database import Database
from storage.errors import Busy, DiskFull, Gone, IllegalMove, NotFound, NotWritable
from storage.ports.keys import MOST_KEYS, SHOWN_SECONDS
from storage.ports.records import Records

SHOWN = "digest = ? and revoked_at is null"


class SqliteKeys:
    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        self._db = database
        self._clock = clock

    def keep(self, key: Key) -> Key:
        with self._db.writing():
            if self._db.rows(Key, "scope = ? and name = ?", key.scope, key.name):
                raise IllegalMove(f"There is a key {key.name!r} already. Take another name.")
            if len(self._db.rows(Key, "scope = ? and revoked_at is null", key.scope)) >= MOST_KEYS:
                raise IllegalMove(
                    f"There are {MOST_KEYS} keys. Revoke one that is not used any more."
                )
            self._db.insert(key)
            return key

    def find(self, digest: str) -> Key | None:
        for key in self._db.rows(Key, SHOWN, digest):
            if (key.used_at or 0.0) > self._clock() - SHOWN_SECONDS:
                return key
            with suppress(DiskFull, NotWritable, Busy):  # a note is no reason to be turned away
                self._note(digest)
        return next(iter(self._db.rows(Key, SHOWN, digest)), None)

    def all(self, scope: str) -> list[Key]:
        return self._db.rows(Key, "scope = ? order by created_at, rowid", scope)

    def revoke(self, scope: str, name: str) -> Key:
        with self._db.writing():
            key = self._db.one(Key, "scope = ? and name = ?", scope, name)
            if key.revoked_at is None:
                key = replace(key, revoked_at=self._clock())
                self._db.update(key)
            return key

    def _note(self, digest: str) -> None:
        with self._db.writing():
            for key in self._db.rows(Key, SHOWN, digest):
                self._db.update(replace(key, used_at=self._clock()))


class Keyring:
    """Looks in the libraries that there are, one after the other. May block."""

    def __init__(self, *libraries: Records) -> None:
        self._libraries = libraries

    def find(self, secret: str) -> Program | None:
        """Return who shows a key; None for one that is unknown, revoked, or of nobody."""
        if not secret.startswith(PREFIX):
            return None
        for records in self._libraries:
            if key := records.keys.find(digest(secret)):
                try:
                    plan = records.terms.plan(key.scope)
                except (NotFound, Gone):
                    return None
                return Program(Account(key.scope, key.scope, plan), key)
        return None
