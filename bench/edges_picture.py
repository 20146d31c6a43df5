"""Draw docs/images/edges.webp: plain up-sampling beside ours at 200 %, on a loud colour.

Hair, wire and glass are composites of our own: `python -m bench.edges_picture`.
"""

import os
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from bench.composites import composites
from bench.contender import ROOT
from inference.catalogue import model_named
from inference.compose import render
from inference.photo import Photo
from inference.recipe import Recipe
from inference.session import Opener

LOUD = "#ff00c8"
NUMBERS = (7, 9, 5)
"""Of the composites: hair, wires, glass."""
SIDE, GAP, ZOOM = 200, 8, 2


def main() -> None:
    models = Path(os.environ.get("COVESHOT_MODELS", ROOT / ".data" / "models"))
    model = model_named("isnet-fp16")
    matter = Opener("cpu").open(model, models / model.file)
    scenes = composites(ROOT / "bench" / ".work" / "composites")
    tiles = []
    for number in NUMBERS:
        photo = Photo.open(scenes[number].photo.read_bytes())
        matte = matter(photo.pixels)
        place = _busiest(matte)
        pair = [
            _zoomed(render(photo.pixels, matte, recipe)[place])
            for recipe in (
                Recipe(model=model.name, refine=False, decontaminate=False, background=LOUD),
                Recipe(model=model.name, background=LOUD),
            )
        ]
        tiles.append(np.hstack([pair[0], np.full((SIDE * ZOOM, GAP, 3), 255, np.uint8), pair[1]]))
    gap = np.full((GAP, tiles[0].shape[1], 3), 255, np.uint8)
    rows = [part for tile in tiles for part in (tile, gap)][:-1]
    out = ROOT / "docs" / "images" / "edges.webp"
    Image.fromarray(np.vstack(rows)).save(out, quality=88, method=6)


def _busiest(matte: NDArray[np.uint8]) -> tuple[slice, slice]:
    """Return the square with the most soft pixels."""
    soft = ((matte > 12) & (matte < 243)).astype(np.float32)
    sums = cv2.blur(soft, (SIDE, SIDE))
    half = SIDE // 2
    inside = sums[half:-half, half:-half]
    top, left = np.unravel_index(int(inside.argmax()), inside.shape)
    return slice(int(top), int(top) + SIDE), slice(int(left), int(left) + SIDE)


def _zoomed(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    size = (SIDE * ZOOM, SIDE * ZOOM)
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_NEAREST), np.uint8)


if __name__ == "__main__":
    main()
