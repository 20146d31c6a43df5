"""The port of what an account may and what it costs."""

from typing import Protocol

from auth.account import Plan
from storage.records import Move, Version


class Terms(Protocol):
    """How long results stay, and what it takes to keep them."""

    def plan(self, scope: str) -> Plan:
        """Return what a scope may do. Raises NotFound, Gone."""
        ...

    def balance(self, scope: str) -> int | None:
        """Return the credits that can be spent; None where nothing costs any. Raises Gone."""
        ...

    def charged(self, scope: str, job_id: str) -> int:
        """Return the credits that a job has taken for good. Raises NotFound."""
        ...

    def keep_longer(self, scope: str, version_id: str) -> None:
        """Let a result stay as long as the plan allows at most; asked again, no longer still.

        Raises NotFound, Gone, NotAllowed.
        """
        ...

    def cost(self, scope: str, version_id: str) -> int:
        """Return the credits that keeping a version for good takes. Raises NotFound."""
        ...

    def reserve(self, scope: str, version_id: str) -> list[Move]:
        """Take a version out of the sweep's way for minutes, and tell what is to be copied.

        Raises NotFound, Gone, OutOfCredits, NotAllowed, QuotaExceeded.
        """
        ...

    def commit(self, scope: str, version_id: str) -> Version:
        """Keep a version whose objects were copied for good, and pay for it; once.

        Raises what `reserve` raises, and IllegalMove where it took too long.
        """
        ...
