"""One computer, one account: whoever holds the token that our own page set is its owner."""

import hmac
from hashlib import sha256

from auth.account import LOCAL, Account


class LocalGate:
    """Tells our own page from another site's that is open in the same browser."""

    def __init__(self, secret: bytes) -> None:
        self._token = hmac.new(secret, b"local visitor", sha256).hexdigest()

    @property
    def pass_for_visitors(self) -> str:
        return self._token

    async def who(self, token: str | None) -> Account | None:
        known = hmac.compare_digest((token or "").encode(), self._token.encode())
        return LOCAL if known else None
