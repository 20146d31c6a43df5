"""A job on its way to a worker elsewhere: what it is made of, and where it goes, as addresses."""

from dataclasses import dataclass

from storage.records import Job, Note


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where one object is put, by PUT with this type of content; once."""

    url: str
    mime: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where what a job has made is put."""

    cutout: Place
    thumbnail: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """All that a worker is told. Addresses are signed: they end by themselves within minutes."""

    job: Job
    original: str
    places: Places
    matte: str = ""
    """Where the matte of this recipe is, if there is one."""
    note: Note = Note()  # noqa: RUF009 frozen
    """What is known of it."""
    matte_place: Place | None = None
    """Where one is put that is computed; None where one lies there already."""
    strokes: str = ""
    picture: str = ""
    """What the recipe has as its background."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """What a worker shows with all that it tells of a job: which start of it was given to it."""

    id: str
    scope: str
    fence: int
    owner: str
    """Nobody else was told it."""

    @classmethod
    def of(cls, job: Job) -> "Ticket":
        return cls(id=job.id, scope=job.scope, fence=job.fence, owner=job.owner or "")
