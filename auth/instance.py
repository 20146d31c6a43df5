"""The gate of a project, joined: one connection to it, and all on it."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx

from auth.accounts import Accounts, new_name
from auth.cloud import AuthServer
from auth.desktop import DESKTOP, Doorway
from auth.gate import Gate
from auth.keychain import keychain
from auth.plans import Plans
from auth.presence import Presence
from auth.sealed import SealedSessions
from auth.session import Sessions
from auth.tokens import Keys, Tokens

TIMEOUT = httpx.Timeout(10, connect=5)


def open_accounts(
    url: str, key: str, *, visits: Gate, file: Path, secret: bytes
) -> tuple[Accounts, Callable[[], Awaitable[None]]]:
    """Return the gate of a hosted instance, asked with its publishable key, and what closes it."""
    sessions = SealedSessions(file, secret)
    accounts, http = _joined(url, key, sessions, visits, new_name)

    async def close() -> None:
        await http.aclose()
        sessions.close()

    return accounts, close


def open_desktop(url: str, key: str, *, owner: Gate) -> Doorway:
    """Return the gate of one computer: its only session is where its system keeps secrets."""
    sessions = keychain(f"Coveshot {url}")
    accounts, http = _joined(url, key, sessions, owner, lambda: DESKTOP)
    return Doorway(accounts, sessions, http.aclose)


def _joined(
    url: str, key: str, sessions: Sessions, visits: Gate, name: Callable[[], str]
) -> tuple[Accounts, httpx.AsyncClient]:
    http = httpx.AsyncClient(timeout=TIMEOUT)
    server = AuthServer(url, key, http)
    tokens = Tokens(server.url, Keys(server.url, http), server.ask)
    presence = Presence(sessions, tokens, server)
    plans = Plans(url, key, http)
    return Accounts(server, presence, sessions, visits, plans.plan_of, name), http
