"""Opens what desktops have brought to a hosted instance, before anybody sees it."""

import hashlib
import logging
import threading
from collections import OrderedDict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Protocol

from auth.account import GUEST_PLAN, Account
from inference.checkpoint import Checkpoint
from inference.errors import OutOfMemory, PhotoRejected, Refusal
from inference.header import LOCAL_LIMITS, Limits
from inference.scan import NotScanned
from inference.scrub import scrubbed
from storage.arrivals import Announced, Arrival, Arrivals
from storage.errors import NotFound, StorageError

if TYPE_CHECKING:
    from inference.header import Header

log = logging.getLogger(__name__)

LOOK_SECONDS = 2.0
TROUBLE_SECONDS = 20.0
"""Between two looks; longer where the last one failed."""
AT_ONCE = 20
MOST_KNOWN = 2000
"""Originals that are not opened again for each of their versions."""
OTHER = "What has arrived is not what was announced. Try again."
MISSING = "What was announced has not arrived. Try again."
PNG, WEBP = "image/png", "image/webp"
THUMBNAIL = Limits(max_bytes=2_000_000, max_pixels=4_000_000, max_side=4000)


class Objects(Protocol):
    def fetch(self, key: str, file: Path) -> None:
        """Write an object to a file. Raises NotFound."""
        ...

    def put(self, key: str, source: bytes | Path) -> None: ...

    def remove(self, key: str) -> None: ...


class Inspector:
    """Owns a thread. What it cannot look at now stays where nobody sees it, until it can."""

    def __init__(self, arrivals: Arrivals, blobs: Objects, checkpoint: Checkpoint) -> None:
        self._arrivals = arrivals
        self._blobs = blobs
        self._checkpoint = checkpoint
        self._known: OrderedDict[tuple[str, str], None] = OrderedDict()
        self._trouble = ""
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="inspector", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def close(self, patience: float = 10.0) -> None:
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(patience)

    def round(self) -> int:
        """Look at what waits; return how many were decided. Raises StorageError, NotScanned."""
        decided = 0
        for arrival in self._arrivals.waiting(AT_ONCE):
            if self._stop.is_set():
                break
            self._decide(arrival)
            decided += 1
        return decided

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                decided, self._trouble = self.round(), ""
            except (StorageError, NotScanned) as error:
                if error.says != self._trouble:  # once, not all the time
                    log.warning("what desktops have brought cannot be looked at: %s", error.says)
                self._trouble = error.says
                self._stop.wait(TROUBLE_SECONDS)
            else:
                self._stop.wait(0 if decided else LOOK_SECONDS)

    def _decide(self, arrival: Arrival) -> None:
        try:
            with TemporaryDirectory(prefix="coveshot-") as folder:
                self._look(arrival, Path(folder) / "object")
        except NotFound:
            self._arrivals.turn_away(arrival, MISSING)
        except (PhotoRejected, OutOfMemory) as error:
            self._arrivals.turn_away(arrival, error.says)
        else:
            self._arrivals.let_in(arrival)

    def _look(self, arrival: Arrival, file: Path) -> None:
        """Raises PhotoRejected for what is not as it was said to be."""
        known = (arrival.original.key, arrival.sha256)
        came = b""
        if not arrival.known and known not in self._known:
            self._open(arrival, arrival.original, arrival.mime, file, LOCAL_LIMITS)
            with file.open("rb") as stream:
                if hashlib.file_digest(stream, "sha256").hexdigest() != arrival.sha256:
                    raise PhotoRejected(OTHER, Refusal.BROKEN)
            came = file.read_bytes()
        self._open(arrival, arrival.output, PNG, file, LOCAL_LIMITS)
        self._open(arrival, arrival.thumbnail, WEBP, file, THUMBNAIL)
        if came:
            self._keep(arrival, came)
        self._remember(known)

    def _keep(self, arrival: Arrival, came: bytes) -> None:
        """Keep a photo without what it tells; nobody sees it yet, and nobody can put it again."""
        kept = scrubbed(came, arrival.mime)
        if kept != came:
            self._blobs.remove(arrival.original.key)
            self._blobs.put(arrival.original.key, kept)

    def _open(
        self, arrival: Arrival, announced: Announced, mime: str, file: Path, limits: Limits
    ) -> None:
        """Fetch an object and open it; a scanner has seen it before."""
        self._blobs.fetch(announced.key, file)
        if file.stat().st_size != announced.bytes:
            raise PhotoRejected(OTHER, Refusal.BROKEN)
        self._checkpoint.admit(Account(arrival.scope, arrival.scope, GUEST_PLAN), file)
        header = self._checkpoint.inspect(file, limits)
        if header.mime != mime or not _fits(header, announced):
            raise PhotoRejected(OTHER, Refusal.TYPE)
        self._checkpoint.open(file.read_bytes(), limits)

    def _remember(self, known: tuple[str, str]) -> None:
        self._known[known] = None
        while len(self._known) > MOST_KNOWN:
            self._known.popitem(last=False)


def _fits(header: "Header", announced: Announced) -> bool:
    said = (announced.width, announced.height)
    return said in {(0, 0), (header.width, header.height)}
