"""What reaches beyond a page: the files, folders and clipboard of the computer it is shown on.

In a browser a page has hands of its own, see components/hands.js; a window lends it these.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Failure:
    """A file that was not taken in, and why."""

    name: str
    says: str


@dataclass(frozen=True, slots=True)
class Incoming:
    """How far files are that are being taken in."""

    done: int = 0
    left: int = 0
    """Which have not begun, or are at it."""
    failed: tuple[Failure, ...] = ()
    last: str = ""
    """The id of the photo that came last."""
    alone: bool = False
    """Whether that one came by itself."""


class HandsFull(Exception):
    """What was asked for has not been done; `says` tells why."""

    def __init__(self, says: str) -> None:
        super().__init__(says)
        self.says = says


class Hands(Protocol):
    """Methods that ask somebody return once they have answered."""

    @property
    def lent(self) -> bool:
        """Whether there is a window that they belong to."""
        ...

    async def take_photos(self) -> bool:
        """Let somebody choose photos, and take them in; tells whether there are any."""
        ...

    async def take_folder(self) -> bool: ...

    async def choose_target(self) -> Path | None:
        """Let somebody choose a folder for results."""
        ...

    async def save(self, address: str, form: str | None) -> Path | None:
        """Save what an address of ours answers with, where somebody wants it; None for nowhere.

        Raises HandsFull.
        """
        ...

    async def copy(self, address: str) -> None:
        """Put the PNG of an address on the clipboard, with its alpha. Raises HandsFull."""
        ...

    async def reveal(self, path: Path) -> None:
        """Show a file among others. Raises HandsFull."""
        ...

    def fill_screen(self) -> None:
        """Let the window be as large as the screen, or no longer."""
        ...

    def leave(self) -> None:
        """Close the window."""
        ...

    @property
    def incoming(self) -> Incoming: ...

    def drop_waiting(self) -> None:
        """Take nothing in that has not begun."""
        ...

    def prefer(self, preset: str) -> None:
        """Let photos that come in later take on the look of a preset; "" for none."""
        ...
