"""The port of rows: photos, jobs, versions, entries."""

from collections.abc import Iterator
from typing import Protocol

from storage.ports.batch import Batch
from storage.ports.blobs import Names
from storage.ports.collections import Collections
from storage.ports.holdings import Holdings
from storage.ports.hooks import Hooks
from storage.ports.intakes import Intakes
from storage.ports.keys import Keys
from storage.ports.queue import Queue
from storage.ports.stirs import Stirs
from storage.ports.terms import Terms
from storage.ports.trash import Trash
from storage.records import Card, Entry, Image, Job, Matte, Note, Order, Strokes, Version, Vitals


class Records(Queue, Protocol):
    """Rows, and the rules of ownership, order and time that hold between them."""

    @property
    def names(self) -> Names: ...
    @property
    def terms(self) -> Terms: ...
    @property
    def holdings(self) -> Holdings: ...
    @property
    def collections(self) -> Collections: ...
    @property
    def trash(self) -> Trash: ...
    @property
    def batch(self) -> Batch: ...
    @property
    def intakes(self) -> Intakes: ...
    @property
    def hooks(self) -> Hooks: ...
    @property
    def stirs(self) -> Stirs: ...
    @property
    def keys(self) -> Keys: ...

    # Jobs
    def admit(self, image: Image, order: Order) -> Job:
        """Return the one live job of this scope for this photo and recipe; make it if need be.

        The photo is known by (scope, sha256): where it is known already, the row given is ignored
        and the job returned names the image that was there first; a photo without a name takes the
        one given. A failed or cancelled job starts anew, and the more urgent of two orders counts;
        of two that name a preset, the later. A photo in the trash is taken back.
        Raises NotFound where the photo given was purged meanwhile.
        """
        ...

    def finish(self, job: Job, version: Version, note: Note = Note()) -> Job:  # noqa: B008 frozen
        """Keep the version under the next number, show it, and end the job. Raises LostLease."""
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
        """End a done job whose objects are gone, and forget its version.

        Where that was the current one, the last of the others takes its place.
        """
        ...

    def job(self, scope: str, job_id: str) -> Job:
        """Raises NotFound."""
        ...

    def ahead(self, job_id: str = "") -> int:
        """Return how many waiting jobs of all scopes come before one, or before a new one for "".

        Those that a pause or the trash holds are not in the line. None where it does not wait.
        """
        ...

    def vitals(self) -> Vitals:
        """Return how much waits, and for how long."""
        ...

    def leased(self) -> list[Job]:
        """Jobs that somebody works on right now."""
        ...

    # Photos, mattes, strokes, versions
    def image(self, scope: str, image_id: str) -> Image:
        """Raises NotFound."""
        ...

    def keep(self, image: Image) -> Image:
        """Keep a photo without a job, or return the one of the same scope and sha256.

        One in the trash is taken back. Raises NotFound where the photo given was purged meanwhile.
        """
        ...

    def find(self, scope: str, sha256: str) -> Image | None: ...

    def keep_matte(self, matte: Matte) -> None:
        """Raises NotFound where its photo was purged meanwhile."""
        ...

    def matte(self, image_id: str, key: str) -> Matte | None: ...

    def keep_strokes(self, strokes: Strokes) -> Strokes:
        """Return the strokes that are kept: equal ones that were there, as young as these now.

        Raises NotFound where the photo was purged meanwhile.
        """
        ...

    def strokes(self, image_id: str, sha256: str) -> Strokes | None: ...

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
        """Put an entry on the workbench, or return the one of the same photo, folder and name.

        A photo that has no name yet takes that of the entry.
        """
        ...

    def change(
        self, scope: str, entry_id: str, *, recipe: str, job_id: str, preset: str | None = None
    ) -> Entry:
        """Give an entry another recipe, and a job for it; one that it had before is forsaken.

        It stays with its preset where None is given. Raises NotFound.
        """
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
        """All that is on the workbench, in the order it came; what is in the trash is not."""
        ...

    def close(self) -> None: ...
