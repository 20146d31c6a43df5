"""One start in a window: whoever comes in by a ticket of it is the owner, and nobody else."""

import hmac
import secrets
import threading

from auth.account import LOCAL, Account


class LaunchGate:
    """Lets in who shows a ticket, once each; an address alone opens nothing."""

    pass_for_visitors = ""
    """Pages hand nothing out."""

    def __init__(self) -> None:
        self._token = secrets.token_urlsafe(32)
        self._tickets: set[str] = set()
        self._lock = threading.Lock()

    async def who(self, token: str | None) -> Account | None:
        known = hmac.compare_digest((token or "").encode(), self._token.encode())
        return LOCAL if known else None

    def ticket(self) -> str:
        """Make what lets one browser in."""
        made = secrets.token_urlsafe(32)
        with self._lock:
            self._tickets.add(made)
        return made

    def redeem(self, ticket: str) -> str | None:
        """Return the token that a ticket is good for; None for one that is used up or made up."""
        with self._lock:
            if ticket not in self._tickets:
                return None
            self._tickets.remove(ticket)
        return self._token
