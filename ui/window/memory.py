"""What a window remembers from one start to the next: a file beside the library."""

import json
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from storage.blobs import write_durably
from ui.window.shape import Shape, read_shape


@dataclass(frozen=True, slots=True)
class Remembered:
    shape: Shape = field(default_factory=Shape)
    port: int = 0
    """Of the last start: what pages keep for themselves is kept by address."""
    photos: str = ""
    """The folder that photos came from last."""
    results: str = ""
    """The folder that results were saved in last."""
    preset: str = ""
    """The one that was chosen last; photos that come in take on its look."""


class Memory:
    """Owns the file. Thread-safe; what cannot be written is not remembered, and that is all."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._lock = threading.Lock()
        self._now = _read(file)

    @property
    def now(self) -> Remembered:
        return self._now

    def note(self, **changed: Any) -> None:
        with self._lock:
            new = replace(self._now, **changed)
            if new == self._now:
                return
            self._now = new
            try:
                write_durably(self._file, json.dumps(asdict(new)).encode())
            except OSError:  # a full disk, say: who works has been told of it elsewhere
                return


def _read(file: Path) -> Remembered:
    """Take what makes sense: another version may have written it, or half a disk."""
    try:
        found = json.loads(file.read_text())
    except (OSError, ValueError):
        return Remembered()
    if not isinstance(found, Mapping):
        return Remembered()
    usual = Remembered()
    kept = {
        one.name: found[one.name]
        for one in fields(Remembered)
        if one.name != "shape" and type(found.get(one.name)) is type(getattr(usual, one.name))
    }
    return Remembered(**kept, shape=read_shape(found.get("shape")))
