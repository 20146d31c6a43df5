"""The joined parts, as every face of the program is handed them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from auth.account import Account
from auth.gate import Gate
from auth.rates import Rates, Unmetered
from inference.fitting import Fitting
from inference.foreman import Foreman
from inference.inspector import Inspector
from inference.studio import Studio
from inference.waker import Waker
from inference.worker import Workers
from storage.blobs import FileBlobs
from storage.dock import FolderDock
from storage.keyring import Keyring
from storage.library import Library
from ui.computer import Computer
from ui.courier import Courier
from ui.hands import Hands
from ui.members import Members
from ui.site import Site

if TYPE_CHECKING:
    from ui.api.fetcher import Fetcher


@dataclass(frozen=True, slots=True)
class Room:
    """How many pages fit, of 2 MB each."""

    unopened: int = 40
    """Which were asked for, and whose browser has not come back by its socket."""
    open: int = 400
    each: int = 30
    """Of one address."""


@dataclass(frozen=True, slots=True)
class House:
    """All that one process owns; `close` gives it back."""

    home: Path
    """Where everything is kept."""
    account: Account
    gate: Gate
    studio: Studio
    library: Library
    blobs: FileBlobs
    dock: FolderDock
    """Where announced photos come in that are kept on this computer."""
    keyring: Keyring
    workers: Workers
    fitting: Fitting
    courier: Courier
    """Who tells programs that a job has ended."""
    language: str
    """Which the pages would speak; English where there is no catalogue for it."""
    locales: Path | None
    """Where catalogues are, if not with the program."""
    site: Site | None = None
    """How a hosted instance is reached; None for this computer alone."""
    rates: Rates = field(default_factory=Unmetered)
    room: Room | None = None
    """How many pages fit; None for as many as are opened."""
    members: Members | None = None
    """What is needed to sign in; None where nobody can."""
    computer: Computer | None = None
    """What the owner of this computer signs in with; None without a project."""
    fetcher: "Fetcher | None" = None
    """Fetches pictures that programs name by their address, where that is wanted."""
    foreman: Foreman | None = None
    """Who hands work out to workers elsewhere; None where there are none."""
    hands: Hands | None = None
    """Those of a window; None for pages that have their browser's alone."""
    waker: Waker | None = None
    """Who wakes workers that sleep while nothing waits."""
    inspector: Inspector | None = None
    """Who looks at what desktops bring to a hosted instance."""
    hosted: Library | None = None
    """Where the photos of visitors and accounts are; None where all are in `library`."""
    metrics_token: str = ""
    """What shows that somebody may read the numbers; without one, this computer alone may."""
    leave_cloud: Callable[[], None] = lambda: None
    """Closes what is kept elsewhere, where anything is."""

    @property
    def libraries(self) -> list[Library]:
        """All libraries that photos are cut out for."""
        return [self.library, *([self.hosted] if self.hosted else [])]

    def start(self) -> None:
        """Let what works beside the pages begin."""
        self.workers.start()
        for one in (self.courier, self.computer, self.inspector, self.waker):
            if one:
                one.start()

    def close(self) -> None:
        for one in (self.courier, self.computer, self.inspector, self.waker):
            if one:
                one.close()
        self.workers.close()
        self.studio.close()
        self.library.close()
        self.leave_cloud()
