"""Does every row have its objects, and every object its row?"""

import time
from dataclasses import dataclass
from pathlib import Path

from storage.blobs import FileBlobs
from storage.errors import Busy
from storage.ports import Records

GRACE_SECONDS = 3600.0
"""An object younger than this may belong to a row that is about to be written."""


@dataclass(frozen=True, slots=True)
class Findings:
    """Keys of objects; a library in order has none."""

    missing: tuple[str, ...]
    """A row speaks of it, but it is not there."""
    orphans: tuple[str, ...]
    """It is there, but no row speaks of it."""

    @property
    def healthy(self) -> bool:
        return not self.missing and not self.orphans


def examine(records: Records, blobs: FileBlobs) -> Findings:
    """Compare rows and objects; changes nothing."""
    # Objects first: one that comes in between the two looks has its row in the second.
    there = {key for key, _ in blobs.listing()}
    wanted = set(records.objects())
    there |= {key for key in wanted - there if blobs.has(key)}
    return Findings(missing=tuple(sorted(wanted - there)), orphans=tuple(sorted(there - wanted)))


def repair(
    records: Records, blobs: FileBlobs, trash: Path, *, now: float | None = None
) -> tuple[str, ...]:
    """Move orphans that are older than an hour into `trash`; delete nothing.

    Returns the keys that were moved. Raises Busy while somebody works in this library.
    """
    if records.leased():
        raise Busy("Coveshot is working in this library. Stop it, then repair again.")
    now = time.time() if now is None else now
    orphans = set(examine(records, blobs).orphans)
    old = [
        key
        for key, changed_at in blobs.listing()
        if key in orphans and now - changed_at > GRACE_SECONDS
    ]
    for key in old:
        blobs.set_aside(key, trash)
    return tuple(old)
