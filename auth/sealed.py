"""Sessions of everybody on a hosted instance: in a file, sealed with its secret."""

import hmac
import json
import os
import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from auth.session import Flow, Session

SCHEMA = """
create table if not exists sessions (
  name blob primary key, person blob not null, sealed blob not null, ends_at real not null
) without rowid;
create index if not exists sessions_of on sessions (person);
create index if not exists sessions_end on sessions (ends_at);
create table if not exists flows (
  name blob primary key, person blob not null, sealed blob not null, ends_at real not null
) without rowid;
create index if not exists flows_end on flows (ends_at);
"""
SESSION_SECONDS = 60 * 24 * 3600
"""After which somebody who has not come back is forgotten."""
FLOW_SECONDS = 24 * 3600
"""As long as a link in a mail can be good."""
MOST = 200_000
"""Rows of each kind; beyond it, those go that would be over first."""
NONCE_BYTES = 12
BUSY_SECONDS = 10


class SealedSessions:
    """Who takes the file learns nothing: cookies are digested, the rest needs the secret.

    Under another secret nothing of it can be read: then everybody is signed out.
    """

    lasting = True

    def __init__(
        self,
        file: Path,
        secret: bytes,
        *,
        most: int = MOST,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._key = HKDF(SHA256(), 32, None, b"coveshot sessions").derive(secret)
        self._cipher = AESGCM(self._key)
        self._most = most
        self._clock = clock
        self._lock = threading.Lock()
        file.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(file, os.O_CREAT, 0o600))
        self._rows = sqlite3.connect(
            file, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        self._rows.executescript(f"pragma journal_mode = wal; pragma secure_delete = on; {SCHEMA}")

    def keep(self, name: str, session: Session) -> None:
        row = self._row(name, session.user_id, session, SESSION_SECONDS)
        with self._lock:
            self._rows.execute("insert or replace into sessions values (?, ?, ?, ?)", row)
            self._tidy("sessions")

    def renew(self, name: str, session: Session) -> bool:
        key, person, sealed, ends_at = self._row(name, session.user_id, session, SESSION_SECONDS)
        with self._lock:
            found = self._rows.execute(
                "update sessions set sealed = ?, ends_at = ? where name = ? and person = ?",
                (sealed, ends_at, key, person),
            )
            return found.rowcount == 1

    def find(self, name: str) -> Session | None:
        with self._lock:
            row = self._rows.execute(
                "select sealed from sessions where name = ? and ends_at > ?",
                (self._digest(name), self._clock()),
            ).fetchone()
        opened = self._opened(name, row)
        return Session(**opened) if opened else None

    def newest(self, name: str) -> Session | None:
        return self.find(name)

    def forget(self, name: str) -> None:
        with self._lock:
            self._rows.execute("delete from sessions where name = ?", (self._digest(name),))

    def forget_user(self, user_id: str) -> None:
        with self._lock:
            self._rows.execute("delete from sessions where person = ?", (self._digest(user_id),))

    def begin(self, name: str, flow: Flow) -> None:
        row = self._row(name, flow.visitor, flow, FLOW_SECONDS)
        with self._lock:
            self._rows.execute("insert or replace into flows values (?, ?, ?, ?)", row)
            self._tidy("flows")

    def end(self, name: str, visitor: str) -> Flow | None:
        with self._lock:
            row = self._rows.execute(
                "delete from flows where name = ? and person = ? and ends_at > ? returning sealed",
                (self._digest(name), self._digest(visitor), self._clock()),
            ).fetchone()
        opened = self._opened(name, row)
        return Flow(**opened) if opened else None

    def close(self) -> None:
        self._rows.close()

    def _row(
        self, name: str, person: str, kept: Session | Flow, seconds: float
    ) -> tuple[bytes, bytes, bytes, float]:
        nonce = os.urandom(NONCE_BYTES)
        text = json.dumps(asdict(kept)).encode()
        sealed = nonce + self._cipher.encrypt(nonce, text, name.encode())
        return self._digest(name), self._digest(person), sealed, self._clock() + seconds

    def _opened(self, name: str, row: tuple[bytes] | None) -> Any:
        """Return what was sealed under a name; None where it was under another secret."""
        if row is None:
            return None
        with suppress(InvalidTag):
            nonce, sealed = row[0][:NONCE_BYTES], row[0][NONCE_BYTES:]
            return json.loads(self._cipher.decrypt(nonce, sealed, name.encode()))
        return None

    def _digest(self, text: str) -> bytes:
        return hmac.new(self._key, text.encode(), sha256).digest()

    def _tidy(self, table: str) -> None:
        """Forget what is over; beyond the most, what would be over next."""
        self._rows.execute(f"delete from {table} where ends_at <= ?", (self._clock(),))  # noqa: S608
        [count] = self._rows.execute(f"select count(*) from {table}").fetchone()  # noqa: S608
        if count > self._most:
            self._rows.execute(
                f"delete from {table} where name in "  # noqa: S608
                f"(select name from {table} order by ends_at limit ?)",
                (count - self._most * 9 // 10,),
            )
