"""Large objects, piece by piece by the protocol TUS: what was cut goes on where it stopped."""

import hashlib
import io
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import httpx

from storage.cloud.fault import MISSING, Fault
from storage.cloud.project import Project

PIECE = 6 * 1024 * 1024
"""Of all pieces but the last: the storage takes no other."""
KEPT_SECONDS = "300"
"""How long others on the way may keep an object: less than an erasure may take."""
VERSION = {"Tus-Resumable": "1.0.0"}
IN_BETWEEN = {409, 423}
"""An earlier piece is still being written, or has arrived and its answer was lost."""
THERE = "already exists"
"""What a 409 says where meanwhile another object has come under the same name."""
Content = io.BufferedReader | io.BytesIO
Progress = Callable[[int, int], object]
"""Is told how many bytes have arrived, and of how many."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """What is to be put where; two with the same bytes are the same."""

    bucket: str
    path: str
    mime: str
    size: int
    digest: str

    @property
    def name(self) -> str:
        return f"{self.bucket}/{self.path}#{self.digest}"

    @property
    def label(self) -> str:
        return label(self.bucket, self.path, self.mime)


class Begun(Protocol):
    """Remembers where uploads go on that were begun and not ended."""

    def find(self, name: str) -> str | None: ...

    def keep(self, name: str, address: str) -> None: ...

    def drop(self, name: str) -> bool:
        """Forget one; say whether it was known."""
        ...


class InMemory:
    """For as long as the process runs."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}

    def find(self, name: str) -> str | None:
        return self._known.get(name)

    def keep(self, name: str, address: str) -> None:
        self._known[name] = address

    def drop(self, name: str) -> bool:
        return self._known.pop(name, None) is not None


class Uploads:
    """What was begun and not ended is gone on with at the next try."""

    def __init__(self, project: Project, begun: Begun | None = None) -> None:
        self._project = project
        self._target = f"{project.url}/storage/v1/upload/resumable"
        self._begun = begun or InMemory()

    def put(
        self, bucket: str, path: str, mime: str, source: bytes | Path, progress: Progress
    ) -> None:
        """Put an object that is not there. Raises Fault; 409 says that it is."""
        with _opened(source) as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            parcel = Parcel(bucket, path, mime, file.seek(0, io.SEEK_END), digest)
            try:
                self._carry(parcel, file, progress)
            except Fault as fault:
                # It took so long that it was forgotten, or it arrived and nobody heard of it.
                if fault.status not in MISSING or not self._begun.drop(parcel.name):
                    raise
                self._carry(parcel, file, progress)

    def _carry(self, parcel: Parcel, file: Content, progress: Progress) -> None:
        reached = 0
        if known := self._begun.find(parcel.name):
            url, reached = known, self._project.ask(lambda: self._reached(known))
        else:
            url = self._project.ask(lambda: self._begin(parcel))
            self._begun.keep(parcel.name, url)
        while reached < parcel.size:
            progress(reached, parcel.size)
            file.seek(reached)
            reached = self._brought(url, reached, file.read(PIECE))
        self._begun.drop(parcel.name)

    def _begin(self, parcel: Parcel) -> str:
        answer = self._ask(
            "POST",
            self._target,
            {"Upload-Length": str(parcel.size), "Upload-Metadata": parcel.label},
        )
        # It names the host as it sees itself, which is not always as we see it.
        return f"{self._target}/{answer.headers['Location'].rstrip('/').rpartition('/')[2]}"

    def _reached(self, url: str) -> int:
        return int(self._ask("HEAD", url, {}).headers["Upload-Offset"])

    def _brought(self, url: str, offset: int, piece: bytes) -> int:
        """Send a piece, and return how far the upload is."""
        headers = {"Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"}
        tried = False

        def send() -> int:
            nonlocal tried
            if tried and (reached := self._reached(url)) != offset:
                return reached
            tried = True
            reached = int(self._ask("PATCH", url, headers, piece).headers["Upload-Offset"])
            if reached <= offset:
                raise Fault(502, says="Nothing of a piece has arrived.", undone=True)
            return reached

        return self._project.ask(send)

    def _ask(
        self, method: str, url: str, headers: dict[str, str], piece: bytes = b""
    ) -> httpx.Response:
        answer = self._project.http.request(
            method, url, content=piece, headers={**self._project.headers, **VERSION, **headers}
        )
        between = answer.status_code in IN_BETWEEN and THERE not in answer.text
        if method == "PATCH" and between:
            raise Fault(503, says=answer.text, undone=True)
        return answer.raise_for_status()


def label(bucket: str, path: str, mime: str) -> str:
    """Return what the protocol is told of an object."""
    words = {
        "bucketName": bucket,
        "objectName": path,
        "contentType": mime,
        "cacheControl": KEPT_SECONDS,
    }
    return ",".join(f"{name} {_encoded(word)}" for name, word in words.items())


def _encoded(word: str) -> str:
    return b64encode(word.encode()).decode()


@contextmanager
def _opened(source: bytes | Path) -> Iterator[Content]:
    if isinstance(source, bytes):
        yield io.BytesIO(source)
    else:
        with source.open("rb") as file:
            yield file
