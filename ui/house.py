"""The joined parts, as every face of the program is handed them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from auth.account import Account
from auth.gate import Gate
from auth.rates import Rates, Unmetered
from inference.fitting import Fitting
from inference.inspector import Inspector
from inference.studio import Studio
from inference.worker import Workers
from storage.blobs import FileBlobs
from storage.dock import FolderDock
from storage.keyring import Keyring
from storage.library import Library
from ui.computer import Computer
from ui.members import Members
from ui.site import Site


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
    inspector: Inspector | None = None
    """Who looks at what desktops bring to a hosted instance."""
    leave_cloud: Callable[[], None] = lambda: None
    """Closes what is kept elsewhere, where anything is."""

    def start(self) -> None:
        """Let what works beside the pages begin."""
        self.workers.start()
        for one in (self.computer, self.inspector):
            if one:
                one.start()

    def close(self) -> None:
        for one in (self.computer, self.inspector):
            if one:
                one.close()
        self.workers.close()
        self.studio.close()
        self.library.close()
        self.leave_cloud()
