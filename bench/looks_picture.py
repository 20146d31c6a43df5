"""Draw the pictures of docs/recipes.md: each setting, all presets, and an enlargement.

`python -m bench.looks_picture`.
"""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from bench.contender import ROOT
from bench.photos import SAMPLES
from inference.compose import cut_out, render, staged
from inference.encode import resized
from inference.enlarge import enlarged
from inference.look import Frame, Shadow
from inference.photo import Photo
from inference.presets import BUILT_IN, Presets
from inference.recipe import Recipe
from inference.session import Opener
from inference.upscalers import QUICK

Bytes = NDArray[np.uint8]

PHOTOS = ("bowl", "lens", "whisk", "scissors")
TILE, LABEL, COLUMNS = 240, 26, 6
PAPER, INK = (40, 40, 40), (230, 230, 230)
MODEL = "isnet-fp16"
OWN = f"picture {'0' * 64}"
"""An own background; which one is said where it is drawn."""
SQUARE = Frame("1:1", 70)


def _on(background: str, shadow: Shadow = Shadow(), frame: Frame = SQUARE) -> Recipe:  # noqa: B008 frozen
    return Recipe(model=MODEL, background=background, shadow=shadow, frame=frame)


BACKGROUNDS = {
    "transparent": _on("transparent"),
    "white": _on("white"),
    "#e8ded1": _on("#e8ded1"),
    "linear": _on("linear #fafafa #b8c4d4"),
    "linear, 90": _on("linear #f6d7b0 #e08e79 90"),
    "radial": _on("radial #ffffff #aab6c4"),
    "sweep #ececec": _on("sweep"),
    "sweep #d9c7b0": _on("sweep #d9c7b0"),
    "blur 2.5": _on("blur"),
    "picture, fill": _on(OWN),
    "picture, fit": _on(f"{OWN} fit"),
    "picture, blur 3": _on(f"{OWN} fill 0.5 0.5 3"),
}
PAPER_GROUND = "linear #f4f1ea #d9d2c6"
SHADOWS = {
    "none": _on(PAPER_GROUND),
    "soft": _on(PAPER_GROUND, Shadow("soft")),
    "contact": _on(PAPER_GROUND, Shadow("contact")),
    "hard": _on(PAPER_GROUND, Shadow("hard"), Frame("1:1", 55)),
    "reflection": _on(PAPER_GROUND, Shadow("reflection"), Frame("1:1", 55)),
    "original": _on(PAPER_GROUND, Shadow("original")),
    "opacity 20": _on(PAPER_GROUND, Shadow("soft", opacity=20)),
    "opacity 90": _on(PAPER_GROUND, Shadow("soft", opacity=90)),
    "softness 10": _on(PAPER_GROUND, Shadow("hard", softness=10), Frame("1:1", 55)),
    "softness 95": _on(PAPER_GROUND, Shadow("hard", softness=95), Frame("1:1", 55)),
    "direction 150": _on(PAPER_GROUND, Shadow("hard", direction=150), Frame("1:1", 55)),
    "length 120": _on(PAPER_GROUND, Shadow("hard", length=120, direction=20), Frame("1:1", 45)),
}
FRAMES = {
    "as it is": _on("#cfe0f2", frame=Frame()),
    "canvas 4:5": _on("#cfe0f2", frame=Frame("4:5")),
    "canvas 1:1, fill 85": _on("#cfe0f2", frame=Frame("1:1", 85)),
    "fill 50": _on("#cfe0f2", frame=Frame("1:1", 50)),
    "fill 50, bottom": _on("#cfe0f2", frame=Frame("1:1", 50, "bottom")),
    "subject, padding 8": _on("#cfe0f2", frame=Frame("subject", padding=8)),
}
CUTS = {
    "as it is": Recipe(model=MODEL, background="#f28c28"),
    "refine = false": Recipe(model=MODEL, background="#f28c28", refine=False),
    "decontaminate = false": Recipe(model=MODEL, background="#f28c28", decontaminate=False),
    "shift -4": Recipe(model=MODEL, background="#f28c28", shift=-4),
    "feather 6": Recipe(model=MODEL, background="#f28c28", feather=6),
    "holes 100": Recipe(model=MODEL, background="#f28c28", holes=100),
}
PARTS = {
    "two parts": Recipe(model=MODEL, background="#f28c28"),
    "subject = largest": Recipe(model=MODEL, background="#f28c28", subject="largest"),
    "subject = 0.8 0.6": Recipe(model=MODEL, background="#f28c28", subject="0.8 0.6"),
    "islands 60": Recipe(model=MODEL, background="#f28c28", islands=60),
    "a weak matte": Recipe(model=MODEL, background="#f28c28"),
    "a weak matte, solid": Recipe(model=MODEL, background="#f28c28", solid=True),
}
SHEETS: dict[str, tuple[str, Mapping[str, Recipe]]] = {
    "backgrounds": ("", BACKGROUNDS),
    "shadows": ("lens", SHADOWS),
    "frames": ("bowl", FRAMES),
    "cuts": ("whisk", CUTS),
}
"""By name: the photo of all tiles, or all photos in turn, and their recipes."""


CLOSE = slice(230, 600), slice(1080, 1450)
"""Where the whisk's wires are: edges are seen close to."""
OTHERS = {"original": "bowl"}
"""What another photo shows better: the shadow of one that stands on plain paper."""


def main() -> None:
    models = Path(os.environ.get("COVESHOT_MODELS", ROOT / ".data" / "models"))
    photos = {name: Photo.open((SAMPLES / f"{name}.jpg").read_bytes()).pixels for name in PHOTOS}
    mattes = {name: _matte(name) for name in PHOTOS}
    for name, (only, looks) in SHEETS.items():
        tiles = []
        for number, (label, look) in enumerate(looks.items()):
            one = OTHERS.get(label) or only or PHOTOS[number % len(PHOTOS)]
            made = render(photos[one], mattes[one], look, None, wall())
            tiles.append(_tile(label, made[CLOSE] if name == "cuts" else made))
        _save(name, tiles, COLUMNS)
    pair = np.hstack([photos["lens"][:, 300:1300], photos["scissors"][:, 300:1300]])
    both = np.hstack([mattes["lens"][:, 300:1300], mattes["scissors"][:, 300:1300]])
    weak = np.rint(both * 0.8).astype(np.uint8)
    tiles = [
        _tile(label, render(pair, weak if "weak" in label else both, look))
        for label, look in PARTS.items()
    ]
    _save("parts", tiles, COLUMNS)
    _save("presets", list(_preset_tiles(photos, mattes)), 2 * len(PHOTOS))
    upscaler = Opener("cpu").open_enlarger(QUICK, models / QUICK.file)
    part = photos["scissors"][560:680, 740:860]
    solid = np.full(part.shape[:2], 255, np.uint8)
    grown = [enlarged(part, solid, 4, way, QUICK.overlap)[0] for way in (None, upscaler)]
    _save(
        "upscale",
        [
            _tile("pixels", part.repeat(4, 0).repeat(4, 1), 480),
            _tile("4x, lanczos", grown[0], 480),
            _tile("4x, realesr-animevideov3", grown[1], 480),
        ],
        3,
    )


def _matte(name: str) -> Bytes:
    """Return the true matte of a sample photo: these pictures show settings, not networks."""
    with Image.open(ROOT / "tests" / "data" / "mattes" / f"{name}.png") as image:
        return np.asarray(image.convert("L"))


def wall() -> Bytes:
    """Return a picture to lay behind: a drawn shelf in soft light."""
    wide, high = 900, 600
    light = np.linspace(1.05, 0.75, wide)[None, :, None] * np.linspace(1, 0.9, high)[:, None, None]
    room = np.full((high, wide, 3), (205, 196, 182), float) * light
    room[430:] = np.array((150, 112, 78)) * light[430:] ** 2
    for left, width, tall, colour in (
        (60, 46, 190, (122, 60, 52)),
        (112, 38, 220, (52, 78, 96)),
        (156, 52, 170, (196, 160, 88)),
        (700, 120, 120, (88, 118, 92)),
    ):
        room[430 - tall : 430, left : left + width] = (
            np.array(colour) * light[430 - tall : 430, left : left + width]
        )
    return np.clip(room, 0, 255).astype(np.uint8)


def _preset_tiles(photos: Mapping[str, Bytes], mattes: Mapping[str, Bytes]) -> Iterator[Bytes]:
    """Yield every preset on every sample photo."""
    plain = Recipe(model=MODEL)
    cutouts = {name: cut_out(photos[name], mattes[name], plain) for name in PHOTOS}
    for preset in Presets(BUILT_IN).all():
        for name in PHOTOS:
            made = staged(*cutouts[name], preset.recipe, photos[name])
            yield _tile(preset.name if name == PHOTOS[0] else "", made, TILE // 2)


def _save(name: str, tiles: list[Bytes], columns: int) -> None:
    tiles += [np.full_like(tiles[0], PAPER[0])] * (-len(tiles) % columns)
    rows = [np.hstack(tiles[at : at + columns]) for at in range(0, len(tiles), columns)]
    out = ROOT / "docs" / "images" / f"{name}.webp"
    Image.fromarray(np.vstack(rows)).save(out, quality=86, method=6)


def _tile(name: str, picture: Bytes, side: int = TILE) -> Bytes:
    """Return a picture as a whole on a dark square, with its name below it."""
    height, width = picture.shape[:2]
    scale = side / max(height, width)
    small = resized(picture, (max(1, round(width * scale)), max(1, round(height * scale))))
    tile = Image.new("RGB", (side, side + LABEL), PAPER)
    image = Image.fromarray(small)
    at = ((side - image.width) // 2, (side - image.height) // 2)
    if image.mode == "RGBA":
        tile.paste(_chequers(image.size), at)
    tile.paste(image, at, image if image.mode == "RGBA" else None)
    font = ImageFont.load_default(14 if side >= TILE else 11)
    ImageDraw.Draw(tile).text((8, side + 5), name, INK, font)
    return np.asarray(tile)


def _chequers(size: tuple[int, int]) -> Image.Image:
    y, x = np.indices(size[::-1])
    light = np.where((x // 10 + y // 10) % 2, 222, 200).astype(np.uint8)
    return Image.fromarray(np.asarray(cv2.cvtColor(light, cv2.COLOR_GRAY2RGB), np.uint8))


if __name__ == "__main__":
    main()
