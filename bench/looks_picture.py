"""Draw docs/images/looks.webp: every ground, shadow and frame on the sample photos.

`python -m bench.looks_picture`.
"""

import os
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from bench.contender import ROOT
from bench.photos import SAMPLES
from inference.catalogue import model_named
from inference.compose import render
from inference.look import Frame, Shadow
from inference.photo import Photo
from inference.recipe import Recipe
from inference.session import Opener

PHOTOS = ("bowl", "lens", "whisk", "scissors")
TILE, LABEL, COLUMNS = 300, 30, 6
PAPER, INK = (40, 40, 40), (230, 230, 230)
MODEL = "isnet-fp16"


def recipe(background: str, shadow: Shadow = Shadow(), *, fill: float = 70) -> Recipe:  # noqa: B008 frozen
    return Recipe(model=MODEL, background=background, shadow=shadow, frame=Frame("1:1", fill))


LOOKS = {
    "white": recipe("white"),
    "colour": recipe("#e8ded1"),
    "linear": recipe("linear #fafafa #d4d4d4"),
    "radial": recipe("radial #ffffff #b9c2cc"),
    "sweep, soft": recipe("sweep", Shadow("soft")),
    "blur": Recipe(model=MODEL, background="blur", frame=Frame("1:1", 70)),
    "soft": recipe("white", Shadow("soft")),
    "contact": recipe("#cfe0f2", Shadow("contact", opacity=70)),
    "hard": recipe("linear #f2efe9 #cfc8bd", Shadow("hard"), fill=60),
    "hard, near, sharp": recipe("#8fb7c9", Shadow("hard", direction=330, softness=10), fill=60),
    "reflection": recipe("radial #eef1f5 #aab2bd", Shadow("reflection"), fill=60),
    "bottom": Recipe(
        model=MODEL,
        background="sweep #e8ded1",
        shadow=Shadow("soft"),
        frame=Frame("1:1", 70, "bottom"),
    ),
}


def main() -> None:
    models = Path(os.environ.get("COVESHOT_MODELS", ROOT / ".data" / "models"))
    model = model_named(MODEL)
    matter = Opener("cpu").open(model, models / model.file)
    tiles = []
    for number, (name, look) in enumerate(LOOKS.items()):
        photo = Photo.open((SAMPLES / f"{PHOTOS[number % len(PHOTOS)]}.jpg").read_bytes())
        tiles.append(_tile(name, render(photo.pixels, matter(photo.pixels), look)))
    rows = [np.hstack(tiles[at : at + COLUMNS]) for at in range(0, len(tiles), COLUMNS)]
    out = ROOT / "docs" / "images" / "looks.webp"
    Image.fromarray(np.vstack(rows)).save(out, quality=88, method=6)


def _tile(name: str, picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    tile = Image.new("RGB", (TILE, TILE + LABEL), PAPER)
    small = cv2.resize(picture, (TILE, TILE), interpolation=cv2.INTER_AREA)
    tile.paste(Image.fromarray(np.asarray(small, np.uint8)), (0, 0))
    font = ImageFont.load_default(15)
    ImageDraw.Draw(tile).text((8, TILE + 6), name, INK, font)
    return np.asarray(tile)


if __name__ == "__main__":
    main()
