"""The port between a request and an account."""

from typing import Protocol

from auth.account import Account


class Gate(Protocol):
    """Who is this?"""

    @property
    def pass_for_visitors(self) -> str:
        """The token that a page hands to the browser it is shown in."""
        ...

    async def who(self, token: str | None) -> Account | None:
        """Return the account that a token stands for, or None for a stranger."""
        ...
