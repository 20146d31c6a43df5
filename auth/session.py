"""Who is signed in on one device, and the port that keeps it."""

from dataclasses import dataclass
from typing import Protocol

PREFIX = "s."
"""Of the name of a session; that of a visit has another."""
MOST_FLOWS = 20
"""Ways in that one person may have begun."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """The tokens of one device. They never leave the server that keeps them."""

    access: str
    refresh: str
    user_id: str
    email: str
    expires_at: float
    """When the access token ends, in Unix seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """A way in that leads over a mail or another site, begun by one browser."""

    verifier: str
    visitor: str
    """The digest of the cookie that the browser had."""
    leads_to: str
    """The page of ours to show at its end."""
    recovers: bool = False
    """Whether a new password is asked for at its end."""


class Sessions(Protocol):
    """Keeps sessions and flows by names that cannot be guessed. Every method is safe to repeat."""

    @property
    def lasting(self) -> bool:
        """Whether who is signed in stays so when the program ends."""
        ...

    def keep(self, name: str, session: Session) -> None: ...

    def renew(self, name: str, session: Session) -> bool:
        """Keep newer tokens; tell whether the session was still there."""
        ...

    def find(self, name: str) -> Session | None: ...

    def newest(self, name: str) -> Session | None:
        """Find a session as it is kept by now, where another program may have renewed it."""
        ...

    def forget(self, name: str) -> None: ...

    def forget_user(self, user_id: str) -> None:
        """Forget all sessions of a user."""
        ...

    def begin(self, name: str, flow: Flow) -> None: ...

    def end(self, name: str, visitor: str) -> Flow | None:
        """Hand a flow out, once, to the visitor who has begun it."""
        ...


class MemorySessions:
    """Forgets everything when the program ends: for computers that have no place for secrets."""

    lasting = False

    def __init__(self) -> None:
        self._sessions: dict[str, Session] = {}
        self._flows: dict[str, Flow] = {}

    def keep(self, name: str, session: Session) -> None:
        self._sessions[name] = session

    def renew(self, name: str, session: Session) -> bool:
        if name not in self._sessions:
            return False
        self._sessions[name] = session
        return True

    def find(self, name: str) -> Session | None:
        return self._sessions.get(name)

    def newest(self, name: str) -> Session | None:
        return self.find(name)

    def forget(self, name: str) -> None:
        self._sessions.pop(name, None)

    def names_of(self, user_id: str) -> list[str]:
        return [name for name, one in self._sessions.items() if one.user_id == user_id]

    def forget_user(self, user_id: str) -> None:
        for name in self.names_of(user_id):
            self.forget(name)

    def begin(self, name: str, flow: Flow) -> None:
        self._flows[name] = flow
        while len(self._flows) > MOST_FLOWS:
            del self._flows[next(iter(self._flows))]

    def end(self, name: str, visitor: str) -> Flow | None:
        flow = self._flows.get(name)
        if flow is None or flow.visitor != visitor:
            return None
        return self._flows.pop(name)
