"""The command line in a test: run on real files; the network is a stand-in."""

import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PIL import Image
from typer.testing import CliRunner, Result

from inference.engine import Engine
from inference.studio import Studio
from inference.worker import Workers
from main import build
from tests.test_engine import Brightness, Stage
from ui.cli.program import program
from ui.house import House
from ui.settings import Settings

Run = Callable[..., Result]


def stand_in(home: Path, models: Path) -> House:
    """Return a whole house whose network tells by brightness alone."""
    house = build(Settings(home=home, models=models))
    weights, library = house.studio.networks.weights, house.library
    engine = Engine(weights, Stage(Brightness))
    studio = Studio(weights=weights, engine=engine, library_for=lambda _: library)
    fitting = replace(house.fitting, studio=studio)
    return replace(house, studio=studio, fitting=fitting, workers=Workers(studio, library))


def runs(opens: Callable[[], House]) -> Run:
    def run(*words: object) -> Result:
        return CliRunner().invoke(program(opens), [*map(str, words)], catch_exceptions=False)

    return run


def another(photo: bytes) -> bytes:
    """Return the photo mirrored: other bytes, as many subjects."""
    file = io.BytesIO()
    Image.open(io.BytesIO(photo)).transpose(Image.Transpose.FLIP_LEFT_RIGHT).save(file, "JPEG")
    return file.getvalue()
