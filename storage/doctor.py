"""Does every row have its objects, and every object its row?"""

import time
from dataclasses import dataclass
from pathlib import Path

from storage.blobs import FileBlobs
from storage.errors import Busy
from storage.ports.records import Records

GRACE_SECONDS = 3600.0
"""An object younger than this may belong to a row that is about to be written."""

LEAVINGS = 1_000_000
"""Objects at most that are on their way out while the doctor looks."""


@dataclass(frozen=True, slots=True)
class Findings:
    """Keys of objects; a library in order has none."""

    missing: tuple[str, ...]
    """A row speaks of it, but it is not there."""
    orphans: tuple[str, ...]
    """It has been there for an hour or more, but no row speaks of it."""

    @property
    def healthy(self) -> bool:
        return not self.missing and not self.orphans


def examine(records: Records, blobs: FileBlobs, *, now: float | None = None) -> Findings:
    """Compare rows and objects; changes nothing."""
    now = time.time() if now is None else now
    # Objects first: one that comes in between the two looks has its row in the second.
    there = dict(blobs.listing())
    wanted = set(records.objects())
    going = set(records.trash.leavings(LEAVINGS))
    missing = {key for key in wanted - there.keys() if not blobs.has(key)}
    orphans = {key for key in there.keys() - wanted - going if now - there[key] > GRACE_SECONDS}
    return Findings(missing=tuple(sorted(missing)), orphans=tuple(sorted(orphans)))


def repair(
    records: Records, blobs: FileBlobs, trash: Path, *, now: float | None = None
) -> tuple[str, ...]:
    """Move orphans into `trash`; delete nothing.

    Returns the keys that were moved. Raises Busy while somebody works in this library.
    """
    if records.leased():
        raise Busy("Coveshot is working in this library. Stop it, then repair again.")
    orphans = examine(records, blobs, now=now).orphans
    for key in orphans:
        blobs.set_aside(key, trash)
    return orphans
