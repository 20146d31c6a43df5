"""Keys for programs: shown once, kept as a hash, each with what it may do."""

import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from uuid import uuid4

from auth.account import Account

PREFIX = "cove_"
"""Lets people and secret scanners see what it is."""
CUT, READ, KEEP = "cut", "read", "keep"
RIGHTS = (CUT, READ, KEEP)
"""To have photos cut out, to look at jobs and results, to keep results for good."""
LONGEST_NAME = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """What is kept of a key; times in Unix seconds."""

    id: str
    scope: str
    name: str
    digest: str
    created_at: float
    revoked_at: float | None = None
    may: str = " ".join(RIGHTS)
    """What it may do, as words of RIGHTS."""
    per_minute: int | None = None
    """How often it may ask; None for as often as its account."""
    used_at: float | None = None
    """When it was shown last, to a minute."""

    def has(self, right: str) -> bool:
        return right in self.may.split()


@dataclass(frozen=True, slots=True)
class Program:
    """Somebody who shows a key."""

    account: Account
    key: Key


def new_key(
    scope: str, name: str, may: Sequence[str] = RIGHTS, per_minute: int | None = None
) -> tuple[Key, str]:
    """Make a key, and the secret that is handed out once: 256 random bits."""
    secret = PREFIX + secrets.token_urlsafe(32)
    key = Key(
        id=uuid4().hex,
        scope=scope,
        name=name,
        digest=digest(secret),
        created_at=time.time(),
        may=" ".join(may),
        per_minute=per_minute,
    )
    return key, secret


def digest(secret: str) -> str:
    """Return the SHA-256 that is kept of a key; so long a secret needs no slow hash."""
    return sha256(secret.encode()).hexdigest()
