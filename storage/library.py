"""The library: what an owner keeps. Objects come before the rows that speak of them."""

import hashlib
import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar
from uuid import uuid4

from auth.account import Account
from storage.dock import NoDock
from storage.endings import Endings
from storage.errors import (
    Gone,
    IllegalMove,
    NotAllowed,
    NotFound,
    OutOfCredits,
    QuotaExceeded,
    StorageError,
    Taken,
)
from storage.ports.blobs import Blobs, Dock
from storage.ports.queue import Queue
from storage.ports.records import Records
from storage.purge import Purges
from storage.records import (
    Image,
    Job,
    Matte,
    Note,
    Order,
    Original,
    Status,
    Strokes,
    Surplus,
    Usage,
    Version,
)

log = logging.getLogger(__name__)

TRASH_SECONDS = 30 * 86400.0
"""How long a photo is in the trash before it is deleted."""
STROKES_SECONDS = 86400.0
"""How long strokes that no recipe names stay: another page may have begun with them."""
AT_ONCE = 200
"""Objects that are removed before it is noted: what a killed run does anew."""
REFUSED = (Gone, IllegalMove, NotAllowed, OutOfCredits, QuotaExceeded)
"""What a rule has said no to: nothing of it was done."""
Row = TypeVar("Row")
Kept = tuple[Row, str]
"""A row, and the id of the photo that it is of."""


@dataclass(frozen=True, slots=True)
class KeptMatte:
    """A matte as PNG, and what is worth knowing of it."""

    png: bytes
    note: Note


class Library:
    """Joins rows and objects; a crash between the two leaves an object too many, never a hole."""

    def __init__(
        self,
        records: Records,
        blobs: Blobs,
        *,
        clock: Callable[[], float] = time.time,
        expire: Callable[[], object] = lambda: None,
        dock: Dock = NoDock(),  # noqa: B008 empty
        clean: Callable[[Path, str], Path | bytes] = lambda file, _: file,
    ) -> None:
        """`expire` forgets what is kept for a while only; each sweep begins with it.

        `clean` returns what is kept of a photo of some type, which as such is known by what came.
        """
        self.records = records
        self.dock = dock
        self._expire = expire
        self._blobs = blobs
        self._clock = clock
        self._clean = clean
        self.purges = Purges()
        self.endings = Endings(records, blobs, clock)

    @property
    def queue(self) -> Queue:
        """What waits here to be done."""
        return self.records

    def admit(
        self, account: Account, original: Original, source: Path, order: Order, name: str = ""
    ) -> Job:
        """Keep a photo and queue what is to be done with it, unless it is done or under way.

        It takes the `name`, unless it has one.

        Raises DiskFull, NotWritable.
        """

        def admitted(image: Image) -> tuple[Job, str]:
            job = self.records.admit(replace(image, name=image.name or name), order)
            return job, job.image_id

        return self._renewed(
            self._kept(account, original, self._clean(source, original.mime), admitted)
        )

    def keep(self, account: Account, original: Original, source: Path) -> Image:
        """Keep a picture of which nothing is to be made. Raises DiskFull, NotWritable."""

        def kept(image: Image) -> tuple[Image, str]:
            image = self.records.keep(image)
            return image, image.id

        return self._kept(account, original, source, kept)

    def _kept(
        self,
        account: Account,
        original: Original,
        source: Path | bytes,
        keep: Callable[[Image], Kept[Row]],
    ) -> Row:
        """Put the object of a photo, then its rows by `keep`, which tells whose they are."""
        known = self.records.find(account.scope, original.sha256)
        if known:
            with suppress(NotFound):  # it was purged since: then it comes in as a new one
                return self._put(known, source, keep, known=True)
        return self._put(self._new(account, original), source, keep)

    def _put(
        self,
        image: Image,
        source: Path | bytes,
        keep: Callable[[Image], Kept[Row]],
        *,
        known: bool = False,
    ) -> Row:
        if not self._blobs.has(image.path):
            self._blobs.put(image.path, source)
        try:
            row, image_id = keep(image)
        except NotFound:
            self._blobs.remove(image.path)
            raise
        except REFUSED:  # one that is known has other versions
            if not known:
                self._blobs.remove(image.path)
            raise
        if image_id != image.id:  # the same photo came in by another door meanwhile
            self._blobs.remove(image.path)
        return row

    def hit(self, scope: str, sha256: str, order_for: Callable[[Image], Order]) -> Version | None:
        """Return the version of a photo by a recipe, if both are here and so is its cutout.

        `order_for` says what the recipe comes to on the photo. Its clock starts anew.
        """
        image = self.records.find(scope, sha256)
        if image is None:
            return None
        order = order_for(image)
        history = self.records.history(scope, image.id)
        version = next((one for one in reversed(history) if one.key == order.key), None)
        if version is None or not self._blobs.has(version.path):
            return None
        try:
            job = self.records.admit(image, order)
        except REFUSED:
            return None
        return version if job.version_id == version.id else None

    def holds(self, scope: str, sha256: str) -> Image | None:
        """Return a photo whose original is here."""
        image = self.records.find(scope, sha256)
        return image if image and self._blobs.has(image.path) else None

    def photo(self, scope: str, sha256: str) -> bytes:
        """Return what was kept with this sha256. Raises NotFound."""
        image = self.records.find(scope, sha256)
        if image is None:
            raise NotFound
        return self._blobs.get(image.path)

    def again(self, scope: str, image_id: str, order: Order) -> Job:
        """Queue another recipe on a photo that is here. Raises NotFound."""
        return self._renewed(self.records.admit(self.records.image(scope, image_id), order))

    def original(self, scope: str, image_id: str) -> bytes:
        """Raises NotFound."""
        return self._blobs.get(self.records.image(scope, image_id).path)

    def matte(self, image_id: str, key: str) -> KeptMatte | None:
        """Return a kept matte, or None where there is none (any more)."""
        matte = self.records.matte(image_id, key)
        if matte is None or not self._blobs.has(matte.path):
            return None
        note = Note(doubt=matte.doubt, reasons=matte.reasons)
        return KeptMatte(self._blobs.get(matte.path), note)

    def keep_matte(self, job: Job, key: str, png: bytes, note: Note) -> None:
        """Where another one has kept it meanwhile, that stays.

        Raises NotFound where the photo was purged.
        """
        path, size = self.matte_path(job, key), len(png)
        try:
            self._blobs.put(path, png)
        except Taken:  # another worker's, which may differ in a few values
            size = self._blobs.size(path)
        self.note_matte(job, key, note, size)

    def matte_path(self, job: Job, key: str) -> str:
        """Return the name of a matte of a job's photo. Raises NotFound where that was purged."""
        return f"{self.records.names.beside(job.scope, job.image_id)}/matte/{key}.png"

    def note_matte(self, job: Job, key: str, note: Note, size: int | None = None) -> None:
        """Let a matte be known that is there. Raises NotFound where it or its photo is not."""
        path = self.matte_path(job, key)
        matte = Matte(
            image_id=job.image_id,
            key=key,
            path=path,
            created_at=self._clock(),
            doubt=note.doubt,
            reasons=note.reasons,
            bytes=self._blobs.size(path) if size is None else size,
        )
        try:
            self.records.keep_matte(matte)
        except NotFound:
            self._blobs.remove(path)
            raise

    def strokes(self, image_id: str, sha256: str) -> bytes:
        """Return the PNG of strokes that were kept. Raises NotFound."""
        kept = self.records.strokes(image_id, sha256)
        if kept is None:
            raise NotFound
        return self._blobs.get(kept.path)

    def keep_strokes(self, scope: str, image_id: str, png: bytes) -> str:
        """Keep strokes as an object of their own and return its sha256, which recipes name.

        Raises NotFound, DiskFull, NotWritable.
        """
        sha256 = hashlib.sha256(png).hexdigest()
        image = self.records.image(scope, image_id)
        # A name of its own: that of equal strokes may be on its way to be removed.
        folder = self.records.names.beside(scope, image.id)
        path = f"{folder}/strokes/{sha256[:16]}-{uuid4().hex[:8]}.png"
        strokes = Strokes(image_id=image.id, sha256=sha256, path=path, created_at=self._clock())
        kept = None
        self._blobs.put(path, png)
        try:
            kept = self.records.keep_strokes(strokes)
        finally:
            if kept is None or kept.path != path:  # the photo was purged, or they were there
                self._blobs.remove(path)
        if not self._blobs.has(kept.path):  # somebody has lost it
            self._blobs.put(kept.path, png)
        return sha256

    def finish(
        self,
        job: Job,
        png: bytes,
        thumbnail: bytes,
        *,
        size: tuple[int, int],
        note: Note = Note(),  # noqa: B008 frozen
    ) -> Job:
        """Keep a cutout of `size` (width, height) as the next version of its photo.

        Raises LostLease where the job was taken over or cancelled; then nothing is kept.
        """
        return self.endings.finish(job, (png, thumbnail), size, note)

    def heed(self, job: Job) -> None:
        """Raises LostLease where a job was cancelled or taken over meanwhile."""
        self.endings.heed(job)

    def promote(self, scope: str, version_id: str) -> Version:
        """Keep a passing version for good: copy its objects, then pay for it; both or neither.

        Raises NotFound, Gone, OutOfCredits, NotAllowed, QuotaExceeded, IllegalMove.
        """
        for move in self.records.terms.reserve(scope, version_id):
            self._blobs.copy(move.origin, move.target)
        return self.records.terms.commit(scope, version_id)

    def has_cutout(self, version: Version) -> bool:
        """Tell whether the picture of a version is here: that of an archived one is not."""
        return self._blobs.has(version.path)

    def cutout(self, scope: str, version_id: str) -> bytes:
        """Raises NotFound."""
        return self._blobs.get(self.records.version(scope, version_id).path)

    def thumbnail(self, scope: str, version_id: str) -> bytes:
        """Raises NotFound."""
        return self._blobs.get(self.records.version(scope, version_id).thumbnail_path)

    # What goes

    def purge(self, scope: str, image_ids: Sequence[str]) -> int:
        """Delete photos that are in the trash, with all that is theirs; return how many.

        Many go a handful at a time: `purges` tells how far it is, and stops it.
        """
        behind = set(self.records.trash.behind(scope, image_ids))  # they go last
        ordered = sorted(image_ids, key=behind.__contains__)
        count, failed = 0, set[str]()
        for handful in self.purges.handfuls(scope, ordered):
            count += self.records.trash.purge(scope, handful)
            self._clear_away(failed=failed)
        return count

    def prune(self, scope: str, keep: int) -> Surplus:
        """Delete all but the last versions of each photo; return what has gone."""
        gone = self.records.trash.prune(scope, keep)
        self._clear_away()
        return gone

    def sweep(self, stop: Callable[[], bool] = lambda: False) -> int:
        """Delete what has been in the trash for long, what is not needed, and what was left.

        Not needed are old versions, and strokes that no recipe names any more; left is what a
        killed run had begun to delete. Returns how many objects were removed.

        It may `stop` between two handfuls of objects: the next one goes on.
        """
        self._expire()
        for given_up in self.records.intakes.expire():
            self.dock.remove(given_up.spot)
        self.records.trash.purge_older(self._clock() - TRASH_SECONDS)
        self.records.trash.prune_all()
        self.records.trash.drop_strokes(self._clock() - STROKES_SECONDS)
        removed = self._clear_away(stop)
        self._weigh()
        return removed

    def usage(self, scope: str) -> Usage:
        """Return what a library takes on the disk."""
        self._weigh()
        return self.records.holdings.usage(scope)

    def close(self) -> None:
        """Stop what is being deleted, and close the rows."""
        self.purges.stop()
        self.records.close()

    def _weigh(self) -> None:
        if weights := dict(self._weighed(self.records.holdings.unweighed())):
            self.records.holdings.weigh(weights)

    def _weighed(self, paths: Sequence[str]) -> Iterator[tuple[str, int]]:
        for path in paths:
            with suppress(NotFound):
                yield path, self._blobs.size(path)

    def _clear_away(
        self, stop: Callable[[], bool] = lambda: False, failed: set[str] | None = None
    ) -> int:
        """Remove what is noted. What has `failed` is left to the next run, and added to."""
        failed, removed = set[str]() if failed is None else failed, 0
        while not stop() and (paths := self.records.trash.leavings(AT_ONCE)):
            if failed.issuperset(paths):
                break  # the next run tries them again
            tried = [path for path in paths if path not in failed]
            kept = {*self._left_of(tried), *failed.intersection(paths)}
            removed += len(paths) - len(kept)
            self.records.trash.cleared([path for path in paths if path not in kept])
            if kept:
                self.records.trash.put_off(kept)
                failed |= kept
        return removed

    def _left_of(self, paths: Sequence[str]) -> list[str]:
        try:
            return self._blobs.clear(paths)
        except (OSError, StorageError) as error:
            log.warning("%d objects cannot be removed: %s", len(paths), error)
            return [*paths]

    def _new(self, account: Account, original: Original) -> Image:
        image_id = uuid4().hex
        return Image(
            id=image_id,
            scope=account.scope,
            sha256=original.sha256,
            mime=original.mime,
            extension=original.extension,
            width=original.width,
            height=original.height,
            bytes=original.bytes,
            path=self.records.names.original(account.scope, image_id, original.extension),
            created_at=self._clock(),
        )

    def _renewed(self, job: Job) -> Job:
        """A finished job is an answer only as long as its cutout is still there."""
        if job.status is not Status.DONE or job.version_id is None:
            return job
        version = self.records.version(job.scope, job.version_id)
        if self._blobs.has(version.path):
            return job
        self.records.expire(job.scope, job.id)
        order = Order(key=job.key, op_key=job.op_key, recipe=job.recipe, priority=job.priority)
        return self.records.admit(self.records.image(job.scope, job.image_id), order)
