"""Threads that drain the queues of libraries."""

import logging
import threading
from uuid import uuid4

from inference.memory import give_back
from inference.priority import step_back
from inference.studio import Studio
from storage.errors import StorageError
from storage.library import Library
from storage.ports import BEAT_SECONDS
from storage.records import Job

log = logging.getLogger(__name__)

IDLE_LOOK = 1.0
"""Seconds after which a worker looks for jobs that another process has queued."""
SWEEP_SECONDS = 3600.0
"""Between two looks for what is to be deleted by itself."""


class Workers:
    """Owns the threads of one process; while one computes, another decodes and encodes."""

    def __init__(
        self,
        studio: Studio,
        *libraries: Library,
        threads: int = 2,
        beat_seconds: float = BEAT_SECONDS,
    ) -> None:
        self._studio = studio
        self._libraries = libraries
        self._owner = uuid4().hex
        self._beat_seconds = beat_seconds
        self._stop = threading.Event()
        # By id and start: a job that is cancelled and tried again may be in two hands for a while.
        self._in_hand: dict[tuple[str, int], tuple[Library, Job]] = {}
        self._threads = [
            threading.Thread(target=target, name=name, daemon=True)
            for name, target in [("beat", self._beat), ("sweep", self._sweep)]
            + [(f"worker-{number}", self._drain) for number in range(threads)]
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def close(self, patience: float = 10.0) -> None:
        """Stop after the photos in hand, or put them back where that takes too long (seconds)."""
        self._stop.set()
        self._studio.jobs.wake()
        for thread in self._threads:
            if thread.is_alive():
                thread.join(patience)
        for library in self._libraries:
            library.records.release(self._owner)

    def _drain(self) -> None:
        step_back()  # pages, uploads and the browser beside us are waited for
        while not self._stop.is_set():
            # One of each in its turn: a long queue does not hold another one up.
            if not sum(self._took_one(library) for library in self._libraries):
                self._studio.rest()
                self._studio.jobs.pause(IDLE_LOOK)

    def _took_one(self, library: Library) -> bool:
        """Do the next job of a library; tell whether there was one."""
        try:
            job = None if self._stop.is_set() else library.records.start(self._owner)
        except StorageError:
            log.exception("the queue cannot be read")
            self._stop.wait(self._beat_seconds)
            return False
        if job is None:
            return False
        self._in_hand[job.id, job.fence] = library, job
        try:
            self._studio.work(library, job)
        finally:
            del self._in_hand[job.id, job.fence]
            if not self._in_hand:
                give_back()
        return True

    def _beat(self) -> None:
        """Keep what is in hand, and take back what others have dropped."""
        while True:
            held = list(self._in_hand.values())
            for library in self._libraries:
                try:
                    library.records.beat([job for its, job in held if its is library])
                    library.records.recover()
                except StorageError:
                    log.exception("leases could not be renewed")
            if self._stop.wait(self._beat_seconds):
                return

    def _sweep(self) -> None:
        """Delete what has been in the trash for long, and what a killed process left to delete."""
        while True:
            for library in self._libraries:
                try:
                    library.sweep(self._stop.is_set)
                except StorageError:
                    log.exception("what is to be deleted could not be")
            if self._stop.wait(SWEEP_SECONDS):
                return
