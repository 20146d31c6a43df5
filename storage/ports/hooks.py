"""The port of addresses that are told when a job ends."""

from typing import Protocol

from storage.records import Call, Hook

CALL_SECONDS = 60.0
"""How long who sends a message may take, before another one may."""
CALL_PAUSES = (5.0, 300.0, 1800.0, 7200.0, 18000.0, 36000.0, 36000.0)
"""Between the tries of a message, of which there is one more: 28 hours in all."""
MOST_HOOKS = 5
"""Addresses of one scope."""


class Hooks(Protocol):
    """Addresses that are told when a job ends, and what is still to be told."""

    def keep(self, scope: str, address: str) -> Hook:
        """Tell an address of what ends from now on. Raises IllegalMove for it twice, or many."""
        ...

    def all(self, scope: str) -> list[Hook]:
        """The oldest first."""
        ...

    def remove(self, scope: str, hook_id: str) -> None:
        """Raises NotFound."""
        ...

    def claim(self, most: int) -> list[Call]:
        """Take messages in hand that are due, at most so many, for CALL_SECONDS."""
        ...

    def sent(self, call: Call) -> None:
        """Note that a message was taken."""
        ...

    def failed(self, call: Call, says: str, *, gone: bool = False) -> None:
        """Try a message again after the next of CALL_PAUSES.

        After its last try, or where the address is `gone`, that is told nothing any more. Who comes
        late, when another one has the message in hand, changes nothing.
        """
        ...
