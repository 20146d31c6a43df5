"""What a file of weights is: its checksums, and the note that is kept of them."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from inference.catalogue import Asset


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """The checksums of a file, and the state of the file that they were taken of."""

    size: int
    mtime_ns: int
    sha256: str
    md5: str | None
    """Only where the catalogue has no SHA-256 to compare with."""

    def is_of(self, state: os.stat_result) -> bool:
        """Tell whether the file has been left alone since."""
        return (self.size, self.mtime_ns) == (state.st_size, state.st_mtime_ns)

    def fits(self, model: Asset) -> bool:
        if model.sha256:
            return self.sha256 == model.sha256
        return self.md5 == model.md5


def fingerprint(model: Asset, file: Path) -> Fingerprint:
    """Raises OSError."""
    state = file.stat()
    return Fingerprint(
        size=state.st_size,
        mtime_ns=state.st_mtime_ns,
        sha256=digest(file, "sha256"),
        md5=None if model.sha256 else digest(file, "md5"),
    )


def digest(file: Path, algorithm: str) -> str:
    """Raises OSError."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, algorithm).hexdigest()


def noted(file: Path) -> str | None:
    """Return the SHA-256 that was noted when an MD5 alone could vouch for the file."""
    note = _note_of(file)
    words = note.read_text().split() if note.exists() else []
    return words[0] if words else None


def note(file: Path, sha256: str) -> None:
    """Write the note beside the file, in the form that `sha256sum --check` reads."""
    _note_of(file).write_text(f"{sha256}  {file.name}\n")


def _note_of(file: Path) -> Path:
    return file.with_name(f"{file.name}.sha256")
