"""The ports of what is kept. Every method is one transaction and safe to repeat."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from auth.account import Plan
from auth.keys import Key
from storage.records import (
    Call,
    Card,
    Changes,
    Claim,
    Collection,
    Entry,
    Holding,
    Hook,
    Image,
    Intake,
    Invitation,
    Job,
    Leaver,
    Mark,
    Matte,
    Move,
    Note,
    Order,
    Search,
    Status,
    Stir,
    Strokes,
    Surplus,
    Survey,
    Task,
    Usage,
    Version,
    Vitals,
)

LEASE_SECONDS = 30.0
"""How long a worker may be silent before its jobs are given to another."""
BEAT_SECONDS = 10.0
"""How often a worker renews its leases: two beats may be lost."""
MAX_ATTEMPTS = 3
"""A job that stopped its process this often is given up."""
INTAKE_SECONDS = 900.0
"""How long the bytes of a photo that was announced may take to come."""
LOOK_SECONDS = 60.0
"""How long who looks at them may take, before another one may."""
TOLD_SECONDS = 86400.0
"""How long it is told what became of an announcement."""
MOST_KEYS = 50
"""Of one scope that open something."""
SHOWN_SECONDS = 60.0
"""How exactly it is noted when a key was shown: a note is a write."""
CALL_SECONDS = 60.0
"""How long who sends a message may take, before another one may."""
CALL_PAUSES = (5.0, 300.0, 1800.0, 7200.0, 18000.0, 36000.0, 36000.0)
"""Between the tries of a message, of which there is one more: 28 hours in all."""
MOST_HOOKS = 5
"""Addresses of one scope."""
MOST_EXPECTED = 100
"""Photos of one scope that were announced and have not come."""


class Blobs(Protocol):
    """Bytes under keys such as `scope/image/original.jpg`."""

    def put(self, key: str, source: bytes | Path) -> None:
        """Keep bytes, or the content of a file; all or nothing.

        A key is given once: others than the bytes that are there may be refused.

        Raises DiskFull, NotWritable, Taken.
        """
        ...

    def get(self, key: str) -> bytes:
        """Raises NotFound."""
        ...

    def has(self, key: str) -> bool: ...

    def size(self, key: str) -> int:
        """Return the bytes of an object. Raises NotFound."""
        ...

    def remove(self, key: str) -> None:
        """Remove an object; one that is not there is no error."""
        ...

    def clear(self, keys: Sequence[str]) -> list[str]:
        """Remove objects, and return those that are still there, whatever was answered."""
        ...

    def copy(self, origin: str, target: str) -> None:
        """Keep an object under another key, too. Raises NotFound, and what `put` raises."""
        ...

    def listing(self) -> Iterator[tuple[str, float]]:
        """Yield every key with the Unix time of its last change."""
        ...


class Names(Protocol):
    """What objects are called: asked before they are put, as rows are about to have it."""

    def original(self, scope: str, image_id: str, extension: str) -> str: ...

    def output(self, job: Job, version_id: str) -> tuple[str, str]:
        """Return the names of a cutout and its thumbnail.

        Several attempts at a job may have the same ones. Raises NotFound.
        """
        ...

    def beside(self, scope: str, image_id: str) -> str:
        """Return the folder of what is kept with a photo: mattes and strokes. Raises NotFound."""
        ...


class Dock(Protocol):
    """Where somebody who has no key puts one object. Every method is safe to repeat."""

    def invite(self, spot: str, size: int) -> Invitation:
        """Let one object of so many bytes come under a name. Raises Taken where one is there."""
        ...

    def arrived(self, spot: str) -> int | None:
        """Return the bytes of what has come, or None where nothing has."""
        ...

    def take(self, spot: str, file: Path) -> None:
        """Write what has come to a file. Raises NotFound, DiskFull, NotWritable."""
        ...

    def remove(self, spot: str) -> None:
        """Remove what has come, and let nothing come any more where that can be told."""
        ...


class Keys(Protocol):
    """What programs show to be let in."""

    def keep(self, key: Key) -> Key:
        """Raises IllegalMove where the scope has a key of this name, or has many."""
        ...

    def find(self, digest: str) -> Key | None:
        """Return the key of a hash, unless it was revoked; it is noted when it was shown."""
        ...

    def all(self, scope: str) -> list[Key]:
        """All keys, the oldest first; revoked ones, too."""
        ...

    def revoke(self, scope: str, name: str) -> Key:
        """Raises NotFound."""
        ...


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


class Terms(Protocol):
    """How long results stay, and what it takes to keep them."""

    def plan(self, scope: str) -> Plan:
        """Return what a scope may do. Raises NotFound, Gone."""
        ...

    def balance(self, scope: str) -> int | None:
        """Return the credits that can be spent; None where nothing costs any. Raises Gone."""
        ...

    def charged(self, scope: str, job_id: str) -> int:
        """Return the credits that a job has taken for good. Raises NotFound."""
        ...

    def keep_longer(self, scope: str, version_id: str) -> None:
        """Let a result stay as long as the plan allows at most; asked again, no longer still.

        Raises NotFound, Gone, NotAllowed.
        """
        ...

    def cost(self, scope: str, version_id: str) -> int:
        """Return the credits that keeping a version for good takes. Raises NotFound."""
        ...

    def reserve(self, scope: str, version_id: str) -> list[Move]:
        """Take a version out of the sweep's way for minutes, and tell what is to be copied.

        Raises NotFound, Gone, OutOfCredits, NotAllowed, QuotaExceeded.
        """
        ...

    def commit(self, scope: str, version_id: str) -> Version:
        """Keep a version whose objects were copied for good, and pay for it; once.

        Raises what `reserve` raises, and IllegalMove where it took too long.
        """
        ...


class Hooks(Protocol):
    """Addresses that are told when a job ends, and what is still to be told."""

    def keep(self, scope: str, address: str) -> Hook:
        """Tell an address of what ends from now on. Raises IllegalMove for it twice, or many."""
        ...

    def all(self, scope: str) -> list[Hook]:
        """The oldest first."""
        ...

    def remove(self, scope: str, hook_id: str) -> None:
        """Raises NotFound."""
        ...

    def claim(self, most: int) -> list[Call]:
        """Take messages in hand that are due, at most so many, for CALL_SECONDS."""
        ...

    def sent(self, call: Call) -> None:
        """Note that a message was taken."""
        ...

    def failed(self, call: Call, says: str, *, gone: bool = False) -> None:
        """Try a message again after the next of CALL_PAUSES.

        After its last try, or where the address is `gone`, that is told nothing any more. Who comes
        late, when another one has the message in hand, changes nothing.
        """
        ...


class Stirs(Protocol):
    """What a process asks that listens for all its pages and streams: once for them all."""

    def since(self, mark: int) -> Stir:
        """Return the scopes in which something has changed since a mark; none for 0.

        That is whatever a workbench, a library, a job or an announcement shows. Whoever asks by
        each new mark misses nothing, however changes were committed.
        """
        ...


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


class Records(Queue, Protocol):
    """Rows, and the rules of ownership, order and time that hold between them."""

    @property
    def names(self) -> Names: ...
    @property
    def terms(self) -> Terms: ...
    @property
    def holdings(self) -> "Holdings": ...
    @property
    def collections(self) -> "Collections": ...
    @property
    def trash(self) -> "Trash": ...
    @property
    def batch(self) -> "Batch": ...
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


class Batch(Protocol):
    """The workbench as a whole. What is no longer there is passed over."""

    def pause(self, scope: str) -> None:
        """Start nothing that the workbench alone waits for; what is in hand is finished."""
        ...

    def resume(self, scope: str) -> None: ...

    def paused(self, scope: str) -> bool: ...

    def put_first(self, scope: str, entry_ids: Sequence[str]) -> None:
        """Let photos that are in sight come before all others, and those before no more.

        What somebody waits for comes before both.
        """
        ...

    def cancel_all(self, scope: str) -> int:
        """Cancel all that is under way for the workbench; return how many."""
        ...

    def retry_all(self, scope: str, status: Status) -> int:
        """Queue all of the workbench that failed, or was cancelled, again; return how many."""
        ...

    def clear_all(self, scope: str, entry_ids: Sequence[str]) -> int:
        """Take entries off the workbench and forsake their jobs; return how many were there."""
        ...

    def accept(self, scope: str, entry_ids: Sequence[str]) -> None:
        """Note that the doubts of cutouts were seen; the same ones are not asked about again."""
        ...

    def changes(self, scope: str, since: int = 0) -> Changes:
        """Return what has changed on the workbench since a tick; 0 for all that is there."""
        ...


class Holdings(Protocol):
    """What a library holds: looked through, named, and each photo with its versions."""

    def changes(self, scope: str) -> int:
        """Return a number that grows with every change of what pages show of a library."""
        ...

    def survey(self, scope: str, search: Search, page: int) -> Survey:
        """Count what a search finds, and mark where each page of so many begins.

        Pictures that were kept to lie behind subjects are not found.
        """
        ...

    def page(
        self,
        scope: str,
        search: Search,
        *,
        start: Mark | None = None,
        end: Mark | None = None,
        most: int,
    ) -> list[Holding]:
        """Return what a search finds from `start` on and before `end`, at most so many.

        Marks are places, not photos: they are good even when what stood there has gone.
        """
        ...

    def ids(self, scope: str, search: Search) -> list[str]:
        """Return the ids of all that a search finds, in its order."""
        ...

    def presets(self, scope: str) -> list[tuple[str, int]]:
        """Return the presets that versions which are shown were made with, and of how many photos.

        By their names; the trash does not count.
        """
        ...

    def holding(self, scope: str, image_id: str) -> Holding:
        """Raises NotFound."""
        ...

    def rename(self, scope: str, image_id: str, name: str) -> Image:
        """Raises NotFound."""
        ...

    def annotate(self, scope: str, image_id: str, notes: str) -> Image:
        """Raises NotFound."""
        ...

    def restore(self, scope: str, image_id: str, version_id: str) -> Image:
        """Make a version of a photo the current one; none is made or lost. Raises NotFound."""
        ...

    def entries(self, scope: str, image_id: str) -> list[Entry]:
        """Return what is on the workbench of a photo, the first one first."""
        ...

    def usage(self, scope: str) -> Usage: ...

    def unweighed(self) -> list[str]:
        """Return the objects of mattes, strokes and thumbnails whose bytes were never noted."""
        ...

    def weigh(self, weights: Mapping[str, int]) -> None:
        """Note the bytes of such objects, by their names."""
        ...


class Collections(Protocol):
    """Photos put together by name; a photo may be in several."""

    def listing(self, scope: str) -> list[tuple[Collection, int]]:
        """Return all by name, each with how many photos it has; those in the trash don't count."""
        ...

    def create(self, scope: str, name: str) -> Collection:
        """Raises IllegalMove where the name is given already, in whatever case, or is empty."""
        ...

    def rename(self, scope: str, collection_id: str, name: str) -> Collection:
        """Raises NotFound, and IllegalMove as `create` does."""
        ...

    def delete(self, scope: str, collection_id: str) -> None:
        """Forget a collection; its photos stay in the library."""
        ...

    def add(self, scope: str, collection_id: str, image_ids: Sequence[str]) -> int:
        """Put photos at the end of a collection; return how many are new there.

        Raises NotFound where there is no such collection; unknown photos are passed over.
        """
        ...

    def remove(self, scope: str, collection_id: str, image_ids: Sequence[str]) -> int:
        """Take photos out; return how many were in."""
        ...

    def move(self, scope: str, collection_id: str, image_id: str, before: str) -> None:
        """Put a photo before another one, or at the end where that is empty. Raises NotFound."""
        ...

    def of(self, scope: str, image_id: str) -> list[Collection]:
        """Return the collections that a photo is in, by name."""
        ...


class Trash(Protocol):
    """What is to go. Rows go in one transaction that notes their objects; those go after it.

    Killed between the two, the next one who asks for `leavings` goes on.
    """

    def throw(self, scope: str, image_ids: Sequence[str]) -> int:
        """Put photos in the trash; return how many were not there."""
        ...

    def take_back(self, scope: str, image_ids: Sequence[str]) -> int:
        """Take photos out of the trash, with all that was theirs; return how many."""
        ...

    def purge(self, scope: str, image_ids: Sequence[str]) -> int:
        """Forget photos that are in the trash: jobs, mattes, versions, entries. Return how many."""
        ...

    def behind(self, scope: str, image_ids: Sequence[str]) -> list[str]:
        """Return those of some photos that recipes of any other one name as background.

        Purged before that, it would stay as a picture; purged after it, it goes.
        """
        ...

    def purge_older(self, moment: float) -> int:
        """Forget what was thrown away before a moment, of all scopes."""
        ...

    def drop_strokes(self, moment: float) -> int:
        """Forget strokes kept before a moment that no recipe names any more; return how many.

        Recipes are those of entries, versions, and jobs that have not expired.
        """
        ...

    def leavings(self, most: int) -> list[str]:
        """Return objects that no row speaks of any more, at most so many."""
        ...

    def cleared(self, paths: Iterable[str]) -> None:
        """Note that objects were removed."""
        ...

    def put_off(self, paths: Iterable[str]) -> None:
        """Let objects that could not be removed come after all others."""
        ...

    def keep_last(self, scope: str) -> int | None:
        """Return how many versions of each photo are kept; None means all."""
        ...

    def set_keep_last(self, scope: str, versions: int | None) -> None: ...

    def surplus(self, scope: str, keep: int) -> Surplus:
        """Tell what `prune` would remove."""
        ...

    def prune(self, scope: str, keep: int) -> Surplus:
        """Forget all but the last versions of each photo.

        The current one stays, what the workbench shows, and all of photos in a collection or
        in the trash.
        """
        ...

    def prune_all(self) -> None:
        """Prune each scope that has said how many versions it keeps."""
        ...


class Retention(Protocol):
    """What lasts for a while, on a hosted instance. Objects go before the rows that speak of them.

    Killed anywhere, the next sweep goes on; two of them share the work.
    """

    def claim(self, most: int) -> Claim:
        """Claim what has expired, at most so many; what was claimed and forsaken comes again."""
        ...

    def forget(self, claim: Claim, left: Sequence[str] = ()) -> None:
        """Forget rows that were claimed; objects that are `left` of them are tried again later."""
        ...

    def settle(self) -> None:
        """Give back credits that nothing holds any more, drop what never came, archive.

        And give each account the credits of the month, and look for objects that no row speaks of.
        """
        ...

    def erasing(self) -> list[Leaver]:
        """Users that are to go, the first one first."""
        ...

    def objects_of(self, scope: str, most: int) -> list[str]:
        """Return objects of a scope that is to go, at most so many; none when all are gone."""
        ...

    def owned(self, scope: str) -> Iterator[str]:
        """Yield the names of all objects that rows of a scope speak of."""
        ...

    def erase(self, scope: str) -> None:
        """Forget every row of a scope. Raises IllegalMove while objects are left."""
        ...


class Users(Protocol):
    """Who can sign in."""

    def forget(self, user_id: str) -> None:
        """Delete a user; one that is not there is no error."""
        ...
