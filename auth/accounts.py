"""The gate of an instance that people can sign in at; whoever has not is a visitor."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from secrets import token_urlsafe
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from auth.account import Account, Plan
from auth.errors import GateError, OtherBrowser, SignedOut, Unreachable
from auth.gate import Gate
from auth.presence import Presence
from auth.session import PREFIX, Flow, Session, Sessions

if TYPE_CHECKING:  # it takes half a second to import
    from auth.cloud import AuthServer, Begun, Kind

HOME = "/"


def new_name() -> str:
    """Return what a session is called: 256 random bits."""
    return PREFIX + token_urlsafe(32)


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How somebody comes back who goes over a mail or another site."""

    callback: str
    """Our address that they come back to, in full."""
    visitor: str
    """The cookie of the browser that asks: no other may come back."""
    leads_to: str = HOME


@dataclass(frozen=True, slots=True)
class Arrival:
    """Somebody who has come back and is signed in."""

    token: str
    """The new cookie."""
    leads_to: str
    recovers: bool
    """Whether a new password is to be asked for."""


class Accounts:
    """Joins the sign-in service with who is present here. Methods raise GateError."""

    def __init__(
        self,
        server: "AuthServer",
        presence: Presence,
        sessions: Sessions,
        visits: Gate,
        plan_of: Callable[[Session], Awaitable[Plan]],
        name: Callable[[], str] = new_name,
    ) -> None:
        """`name` gives the cookie of somebody who signs in: another one each time."""
        self._server = server
        self._presence = presence
        self._sessions = sessions
        self._visits = visits
        self._plan_of = plan_of
        self._name = name

    @property
    def pass_for_visitors(self) -> str:
        return self._visits.pass_for_visitors

    async def who(self, token: str | None) -> Account | None:
        if not token or not token.startswith(PREFIX):
            return await self._visits.who(token)
        try:
            return await self._account((await self._presence.find(token)).session)
        except SignedOut:
            return None

    async def access(self, token: str) -> str:
        """Return a token for the services of the cloud that has some time left."""
        return (await self._presence.fresh(token)).session.access

    async def sure(self, token: str) -> str:
        """Return whose a cookie is, as the service sees it now: before what cannot be undone."""
        present = await self._presence.fresh(token)
        try:
            user_id = await self._server.ask(present.session.access)
        except SignedOut:
            await self._presence.forget(token)
            raise
        if user_id != present.session.user_id:
            raise SignedOut
        return user_id

    async def sign_up(self, email: str, password: str, way: Way) -> str | None:
        """Open an account and return its cookie; None where a mail has to be answered first."""
        begun = await self._begun(way, lambda back: self._server.sign_up(email, password, back))
        return await self._enter(begun.session) if begun.session else None

    async def sign_in(self, email: str, password: str) -> str:
        return await self._enter(await self._server.sign_in(email, password))

    async def send_link(self, email: str, way: Way) -> None:
        await self._begun(way, lambda back: self._server.send_link(email, back))

    async def send_again(self, email: str, way: Way) -> None:
        await self._server.send_again(email, way.callback)

    async def send_reset(self, email: str, way: Way) -> None:
        await self._begun(way, lambda back: self._server.send_reset(email, back), recovers=True)

    async def enter_code(self, email: str, code: str, kind: "Kind" = "email") -> str:
        return await self._enter(await self._server.enter_code(email, code, kind))

    async def elsewhere(self, provider: str, way: Way) -> str:
        """Return where to send the browser to sign in with an account of another site."""
        begun = await self._begun(way, lambda back: self._server.elsewhere(provider, back))
        return begun.url

    async def arrive(self, flow: str, code: str, visitor: str) -> Arrival:
        """Let somebody in who has come back. Raises OtherBrowser to whoever has not begun it."""
        known = await asyncio.to_thread(self._sessions.end, flow, _digest(visitor))
        if known is None:
            raise OtherBrowser
        try:
            session = await self._server.exchange(code, known.verifier)
        except Unreachable:  # nothing was used up: the same link can be followed again
            await asyncio.to_thread(self._sessions.begin, flow, known)
            raise
        token = await self._enter(session)
        if visitor != token:
            await self.sign_out(visitor)
        return Arrival(token, known.leads_to, known.recovers)

    async def sign_out(self, token: str) -> None:
        """End the session of one device, here at once, and at the service if it answers."""
        if not token.startswith(PREFIX):
            return
        try:
            session = (await self._presence.fresh(token)).session
        except GateError:
            session = None
        await self._presence.forget(token)
        if session:
            with suppress(GateError):  # its tokens are forgotten: nobody has them any more
                await self._server.sign_out(session, "local")

    async def sign_out_everywhere(self, token: str) -> None:
        """End all sessions of a user; other devices have their token until it ends."""
        user_id = await self.sure(token)
        session = (await self._presence.fresh(token)).session
        await self._server.sign_out(session, "global")
        await self._presence.forget_user(user_id)

    async def forget(self, user_id: str) -> None:
        """Let a user be signed out on all devices that this server knows."""
        await self._presence.forget_user(user_id)

    async def change_email(self, token: str, email: str, way: Way) -> None:
        """Have a mail sent; the new address counts when its link is followed."""
        session = (await self._presence.fresh(token)).session
        await self._begun(way, lambda back: self._server.change_email(session, email, back))

    async def change_password(self, token: str, password: str) -> None:
        """Let a new password count, and end all sessions but this one: the old one may be known."""
        session = (await self._presence.fresh(token)).session
        await self._server.change_password(session, password)
        with suppress(GateError):  # the password is another one whatever comes of this
            await self._server.sign_out(session, "others")

    async def _begun(
        self, way: Way, call: "Callable[[str], Awaitable[Begun]]", *, recovers: bool = False
    ) -> "Begun":
        """Begin what comes back, and keep what opens it."""
        name = token_urlsafe(24)
        begun = await call(f"{way.callback}?{urlencode({'flow': name})}")
        if begun.session is None:
            flow = Flow(
                verifier=begun.verifier,
                visitor=_digest(way.visitor),
                leads_to=own_path(way.leads_to),
                recovers=recovers,
            )
            await asyncio.to_thread(self._sessions.begin, name, flow)
        return begun

    async def _enter(self, session: Session) -> str:
        """Sign in under a new cookie: one that somebody else may have set is none of ours."""
        token = self._name()
        await self._presence.begin(token, session)
        return token

    async def _account(self, session: Session) -> Account:
        plan = await self._plan_of(session)
        return Account(id=session.user_id, scope=session.user_id, plan=plan, email=session.email)


def own_path(text: str) -> str:
    """Return an address within our own pages; the first page for any other."""
    own = text.startswith("/") and not text.startswith("//")
    return text if own and text.isprintable() and "\\" not in text else HOME


def _digest(token: str) -> str:
    return sha256(token.encode()).hexdigest()
