"""What the pages of an instance with accounts are handed."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from storage.books import Books

if TYPE_CHECKING:  # what it needs is not there where nobody can sign in
    from auth.account import Account
    from auth.accounts import Accounts


@dataclass(frozen=True, slots=True)
class Members:
    accounts: "Accounts"
    providers: tuple[str, ...]
    """Other sites whose accounts are good here, such as google."""
    adopt: Callable[[str, str], Awaitable[None]]
    """Let what came with a visit belong to a user from now on. Raises GateError."""
    erase: Callable[[str], Awaitable[None]]
    """Mark a user to be deleted with everything; the sweep does it. Raises GateError."""
    takeout: Callable[["Account", str], Iterator[bytes]]
    """Return the pieces of a zip of all that is known of somebody, whose token opens it."""
    books: Books
    contact: str
    """The address of whoever runs the instance, as a link has it; empty where none is given."""
    close: Callable[[], Awaitable[None]]
