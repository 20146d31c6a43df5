"""The two ways to a finished file: computed here and now, or by way of the library."""

import io
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from inference.doubt import NONE, Doubt
from inference.encode import Format, encode
from inference.errors import Cancelled, NotDone
from inference.photo import Limits
from inference.recipe import Recipe
from storage.records import ENDED, Job, Status
from ui.house import House


@dataclass(frozen=True, slots=True)
class Made:
    """A finished file in memory; its size in pixels, and how far it may be wrong."""

    data: bytes
    width: int
    height: int
    doubt: Doubt = NONE


Maker = Callable[[Path, bytes], Made]
"""Makes a cutout of a photo, given its path and its bytes. Raises InferenceError, StorageError."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What kind of file a cutout becomes."""

    format: Format
    small: bool = False
    """Whether to spend time on the smallest file."""


def computed(house: House, recipe: Recipe, kind: Kind) -> Maker:
    """Cut without keeping anything."""

    def make(_: Path, data: bytes) -> Made:
        cutout = house.studio.cut(house.account, data, recipe)
        doubt = cutout.matted.doubt if cutout.matted else NONE
        return _made(cutout.pixels, kind, doubt)

    return make


def kept(house: House, recipe: Recipe, kind: Kind, stop: threading.Event) -> Maker:
    """Let the workers of the library cut, so that photo and cutout are in it afterwards."""

    def make(path: Path, _: bytes) -> Made:
        job = _ended(house, house.studio.submit(house.account, path, recipe), stop)
        if job.status is not Status.DONE or job.version_id is None:
            raise NotDone(job.says or "It was cancelled. Cut it again.")
        png = house.library.cutout(house.account.scope, job.version_id)
        doubt = Doubt(job.doubt, tuple(job.reasons.splitlines()))
        with Image.open(io.BytesIO(png), formats=["PNG"]) as image:
            if kind == Kind(Format.PNG):
                return Made(png, image.width, image.height, doubt)
            return _made(np.asarray(image), kind, doubt)

    return make


def limits_of(house: House) -> Limits:
    plan = house.account.plan
    return Limits(max_bytes=plan.max_bytes, max_pixels=plan.max_pixels, max_side=plan.max_side)


def _ended(house: House, job: Job, stop: threading.Event) -> Job:
    """Wait for a job; one that nobody waits for any more stays queued in the library."""
    while job.status not in ENDED:
        if stop.is_set():
            raise Cancelled("It waits in the library.")
        house.studio.pause(0.5)
        job = house.library.records.job(job.scope, job.id)
    return job


def _made(pixels: NDArray[np.uint8], kind: Kind, doubt: Doubt) -> Made:
    height, width = pixels.shape[:2]
    return Made(encode(pixels, kind.format, small=kind.small), width, height, doubt)
