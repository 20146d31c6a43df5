"""A gate that stands before the auth server of the gateway, with everything that tests turn."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
from starlette.applications import Starlette

from auth.account import GUEST_PLAN, Plan
from auth.accounts import Accounts, Way
from auth.cloud import AuthServer
from auth.guest import GuestGate
from auth.presence import Presence
from auth.session import MemorySessions, Session, Sessions
from auth.tokens import Keys, Tokens
from tests.gateway.auth import Auth
from tests.gateway.auth_answers import Settings
from tests.gateway.signing import Signing

URL = "http://supabase.test"
SITE = "http://127.0.0.1:8080"
CALLBACK = f"{SITE}/auth/callback"
ANN, PASSWORD = "ann@example.com", "a long password"
START = 1_800_000_000.0


@dataclass(slots=True)
class Clock:
    now: float = START

    def __call__(self) -> float:
        return self.now


@dataclass(slots=True)
class Line:
    """The way to the service, which can be cut."""

    transport: httpx.ASGITransport
    cut: bool = False
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    """Set by each request."""
    requests: list[httpx.Request] = field(default_factory=list)

    async def handle(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        self.asked.set()
        if self.cut:
            raise httpx.ConnectError("no route to host", request=request)
        return await self.transport.handle_async_request(request)


class Transport(httpx.AsyncBaseTransport):
    def __init__(self, line: Line) -> None:
        self._line = line

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return await self._line.handle(request)


@dataclass(slots=True)
class Entry:
    auth: Auth
    clock: Clock
    line: Line
    http: httpx.AsyncClient
    sessions: Sessions
    server: AuthServer = field(init=False)
    tokens: Tokens = field(init=False)
    accounts: Accounts = field(init=False)

    def __post_init__(self) -> None:
        self.server = AuthServer(URL, self.auth.settings.publishable, self.http)
        self.restart()

    def restart(self) -> None:
        """Forget everything that is not kept."""
        keys = Keys(self.server.url, self.http, self.clock)
        self.tokens = Tokens(self.server.url, keys, self.server.ask, self.clock)
        presence = Presence(self.sessions, self.tokens, self.server, self.clock)
        self.accounts = Accounts(
            self.server, presence, self.sessions, GuestGate(b"s" * 32), self.plan_of
        )

    async def plan_of(self, _session: Session) -> Plan:
        return GUEST_PLAN

    def way(self, visitor: str, leads_to: str = "/") -> Way:
        return Way(callback=CALLBACK, visitor=visitor, leads_to=leads_to)

    def visitor(self) -> str:
        return self.accounts.pass_for_visitors

    async def follow(self, link: str) -> dict[str, str]:
        """Open a link as a browser does; return what comes back to our callback."""
        answer = await self.http.get(link)
        assert answer.is_redirect, answer.text
        return came_back(answer.headers["location"])

    def count(self, call: str) -> int:
        return self.auth.calls.count(call)


def came_back(address: str) -> dict[str, str]:
    assert address.startswith(CALLBACK), address
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


@asynccontextmanager
async def entry(
    over: str, sessions: Callable[[Clock], Sessions] | None = None
) -> AsyncIterator[Entry]:
    clock = Clock()
    issuer = f"{URL}/auth/v1"
    auth = Auth(over, Signing(issuer, clock=clock), Settings(issuer=issuer, site=SITE), clock)
    app: Any = Starlette(routes=auth.routes)
    line = Line(httpx.ASGITransport(app))
    kept = sessions(clock) if sessions else MemorySessions()
    async with httpx.AsyncClient(transport=Transport(line)) as http:
        yield Entry(auth, clock, line, http, kept)
    auth.close()
