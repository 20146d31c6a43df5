"""Hands jobs out to workers elsewhere, who have no key: addresses for each job, and no more."""

from contextlib import suppress
from dataclasses import dataclass
from hmac import compare_digest
from typing import Protocol
from uuid import uuid4

from inference.errand import Errand, Place, Places, Ticket
from inference.errors import RecipeRejected
from inference.look import Scene
from inference.recipe import Recipe
from storage.errors import LostLease, NotFound, StorageError, Taken
from storage.library import Library
from storage.records import Invitation, Job, Note, Status

ORIGINAL_SECONDS = 120
PART_SECONDS = 600
"""How long addresses of originals hold, and of what else a cutout is made of."""
LONGEST_SENTENCE = 500


class Links(Protocol):
    """Addresses of objects, for those who have no key."""

    def link(self, key: str, seconds: int) -> str:
        """Raises NotFound."""
        ...

    def invite(self, key: str) -> Invitation:
        """Raises Taken where there is one."""
        ...


@dataclass(frozen=True, slots=True)
class Foreman:
    """Speaks for a library. A job is told of to who shows the ticket of its start."""

    library: Library
    links: Links
    token: str
    """Which workers show."""

    def knows(self, token: str) -> bool:
        return compare_digest(token.encode(), self.token.encode())

    def hand_out(self) -> Errand | None:
        """Start the next job; what cannot be made any more is ended at once."""
        # A name for each start: whoever gives one back does not give back what others have.
        while job := self.library.queue.start(uuid4().hex):
            try:
                return self._errand(job)
            except (NotFound, RecipeRejected) as error:
                with suppress(LostLease):
                    self.library.queue.fail(job, error.says)
            except LostLease:
                continue
            except StorageError:
                self.library.queue.release(job.owner or "")
                raise
        return None

    def beat(self, tickets: list[Ticket]) -> list[str]:
        """Renew leases; return the ids of jobs that are still in the hands of who asks."""
        held: list[Job] = []
        for ticket in tickets:
            with suppress(LostLease):
                held.append(self._held(ticket))
        self.library.queue.beat(held)
        return [job.id for job in held]

    def release(self, tickets: list[Ticket]) -> None:
        """Put jobs back in the queue, as if never started."""
        for ticket in tickets:
            with suppress(LostLease):
                self.library.queue.release(self._held(ticket).owner or "")

    def anew(self, ticket: Ticket) -> Places:
        """Return new places for what is made, where something lies in the old ones.

        Raises LostLease.
        """
        return self._places(self._held(ticket))

    def matte(self, ticket: Ticket, note: Note) -> None:
        """Let the matte be known that was put. Raises LostLease, and NotFound where none was."""
        job = self._held(ticket)
        self.library.note_matte(job, Recipe.read(job.recipe).matte_key, note)

    def finish(self, ticket: Ticket, size: tuple[int, int], note: Note) -> Job:
        """Keep what was put as a version. Said again, it is as it was.

        Raises LostLease, and NotFound where something was not put.
        """
        job = self._known(ticket)
        if (job.status, job.fence) == (Status.DONE, ticket.fence):
            return job
        return self.library.endings.conclude(self._held(ticket), size, note)

    def fail(self, ticket: Ticket, says: str) -> Job:
        """Raises LostLease."""
        return self.library.queue.fail(self._held(ticket), says[:LONGEST_SENTENCE])

    def _known(self, ticket: Ticket) -> Job:
        try:
            return self.library.records.job(ticket.scope, ticket.id)
        except NotFound as error:
            raise LostLease from error

    def _held(self, ticket: Ticket) -> Job:
        job = self._known(ticket)
        now = (job.status, job.fence, job.owner)
        if now != (Status.RUNNING, ticket.fence, ticket.owner):
            raise LostLease
        return job

    def _errand(self, job: Job) -> Errand:
        recipe, records = Recipe.read(job.recipe), self.library.records
        original = records.image(job.scope, job.image_id).path
        matte = records.matte(job.image_id, recipe.matte_key)
        strokes = records.strokes(job.image_id, recipe.strokes) if recipe.strokes else None
        pictured = recipe.ground.scene is Scene.PICTURE
        picture = records.find(job.scope, recipe.ground.picture) if pictured else None
        kept = self._link(matte.path if matte else "")
        return Errand(
            job=job,
            original=self.links.link(original, ORIGINAL_SECONDS),
            places=self._places(job),
            matte=kept,
            note=Note(doubt=matte.doubt, reasons=matte.reasons) if matte and kept else Note(),
            matte_place=None if kept else self._matte_place(job, recipe),
            strokes=self._link(strokes.path if strokes else ""),
            picture=self._link(picture.path if picture else ""),
        )

    def _link(self, path: str) -> str:
        """Return the address of what may be there, "" where it is not."""
        with suppress(NotFound):
            return self.links.link(path, PART_SECONDS) if path else ""
        return ""

    def _matte_place(self, job: Job, recipe: Recipe) -> Place | None:
        with suppress(Taken):  # another worker's, which is as good
            return _place(self.links.invite(self.library.matte_path(job, recipe.matte_key)))
        return None

    def _places(self, job: Job) -> Places:
        cutout, thumbnail = self.library.endings.places(job)
        return Places(
            cutout=self._empty_place(job, cutout), thumbnail=self._empty_place(job, thumbnail)
        )

    def _empty_place(self, job: Job, path: str) -> Place:
        try:
            return _place(self.links.invite(path))
        except Taken:  # by an attempt that was killed
            self.library.endings.vacate(job, path)
            return _place(self.links.invite(path))


def _place(invitation: Invitation) -> Place:
    return Place(url=invitation.url, mime=invitation.mime)
