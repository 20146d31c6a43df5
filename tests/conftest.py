"""What most tests need: the small model, a photo, and a whole house in a temporary folder."""

import io
import os
import shutil
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from main import build
from tests.commands import Run, another, runs, stand_in
from tests.ground.parts import need_all
from ui.house import House
from ui.settings import Settings

if TYPE_CHECKING:
    from tests.ground.bodies import Bodies
    from tests.ground.cluster import Cluster

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the small model alone: with others beside it, `auto` would mean those."""
    source = Path(os.environ.get("COVESHOT_MODELS", ROOT / ".data" / "models"))
    file = Path("u2netp", "u2netp.onnx")
    assert (source / file).exists(), f"there is no model in {source}: run `make test`"
    folder = tmp_path_factory.mktemp("models")
    (folder / file).parent.mkdir()
    shutil.copyfile(source / file, folder / file)
    return folder


@pytest.fixture(scope="session")
def photo() -> bytes:
    """A JPEG of a red vase on grey paper, 640 x 480."""
    image = Image.new("RGB", (640, 480), (214, 212, 208))
    draw = ImageDraw.Draw(image)
    draw.ellipse((210, 180, 430, 440), fill=(176, 42, 36))
    draw.rectangle((280, 90, 360, 240), fill=(160, 36, 32))
    grain = np.random.default_rng(7).normal(0, 3, (480, 640, 3))
    noisy = np.clip(np.asarray(image) + grain, 0, 255).astype(np.uint8)
    file = io.BytesIO()
    Image.fromarray(noisy).save(file, "JPEG", quality=92)
    return file.getvalue()


@pytest.fixture(scope="session")
def vase(photo: bytes) -> NDArray[np.uint8]:
    """The pixels of `photo`."""
    return np.asarray(Image.open(io.BytesIO(photo)))


@pytest.fixture
def house(tmp_path: Path, models: Path) -> Iterator[House]:
    """Everything joined as in the program, in a folder of its own; its workers rest."""
    house = build(Settings(home=tmp_path / "home", models=models))
    yield house
    house.close()


@pytest.fixture
def opens(tmp_path: Path, models: Path) -> Callable[[], House]:
    return lambda: stand_in(tmp_path / "home", models)


@pytest.fixture
def coveshot(opens: Callable[[], House]) -> Run:
    return runs(opens)


@pytest.fixture
def photos(tmp_path: Path, photo: bytes) -> Path:
    """A folder with a photo, another one deeper, and something else."""
    folder = tmp_path / "photos"
    (folder / "shoes").mkdir(parents=True)
    (folder / "vase.jpg").write_bytes(photo)
    (folder / "shoes" / "red.jpg").write_bytes(another(photo))
    (folder / "prices.txt").write_text("12.50")
    (folder / "notes").write_text("")
    return folder


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


@pytest.fixture(scope="session")
def cluster() -> Iterator["Cluster"]:
    """A Postgres of our own; `cluster.ground()` is the address of a fresh, migrated database."""
    need_all()
    cluster: Cluster = import_module("tests.ground.cluster").start_cluster()
    yield cluster
    cluster.close()


@pytest.fixture(scope="session")
def bodies(cluster: "Cluster", tmp_path_factory: pytest.TempPathFactory) -> Iterator["Bodies"]:
    """The hosted bodies of what is kept, each made when it is first asked for."""
    folder = tmp_path_factory.mktemp("objects")
    bodies: Bodies = import_module("tests.ground.bodies").Bodies(cluster, folder)
    yield bodies
    bodies.close()
