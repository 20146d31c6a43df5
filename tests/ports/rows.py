"""What the tests of the ports put into a library, and the clock that it goes by."""

import hashlib
from dataclasses import replace
from typing import Any
from uuid import uuid4

from storage.ports.records import Records
from storage.records import Entry, Image, Intake, Job, Note, Order, Search, Strokes, Version


class Clock:
    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


def image(named: str = "a" * 64, scope: str = "local") -> Image:
    """Return a photo of other bytes for each name; a SHA-256 stands for itself."""
    image_id = uuid4().hex
    known = len(named) == 64
    sha256 = named if known else hashlib.sha256(named.encode()).hexdigest()
    return Image(
        id=image_id,
        scope=scope,
        sha256=sha256,
        mime="image/jpeg",
        extension="jpg",
        width=4000,
        height=3000,
        bytes=2_000_000,
        path=f"{scope}/{image_id}/original.jpg",
        created_at=1.0,
    )


def order(name: str = "white", priority: int = 0, preset: str = "") -> Order:
    return Order(key=name, op_key=f"cut:{name}", recipe="{}", priority=priority, preset=preset)


def version(job: Job, version_id: str = "") -> Version:
    version_id = version_id or uuid4().hex
    return Version(
        id=version_id,
        scope=job.scope,
        image_id=job.image_id,
        job_id=job.id,
        number=0,
        key=job.key,
        op_key=job.op_key,
        recipe=job.recipe,
        path=f"{job.scope}/{job.image_id}/output/{version_id}.png",
        thumbnail_path=f"{job.scope}/{job.image_id}/thumb/{version_id}.webp",
        width=4000,
        height=3000,
        bytes=9,
        created_at=2.0,
    )


def started(records: Records, owner: str = "me") -> Job:
    job = records.start(owner)
    assert job
    return job


def entry(job: Job, name: str = "a.jpg") -> Entry:
    return Entry(
        id=uuid4().hex,
        scope=job.scope,
        image_id=job.image_id,
        job_id=job.id,
        name=name,
        folder="",
        recipe="{}",
        created_at=1.0,
    )


def held(
    records: Records, name: str, *, scope: str = "local", doubt: float = 0.0, at: float = 1.0
) -> Image:
    """Return a photo that is done and was on the workbench under a name."""
    job = records.admit(replace(image(uuid4().hex * 2, scope), created_at=at), order())
    placed = records.place(replace(entry(job, name), scope=scope))
    running = started(records)
    records.finish(running, version(running), Note(doubt=doubt))
    records.clear(scope, placed.id)
    return records.image(scope, job.image_id)


def another_version(records: Records, photo: Image, recipe: str) -> Version:
    records.admit(photo, order(recipe))
    job = started(records)
    made = version(job)
    records.finish(job, made)
    return records.version(photo.scope, made.id)


def names(records: Records, **search: Any) -> list[str]:
    found = records.holdings.page("local", Search(**search), most=100)
    assert [one.image.id for one in found] == records.holdings.ids("local", Search(**search))
    return [one.image.name for one in found]


def strokes_on(photo: Image) -> Strokes:
    path = f"local/{photo.id}/strokes/b.png"
    return Strokes(image_id=photo.id, sha256="b" * 64, path=path, created_at=3.0)


def announced(scope: str = "local", named: str = "a" * 64, token: str = "") -> Intake:
    known = image(named, scope)
    return Intake(
        id=uuid4().hex,
        scope=scope,
        sha256=known.sha256,
        bytes=known.bytes,
        width=known.width,
        height=known.height,
        name="vase.jpg",
        key="white",
        op_key="cut:white",
        recipe="{}",
        spot=f"{scope}/{uuid4().hex}/original.jpg",
        token=token,
        created_at=0.0,
        updated_at=0.0,
        expires_at=0.0,
    )


def ending(records: Records, named: str = "a" * 64) -> Job:
    """Let a job end, of which programs are told."""
    return records.cancel("local", records.admit(image(named), order()).id)
