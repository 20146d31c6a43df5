"""Keys for programs: shown once, kept as a hash."""

import secrets
from dataclasses import dataclass
from hashlib import sha256

PREFIX = "cove_"
"""Lets people and secret scanners see what it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """What is kept of a key; times in Unix seconds."""

    id: str
    scope: str
    name: str
    digest: str
    created_at: float
    revoked_at: float | None


def new_secret() -> str:
    """Return a key to hand out: 256 random bits."""
    return PREFIX + secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """Return the SHA-256 that is kept of a key; so long a secret needs no slow hash."""
    return sha256(secret.encode()).hexdigest()
