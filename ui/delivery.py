"""An export into a folder of this computer: nothing there is overwritten, and it can be stopped."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from inference.errors import Cancelled
from storage.blobs import NO_ROOM, write_durably
from storage.errors import DiskFull, NotWritable
from storage.records import Card
from ui.shipment import Draw, Shipment, members

WHOLE_PATH = "Say the whole path of the folder, from the top of the disk on."


class Delivery:
    """One export under way; read by the page while a thread writes."""

    def __init__(self, folder: str, total: int) -> None:
        """Raises NotWritable where this names no folder."""
        try:
            self.folder = Path(folder).expanduser()
        except RuntimeError as error:  # `~ann` where nobody is called so
            raise NotWritable(WHOLE_PATH) from error
        self.total = total
        self.written = 0
        self._stop = threading.Event()
        if not self.folder.is_absolute():
            raise NotWritable(WHOLE_PATH)

    def write(self, cards: Sequence[Card], shipment: Shipment, draw: Draw) -> Path:
        """Write files, each whole or not at all; returns the last one, which is the manifest.

        Raises DiskFull, NotWritable, Cancelled.
        """
        target = self.folder
        for member in members(cards, shipment, draw, self._taken()):
            if self._stop.is_set():
                raise Cancelled("Stopped. What was written stays there.")
            target = self.folder / member.path
            with _in_sentences(self.folder):
                if target.exists():
                    raise NotWritable(f"{target} has appeared meanwhile. Export again.")
                target.parent.mkdir(parents=True, exist_ok=True)
                write_durably(target, member.data)
            self.written += 1
        return target

    def _taken(self) -> list[str]:
        """Return all that is in the folder already. Raises NotWritable."""
        with _in_sentences(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
            return [path.relative_to(self.folder).as_posix() for path in self.folder.rglob("*")]

    def stop(self) -> None:
        self._stop.set()


@contextmanager
def _in_sentences(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in NO_ROOM:
            raise DiskFull(f"The disk of {folder} is full. Make room and export again.") from error
        raise NotWritable(
            f"{error.filename or folder} cannot be written: {error.strerror}."
        ) from error
    except ValueError as error:  # letters that no path can have
        raise NotWritable("No folder can be called so. Choose another name.") from error
