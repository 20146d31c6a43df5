"""Who is signed in, with tokens that are good: the one place that renews them."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

from auth.errors import Expired, GateError, NotVerified, SignedOut, Unreachable, WrongClock
from auth.session import Session, Sessions
from auth.tokens import Claims, Tokens

EARLY = 60.0
"""Seconds before its end that a token is renewed."""
PATIENCE = 5.0
"""Between two tries to renew where the service does not answer."""
MOST_KNOWN = 20_000


class Renewer(Protocol):
    async def refresh(self, session: Session) -> Session:
        """Return newer tokens; the old ones are used up. Raises GateError."""
        ...


@dataclass(frozen=True, slots=True)
class Present:
    """Somebody who is signed in."""

    session: Session
    claims: Claims | None
    """None where the token was over already when it was found."""


class Presence:
    """Finds sessions by name, and renews each by one request at a time, whoever asks for it.

    Tokens that renew are good once: two tabs that used the same one would end the session. So would
    two programs that share what is kept: the newest token there is used, whoever has put it there.
    """

    def __init__(
        self,
        sessions: Sessions,
        tokens: Tokens,
        renewer: Renewer,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._sessions = sessions
        self._tokens = tokens
        self._renewer = renewer
        self._clock = clock
        self._known: OrderedDict[str, Present] = OrderedDict()
        self._renewing: dict[str, asyncio.Task[Present]] = {}
        self._wait_until = 0.0

    async def begin(self, name: str, session: Session) -> Present:
        """Let somebody be signed in under a name. Raises NotVerified, Unreachable."""
        present = Present(session, await self._verified(session))
        await asyncio.to_thread(self._sessions.keep, name, session)
        self._remember(name, present)
        return present

    async def find(self, name: str) -> Present:
        """Return who is signed in under a name; near its end a token is renewed beside it.

        Raises SignedOut, and Unreachable where it has ended and cannot be renewed now.
        """
        present = await self._found(name)
        if self._left(present) > EARLY:
            return present
        renewing = self._renew(name, present)
        return present if self._left(present) > 0 else await _waited(renewing)

    async def fresh(self, name: str) -> Present:
        """Return who is signed in, with a token that has some time left, if it can be had."""
        present = await self._found(name)
        if self._left(present) > EARLY:
            return present
        try:
            return await _waited(self._renew(name, present))
        except SignedOut:
            raise
        except GateError:
            if self._left(present) <= 0:
                raise
            return present

    async def forget(self, name: str) -> None:
        await self._end(name)
        if renewing := self._renewing.get(name):
            with suppress(GateError):
                await _waited(renewing)
            self._known.pop(name, None)

    async def forget_user(self, user_id: str) -> None:
        """Let a user be signed out on all devices that this server knows."""
        await asyncio.to_thread(self._sessions.forget_user, user_id)
        for name in [*self._known]:
            if self._known[name].session.user_id == user_id:
                await self.forget(name)

    async def _found(self, name: str) -> Present:
        if present := self._known.get(name):
            self._known.move_to_end(name)
            return present
        session = await asyncio.to_thread(self._sessions.find, name)
        if session is None:
            raise SignedOut
        claims = None
        with suppress(
            NotVerified, SignedOut
        ):  # away for longer than a token or its key lasts: it is renewed
            claims = await self._tokens.verified(session.access) if session.access else None
        return self._remember(name, Present(session, claims))

    def _renew(self, name: str, present: Present) -> "asyncio.Task[Present]":
        """Begin to renew, or join in; nobody who goes away in the meantime stops it."""
        task = self._renewing.get(name)
        if task is None or _failed(task):  # it stays there until the loop turns
            task = asyncio.ensure_future(self._renewed(name, present.session))
            self._renewing[name] = task
            task.add_done_callback(lambda done: self._over(name, done))
        return task

    async def _renewed(self, name: str, old: Session) -> Present:
        if self._clock() < self._wait_until:
            raise Unreachable
        kept = await asyncio.to_thread(self._sessions.newest, name)
        if kept is None:  # another program has ended it
            await self._end(name)
            raise SignedOut
        if kept.refresh != old.refresh and kept.expires_at - self._clock() > EARLY:
            return self._remember(name, Present(kept, await self._verified(kept)))
        try:
            session = await self._renewer.refresh(kept)
        except SignedOut:
            await self._end(name)
            raise
        except Unreachable:
            self._wait_until = self._clock() + PATIENCE
            raise
        # First of all: what was used up for it is good no more.
        if not await asyncio.to_thread(self._sessions.renew, name, session):
            raise SignedOut
        self._remember(name, Present(session, None))
        try:
            return self._remember(name, Present(session, await self._verified(session)))
        except NotVerified as error:  # nor would the next one be
            await self._end(name)
            raise SignedOut from error

    async def _verified(self, session: Session) -> Claims:
        """Raises NotVerified, and WrongClock for what is over although it has just been issued."""
        try:
            claims = await self._tokens.verified(session.access)
        except Expired as error:
            raise WrongClock from error
        if claims.user_id != session.user_id:
            raise NotVerified
        return claims

    async def _end(self, name: str) -> None:
        self._known.pop(name, None)
        await asyncio.to_thread(self._sessions.forget, name)

    def _over(self, name: str, done: "asyncio.Task[Present]") -> None:
        if self._renewing.get(name) is done:
            del self._renewing[name]
        if not done.cancelled():
            done.exception()  # whoever waits gets it; where nobody does, it is no surprise

    def _remember(self, name: str, present: Present) -> Present:
        self._known[name] = present
        self._known.move_to_end(name)
        while len(self._known) > MOST_KNOWN:
            self._known.popitem(last=False)
        return present

    def _left(self, present: Present) -> float:
        return present.claims.expires_at - self._clock() if present.claims else 0.0


def _failed(task: "asyncio.Task[Present]") -> bool:
    return task.done() and (task.cancelled() or task.exception() is not None)


async def _waited(task: "asyncio.Task[Present]") -> Present:
    """Wait for a task that goes on if whoever waits is gone."""
    waiting: Awaitable[Present] = asyncio.shield(task)
    return await waiting
