"""What the owner of a computer is handed who may sign in to a project."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from storage.sync import Sync

if TYPE_CHECKING:  # what it needs is not there where nobody can sign in
    from auth.desktop import Desktop


@dataclass(frozen=True, slots=True)
class Computer:
    desktop: "Desktop"
    providers: tuple[str, ...]
    """Other sites whose accounts are good there, such as google."""
    sync: Sync

    def start(self) -> None:
        self.desktop.start()
        self.sync.start()

    def close(self) -> None:
        self.sync.close()
        self.desktop.close()
