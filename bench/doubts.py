"""How well the score of doubt finds bad cutouts: `python -m bench.doubts`.

AUC over all cutouts of three models, each judged beside a second one: the share of pairs, one
cutout below an IoU of 0.9 and one from there on, in which the bad one is doubted more.
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
from bench.score import Truth, score
from inference.recipe import Recipe
from inference.studio import Studio
from main import Settings, build

BAD = 0.9
"""Of IoU."""
PAIRS = (("u2netp", "u2net"), ("u2net", "u2netp"), ("isnet-fp16", "u2netp"))


def main() -> None:
    models = Path(os.environ.get("COVESHOT_MODELS", ROOT / ".data" / "models"))
    sets = {"composites": composites(ROOT / "bench" / ".work" / "composites")}
    if mattes := os.environ.get("COVESHOT_MATTES"):
        sets[Path(mattes).name] = foreign(Path(mattes))
    found: list[tuple[str, str, float, bool]] = []
    with TemporaryDirectory() as home:
        house = build(Settings(home=Path(home), models=models, device="cpu"))
        try:
            for name, scenes in sets.items():
                for model, second in PAIRS:
                    recipe = Recipe(model=model, second=second, refine=False, decontaminate=False)
                    judged = (_judged(house.studio, recipe, scene) for scene in scenes)
                    found += [(name, model, doubt, bad) for doubt, bad in judged]
        finally:
            house.close()
    for name in ("", *sets):
        for model in ("", *(pair[0] for pair in PAIRS)):
            rows = [row for row in found if name in {"", row[0]} and model in {"", row[1]}]
            doubts, bad = np.array([row[2] for row in rows]), np.array([row[3] for row in rows])
            print(
                f"{name or 'all pictures'}, {model or 'all models'}: AUC {auc(doubts, bad):.3f}, "
                f"{bad.sum()} bad of {len(bad)}"
            )


def auc(scores: NDArray[np.float64], bad: NDArray[np.bool_]) -> float:
    """Return the area under the ROC curve of (n,) scores; half a point for a tie; NaN for none."""
    wrong, right = scores[bad][:, None], scores[~bad][None]
    if not wrong.size or not right.size:
        return float("nan")
    return float(((wrong > right) + 0.5 * (wrong == right)).mean())


def _judged(studio: Studio, recipe: Recipe, scene: Scene) -> tuple[float, bool]:
    """Return the doubt about a cutout, and whether it is bad."""
    cutout = studio.lab().cuts.cut(LOCAL, scene.photo.read_bytes(), studio.networks.resolve(recipe))
    iou = score(cutout.pixels, Truth.read(scene.matte.parent)).iou
    return cutout.matted.doubt.score, iou < BAD


if __name__ == "__main__":
    main()
