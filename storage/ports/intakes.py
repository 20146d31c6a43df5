"""The port of photos that are announced before they come."""

from typing import Protocol

from storage.records import Intake, Status, Task

INTAKE_SECONDS = 900.0
"""How long the bytes of a photo that was announced may take to come."""
LOOK_SECONDS = 60.0
"""How long who looks at them may take, before another one may."""
TOLD_SECONDS = 86400.0
"""How long it is told what became of an announcement."""
MOST_EXPECTED = 100
"""Photos of one scope that were announced and have not come."""


class Intakes(Protocol):
    """Photos that are announced before they come, and what becomes of them."""

    def open(self, intake: Intake) -> Intake:
        """Expect a photo; what was announced under the same token is the answer.

        Raises IllegalMove where that was something else, TooMany where many are expected, and
        what `admit` would have raised for it: OutOfCredits, QuotaExceeded, NotAllowed.
        """
        ...

    def task(self, scope: str, task_id: str) -> Task:
        """Return an announcement and its job, or a job that came in by another door.

        Raises NotFound.
        """
        ...

    def claim(self, scope: str, intake_id: str) -> Intake:
        """Take the bytes that have come in hand, for a minute.

        Raises NotFound, TooMany where somebody else has them, IllegalMove where it is over.
        """
        ...

    def end(self, intake: Intake, status: Status, says: str = "", job_id: str = "") -> Intake:
        """Say what the bytes in hand were: `queued` with a job, `error`, or `verifying` still.

        Raises LostLease where another one has them by now, or it was cancelled.
        """
        ...

    def cancel(self, scope: str, intake_id: str) -> Intake:
        """Expect a photo no more. Raises NotFound, IllegalMove."""
        ...

    def expire(self) -> list[Intake]:
        """Give up what has not come in time, and return that; forget what was long ago."""
        ...

    def recipe(self, scope: str, op_key: str) -> str:
        """Return the recipe of this name that a scope has used last. Raises NotFound."""
        ...
