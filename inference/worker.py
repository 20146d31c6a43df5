"""Threads that drain the queues of workshops."""

import logging
import threading
import time
from collections.abc import Sequence
from uuid import uuid4

from inference.memory import give_back
from inference.priority import step_back
from inference.studio import Studio
from inference.workshop import Workshop
from storage.errors import StorageError
from storage.ports.queue import BEAT_SECONDS
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
        *workshops: Workshop,
        threads: int = 2,
        beat_seconds: float = BEAT_SECONDS,
        watched: Sequence[Workshop] = (),
        once: bool = False,
    ) -> None:
        """`watched` are those whose jobs others do: what these have dropped is taken back.

        Who works `once` ends when nothing waits.
        """
        self._studio = studio
        self._workshops = workshops
        self._known = (*workshops, *watched)
        self._owner = uuid4().hex
        self._beat_seconds = beat_seconds
        self._once = once
        self._stop = threading.Event()
        self.trouble = ""
        """Why the queue could not be read the last time."""
        # By id and start: a job that is cancelled and tried again may be in two hands for a while.
        self._in_hand: dict[tuple[str, int], tuple[Workshop, Job]] = {}
        self._hands = [
            threading.Thread(target=self._drain, name=f"worker-{number}", daemon=True)
            for number in range(threads)
        ]
        self._threads = [
            *self._hands,
            *(
                threading.Thread(target=target, name=name, daemon=True)
                for name, target in [("beat", self._beat), ("sweep", self._sweep)]
            ),
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    @property
    def busy(self) -> bool:
        """Whether anybody is still at work, or would be."""
        return any(thread.is_alive() for thread in self._hands)

    def close(self, patience: float = 10.0) -> bool:
        """Stop after the photos in hand, or put them back where that takes too long (seconds).

        Returns whether all have stopped.
        """
        self._stop.set()
        self._studio.jobs.wake()
        until = time.monotonic() + patience
        for thread in self._threads:
            if thread.is_alive():
                thread.join(max(0.0, until - time.monotonic()))
        for workshop in self._known:
            try:
                workshop.queue.release(self._owner)
            except StorageError:
                log.exception("what is in hand could not be put back; its leases will run out")
        return not self.busy

    def _drain(self) -> None:
        step_back()  # pages, uploads and the browser beside us are waited for
        while not self._stop.is_set():
            # One of each in its turn: a long queue does not hold another one up.
            if not sum(self._took_one(workshop) for workshop in self._workshops):
                if self._once:
                    return
                self._studio.rest()
                self._studio.jobs.pause(IDLE_LOOK)

    def _took_one(self, workshop: Workshop) -> bool:
        """Do the next job of a workshop; tell whether there was one."""
        try:
            job = None if self._stop.is_set() else workshop.queue.start(self._owner)
        except StorageError as error:
            if error.says != self.trouble:  # once, not all the time
                log.warning("the queue cannot be read: %s", error.says)
            self.trouble = error.says
            self._stop.wait(self._beat_seconds)
            return False
        self.trouble = ""
        if job is None:
            return False
        self._in_hand[job.id, job.fence] = workshop, job
        try:
            self._studio.work(workshop, job)
        finally:
            del self._in_hand[job.id, job.fence]
            if not self._in_hand:
                give_back()
        return True

    def _beat(self) -> None:
        """Keep what is in hand, and take back what others have dropped."""
        while True:
            held = list(self._in_hand.values())
            for workshop in self._known:
                try:
                    workshop.queue.beat([job for its, job in held if its is workshop])
                    workshop.queue.recover()
                except StorageError as error:
                    log.warning("leases could not be renewed: %s", error.says)
            if self._stop.wait(self._beat_seconds):
                return

    def _sweep(self) -> None:
        """Delete what has been in the trash for long, and what a killed process left to delete."""
        while True:
            for workshop in self._known:
                try:
                    workshop.sweep(self._stop.is_set)
                except StorageError as error:
                    log.warning("what is to be deleted could not be: %s", error.says)
            if self._stop.wait(SWEEP_SECONDS):
                return
