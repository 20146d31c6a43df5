"""Who is signed in on this computer: in the place that its system has for secrets."""

import json
from contextlib import suppress
from typing import Protocol

from auth.session import Flow, MemorySessions, Session, Sessions


class Backend(Protocol):
    """The part of a `keyring` backend that is needed."""

    def get_password(self, service: str, username: str) -> str | None: ...

    def set_password(self, service: str, username: str, password: str) -> None: ...

    def delete_password(self, service: str, username: str) -> None: ...


class Keychain:
    """Keeps one session for good; what the system refuses is kept in memory, and nowhere else.

    Only the token that renews goes there: some systems have no room for more.
    """

    def __init__(
        self, service: str, backend: Backend, refusals: tuple[type[Exception], ...]
    ) -> None:
        """`refusals` are the errors of a system that is locked, or told not to."""
        self._service = service
        self._backend = backend
        self._refusals = refusals
        self._memory = MemorySessions()
        self.lasting = True

    def keep(self, name: str, session: Session) -> None:
        self._memory.keep(name, session)
        kept = {"refresh": session.refresh, "user_id": session.user_id, "email": session.email}
        try:
            self._backend.set_password(self._service, name, json.dumps(kept))
            self.lasting = True
        except self._refusals:
            self.lasting = False
            self._erase(name)  # an older token there would be used up after the next start

    def renew(self, name: str, session: Session) -> bool:
        if self.find(name) is None:
            return False
        self.keep(name, session)
        return True

    def find(self, name: str) -> Session | None:
        if known := self._memory.find(name):
            return known
        try:
            session = self._read(name)
        except self._refusals:
            self.lasting = False
            return None
        if session:
            self._memory.keep(name, session)
        return session

    def newest(self, name: str) -> Session | None:
        known = self._memory.find(name)
        if not self.lasting:
            return known
        try:
            kept = self._read(name)
        except self._refusals:
            return known
        if known and kept and kept.refresh == known.refresh:
            return known
        self._memory.forget(name)  # another program has renewed or ended it
        if kept:
            self._memory.keep(name, kept)
        return kept

    def forget(self, name: str) -> None:
        self._memory.forget(name)
        self._erase(name)

    def forget_user(self, user_id: str) -> None:
        for name in self._memory.names_of(user_id):
            self.forget(name)

    def begin(self, name: str, flow: Flow) -> None:
        self._memory.begin(name, flow)

    def end(self, name: str, visitor: str) -> Flow | None:
        return self._memory.end(name, visitor)

    def _read(self, name: str) -> Session | None:
        text = self._backend.get_password(self._service, name)
        with suppress(ValueError, TypeError):
            return Session(access="", expires_at=0.0, **json.loads(text or "null"))
        return None

    def _erase(self, name: str) -> None:
        with suppress(*self._refusals):
            self._backend.delete_password(self._service, name)


def keychain(service: str) -> Sessions:
    """Return what keeps a session on this computer: in memory alone where there is no place."""
    try:
        import keyring  # noqa: PLC0415 looks for backends when it is imported
        from keyring.errors import KeyringError  # noqa: PLC0415
    except ImportError:  # it comes with the window, and a page needs none
        return MemorySessions()

    backend = keyring.get_keyring()
    if backend.priority <= 0:  # those that refuse, or forget at once
        return MemorySessions()
    return Keychain(service, backend, (KeyringError, RuntimeError, OSError))
