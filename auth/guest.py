"""A hosted instance of its own: each browser that comes is a visit, and nobody signs in."""

import hmac
import secrets
from hashlib import sha256

from auth.account import GUEST_PLAN, Account

ID_BYTES = 16
PREFIX = "visit-"
"""What the scopes of visits begin with."""


class GuestGate:
    """Knows the visits whose names it has signed, and keeps no list of them."""

    def __init__(self, secret: bytes) -> None:
        self._key = hmac.new(secret, b"visits", sha256).digest()

    @property
    def pass_for_visitors(self) -> str:
        """A token for a visit that begins now: another one each time."""
        name = secrets.token_hex(ID_BYTES)
        return f"{name}.{self._signed(name)}"

    async def who(self, token: str | None) -> Account | None:
        name, _, signed = (token or "").partition(".")
        if not hmac.compare_digest(signed.encode(), self._signed(name).encode()):
            return None
        return Account(id=f"{PREFIX}{name}", scope=f"{PREFIX}{name}", plan=GUEST_PLAN)

    def _signed(self, name: str) -> str:
        return hmac.new(self._key, name.encode(), sha256).hexdigest()
