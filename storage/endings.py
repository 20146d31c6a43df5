"""How jobs end well: objects under names of this one start, then a row that speaks of them."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID, uuid5

from storage.errors import Busy, LostLease, NotFound, Taken, Unreachable
from storage.ports.blobs import Blobs
from storage.ports.records import Records
from storage.records import Job, Note, Status, Version

UNKNOWN = (Busy, Unreachable)
"""What is said where nobody heard the answer."""


@dataclass(frozen=True, slots=True)
class Endings:
    records: Records
    blobs: Blobs
    clock: Callable[[], float]

    def finish(self, job: Job, made: tuple[bytes, bytes], size: tuple[int, int], note: Note) -> Job:
        """Keep what was made, a cutout and its thumbnail. Raises LostLease: nothing is kept."""

        def bring(*paths: str) -> int:
            for path, data in zip(paths, made, strict=True):
                self._put_anew(job, path, data)
            return len(made[0])

        return self._ended(job, bring, size, note)

    def conclude(self, job: Job, size: tuple[int, int], note: Note) -> Job:
        """Keep what somebody else has put under the names of `places`.

        Raises LostLease, and NotFound where one of them is not there.
        """

        def weigh(path: str, thumbnail_path: str) -> int:
            self.blobs.size(thumbnail_path)
            return self.blobs.size(path)

        return self._ended(job, weigh, size, note)

    def places(self, job: Job) -> tuple[str, str]:
        """Return the names of the cutout and the thumbnail of this start of a job.

        Raises LostLease where the job has gone with its photo.
        """
        return self._attempts(job)[_version_id(job, job.fence)]

    def heed(self, job: Job) -> None:
        """Raises LostLease where a job was cancelled or taken over meanwhile."""
        with suppress(NotFound):  # another one owns it by now: then the end is refused, or not
            if not _is_same(self.records.job(job.scope, job.id), job):
                raise LostLease

    def _ended(
        self, job: Job, bring: Callable[[str, str], int], size: tuple[int, int], note: Note
    ) -> Job:
        """End a job with what is brought under its names; what other attempts have put goes."""
        version_id = _version_id(job, job.fence)
        attempts = self._attempts(job)
        path, thumbnail_path = attempts[version_id]
        try:
            version = Version(
                id=version_id,
                scope=job.scope,
                image_id=job.image_id,
                job_id=job.id,
                number=0,  # given when it is kept
                key=job.key,
                op_key=job.op_key,
                recipe=job.recipe,
                path=path,
                thumbnail_path=thumbnail_path,
                width=size[0],
                height=size[1],
                bytes=bring(path, thumbnail_path),
                created_at=self.clock(),
            )
            done = self.records.finish(job, version, note)
        except UNKNOWN:  # rows may speak of it by now; else the next attempt removes it
            raise
        except BaseException:
            self._tidy(attempts, None)
            raise
        self._tidy(attempts, done.version_id)
        return done

    def _attempts(self, job: Job) -> dict[str, tuple[str, str]]:
        """Return what attempts at a job put, killed ones and this one, by their ids.

        Raises LostLease where the job has gone with its photo.
        """
        ids = [_version_id(job, fence) for fence in range(1, job.fence + 1)]
        try:
            return {one: self.records.names.output(job, one) for one in ids}
        except NotFound as error:
            raise LostLease from error

    def _put_anew(self, job: Job, path: str, data: bytes) -> None:
        """Put an object in the place of one that a killed attempt has put. Raises LostLease."""
        try:
            self.blobs.put(path, data)
        except Taken:
            self.vacate(job, path)
            self.blobs.put(path, data)

    def vacate(self, job: Job, path: str) -> None:
        """Remove what a killed attempt has put under a name of this job.

        Raises LostLease where a row may speak of what is there.
        """
        try:
            held = _is_same(self.records.job(job.scope, job.id), job)
        except NotFound:
            held = False
        if not held:
            raise LostLease
        self.blobs.remove(path)

    def _tidy(self, attempts: Mapping[str, tuple[str, str]], kept: str | None) -> None:
        """Remove what attempts at a job have put, by their ids, but for what is kept.

        Where all have the same names, what is under them may be another one's by now: it goes with
        its photo.
        """
        for version_id, paths in attempts.items():
            if version_id != kept and UUID(Path(paths[0]).stem) == UUID(version_id):
                for path in paths:
                    self.blobs.remove(path)


def _is_same(now: Job, job: Job) -> bool:
    return (now.status, now.fence) == (Status.RUNNING, job.fence)


def _version_id(job: Job, fence: int) -> str:
    """Each attempt at a job writes under a name of its own, which the next one can tell."""
    return uuid5(UUID(job.id), str(fence)).hex
