"""Coveshot as it is shipped: the Studio that pages and workers call, and the PNG they are given."""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.contender import serve
from inference.encode import Format, encode
from inference.photo import Limits
from inference.recipe import Recipe
from main import Settings, build


def main() -> None:
    models, name = sys.argv[1:]
    with TemporaryDirectory() as home:
        house = build(Settings(home=Path(home), models=Path(models), device="cpu"))
        recipe = house.studio.resolve(Recipe(model=name))
        limits = Limits()

        def cut(data: bytes) -> bytes:
            return encode(house.studio.cut(data, recipe, limits).pixels, Format.PNG)

        serve(cut)


if __name__ == "__main__":
    main()
