"""Pictures of every look as they were when somebody last looked at them and liked them.

`python -m tests.golden` draws them anew; look at what has changed before it is kept.
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from bench.looks_picture import BACKGROUNDS, CUTS, FRAMES, OTHERS, SHADOWS, wall
from inference.compose import render
from inference.encode import resized
from inference.recipe import Recipe

Bytes = NDArray[np.uint8]

ROOT = Path(__file__).parents[1]
FOLDER = Path(__file__).parent / "data" / "golden"
SIDE, KEPT = 512, 200
"""Longer side in pixels of the photos, and of what is kept of a picture."""
PHOTOS = {"background": "scissors", "shadow": "lens", "frame": "bowl", "cut": "whisk"}
LOOKS: dict[str, tuple[str, Recipe]] = {
    f"{kind} {name}".replace("#", "").replace(":", "to"): (OTHERS.get(name, PHOTOS[kind]), look)
    for kind, looks in (
        ("background", BACKGROUNDS),
        ("shadow", SHADOWS),
        ("frame", FRAMES),
        ("cut", CUTS),
    )
    for name, look in looks.items()
}
"""By name: the sample photo, and the recipe."""


def drawn(name: str) -> Bytes:
    """Return a look as it is now, on magenta where it is transparent: small, (h, w, 3) uint8."""
    sample, look = LOOKS[name]
    photo, matte = (
        resized(_opened(file, mode), _small(file))
        for file, mode in (
            (ROOT / "assets" / "samples" / f"{sample}.jpg", "RGB"),
            (ROOT / "tests" / "data" / "mattes" / f"{sample}.png", "L"),
        )
    )
    made = render(photo, matte, look, None, wall())
    scale = KEPT / max(made.shape[:2])
    height, width = (max(1, round(side * scale)) for side in made.shape[:2])
    image = Image.fromarray(resized(made, (width, height)))
    ground = Image.new("RGB", image.size, (255, 0, 200))
    ground.paste(image, mask=image if image.mode == "RGBA" else None)
    return np.asarray(ground)


def file_of(name: str) -> Path:
    return FOLDER / f"{name.replace(' ', '-').replace(',', '')}.png"


def _opened(file: Path, mode: str) -> Bytes:
    with Image.open(file) as image:
        return np.asarray(image.convert(mode))


def _small(file: Path) -> tuple[int, int]:
    with Image.open(file) as image:
        scale = SIDE / max(image.size)
        return round(image.width * scale), round(image.height * scale)


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for name in LOOKS:
        Image.fromarray(drawn(name)).save(file_of(name), optimize=True)


if __name__ == "__main__":
    main()
