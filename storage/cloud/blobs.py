"""Objects in Supabase Storage. A name is given once: nothing there is ever written over."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from itertools import groupby
from pathlib import Path
from typing import Any, TypeVar

from storage3 import SyncStorageClient

from storage.blobs import in_sentences
from storage.cloud.fault import MISSING, TAKEN, Fault
from storage.cloud.project import Project
from storage.cloud.uploads import KEPT_SECONDS, PIECE, Begun, Progress, Uploads, label
from storage.errors import NotAllowed, NotFound, StorageError, Taken
from storage.records import Invitation

KEY = re.compile(
    r"(uploads-ephemeral|outputs-ephemeral|user-library)"
    r"/((?:[A-Za-z0-9_-]+/)*[A-Za-z0-9_-]+\.([a-z0-9]+))"
)
"""The bucket, the path in it, and its extension: as rows of the database name an object."""
BUCKETS = ("outputs-ephemeral", "uploads-ephemeral", "user-library")
TYPES = {"jpg": "jpeg", "tif": "tiff"}
"""Extensions that are not what the type is called."""
AT_ONCE = 1000
"""Names that the storage takes in one request."""
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Place:
    """Where an object lies."""

    bucket: str
    path: str
    mime: str


class SupabaseBlobs:
    """Keeps objects in three private buckets, the first part of each key."""

    def __init__(self, project: Project, begun: Begun | None = None) -> None:
        """`begun` remembers large uploads; without it, this process does."""
        self._project = project
        self._storage = SyncStorageClient(
            f"{project.url}/storage/v1/", headers=project.headers, http_client=project.http
        )
        self._uploads = Uploads(project, begun)

    def put(
        self, key: str, source: bytes | Path, progress: Progress = lambda _done, _of: None
    ) -> None:
        """Keep bytes, or the content of a file; what is large goes piece by piece, with progress.

        Kept again, the same bytes are fine: the answer may have been lost. Raises Taken.
        """
        place = place_of(key)
        size = len(source) if isinstance(source, bytes) else source.stat().st_size
        try:
            if size > PIECE:
                self._uploads.put(place.bucket, place.path, place.mime, source, progress)
            else:
                data = source if isinstance(source, bytes) else source.read_bytes()
                self._project.ask(lambda: self._upload(place, data))
        except Fault as fault:
            if fault.status in MISSING:
                raise _no_bucket(place) from fault
            if fault.status != TAKEN:
                raise fault.meaning() from fault
            if not self._is(key, source, size):
                raise Taken from fault
        progress(size, size)

    def get(self, key: str) -> bytes:
        place = place_of(key)
        return self._ask(lambda: self._storage.from_(place.bucket).download(place.path))

    def has(self, key: str) -> bool:
        try:
            self.size(key)
        except NotFound:
            return False
        return True

    def size(self, key: str) -> int:
        place = place_of(key)
        return int(self._ask(lambda: self._storage.from_(place.bucket).info(place.path))["size"])

    def remove(self, key: str) -> None:
        """Remove an object; one that is not there, or not there for who asks, is no error.

        Raises NotAllowed where it is seen to stay.
        """
        if self.clear([key]):
            raise NotAllowed("You may not delete this.")

    def clear(self, keys: Sequence[str]) -> list[str]:
        """Remove objects, and return those that stay: the storage tells what it has removed.

        An empty answer says that nothing was removed, not that something is wrong.
        """
        left: list[str] = []
        for bucket, some in groupby(sorted(keys), key=lambda key: place_of(key).bucket):
            paths = [place_of(key).path for key in some]
            for at in range(0, len(paths), AT_ONCE):
                left += self._left_in(bucket, paths[at : at + AT_ONCE])
        return left

    def copy(self, origin: str, target: str) -> None:
        """Copy an object on the server, from one bucket to another if need be."""
        source, place = place_of(origin), place_of(target)
        wanted = {
            "bucketId": source.bucket,
            "sourceKey": source.path,
            "destinationBucket": place.bucket,
            "destinationKey": place.path,
        }
        try:
            self._project.ask(lambda: self._post("object/copy", wanted))
        except Fault as fault:
            if fault.status != TAKEN:
                raise fault.meaning() from fault
            original = self.get(origin)
            if not self._is(target, original, len(original)):
                raise Taken from fault

    def listing(self) -> Iterator[tuple[str, float]]:
        for bucket in BUCKETS:
            yield from self._walk(bucket, "")

    def link(self, key: str, seconds: int, name: str = "") -> str:
        """Return an address that gives an object to whoever has it, for so long.

        With a `name`, a browser saves it under that instead of showing it. Raises NotFound.
        """
        place = place_of(key)
        signed = self._ask(
            lambda: self._storage.from_(place.bucket).create_signed_url(
                place.path, seconds, {"download": name} if name else {}
            )
        )
        return str(signed["signedUrl"])

    def invite(self, key: str) -> Invitation:
        """Let somebody without a key put one object. Raises Taken where there is one.

        It holds for two hours and, once the object is removed, a second time: that it is used once
        is a matter of the announcement that it is for.
        """
        place = place_of(key)
        signed = self._ask(
            lambda: self._storage.from_(place.bucket).create_signed_upload_url(place.path)
        )
        return Invitation(
            url=signed["signed_url"],
            mime=place.mime,
            resumable=f"{self._project.url}/storage/v1/upload/resumable/sign",
            token=signed["token"],
            label=label(place.bucket, place.path, place.mime),
        )

    def fetch(self, key: str, file: Path) -> None:
        """Write an object to a file, piece by piece. Raises NotFound."""
        place = place_of(key)
        url = f"{self._project.url}/storage/v1/object/{place.bucket}/{place.path}"

        def fetched() -> None:
            with (
                self._project.http.stream("GET", url, headers=self._project.headers) as answer,
                in_sentences(file),
                file.open("wb") as sink,
            ):
                if answer.is_error:
                    answer.read()
                answer.raise_for_status()
                for piece in answer.iter_bytes(1 << 20):
                    sink.write(piece)

        self._ask(fetched)

    def _upload(self, place: Place, data: bytes) -> None:
        self._storage.from_(place.bucket).upload(
            place.path, data, {"content-type": place.mime, "cache-control": KEPT_SECONDS}
        )

    def _is(self, key: str, source: bytes | Path, size: int) -> bool:
        """Tell whether an object has these bytes."""
        if self.size(key) != size:
            return False
        wanted = source if isinstance(source, bytes) else source.read_bytes()
        return sha256(self.get(key)).digest() == sha256(wanted).digest()

    def _left_in(self, bucket: str, paths: list[str]) -> list[str]:
        answer = self._ask(lambda: self._storage.from_(bucket).remove(paths))
        removed = {one["name"] for one in answer}
        missed = [f"{bucket}/{path}" for path in paths if path not in removed]
        return [key for key in missed if self.has(key)]

    def _walk(self, bucket: str, folder: str) -> Iterator[tuple[str, float]]:
        offset = 0
        while found := self._page(bucket, folder, offset):
            for one in found:
                name = f"{folder}/{one['name']}" if folder else one["name"]
                if one["id"] is None:
                    yield from self._walk(bucket, name)
                else:
                    changed = datetime.fromisoformat(one["updated_at"])
                    yield f"{bucket}/{name}", changed.timestamp()
            offset += len(found)

    def _page(self, bucket: str, folder: str, offset: int) -> list[dict[str, Any]]:
        return self._ask(
            lambda: self._storage.from_(bucket).list(folder, {"limit": AT_ONCE, "offset": offset})
        )

    def _post(self, path: str, wanted: dict[str, str]) -> None:
        answer = self._project.http.post(
            f"{self._project.url}/storage/v1/{path}", json=wanted, headers=self._project.headers
        )
        answer.raise_for_status()

    def _ask(self, question: Callable[[], Answer]) -> Answer:
        try:
            return self._project.ask(question)
        except Fault as fault:
            raise fault.meaning() from fault


def place_of(key: str) -> Place:
    """Raises NotFound for what cannot be the name of an object."""
    if not (found := KEY.fullmatch(key)):
        raise NotFound(f"{key!r} cannot be the name of anything kept here.")
    bucket, path, extension = found.groups()
    return Place(bucket, path, f"image/{TYPES.get(extension, extension)}")


def _no_bucket(place: Place) -> StorageError:
    return StorageError(
        f"The storage has no bucket {place.bucket}. Run `supabase seed buckets` for the project."
    )
