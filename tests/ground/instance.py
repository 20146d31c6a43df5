"""A hosted instance in small: rows on Postgres, objects in a folder, and time that we set."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg

from auth.keys import new_key
from storage.library import Library
from storage.ports.blobs import Blobs
from storage.records import Entry, Image, Job, Matte, Order, Strokes, Version
from storage.remote.door import Door
from storage.remote.records import RemoteRecords
from storage.remote.retention import RemoteRetention
from storage.sweep import Sweep
from tests.ground.bodies import door, set_clock
from tests.ground.objects import StoredBlobs, StoredUsers
from tests.ground.server import sign_up


class Killed(BaseException):
    """The process ends here."""


@dataclass(slots=True)
class Life:
    """Ends before a step, or never."""

    steps: int | None = None

    def step(self) -> None:
        if self.steps == 0:
            raise Killed
        if self.steps is not None:
            self.steps -= 1


@dataclass(slots=True)
class MortalDoor:
    door: Door
    life: Life

    def call(self, function: str, arguments: Mapping[str, object]) -> Any:
        self.life.step()
        return self.door.call(function, arguments)

    def close(self) -> None:
        self.door.close()


@dataclass(slots=True)
class Instance:
    """What is on it is made by `kept`, what is over goes by `sweep`."""

    ground: str
    over: str
    root: Path
    now: float = 1_700_000_000.0
    life: Life = field(default_factory=Life)
    door: Door = field(init=False)
    blobs: Blobs = field(init=False)
    records: RemoteRecords = field(init=False)
    retention: RemoteRetention = field(init=False)
    _stored: StoredBlobs = field(init=False)

    def __post_init__(self) -> None:
        set_clock(self.ground)
        self.door = MortalDoor(door(self.ground, self.clock), self.life)
        self.blobs = self._stored = StoredBlobs(self.root, self.over, self.life.step)
        self.records = RemoteRecords(self.door)
        self.retention = RemoteRetention(self.door)

    def clock(self) -> float:
        return self.now

    def close(self) -> None:
        self.records.close()
        self._stored.close()

    def sweep(self) -> Sweep:
        library = Library(self.records, self.blobs, clock=self.clock)
        users = StoredUsers(self.over, self.life.step)
        return Sweep(library, self.retention, self.blobs, users)

    def signed_up(self) -> str:
        return sign_up(self.ground, balance=10)

    def admitted(self, scope: str, named: str, key: str = "white") -> Job:
        """Admit a photo and put its original where its row says."""
        image = Image(
            id=uuid4().hex,
            scope=scope,
            sha256=hashlib.sha256(named.encode()).hexdigest(),
            mime="image/png",
            extension="png",
            width=4,
            height=3,
            bytes=9,
            path="",
            created_at=self.now,
            name=named,
        )
        job = self.records.admit(image, order(key))
        self.blobs.put(self.records.image(scope, job.image_id).path, b"original")
        return job

    def kept(self, scope: str, named: str, key: str = "white") -> Version:
        """Let a photo be cut out, with a version and its thumbnail."""
        job = self.admitted(scope, named, key)
        running = self.records.start("worker")
        assert running
        assert running.id == job.id
        done = self.records.finish(running, _version(running, self.now))
        version = self.records.version(scope, str(done.version_id))
        for path in (version.path, version.thumbnail_path):
            self.blobs.put(path, b"pixels")
        return version

    def worked_on(self, version: Version) -> Version:
        """Keep a matte and strokes of its photo, too."""
        photo = version.image_id
        made = Matte(image_id=photo, key="m", path="", created_at=self.now, bytes=5)
        painted = Strokes(image_id=photo, sha256="b" * 64, path="", created_at=self.now)
        self.records.keep_matte(made)
        self.records.keep_strokes(painted)
        matte = self.records.matte(photo, "m")
        strokes = self.records.strokes(photo, "b" * 64)
        assert matte
        assert strokes
        for path in (matte.path, strokes.path):
            self.blobs.put(path, b"pixels")
        return version

    def furnished(self, scope: str, version: Version, named: str) -> None:
        """Put a photo on the workbench and in a collection, and let a program in."""
        entry = Entry(
            id=uuid4().hex,
            scope=scope,
            image_id=version.image_id,
            job_id=version.job_id,
            name=named,
            folder=named,
            recipe="{}",
            created_at=self.now,
        )
        self.records.place(entry)
        chosen = self.records.collections.create(scope, named)
        self.records.collections.add(scope, chosen.id, [version.image_id])
        self.records.holdings.annotate(scope, version.image_id, named)
        self.records.batch.pause(scope)
        self.records.keys.keep(new_key(scope, named)[0])

    def orphans(self) -> set[str]:
        """Names that are not all three: a file, an object of the storage, and spoken of."""
        with psycopg.connect(self.ground) as rows:
            found = rows.execute("select bucket_id || '/' || name from storage.objects").fetchall()
        stored = {name for (name,) in found}
        files = {key for key, _ in self.blobs.listing()}
        spoken = set(self.records.objects())
        return (stored | files | spoken) - (stored & files & spoken)


def order(key: str) -> Order:
    return Order(key=key, op_key=f"cut:{key}", recipe='{"model": "net"}')


def _version(job: Job, now: float) -> Version:
    return Version(
        id=uuid4().hex,
        scope=job.scope,
        image_id=job.image_id,
        job_id=job.id,
        number=0,
        key=job.key,
        op_key=job.op_key,
        recipe=job.recipe,
        path="",
        thumbnail_path="",
        width=4,
        height=3,
        bytes=6,
        created_at=now,
    )
