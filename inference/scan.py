"""The port of whoever looks for viruses in the files of strangers, before anything opens them."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from inference.errors import InferenceError


class NotScanned(InferenceError):
    """Nobody could look at a file, so it is not let in."""

    def __init__(
        self, says: str = "Photos cannot be checked right now. Try again in a minute."
    ) -> None:
        super().__init__(says)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found in a file; clean without an infection."""

    infection: str = ""
    """As the scanner calls it."""


CLEAN = Verdict()


class Scanner(Protocol):
    """Thread-safe; may block."""

    def scan(self, file: Path) -> Verdict:
        """Look at a file. Raises NotScanned, also where it was not looked at to its end."""
        ...


class NoScanner:
    """Where only files of one's own come in, or nobody looks at them yet."""

    def scan(self, file: Path) -> Verdict:  # noqa: ARG002 nothing is looked at
        return CLEAN
