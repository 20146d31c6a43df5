"""Larger pictures: tiles without seams, and one network in every runtime, the same as ncnn's."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from unittest.mock import patch

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from auth.account import LOCAL
from inference.encode import resized
from inference.engine import Engine
from inference.enlarge import by_tiles, enlarged
from inference.enlargements import Enlargements
from inference.errors import RecipeRejected, UnknownModel, WeightsRejected
from inference.matter import Enlarger
from inference.networks import Networks
from inference.priority import Behind
from inference.providers import CPU
from inference.recipe import Recipe
from inference.runtimes.enlarge_net import PROBE_SIDE, check, probe
from inference.runtimes.enlarge_onnx import INPUT, OUTPUT, OnnxEnlarger, converted
from inference.runtimes.enlarge_torch import TorchEnlarger
from inference.runtimes.onnx_runtime import session
from inference.runtimes.openvino_cpu import OpenVinoEnlarger
from inference.session import Opener
from inference.upscalers import FINE, QUICK, SCALE, check_enlarged, upscaler_named
from inference.weights import Weights
from main import build
from storage.records import Job, Status
from tests.commands import runs
from ui.settings import Settings

Bytes = NDArray[np.uint8]
ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def quick(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The weights of the quick network in a folder of their own."""
    source = Path(os.environ.get("COVESHOT_MODELS", ROOT / ".data" / "models")) / QUICK.file
    assert source.exists(), f"there is no {source}: run `make test`"
    file = tmp_path_factory.mktemp("upscalers") / QUICK.file
    file.parent.mkdir()
    shutil.copyfile(source, file)
    return file


@pytest.fixture(scope="session")
def network(quick: Path) -> Enlarger:
    return OnnxEnlarger(QUICK, quick, CPU, 2, "")


@pytest.fixture
def photo_file(tmp_path: Path, photo: bytes) -> Path:
    file = tmp_path / "vase.jpg"
    file.write_bytes(photo)
    return file


def picture(height: int, width: int) -> Bytes:
    rng = np.random.default_rng(9)
    small = rng.integers(0, 255, (height // 6 + 2, width // 6 + 2, 3), np.uint8)
    return np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC), np.uint8)


def fourfold(pixels: Bytes) -> Bytes:
    """Stand in for a network that sees no neighbours."""
    return pixels.repeat(SCALE, axis=0).repeat(SCALE, axis=1)


def looks_around(pixels: Bytes) -> Bytes:
    """Stand in for a network that sees three pixels far."""
    blurred = cv2.blur(pixels, (7, 7), borderType=cv2.BORDER_REPLICATE)
    return fourfold(np.asarray(blurred, np.uint8))


@settings(deadline=None)
@given(st.integers(1, 70), st.integers(1, 70), st.integers(5, 80), st.sampled_from([2, 4]))
def test_tiles_leave_no_seam_whatever_their_size(
    height: int, width: int, tile: int, factor: int
) -> None:
    pixels = picture(height, width)
    whole, tiled = (np.zeros((height * factor, width * factor, 3), np.uint8) for _ in range(2))

    by_tiles(pixels, looks_around, 3, whole, tile=1000)
    by_tiles(pixels, looks_around, 3, tiled, tile=tile)

    np.testing.assert_array_equal(tiled, whole)


def test_tiles_of_the_real_network_leave_no_seam(network: Enlarger) -> None:
    pixels = picture(90, 110)
    whole, tiled = (np.zeros((360, 440, 3), np.uint8) for _ in range(2))

    by_tiles(pixels, network, QUICK.overlap, whole, tile=1000)
    by_tiles(pixels, network, QUICK.overlap, tiled, tile=40)

    assert np.abs(whole.astype(int) - tiled).max() <= 1


@pytest.mark.parametrize(
    "other",
    [
        lambda file: OpenVinoEnlarger(QUICK, file, 2, ""),
        lambda file: TorchEnlarger(QUICK, file, ("cpu", "")),
    ],
    ids=["openvino", "torch"],
)
def test_every_runtime_makes_the_same_picture(
    network: Enlarger, quick: Path, other: Callable[[Path], Enlarger]
) -> None:
    pixels = picture(64, 80)

    expected, made = network(pixels).astype(int), other(quick)(pixels).astype(int)

    assert made.shape == (256, 320, 3)
    assert np.abs(made - expected).max() <= 1


def test_what_was_converted_answers_as_ncnn_does(quick: Path) -> None:
    (answer,) = session(converted(QUICK, quick), CPU, 1).run([OUTPUT], {INPUT: probe()})

    assert answer.shape == (1, 3, PROBE_SIDE * SCALE, PROBE_SIDE * SCALE)
    check(QUICK, answer)
    with pytest.raises(WeightsRejected, match="coveshot models get"):
        check(QUICK, answer + 0.01)


@pytest.mark.parametrize("factor", [2, 4])
def test_edges_are_sharp_again_and_colours_stay_what_they_are(
    network: Enlarger, factor: int
) -> None:
    with Image.open(ROOT / "assets" / "samples" / "whisk.jpg") as image:
        truth = np.asarray(image.convert("RGB"))[300:556, 900:1156]
    small = resized(truth, (256 // factor, 256 // factor))
    solid = np.full(small.shape[:2], 255, np.uint8)

    made, _ = enlarged(small, solid, factor, network, QUICK.overlap)
    plain, _ = enlarged(small, solid, factor, None)

    sharpness = [cv2.Laplacian(one, cv2.CV_32F).std() for one in (truth, made, plain)]
    assert sharpness[1] > 0.5 * sharpness[0]
    assert sharpness[2] < 0.6 * sharpness[0]
    broad = [cv2.blur(one.astype(np.float32), (33, 33)) for one in (truth, made)]
    assert np.abs(broad[0] - broad[1]).mean() < 1


@pytest.mark.parametrize("factor", [2, 4])
def test_alpha_is_enlarged_apart_and_what_is_not_seen_takes_no_network(factor: int) -> None:
    pixels, alpha = picture(300, 400), np.zeros((300, 400), np.uint8)
    alpha[100:160, 200:280] = 255
    seen = []

    def counting(tile: Bytes) -> Bytes:
        seen.append(tile.shape)
        return fourfold(tile)

    large, shape = enlarged(pixels, alpha, factor, counting)

    assert large.shape == (300 * factor, 400 * factor, 3)
    assert shape.shape == large.shape[:2]
    assert sum(height * width for height, width, _ in seen) < 150 * 140
    inside = shape[110 * factor : 150 * factor, 210 * factor : 270 * factor]
    assert (inside == 255).all()


@pytest.mark.parametrize("content", ["", "short", "long", "kind"])
def test_a_file_of_other_weights_is_refused(tmp_path: Path, quick: Path, content: str) -> None:
    data = quick.read_bytes()
    other = {"short": data[:-8], "long": data + bytes(8), "kind": bytes([1, 2, 3, 4]) + data[4:]}
    file = tmp_path / "x.bin"
    file.write_bytes(other.get(content, b""))

    with pytest.raises(WeightsRejected):
        OnnxEnlarger(QUICK, file, CPU, 1, "")
    assert not file.with_suffix(".onnx").exists()


def test_what_would_be_too_large_is_refused_with_what_fits() -> None:
    check_enlarged(5000, 4000, 2)
    with pytest.raises(RecipeRejected, match=r"320 megapixels.*Use 2\."):
        check_enlarged(5000, 4000, 4)
    with pytest.raises(RecipeRejected, match="megapixels"):
        check_enlarged(8000, 6000, 2)


def test_an_unknown_upscaler_is_answered_with_those_there_are() -> None:
    assert upscaler_named("realesrgan-x4plus") is FINE
    with pytest.raises(UnknownModel, match="lanczos"):
        upscaler_named("waifu2x")


def test_the_engine_keeps_one_open_and_stops_when_it_is_told_to(quick: Path) -> None:
    weights = Weights(quick.parents[1])
    engine, behind = Engine(weights, Opener("cpu", "onnxruntime")), Behind()
    enlargements = Enlargements(Networks(weights, engine), behind)
    twice = Recipe(upscale=2, upscaler=QUICK.name)
    pixels, alpha = picture(300, 300), np.full((300, 300), 255, np.uint8)

    def stop() -> None:
        raise KeyboardInterrupt

    assert enlargements.pace() > 0
    with pytest.raises(KeyboardInterrupt):
        enlargements.enlarged(pixels, alpha, twice, stop)
    large, _ = enlargements.enlarged(pixels[:40, :40], alpha[:40, :40], twice)
    assert large.shape == (80, 80, 3)
    behind.close()
    engine.close()


def test_a_cutout_that_is_cancelled_is_not_enlarged_to_its_end(
    tmp_path: Path, quick: Path, models: Path, photo_file: Path
) -> None:
    weights = tmp_path / "models"
    shutil.copytree(models, weights)
    shutil.copytree(quick.parent, weights / quick.parent.name)
    house = build(Settings(home=tmp_path / "home", models=weights))
    job = house.studio.jobs.submit(LOCAL, photo_file, Recipe(upscale=4))
    assert Recipe.read(job.recipe).upscaler == QUICK.name
    started = house.library.records.start("me")
    assert started
    tiles = []
    heeded = house.library.records.job

    def cancelled_meanwhile(scope: str, job_id: str) -> Job:
        tiles.append(job_id)
        if len(tiles) == 2:
            house.library.records.cancel(scope, job_id)
        return heeded(scope, job_id)

    with patch.object(house.library.records, "job", cancelled_meanwhile):
        assert house.studio.work(house.library, started) is None

    assert heeded("local", job.id).status is Status.CANCELLED
    assert not house.library.records.history("local", job.image_id)
    house.close()


def test_a_photo_is_cut_out_larger_on_the_command_line(
    tmp_path: Path, quick: Path, models: Path, photo_file: Path
) -> None:
    weights = tmp_path / "models"
    shutil.copytree(models, weights)
    shutil.copytree(quick.parent, weights / quick.parent.name)
    coveshot = runs(lambda: build(Settings(home=tmp_path / "home", models=weights)))

    result = coveshot("cut", photo_file, "-o", tmp_path / "out", "--upscale", "2")

    assert result.exit_code == 0, result.stderr
    assert "s here for each megapixel" in result.stderr
    with Image.open(tmp_path / "out" / "vase.png") as image:
        assert image.size == (1280, 960)
        assert np.asarray(image)[500, 640, 3] == 255
    assert "realesr-animevideov3" in coveshot("models", "list").stdout
    refused = coveshot("cut", photo_file, "-o", tmp_path / "out", "--upscale", "3")
    assert "it is 1, 2 or 4" in refused.stderr
