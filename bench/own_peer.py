"""Coveshot, bare or as it is shipped: the Studio that all faces call, and the PNG they give."""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.contender import serve
from inference.catalogue import SMALL, model_named
from inference.output import PNG
from inference.recipe import AUTO, Recipe
from main import build
from ui.settings import Settings


def main() -> None:
    models, name, runtime, mode = sys.argv[1:]
    bare = mode == "bare"
    with TemporaryDirectory() as home:
        house = build(Settings(home=Path(home), models=Path(models), device="cpu", runtime=runtime))
        second = "" if bare else SMALL if model_named(name).fine else AUTO  # as it is chosen
        recipe = house.studio.networks.resolve(
            Recipe(model=name, second=second, refine=not bare, decontaminate=not bare)
        )

        def cut(data: bytes) -> bytes:
            return house.studio.lab().cuts.cut(house.account, data, recipe).file(PNG).data

        serve(cut)


if __name__ == "__main__":
    main()
