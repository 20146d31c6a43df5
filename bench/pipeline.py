"""What a photo costs beside its network, and how its mask compares with rembg's."""

import subprocess
import time
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from statistics import fmean, median

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from bench.figures import Skipped, note
from bench.peers import REMBG_PYTHON, rembg_home
from bench.score import iou
from inference.catalogue import Model
from inference.compose import cut_out, staged_apart
from inference.encode import encode
from inference.judge import doubt
from inference.photo import Photo
from inference.recipe import Recipe
from inference.session import Opener
from inference.tensor import tensor

TRIES = 5
MASKS = """
import sys
from pathlib import Path
from PIL import Image, ImageOps
from rembg import new_session, remove

model, out, *photos = sys.argv[1:]
session = new_session(model)
for photo in photos:
    with Image.open(photo) as image:
        upright = ImageOps.exif_transpose(image).convert("RGB")
    mask = remove(upright, session=session, only_mask=True)
    mask.save(Path(out, Path(photo).stem + ".png"))
"""


def beside_network(model: Model, models: Path, photos: Sequence[Path], *, bare: bool) -> float:
    """Return the CPU seconds of one photo for all but the network itself."""
    cv2.setNumThreads(1)  # as the program does
    matter = Opener("cpu").open(model, models / model.file)
    recipe = Recipe(model=model.name, refine=not bare, decontaminate=not bare)
    spent = []
    for file in photos:
        data = file.read_bytes()
        alpha = matter(Photo.open(data).pixels)
        tries = []
        for _ in range(TRIES):
            start = time.process_time()
            photo = Photo.open(data)
            tensor(photo.pixels, model)
            doubt(None if bare else photo.pixels, alpha, fine=model.fine)
            subject = cut_out(photo.pixels, alpha, recipe, photo.alpha)
            encode(staged_apart(*subject, recipe, photo.pixels))
            tries.append(time.process_time() - start)
        spent.append(median(tries))
    matter.close()
    return fmean(spent)


@cache
def beside_rembg(
    model: Model, models: Path, photos: tuple[Path, ...], work: Path
) -> tuple[float, float, float]:
    """Compare bare mattes with rembg's masks of the same weights, on the default runtime.

    Returns the mean difference of alpha, 0..255, and the mean and the worst IoU. Raises Skipped.
    """
    if not REMBG_PYTHON.exists():
        raise Skipped("rembg is not installed here; `make bench` does it")
    home = rembg_home(work / "rembg" / model.name, model, models / model.file)
    masks = work / "masks" / model.name
    masks.mkdir(parents=True, exist_ok=True)
    subprocess.run(
        [REMBG_PYTHON, "-c", MASKS, model.session, masks, *photos],
        check=True,
        env={"REMBG_HOME": str(home)},
    )
    opener = Opener("cpu")
    matter = opener.open(model, models / model.file, opener.precision(model))
    differences, overlaps = [], []
    for file in photos:
        ours = matter(Photo.open(file.read_bytes()).pixels)
        theirs = _mask(masks / f"{file.stem}.png")
        differences.append(float(np.abs(ours.astype(int) - theirs).mean()))
        overlaps.append(iou(ours, theirs))
    matter.close()
    note(f"{model.name}: alpha differs by {fmean(differences):.2f} of 255, IoU {min(overlaps):.4f}")
    return fmean(differences), fmean(overlaps), min(overlaps)


def _mask(file: Path) -> NDArray[np.uint8]:
    with Image.open(file) as image:
        return np.asarray(image.convert("L"))
