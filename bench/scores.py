"""Score cutouts beside rembg's and write the table: `python -m bench.scores [--out FILE]`.

The same weights on both sides. COVESHOT_MATTES names a set; the composites are made here.
"""

import argparse
import os
import subprocess
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from bench.composites import composites
from bench.contender import ROOT
from bench.peers import REMBG_PYTHON, rembg_home
from bench.quality import Scene, foreign
from bench.score import Score, Truth, score
from inference.catalogue import SMALL, Model, model_named
from inference.recipe import Recipe
from main import build
from ui.settings import Settings

WORK = ROOT / "bench" / ".work"
MODELS = ("u2netp", "u2net", "isnet-fp16")
FEW = 12
"""Composites that rembg cuts, too: its decontamination takes seconds for each."""
SHOWN = ("sad", "gradient", "iou", "boundary_iou", "foreground", "composite")
REMBG = """
import sys
from pathlib import Path
from PIL import Image, ImageOps
from rembg import new_session, remove

model, clean, out, *photos = sys.argv[1:]
session = new_session(model)
for number, photo in enumerate(photos):
    with Image.open(photo) as image:
        upright = ImageOps.exif_transpose(image).convert("RGB")
    cutout = remove(upright, session=session, decontaminate=clean == "clean")
    cutout.save(Path(out, f"{number}.png"))
"""


@dataclass(frozen=True, slots=True)
class Row:
    name: str
    scores: Sequence[Score]

    @property
    def line(self) -> str:
        means = [fmean(getattr(one, field) for one in self.scores) for field in SHOWN]
        cells = (f"{mean:.3f}" if mean < 1 else f"{mean:.1f}" for mean in means)
        return f"| {self.name} | " + " | ".join(cells) + " |"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.scores", description=__doc__)
    parser.add_argument("--out", type=Path, help="a file for the table")
    chosen = parser.parse_args()
    models = Path(os.environ.get("COVESHOT_MODELS", ROOT / ".data" / "models"))
    mattes = os.environ.get("COVESHOT_MATTES")
    sets = {"composites": composites(WORK / "composites")[:FEW]}
    if mattes:
        sets = {Path(mattes).name: foreign(Path(mattes)), **sets}
    text = "\n".join(line for name, scenes in sets.items() for line in _table(name, scenes, models))
    print(text)
    if chosen.out:
        chosen.out.write_text(text + "\n")


def _table(name: str, scenes: list[Scene], models: Path) -> Iterator[str]:
    yield f"\n### {name}: {len(scenes)} pictures\n"
    yield "| | " + " | ".join(SHOWN) + " |"
    yield "|---|" + "---|" * len(SHOWN)
    for model in map(model_named, MODELS):
        for words in ("plain", "clean"):
            kind = "rembg" if words == "plain" else "rembg, decontaminated"
            yield Row(f"{kind}, {model.name}", _theirs(model, words, scenes, models)).line
        yield Row(f"ours, bare, {model.name}", _ours(scenes, models, _bare(model))).line
        yield Row(f"ours, {model.name}", _ours(scenes, models, Recipe(model=model.name))).line
    both = Recipe(model=MODELS[-1], second=SMALL)
    yield Row("ours, auto (two models)", _ours(scenes, models, both)).line


def _bare(model: Model) -> Recipe:
    return Recipe(model=model.name, second="", refine=False, decontaminate=False)


def _ours(scenes: Sequence[Scene], models: Path, recipe: Recipe) -> list[Score]:
    with TemporaryDirectory() as home:
        house = build(Settings(home=Path(home), models=models, device="cpu"))
        try:
            resolved = house.studio.networks.resolve(recipe)
            return _scored(
                scenes,
                lambda number: (
                    house.studio.lab()
                    .cuts.cut(house.account, scenes[number].photo.read_bytes(), resolved)
                    .pixels
                ),
            )
        finally:
            house.close()


def _theirs(model: Model, words: str, scenes: Sequence[Scene], models: Path) -> list[Score]:
    home = rembg_home(WORK / "rembg" / model.name, model, models / model.file)
    with TemporaryDirectory() as out:
        photos = [scene.photo for scene in scenes]
        subprocess.run(
            [REMBG_PYTHON, "-c", REMBG, model.session, words, out, *photos],
            check=True,
            env={"REMBG_HOME": str(home)},
        )
        return _scored(scenes, lambda number: _pixels(Path(out, f"{number}.png")))


def _scored(scenes: Sequence[Scene], cut: Callable[[int], NDArray[np.uint8]]) -> list[Score]:
    return [
        score(cut(number), Truth.read(scene.matte.parent)) for number, scene in enumerate(scenes)
    ]


def _pixels(file: Path) -> NDArray[np.uint8]:
    with Image.open(file) as image:
        return np.asarray(image.convert("RGBA"))


if __name__ == "__main__":
    main()
