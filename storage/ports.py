"""The ports of what is kept. Every method is one transaction and safe to repeat."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Protocol

from auth.keys import Key
from storage.records import Card, Entry, Image, Job, Matte, Note, Order, Version

LEASE_SECONDS = 30.0
"""How long a worker may be silent before its jobs are given to another."""
BEAT_SECONDS = 10.0
"""How often a worker renews its leases: two beats may be lost."""
MAX_ATTEMPTS = 3
"""A job that stopped its process this often is given up."""


class Blobs(Protocol):
    """Bytes under keys such as `scope/image/original.jpg`."""

    def put(self, key: str, source: bytes | Path) -> None:
        """Keep bytes, or the content of a file; all or nothing. Raises DiskFull, NotWritable."""
        ...

    def get(self, key: str) -> bytes:
        """Raises NotFound."""
        ...

    def has(self, key: str) -> bool: ...

    def remove(self, key: str) -> None:
        """Remove an object; one that is not there is no error."""
        ...

    def listing(self) -> Iterator[tuple[str, float]]:
        """Yield every key with the Unix time of its last change."""
        ...


class Records(Protocol):
    """Rows, and the rules of ownership, order and time that hold between them."""

    # Jobs
    def admit(self, image: Image, order: Order) -> Job:
        """Return the one live job of this scope for this photo and recipe; make it if need be.

        The photo is known by (scope, sha256): where it is known already, the row given is ignored
        and the job returned names the image that was there first. A failed or cancelled job
        starts anew, and the more urgent of two orders counts.
        """
        ...

    def start(self, owner: str) -> Job | None:
        """Lease the most urgent queued job, then the oldest; None where nothing waits."""
        ...

    def beat(self, jobs: Iterable[Job]) -> None:
        """Renew the leases of jobs that are still in hand; lost ones stay lost."""
        ...

    def finish(self, job: Job, version: Version, note: Note = Note()) -> Job:  # noqa: B008 frozen
        """Keep the version under the next number and end the job. Raises LostLease."""
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

    def cancel(self, scope: str, job_id: str) -> Job:
        """Raises NotFound, IllegalMove."""
        ...

    def forsake(self, scope: str, job_id: str) -> Job:
        """Cancel a job that nobody waits for, unless an entry does or it has ended."""
        ...

    def retry(self, scope: str, job_id: str) -> Job:
        """Put a failed or cancelled job in the queue again. Raises NotFound, IllegalMove."""
        ...

    def expire(self, scope: str, job_id: str) -> Job:
        """End a done job whose objects are gone, and forget its version."""
        ...

    def job(self, scope: str, job_id: str) -> Job:
        """Raises NotFound."""
        ...

    def leased(self) -> list[Job]:
        """Jobs that somebody works on right now."""
        ...

    # Photos, mattes, versions
    def image(self, scope: str, image_id: str) -> Image:
        """Raises NotFound."""
        ...

    def keep(self, image: Image) -> Image:
        """Keep a photo without a job, or return the one of the same scope and sha256."""
        ...

    def find(self, scope: str, sha256: str) -> Image | None: ...

    def keep_matte(self, matte: Matte) -> None: ...

    def matte(self, image_id: str, key: str) -> Matte | None: ...

    def version(self, scope: str, version_id: str) -> Version:
        """Raises NotFound."""
        ...

    def history(self, scope: str, image_id: str) -> list[Version]:
        """All versions of a photo, the first one first."""
        ...

    def objects(self) -> Iterator[str]:
        """Yield the key of every object that some row speaks of."""
        ...

    # The workbench
    def place(self, entry: Entry) -> Entry:
        """Put an entry on the workbench, or return the one of the same photo, folder and name."""
        ...

    def change(self, scope: str, entry_id: str, *, recipe: str, job_id: str) -> Entry:
        """Raises NotFound."""
        ...

    def clear(self, scope: str, entry_id: str) -> None:
        """Take an entry off the workbench; its photo stays in the library.

        Its job is forsaken.
        """
        ...

    def entry(self, scope: str, entry_id: str) -> Entry:
        """Raises NotFound."""
        ...

    def bench(self, scope: str) -> list[Card]:
        """All that is on the workbench, in the order it came."""
        ...

    # Keys of programs
    def keep_key(self, key: Key) -> Key:
        """Raises IllegalMove where the scope has a key of this name."""
        ...

    def key(self, digest: str) -> Key | None:
        """Return the key of a hash, unless it was revoked."""
        ...

    def keys(self, scope: str) -> list[Key]:
        """All keys, the oldest first; revoked ones, too."""
        ...

    def revoke(self, scope: str, name: str) -> Key:
        """Raises NotFound."""
        ...

    def close(self) -> None: ...
