"""The rows of a library. Frozen: a change is a new row."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Status(StrEnum):
    """The life of a job."""

    AWAITING_UPLOAD = "awaiting_upload"  # admitted, its bytes are still to come
    VERIFYING = "verifying"  # bytes are here and are being checked, or held for a reason
    QUEUED = "queued"  # waits for a worker
    RUNNING = "running"  # a worker holds its lease
    DONE = "done"  # its version is kept
    ERROR = "error"  # failed; `says` tells why; may be tried again
    CANCELLED = "cancelled"  # stopped by its owner; may be tried again
    EXPIRED = "expired"  # its upload never came, or its time was over


MOVES: dict[Status, frozenset[Status]] = {
    Status.AWAITING_UPLOAD: frozenset({Status.VERIFYING, Status.CANCELLED, Status.EXPIRED}),
    Status.VERIFYING: frozenset({Status.QUEUED, Status.ERROR, Status.CANCELLED, Status.EXPIRED}),
    Status.QUEUED: frozenset({Status.RUNNING, Status.ERROR, Status.CANCELLED, Status.EXPIRED}),
    Status.RUNNING: frozenset({Status.DONE, Status.QUEUED, Status.ERROR, Status.CANCELLED}),
    Status.DONE: frozenset({Status.EXPIRED}),
    Status.ERROR: frozenset({Status.QUEUED}),
    Status.CANCELLED: frozenset({Status.QUEUED}),
    Status.EXPIRED: frozenset(),
}
"""What may follow what; everything else is refused."""

ENDED = frozenset({Status.DONE, Status.ERROR, Status.CANCELLED, Status.EXPIRED})


NOW = 2
"""The priority of what somebody waits for; 1 is that of what is in sight, 0 of all others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """What is known of a file that has come in."""

    sha256: str
    mime: str
    extension: str
    width: int
    height: int
    bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """A photo in a library; upright `width` x `height` in pixels, times in Unix seconds."""

    id: str
    scope: str
    sha256: str
    mime: str
    extension: str
    width: int
    height: int
    bytes: int
    path: str
    created_at: float
    name: str = ""
    """Given by the first entry, unless its owner gives another."""
    notes: str = ""
    current_id: str | None = None
    """The version that is shown; the others are its history."""
    deleted_at: float | None = None
    """Since when it is in the trash."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What a job is to do: the recipe as JSON, its key, and its name for people."""

    key: str
    op_key: str
    recipe: str
    priority: int = 0
    """The higher, the sooner: somebody who waits comes before a batch."""
    preset: str = ""
    """The name of the preset that its look was taken from, if any."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What is worth knowing of how a cutout came about."""

    says: str = ""
    doubt: float = 0.0
    """How far its matte may be wrong, 0..1."""
    reasons: str = ""
    """Why it is worth a look: a sentence a line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One recipe on one photo."""

    id: str
    scope: str
    image_id: str
    status: Status
    key: str
    op_key: str
    recipe: str
    priority: int
    attempts: int
    owner: str | None
    lease_until: float | None
    fence: int
    """Counts the starts: a worker that comes late with an older number is refused."""
    says: str
    """Why it failed, or what is worth knowing of how it was done."""
    version_id: str | None
    created_at: float
    updated_at: float
    doubt: float = 0.0
    """How far its cutout may be wrong, 0..1, and for what reasons: a sentence a line."""
    reasons: str = ""
    preset: str = ""
    """The name of the preset that its version is made with, if any."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "status", Status(self.status))  # databases give text


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """A photo that a program has announced. What is said of it is a hint until its bytes were read.

    Its status is that of its job once it has one, and then `queued` here.
    """

    id: str
    scope: str
    sha256: str
    bytes: int
    width: int
    """Pixels, as they are seen; 0 where nobody has said."""
    height: int
    name: str
    key: str
    op_key: str
    recipe: str
    spot: str
    """Under which name its bytes are put: nobody else is told, and none is given twice."""
    token: str
    """By which the sender knows this announcement from its others; may be empty."""
    created_at: float
    updated_at: float
    expires_at: float
    status: Status = Status.AWAITING_UPLOAD
    says: str = ""
    job_id: str | None = None
    fence: int = 0
    """Counts how often its bytes were looked at: who comes late is refused."""
    lease_until: float | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "status", Status(self.status))

    @property
    def said(self) -> tuple[object, ...]:
        """What two announcements under one token have in common."""
        return self.sha256, self.bytes, self.width, self.height, self.name, self.key


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What a program waits for: a photo that it has announced, and the job of that; or a job."""

    intake: Intake | None
    job: Job | None

    @property
    def _speaker(self) -> Intake | Job:
        speaker = self.job or self.intake
        assert speaker  # there is one of them, or no task
        return speaker

    @property
    def id(self) -> str:
        return (self.intake or self._speaker).id

    @property
    def op_key(self) -> str:
        return self._speaker.op_key

    @property
    def status(self) -> Status:
        return self._speaker.status

    @property
    def says(self) -> str:
        return self._speaker.says

    @property
    def created_at(self) -> float:
        return (self.intake or self._speaker).created_at

    @property
    def updated_at(self) -> float:
        return self._speaker.updated_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """Where somebody without a key may put one object, by PUT with this type of content."""

    url: str
    """A path of our own, or an address elsewhere."""
    mime: str
    resumable: str = ""
    """An address that takes the same bytes in pieces by the protocol TUS; empty for none."""
    token: str = ""
    """Which opens that."""
    label: str = ""
    """What that is told of the object."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Matte:
    """The alpha of a photo by one model, kept so that no recipe needs the network again."""

    image_id: str
    key: str
    path: str
    created_at: float
    doubt: float = 0.0
    reasons: str = ""
    bytes: int = 0
    """0 where it was kept before that was noted, and has not been weighed since."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Strokes:
    """What was painted over the alpha of a photo; another layer is another row."""

    image_id: str
    sha256: str
    path: str
    created_at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A kept cutout; `number` counts from 1 for each photo."""

    id: str
    scope: str
    image_id: str
    job_id: str
    number: int
    key: str
    op_key: str
    recipe: str
    path: str
    thumbnail_path: str
    width: int
    height: int
    bytes: int
    created_at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A photo on the workbench, under the name and in the folder it came with."""

    id: str
    scope: str
    image_id: str
    job_id: str
    name: str
    folder: str
    recipe: str
    """What the designer has chosen for it, which may be ahead of its last version."""
    created_at: float
    seen: str = ""
    """The reasons for doubt that were looked at, as the job has them."""
    preset: str = ""
    """The name of the preset that its look was taken from last, if any."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """An entry with all that is shown of it."""

    entry: Entry
    image: Image
    job: Job
    expires_at: float | None = None
    """When it goes by itself; None where it stays."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What is new on a workbench for somebody who knows how it was."""

    tick: int
    """Counts its changes: what is asked for next is what comes after this one."""
    whole: bool
    """Whether these are all cards that there are."""
    paused: bool
    cards: tuple[Card, ...] = ()
    gone: tuple[str, ...] = ()
    """Ids of entries."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stir:
    """In whose rows something has changed for somebody who asks now and then."""

    mark: int
    """To ask with the next time."""
    scopes: Mapping[str, str] = field(default_factory=dict)
    """Each with a stamp. The same one may be told again, when nothing is new."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vitals:
    """How a library is, to those who watch over it."""

    jobs: Mapping[Status, int]
    """Jobs and announcements that have not ended; a state that none has may be left out."""
    age: float
    """Seconds that the oldest job waits which could be started."""
    held: int = 0
    """Credits that jobs under way will take."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hook:
    """An address that wants to be told when a job ends; times in Unix seconds."""

    id: str
    scope: str
    address: str
    created_at: float
    failures: int = 0
    """Tries in a row that failed."""
    says: str = ""
    """Why the last one did."""
    disabled_at: float | None = None
    """Since when it is told nothing any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A message that is due: what ended, and whom to tell."""

    id: str
    hook_id: str
    scope: str
    address: str
    task_id: str
    """An announcement, or a job that came in by another door."""
    status: Status
    created_at: float
    attempts: int
    """With this one."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "status", Status(self.status))


class Sort(StrEnum):
    """What photos of the library are sorted by; equal ones by their id."""

    NEWEST = "newest"
    OLDEST = "oldest"
    NAME = "name"
    DOUBT = "doubt"  # the most doubtful first
    OWN = "own"  # of a collection: as its owner has put them


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """Which photos of a library are meant, and in what order; times in Unix seconds."""

    text: str = ""
    """Words that are all in name or notes, in any case."""
    collection_id: str = ""
    doubtful: float = 0.0
    """The least doubt, 0..1."""
    since: float | None = None
    until: float | None = None
    """Before this moment."""
    preset: str = ""
    """The name of the preset that the version that is shown was made with."""
    trashed: bool = False
    sort: Sort = Sort.NEWEST


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in a sorted listing: what is sorted by, and the id of the photo there."""

    value: float | str
    id: str


@dataclass(frozen=True, slots=True)
class Survey:
    """How many photos a search has found, and where each page of them begins."""

    total: int
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """A photo in the library with what is shown of it."""

    image: Image
    job: Job
    """Of the current version; the last one where no version is there (yet)."""
    version: Version | None
    versions: int
    expires_at: float | None = None
    """When what is shown goes by itself; None where it stays."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Collection:
    """Photos that belong together."""

    id: str
    scope: str
    name: str
    created_at: float


@dataclass(frozen=True, slots=True)
class Share:
    """How much of something there is."""

    count: int
    bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What a library takes on the disk; what is in the trash counts there alone."""

    originals: Share
    mattes: Share
    strokes: Share
    versions: Share
    """Cutouts with their thumbnails."""
    trash: Share
    """Photos, and the bytes of all that is theirs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surplus:
    """What would go if only the last versions were kept."""

    versions: int
    photos: int
    bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What is over and belongs to this sweep now: rows by id, and the objects of them."""

    photos: tuple[str, ...]
    versions: tuple[str, ...]
    objects: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.photos or self.versions)


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaver:
    """A user whose data is to go, and the scopes that it is in."""

    user_id: str
    scopes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """An object that is to be copied, by its names."""

    origin: str
    target: str


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep has done."""

    objects: int
    """How many were removed."""
    users: int = 0
    """How many were erased with all that was theirs."""
