"""What a look costs: on the screen for a slider, and in full for an export."""

import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import cv2
import numpy as np
from numpy.typing import NDArray

from bench.contender import ROOT, peak_mb
from bench.visit import late
from inference.catalogue import SMALL, model_named
from inference.compose import render
from inference.encode import encode
from inference.look import Cast, Shadow
from inference.photo import Photo
from inference.previews import SIDE, Previews
from inference.recipe import Recipe
from inference.session import Opener

cv2.setNumThreads(1)  # as the program has it
ROUNDS = 3
WHITE_SOFT = Recipe(model=SMALL, background="white", shadow=Shadow("soft"))


def preview_ms(file: Path, models: Path) -> float:
    """Return the 95th percentile of the milliseconds that a move of a slider takes.

    The cutout of `file` has been looked at before, as it always has when somebody drags.
    """
    photo, matte = _matted(file, models)
    cutout = render(photo.pixels, matte, Recipe(model=SMALL))
    previews, taken = Previews(), []
    for kind in (Cast.SOFT, Cast.CONTACT, Cast.HARD):
        for opacity in range(5, 100, 5):
            recipe = replace(WHITE_SOFT, shadow=Shadow(kind.value, opacity=opacity))
            start = time.perf_counter()
            previews.draw("", recipe, SIDE, cutout=lambda: cutout, photo=lambda: photo.pixels)
            taken.append((time.perf_counter() - start) * 1000)
    return late(taken[1:])


def render_ratio(file: Path, models: Path, name: str, *, clean: bool) -> float:
    """Return the CPU time of decode, render and encode against that of decode and encode alone.

    On white with a soft shadow, with the matte of the model `name`; `clean` with refined and
    decontaminated edges.
    """
    photo, matte = _matted(file, models, name)
    recipe = replace(WHITE_SOFT, model=name, refine=clean, decontaminate=clean)
    data = file.read_bytes()
    ratios = []
    for _ in range(ROUNDS):
        start = time.process_time()
        Photo.open(data)
        decoded = time.process_time()
        picture = render(photo.pixels, matte, recipe)
        rendered = time.process_time()
        encode(np.ascontiguousarray(picture))
        ended = time.process_time()
        ratios.append((ended - start) / (ended - start - (rendered - decoded)))
    return median(ratios)


def render_peak_gb(file: Path, models: Path) -> float:
    """Return the peak memory in GB of decoding, rendering and encoding a photo with a kept matte.

    On white with a soft shadow and clean edges, in a process of its own, without a network.
    """
    _, matte = _matted(file, models)
    with TemporaryDirectory() as folder:
        kept = Path(folder) / "matte.png"
        kept.write_bytes(encode(matte))
        words = [sys.executable, "-m", "bench.looks", str(file), str(kept)]
        answer = subprocess.run(words, cwd=ROOT, check=True, capture_output=True, text=True)
    return float(answer.stdout) / 1000


def _alone(file: Path, kept: Path) -> None:
    """Render one photo and print the peak of this process in MB."""
    matte = Photo.open(kept.read_bytes()).pixels[..., 0]
    photo = Photo.open(file.read_bytes())
    encode(np.ascontiguousarray(render(photo.pixels, np.ascontiguousarray(matte), WHITE_SOFT)))
    print(peak_mb())


def _matted(file: Path, models: Path, name: str = SMALL) -> tuple[Photo, NDArray[np.uint8]]:
    photo = Photo.open(file.read_bytes())
    model = model_named(name)
    return photo, Opener("cpu").open(model, models / model.file)(photo.pixels)


if __name__ == "__main__":
    _alone(Path(sys.argv[1]), Path(sys.argv[2]))
