"""All that is known of somebody, with every picture, as one zip that is written as it is sent."""

import json
import logging
from collections.abc import Iterable, Iterator
from typing import Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

from storage.errors import NotFound
from storage.ports.blobs import Blobs

log = logging.getLogger(__name__)


class Outflow:
    """What was written and not yet taken; a zip needs no more of a file than this."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, piece: bytes) -> int:
        self._pieces.append(bytes(piece))
        return len(piece)

    def flush(self) -> None:
        pass

    def taken(self) -> Iterator[bytes]:
        pieces, self._pieces = self._pieces, []
        yield from pieces


def export(known: Any, objects: Iterable[str], blobs: Blobs) -> Iterator[bytes]:
    """Yield the pieces of a zip: `known` as data.json, and objects under their names.

    One object is in memory at a time. What is deleted meanwhile is left out, and named in
    missing.txt.
    """
    outflow = Outflow()
    missing: list[str] = []
    with ZipFile(outflow, "w") as archive:  # type: ignore[call-overload]
        archive.writestr("data.json", json.dumps(known, indent=1), ZIP_DEFLATED)
        yield from outflow.taken()
        for name in objects:
            try:
                archive.writestr(name, blobs.get(name), ZIP_STORED)
            except NotFound:
                missing.append(name)
            yield from outflow.taken()
        if missing:
            archive.writestr("missing.txt", "\n".join(missing), ZIP_DEFLATED)
    yield from outflow.taken()
