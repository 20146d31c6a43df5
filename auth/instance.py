"""The gate of a hosted instance, joined: one connection to its project, and all on it."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx

from auth.accounts import Accounts
from auth.cloud import AuthServer
from auth.gate import Gate
from auth.plans import Plans
from auth.presence import Presence
from auth.sealed import SealedSessions
from auth.tokens import Keys, Tokens

TIMEOUT = httpx.Timeout(10, connect=5)


def open_accounts(
    url: str, key: str, *, visits: Gate, file: Path, secret: bytes
) -> tuple[Accounts, Callable[[], Awaitable[None]]]:
    """Return the gate of a project asked with its publishable key, and what closes it."""
    http = httpx.AsyncClient(timeout=TIMEOUT)
    server = AuthServer(url, key, http)
    tokens = Tokens(server.url, Keys(server.url, http), server.ask)
    sessions = SealedSessions(file, secret)
    presence = Presence(sessions, tokens, server)
    plans = Plans(url, key, http)

    async def close() -> None:
        await http.aclose()
        sessions.close()

    return Accounts(server, presence, sessions, visits, plans.plan_of), close
