"""Who asks, and the transaction in which the database answers: its role and what it was told."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

import jwt
import psycopg
from psycopg import Connection
from psycopg.rows import DictRow, dict_row
from psycopg.sql import SQL, Identifier

from tests.gateway.signing import Signing


class Unknown(Exception):
    """The key or the token is none of ours."""


@dataclass(slots=True)
class Crossing:
    """Owns connections to the database; each request has one for itself."""

    ground: str
    signing: Signing
    keys: Mapping[str, str]
    """The role behind each key, of the new style and of the old one."""
    _lock: Lock = field(default_factory=Lock)
    _free: list[Connection[DictRow]] = field(default_factory=list)

    def claims(self, headers: Mapping[str, str]) -> dict[str, Any]:
        """Return what a request shows of its sender. Raises Unknown."""
        key = headers.get("apikey", "")
        token = headers.get("authorization", "").removeprefix("Bearer ")
        if key not in self.keys:
            raise Unknown("Invalid API key")
        if not token or token.startswith("sb_"):
            return {"role": self.keys[key]}
        if token in self.keys:  # a key of the old style is a token, too
            return {"role": self.keys[token]}
        try:
            return self.signing.read(token)
        except jwt.PyJWTError as error:
            raise Unknown(f"JWT: {error}") from error

    @contextmanager
    def transaction(
        self, claims: Mapping[str, Any], headers: Mapping[str, str], operation: str = ""
    ) -> Iterator[Connection[DictRow]]:
        """Ask as one role, which is told what it is about. Raises psycopg.Error."""
        with self._connection() as connection, connection.transaction():
            connection.execute(SQL("set local role {}").format(Identifier(claims["role"])))
            connection.execute(
                "select set_config('request.jwt.claims', %s, true),"
                " set_config('request.headers', %s, true),"
                " set_config('storage.operation', %s, true)",
                (json.dumps(claims), json.dumps(dict(headers)), operation),
            )
            yield connection

    def close(self) -> None:
        with self._lock:
            while self._free:
                self._free.pop().close()

    @contextmanager
    def _connection(self) -> Iterator[Connection[DictRow]]:
        with self._lock:
            connection = self._free.pop() if self._free else None
        if connection is None:
            connection = psycopg.connect(self.ground, autocommit=True, row_factory=dict_row)
        try:
            yield connection
        finally:
            if not connection.closed:
                with self._lock:
                    self._free.append(connection)
