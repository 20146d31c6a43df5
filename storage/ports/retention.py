"""The ports of what ends by itself, and of who leaves."""

from collections.abc import Iterator, Sequence
from typing import Protocol

from storage.records import Claim, Leaver


class Retention(Protocol):
    """What lasts for a while, on a hosted instance. Objects go before the rows that speak of them.

    Killed anywhere, the next sweep goes on; two of them share the work.
    """

    def claim(self, most: int) -> Claim:
        """Claim what has expired, at most so many; what was claimed and forsaken comes again."""
        ...

    def forget(self, claim: Claim, left: Sequence[str] = ()) -> None:
        """Forget rows that were claimed; objects that are `left` of them are tried again later."""
        ...

    def settle(self) -> None:
        """Give back credits that nothing holds any more, drop what never came, archive.

        And give each account the credits of the month, and look for objects that no row speaks of.
        """
        ...

    def erasing(self) -> list[Leaver]:
        """Users that are to go, the first one first."""
        ...

    def objects_of(self, scope: str, most: int) -> list[str]:
        """Return objects of a scope that is to go, at most so many; none when all are gone."""
        ...

    def owned(self, scope: str) -> Iterator[str]:
        """Yield the names of all objects that rows of a scope speak of."""
        ...

    def erase(self, scope: str) -> None:
        """Forget every row of a scope. Raises IllegalMove while objects are left."""
        ...


class Users(Protocol):
    """Who can sign in."""

    def forget(self, user_id: str) -> None:
        """Delete a user; one that is not there is no error."""
        ...
