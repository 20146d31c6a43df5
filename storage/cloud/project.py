"""A Supabase project as one key sees it: connections to it, and as many tries as are safe."""

import time
from collections.abc import Callable, Iterator
from secrets import SystemRandom
from typing import TypeVar

import httpx

from storage.cloud.fault import ERRORS, fault_of

PAUSES = (0.25, 0.75, 2.0)
"""Seconds before another try, more or less: many that fail together come back one by one."""
TIMEOUT = httpx.Timeout(30, connect=5)
LIMITS = httpx.Limits(max_connections=40, max_keepalive_connections=20)
SECRET = "sb_secret_"  # noqa: S105 how such keys begin
Answer = TypeVar("Answer")


class Project:
    """Owns the connections; what is made by `as_user` goes over the same ones."""

    def __init__(
        self,
        url: str,
        key: str,
        *,
        token: str = "",
        http: httpx.Client | None = None,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        """Ask as the server with its secret key, or as a user with a publishable one and a token.

        The secret key is the server's alone: a user never asks with it.
        """
        if token and key.startswith(SECRET):
            raise ValueError("A user asks with the publishable key.")
        self.url = url.rstrip("/")
        self.headers = {"apikey": key, "Authorization": f"Bearer {token or key}"}
        self.http = http or httpx.Client(timeout=TIMEOUT, limits=LIMITS)
        self._sleep = sleep

    def as_user(self, publishable_key: str, token: str) -> "Project":
        return Project(self.url, publishable_key, token=token, http=self.http, sleep=self._sleep)

    def ask(self, question: Callable[[], Answer], *, again: bool = True) -> Answer:
        """Return the answer to a question; ask again where that is safe and may help.

        Without `again` a question is only repeated that certainly had no effect. Raises Fault.
        """
        for pause in _pauses():
            try:
                return question()
            except ERRORS as error:
                fault = fault_of(error)
                if pause is None or not (fault.undone or (again and fault.passes)):
                    raise fault from error
                self._sleep(max(pause, fault.patience))
        raise AssertionError

    def close(self) -> None:
        self.http.close()


def _pauses() -> Iterator[float | None]:
    for pause in PAUSES:
        yield pause * SystemRandom().uniform(0.5, 1.5)
    yield None
