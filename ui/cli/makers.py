"""The two ways to a finished file: computed here and now, or by way of the library."""

import os
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from inference.doubt import Doubt
from inference.errors import Cancelled, NotDone
from inference.output import SIXTEEN, File, Output
from inference.recipe import Recipe
from storage.records import ENDED, NOW, Job, Status
from ui.house import House


@dataclass(frozen=True, slots=True)
class Made:
    """A finished file in memory; its size in pixels, and how far it may be wrong."""

    data: bytes
    width: int
    height: int
    doubt: Doubt
    again: Callable[[Recipe, Output], File]
    """Makes another file of the same cutout, without a network."""


Maker = Callable[[Path, bytes], Made]
"""Makes a cutout of a photo, given its path and its bytes. Raises InferenceError, StorageError."""


def computed(house: House, recipe: Recipe, output: Output) -> Maker:
    """Cut without keeping anything."""

    def make(_: Path, data: bytes) -> Made:
        deep = output.depth == SIXTEEN
        cutout = house.studio.lab().cuts.cut(house.account, data, recipe, deep=deep)
        return _made(cutout.file(output), cutout.matted.doubt, cutout.subject.finished)

    return make


def kept(house: House, recipe: Recipe, output: Output, stop: threading.Event) -> Maker:
    """Let the workers of the library cut, so that photo and cutout are in it afterwards."""

    def done(path: Path, recipe: Recipe) -> tuple[Job, str]:
        name = os.fsencode(path.name).decode("utf-8", "replace")
        job = house.studio.jobs.submit(house.account, path, recipe, name=name, priority=NOW)
        job = _ended(house, job, stop)
        if job.status is not Status.DONE or job.version_id is None:
            raise NotDone(job.says or "It was cancelled. Cut it again.")
        return job, job.version_id

    def make(path: Path, _: bytes) -> Made:
        def again(recipe: Recipe, output: Output) -> File:
            _job, version_id = done(path, recipe)
            return house.studio.lab().prints.file(house.account, version_id, output)

        job, _version_id = done(path, recipe)
        doubt = Doubt(job.doubt, tuple(job.reasons.splitlines()))
        return _made(again(recipe, output), doubt, again)

    return make


def _ended(house: House, job: Job, stop: threading.Event) -> Job:
    """Wait for a job; one that nobody waits for any more stays queued in the library."""
    while job.status not in ENDED:
        if stop.is_set():
            raise Cancelled("It waits in the library.")
        house.studio.jobs.pause(0.5)
        job = house.library.records.job(job.scope, job.id)
    return job


def _made(file: File, doubt: Doubt, again: Callable[[Recipe, Output], File]) -> Made:
    return Made(file.data, file.width, file.height, doubt, again)
