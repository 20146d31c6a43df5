"""What the account page reads of somebody's books."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from auth.account import Account
from auth.errors import GateError
from storage.books import PAGE, Line, Tariff, Wishes
from storage.errors import StorageError
from ui.components.speech import say
from ui.lane import Lane
from ui.members import Members
from ui.words import t

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """The books as they are now."""

    tariffs: Sequence[Tariff]
    lines: Sequence[Line]
    taken: str
    """The plan that was taken, whether or not it counts."""
    until: float | None
    wishes: Wishes | None
    """None where the plan keeps nothing."""

    def tariff(self, name: str) -> Tariff | None:
        return next((one for one in self.tariffs if one.id == name), None)


@dataclass(frozen=True, slots=True)
class Wallet:
    """The books in the hands of one page."""

    members: Members
    account: Account
    token: str
    """The cookie of whoever looks."""
    lane: Lane

    async def tariffs(self) -> list[Tariff]:
        """Raises StorageError."""
        return await self.lane.run(self.members.books.tariffs)

    async def open(self) -> Opened:
        """Raises GateError, StorageError."""
        books = self.members.books
        access = await self.members.accounts.access(self.token)
        taken, until = await self.lane.run(books.plan_until, access)
        keeps = self.account.plan.kept_hours is None
        return Opened(
            tariffs=await self.tariffs(),
            lines=await self.lane.run(books.lines, access),
            taken=taken,
            until=until,
            wishes=await self.lane.run(books.wishes, access) if keeps else None,
        )

    async def older(self, before: int) -> list[Line] | None:
        """Return lines before one that is known; None where that fails, which is said."""
        return await self._told(lambda access: self.members.books.lines(access, before))

    async def wish(self, name: str, value: object) -> Wishes | None:
        return await self._told(lambda access: self.members.books.wish(access, name, value))

    @staticmethod
    def more(came: int) -> bool:
        """Tell whether there may be more after so many lines."""
        return came == PAGE

    async def _told(self, ask: Callable[[str], Result]) -> Result | None:
        try:
            access = await self.members.accounts.access(self.token)
            return await self.lane.run(ask, access)
        except (GateError, StorageError) as error:
            say(t(error.says))
            return None
