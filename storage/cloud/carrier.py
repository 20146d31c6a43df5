"""Versions of one computer on their way into the library of a user, by the smaller door."""

import socket
from collections.abc import Sequence
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from storage.cloud.blobs import SupabaseBlobs
from storage.cloud.door import SupabaseDoor
from storage.cloud.project import Project
from storage.cloud.uploads import Begun
from storage.errors import Gone, NotAllowed, NotFound, Taken
from storage.outbox import Due, Sent, Stray
from storage.ports.blobs import Blobs
from storage.records import Status
from storage.sync import LOST, Receipt, Ticket

LISTEN_SECONDS = 2.0
MOST_LETTERS = 255
"""Of a name."""


class SupabaseCarrier:
    """Asks with the publishable key and the token of a user: the server alone has another."""

    def __init__(self, project: Project, key: str, begun: Begun) -> None:
        """`begun` remembers uploads that were cut, also for the next process."""
        self._project = project
        self._key = key
        self._begun = begun

    def carry(self, ticket: Ticket, due: Due, blobs: Blobs) -> Receipt:
        door = self._door(ticket)
        opened = door.call("sync_open", _announced(due, blobs))
        if opened["id"] is None:  # it is there, or comes about there
            known = Sent(due.version.id, due.image.id, opened["job_id"])
            return self._looked(door, [known])[0]
        self._bring(ticket, due, blobs, opened)
        done = door.call("sync_done", {"p_id": opened["id"]})
        return Receipt(opened["job_id"], Status(done["status"]), sync_id=opened["id"])

    def look(self, ticket: Ticket, sent: Sequence[Sent]) -> list[Receipt]:
        return self._looked(self._door(ticket), sent)

    def tell(self, ticket: Ticket, stray: Stray) -> None:
        door = self._door(ticket)
        if stray.moved and not stray.trashed:  # first of all: nothing in the trash is renamed
            door.call("trash", {"p_images": [stray.remote_id], "p_in": False})
        if stray.renamed:
            name = stray.name[:MOST_LETTERS]
            door.call("rename", {"p_image": stray.remote_id, "p_name": name})
        if stray.moved and stray.trashed:
            door.call("trash", {"p_images": [stray.remote_id], "p_in": True})

    def reaches(self) -> bool:
        split = urlsplit(self._project.url)
        port = split.port or (443 if split.scheme == "https" else 80)
        with suppress(OSError):
            socket.create_connection((split.hostname or "", port), LISTEN_SECONDS).close()
            return True
        return False

    def close(self) -> None:
        self._project.close()

    def _bring(self, ticket: Ticket, due: Due, blobs: Blobs, opened: dict[str, Any]) -> None:
        there = SupabaseBlobs(self._project.as_user(self._key, ticket.access), self._begun)
        parts = {
            "original": due.image.path,
            "thumbnail": due.version.thumbnail_path,
            "output": due.version.path,
        }
        for part, own in parts.items():
            if opened[part]:  # no original where the photo is there
                _put(there, f"{opened['bucket']}/{opened[part]}", _read(blobs, own))

    def _looked(self, door: SupabaseDoor, sent: Sequence[Sent]) -> list[Receipt]:
        rows = door.rows("jobs", "id,image_id,status", id=[one.job_id for one in sent])
        there = {row["id"].replace("-", ""): row for row in rows}
        return [_receipt(door, one, there.get(one.job_id)) for one in sent]

    def _door(self, ticket: Ticket) -> SupabaseDoor:
        return SupabaseDoor(self._project.as_user(self._key, ticket.access))


def _receipt(door: SupabaseDoor, sent: Sent, row: dict[str, Any] | None) -> Receipt:
    """Make it of a job; where that has gone, of why it was turned away."""
    if row and row["status"] != Status.EXPIRED:
        return Receipt(sent.job_id, Status(row["status"]), remote_id=row["image_id"])
    says = ""
    with suppress(NotFound, Gone):
        if sent.sync_id:
            says = door.call("sync_done", {"p_id": sent.sync_id}).get("says", "")
    return Receipt(sent.job_id, Status.EXPIRED, says)


def _announced(due: Due, blobs: Blobs) -> dict[str, object]:
    image, version = due.image, due.version
    sizes = {
        "mime": image.mime,
        "extension": image.extension,
        "width": image.width,
        "height": image.height,
        "bytes": image.bytes,
        "output": {"width": version.width, "height": version.height, "bytes": version.bytes},
        "thumbnail": {"bytes": _weight(blobs, version.thumbnail_path)},
    }
    return {"p_sha256": image.sha256, "p_recipe": version.recipe, "p_sizes": sizes}


def _put(there: SupabaseBlobs, key: str, data: bytes) -> None:
    # What has arrived before cannot be read before the server has: it will see what it is.
    try:
        with suppress(Taken, NotFound):
            there.put(key, data)
    except NotAllowed as error:  # it has taken longer than the door was open
        raise Gone(error.says) from error


def _weight(blobs: Blobs, path: str) -> int:
    try:
        return blobs.size(path)
    except NotFound as error:
        raise NotFound(LOST) from error


def _read(blobs: Blobs, path: str) -> bytes:
    try:
        return blobs.get(path)
    except NotFound as error:
        raise NotFound(LOST) from error
