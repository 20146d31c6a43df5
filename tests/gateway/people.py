"""Users, their sessions and the tokens that renew them, in Postgres as the auth server has them."""

import hashlib
import hmac
import json
import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import psycopg
from psycopg import Connection
from psycopg.rows import DictRow, dict_row

REUSE_SECONDS = 10
"""In which a token that was used may be used again: an answer may have been lost."""

Row = dict[str, Any]


class People:
    """One connection with the rights of the auth server."""

    def __init__(self, over: str, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._rows: Connection[DictRow] = psycopg.connect(
            over, autocommit=True, row_factory=dict_row, options="-c role=supabase_auth_admin"
        )

    def close(self) -> None:
        self._rows.close()

    def named(self, email: str) -> Row | None:
        return self._one("select * from auth.users where email = lower(%s)", email)

    def find(self, user_id: str) -> Row | None:
        return self._one("select * from auth.users where id::text = %s", user_id)

    def page(self, page: int, size: int) -> tuple[list[Row], int]:
        rows = self._rows.execute(
            "select * from auth.users order by created_at desc, id limit %s offset %s",
            (size, (page - 1) * size),
        ).fetchall()
        count = self._one("select count(*)::int as count from auth.users")
        assert count
        return rows, count["count"]

    def add(
        self, email: str, password: str = "", *, data: Any = None, confirmed: bool, provider: str
    ) -> Row:
        user_id = str(uuid4())
        self._rows.execute(
            "insert into auth.users (id, aud, role, email, encrypted_password, email_confirmed_at,"
            " raw_app_meta_data, raw_user_meta_data, created_at, updated_at)"
            " values (%(id)s, 'authenticated', 'authenticated', lower(%(email)s), %(hash)s,"
            " case when %(confirmed)s then %(now)s::timestamptz end, %(app)s, %(data)s, %(now)s,"
            " %(now)s)",
            {
                "id": user_id,
                "email": email,
                "hash": hashed(password) if password else None,
                "confirmed": confirmed,
                "app": json.dumps({"provider": provider, "providers": [provider]}),
                "data": json.dumps(data or {}),
                "now": self._now,
            },
        )
        self._rows.execute(
            "insert into auth.identities (user_id, provider, provider_id, identity_data)"
            " values (%s, %s, %s, %s)",
            (user_id, provider, user_id, json.dumps({"email": email, "sub": user_id})),
        )
        return self._known(user_id)

    def confirm(self, user_id: str) -> Row:
        self._rows.execute(
            "update auth.users set email_confirmed_at = coalesce(email_confirmed_at, %s)"
            " where id = %s",
            (self._now, user_id),
        )
        return self._known(user_id)

    def set_password(self, user_id: str, password: str) -> None:
        self._rows.execute(
            "update auth.users set encrypted_password = %s, updated_at = %s where id = %s",
            (hashed(password), self._now, user_id),
        )

    def set_email(self, user_id: str, email: str) -> Row:
        self._rows.execute(
            "update auth.users set email = lower(%s), updated_at = %s where id = %s",
            (email, self._now, user_id),
        )
        return self._known(user_id)

    def ban(self, user_id: str) -> None:
        self._rows.execute(
            "update auth.users set banned_until = '2100-01-01' where id = %s", [user_id]
        )

    def delete(self, user_id: str) -> bool:
        return self._rows.execute("delete from auth.users where id = %s", [user_id]).rowcount == 1

    def identities(self, user_id: str) -> list[Row]:
        return self._rows.execute(
            "select * from auth.identities where user_id = %s", [user_id]
        ).fetchall()

    def begin(self, user_id: str) -> tuple[str, str]:
        """Begin a session; return its id and the token that renews it."""
        session_id = str(uuid4())
        self._rows.execute(
            "insert into auth.sessions (id, user_id, created_at, updated_at)"
            " values (%s, %s, %s, %s)",
            (session_id, user_id, self._now, self._now),
        )
        self._rows.execute(
            "update auth.users set last_sign_in_at = %s where id = %s", (self._now, user_id)
        )
        return session_id, self._issue(user_id, session_id)

    def renew(self, token: str) -> tuple[str, str, str] | None:
        """Return user, session and next token; None where it is unknown.

        Raises ValueError for one that was used too long ago: its session is over then.
        """
        row = self._one("select * from auth.refresh_tokens where token = %s", token)
        if row is None:
            return None
        user_id, session_id = str(row["user_id"]), str(row["session_id"])
        used_for = (self._now - row["updated_at"]).total_seconds()
        if row["revoked"] and used_for > REUSE_SECONDS:
            self.end(session_id)
            raise ValueError(token)
        if not row["revoked"]:
            self._rows.execute(
                "update auth.refresh_tokens set revoked = true, updated_at = %s where token = %s",
                (self._now, token),
            )
        return user_id, session_id, self._issue(user_id, session_id)

    def has_session(self, session_id: str) -> bool:
        return self._one("select 1 from auth.sessions where id::text = %s", session_id) is not None

    def sessions(self, user_id: str) -> int:
        count = self._one(
            "select count(*)::int as count from auth.sessions where user_id = %s", user_id
        )
        assert count
        return int(count["count"])

    def end(self, session_id: str) -> None:
        self._rows.execute("delete from auth.sessions where id = %s", [session_id])

    def end_all(self, user_id: str, but: str | None = None) -> None:
        self._rows.execute(
            "delete from auth.sessions where user_id = %s and id is distinct from %s",
            (user_id, but),
        )

    def _issue(self, user_id: str, session_id: str) -> str:
        token = secrets.token_urlsafe(9)
        self._rows.execute(
            "insert into auth.refresh_tokens (token, user_id, revoked, session_id, created_at,"
            " updated_at) values (%s, %s, false, %s, %s, %s)",
            (token, user_id, session_id, self._now, self._now),
        )
        return token

    def _known(self, user_id: str) -> Row:
        row = self.find(user_id)
        assert row
        return row

    def _one(self, query: str, *values: Any) -> Row | None:
        return self._rows.execute(query.encode(), values).fetchone()

    @property
    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._clock(), UTC)


def hashed(password: str, salt: bytes = b"") -> str:
    salt = salt or secrets.token_bytes(8)
    digest = hashlib.scrypt(password.encode(), salt=salt, n=256, r=8, p=1)
    return f"{salt.hex()}${digest.hex()}"


def matches(password: str, kept: str | None) -> bool:
    salt = (kept or "").partition("$")[0]
    return bool(salt) and hmac.compare_digest(hashed(password, bytes.fromhex(salt)), kept or "")
