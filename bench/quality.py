"""How close the cutouts come to the truth, on photos whose mattes are known exactly."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from bench.contender import ROOT
from bench.figures import Skipped, note
from bench.photos import SAMPLES
from bench.score import iou
from inference.catalogue import Model
from inference.recipe import Recipe
from main import build
from ui.settings import Settings

SAMPLE_MATTES = ROOT / "tests" / "data" / "mattes"


@dataclass(frozen=True, slots=True)
class Scene:
    """A photo and its true matte, upright."""

    name: str
    photo: Path
    matte: Path


def samples() -> list[Scene]:
    """The pictures that the program offers to try."""
    return [
        Scene(matte.stem, SAMPLES / f"{matte.stem}.jpg", matte)
        for matte in sorted(SAMPLE_MATTES.glob("*.png"))
    ]


def foreign(folder: Path | None) -> list[Scene]:
    """The scenes of a set, each a folder with `input.jpg` and `alpha.png`. Raises Skipped."""
    if folder is None:
        raise Skipped("no set of mattes; name one: COVESHOT_MATTES=FOLDER")
    found = [
        Scene(scene.name, scene / "input.jpg", scene / "alpha.png")
        for scene in sorted(folder.iterdir())
        if (scene / "alpha.png").exists()
    ]
    if not found:
        raise Skipped(f"no NAME/alpha.png in {folder}")
    return found


def overlaps(model: Model, models: Path, scenes: list[Scene]) -> Mapping[str, float]:
    """Return the IoU, 0..1, of each scene by name. Raises Skipped, InferenceError."""
    if not (models / model.file).exists():
        raise Skipped(f"no weights at {models / model.file}")
    with TemporaryDirectory(prefix="coveshot-bench-") as home:
        house = build(Settings(home=Path(home), models=models, device="cpu"))
        try:
            recipe = house.studio.networks.resolve(Recipe(model=model.name))
            scores = {}
            for scene in scenes:
                cutout = house.studio.lab().cuts.cut(
                    house.account, scene.photo.read_bytes(), recipe
                )
                scores[scene.name] = iou(cutout.pixels[..., 3], _matte(scene))
        finally:
            house.close()
    note(f"{model.name}: " + ", ".join(f"{name} {score:.3f}" for name, score in scores.items()))
    return scores


def _matte(scene: Scene) -> NDArray[np.uint8]:
    with Image.open(scene.matte) as image:
        return np.asarray(image.convert("L"))
