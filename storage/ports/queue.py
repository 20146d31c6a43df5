"""The port of jobs as workers see them."""

from collections.abc import Iterable
from typing import Protocol

from storage.records import Job

LEASE_SECONDS = 30.0
"""How long a worker may be silent before its jobs are given to another."""
BEAT_SECONDS = 10.0
"""How often a worker renews its leases: two beats may be lost."""
MAX_ATTEMPTS = 3
"""A job that stopped its process this often is given up."""


class Queue(Protocol):
    """What waits and what is in hand. Rows are the truth: to admit a job is to put it here.

    Whoever starts a job shows the number of that start (`fence`) with all that follows; who comes
    late is refused by it, so that one job has one end, however many have it in hand.
    """

    def start(self, owner: str) -> Job | None:
        """Lease the next job; None where nothing waits.

        The most urgent comes first, then the oldest. Where some pay and others do not there are two
        lines: of those who do not, one is started before all who pay and wait, and none again
        before these are. Photos in the trash are left out until they are back, unless somebody
        waits for them NOW.
        """
        ...

    def beat(self, jobs: Iterable[Job]) -> None:
        """Renew the leases of jobs that are still in hand; lost ones stay lost."""
        ...

    def fail(self, job: Job, says: str) -> Job:
        """End a running job with a sentence. Raises LostLease."""
        ...

    def release(self, owner: str) -> None:
        """Put the running jobs of `owner` back in the queue, as if never started."""
        ...

    def recover(self) -> list[Job]:
        """Take back jobs whose lease is dead; give up those that died too often."""
        ...
