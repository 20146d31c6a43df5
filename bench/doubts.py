"""How well the score of doubt finds bad cutouts: `python -m bench.doubts`.

AUC over all cutouts of three models, each judged beside a second one: the share of pairs, one
cutout below an IoU of 0.9 and one from there on, in which the bad one is doubted more. Once for
the mattes that are judged, and once for the cutouts whose edges were refined since.
"""

import os
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray

from auth.account import LOCAL
from bench.composites import composites
from bench.contender import ROOT
from bench.quality import Scene, foreign
from bench.score import Truth, iou
from inference.recipe import Recipe
from inference.studio import Studio
from main import build
from ui.settings import Settings

BAD = 0.9
"""Of IoU."""
PAIRS = (("u2netp", "u2net"), ("u2net", "u2netp"), ("isnet-fp16", "u2netp"))


def main() -> None:
    models = Path(os.environ.get("COVESHOT_MODELS", ROOT / ".data" / "models"))
    sets = {"composites": composites(ROOT / "bench" / ".work" / "composites")}
    if mattes := os.environ.get("COVESHOT_MATTES"):
        sets[Path(mattes).name] = foreign(Path(mattes))
    found: list[tuple[str, str, float, bool, bool]] = []
    with TemporaryDirectory() as home:
        house = build(Settings(home=Path(home), models=models, device="cpu"))
        try:
            for name, scenes in sets.items():
                for model, second in PAIRS:
                    recipe = Recipe(model=model, second=second, decontaminate=False)
                    judged = (_judged(house.studio, recipe, scene) for scene in scenes)
                    found += [(name, model, *one) for one in judged]
        finally:
            house.close()
    for name in ("", *sets):
        for model in ("", *(pair[0] for pair in PAIRS)):
            rows = [row for row in found if name in {"", row[0]} and model in {"", row[1]}]
            doubts, *kinds = (np.array(column) for column in list(zip(*rows, strict=True))[2:])
            told = (
                f"AUC {auc(doubts, bad):.3f} of {kind}, {bad.sum()} bad of {len(bad)}"
                for kind, bad in zip(("mattes", "cutouts"), kinds, strict=True)
            )
            print(f"{name or 'all pictures'}, {model or 'all models'}: {'; '.join(told)}")


def auc(scores: NDArray[np.float64], bad: NDArray[np.bool_]) -> float:
    """Return the area under the ROC curve of (n,) scores; half a point for a tie; NaN for none."""
    wrong, right = scores[bad][:, None], scores[~bad][None]
    if not wrong.size or not right.size:
        return float("nan")
    return float(((wrong > right) + 0.5 * (wrong == right)).mean())


def _judged(studio: Studio, recipe: Recipe, scene: Scene) -> tuple[float, bool, bool]:
    """Return the doubt about a cutout, and whether its matte is bad and the cutout is."""
    cutout = studio.lab().cuts.cut(LOCAL, scene.photo.read_bytes(), studio.networks.resolve(recipe))
    truth = Truth.read(scene.matte.parent).alpha
    matte, alpha = cutout.matted.alpha, cutout.pixels[..., 3]
    return cutout.matted.doubt.score, iou(matte, truth) < BAD, iou(alpha, truth) < BAD


if __name__ == "__main__":
    main()
