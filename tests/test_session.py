import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest
from numpy.typing import NDArray
from onnx import TensorProto, helper

from inference.catalogue import Model, model_named
from inference.errors import DeviceMissing, EngineError
from inference.matter import Matter
from inference.providers import CPU
from inference.runtimes.onnx_runtime import OnnxMatter
from inference.session import Opener
from tests.conftest import ROOT

TINY = Model(
    name="tiny",
    title="Tiny",
    hint="Finds what is bright.",
    file="tiny/tiny.onnx",
    bytes=1,
    sha256=None,
    md5=None,
    licence="Apache-2.0",
    commercial=True,
    memory_mb=1,
    runtime="onnx",
    session="tiny",
    side=32,
    by_brightest=False,
    mean=(0.5, 0.5, 0.5),
    std=(1.0, 1.0, 1.0),
    sources=(),
)


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """A network whose answer is the mean of the three channels."""
    mean = helper.make_node("ReduceMean", ["photo"], ["alpha"], axes=[1], keepdims=1)
    side = helper.make_node("ReduceMax", ["photo"], ["side"], axes=[1], keepdims=1)
    shape = [1, 3, TINY.side, TINY.side]
    graph = helper.make_graph(
        [mean, side],
        "tiny",
        [helper.make_tensor_value_info("photo", TensorProto.FLOAT, shape)],
        [
            helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, 1, *shape[2:]])
            for name in ("alpha", "side")
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    file = tmp_path / "tiny.onnx"
    onnx.save(model, file)
    return file


def half_bright(height: int = 120, width: int = 200) -> NDArray[np.uint8]:
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[:, width // 2 :] = 250
    return pixels


def test_a_matte_has_the_size_of_the_photo_and_spans_the_whole_range(tiny: Path) -> None:
    alpha = Opener("cpu").open(TINY, tiny)(half_bright())

    assert alpha.shape == (120, 200)
    assert alpha.dtype == np.uint8
    assert alpha[:, :80].max() <= 12  # Lanczos rings a little
    assert alpha[:, 120:].min() >= 243


def test_a_photo_without_any_contrast_has_no_subject(tiny: Path) -> None:
    alpha = Opener("cpu").open(TINY, tiny)(np.full((50, 60, 3), 128, np.uint8))

    assert not alpha.any()


def test_the_same_photo_gives_the_same_matte(tiny: Path) -> None:
    matter = Opener("cpu").open(TINY, tiny)

    np.testing.assert_array_equal(matter(half_bright()), matter(half_bright()))


def test_the_device_that_computes_is_told_with_its_reason(tiny: Path) -> None:
    matter = Opener().open(TINY, tiny)

    assert matter.device.name == "CPU"
    assert "No GPU" in matter.device.reason


def test_a_device_that_is_asked_for_and_not_there_is_an_error() -> None:
    with pytest.raises(DeviceMissing) as refused:
        _ = Opener("cuda").device

    assert "cuda" in refused.value.says
    assert "COVESHOT_DEVICE" in refused.value.says


def test_a_device_that_does_not_exist_is_refused_with_those_that_do() -> None:
    with pytest.raises(DeviceMissing) as refused:
        Opener("quantum")

    assert "cuda" in refused.value.says


def test_a_file_that_is_no_network_is_an_error_with_a_way_out(tmp_path: Path) -> None:
    file = tmp_path / "broken.onnx"
    file.write_bytes(b"this is no network")

    with pytest.raises(EngineError) as refused:
        Opener("cpu").open(TINY, file)
    assert "coveshot models get tiny" in refused.value.says


def test_a_network_of_another_shape_is_an_error_and_not_a_crash(tiny: Path) -> None:
    matter = OnnxMatter(replace(TINY, side=48), tiny, CPU, 1, "")

    with pytest.raises(EngineError):
        matter(half_bright())


def found(matter: Matter, photo: NDArray[np.uint8]) -> NDArray[np.bool_]:
    return matter(photo) >= 128


def test_the_small_model_finds_the_vase(models: Path, vase: NDArray[np.uint8]) -> None:
    model = model_named("u2netp")
    subject = found(Opener("cpu").open(model, models / model.file), vase)

    assert subject[300, 320]
    assert subject[150, 320]
    assert not subject[40, 40]
    assert not subject[440, 600]


AS_REMBG = """
import sys
from dataclasses import replace
from pathlib import Path
import numpy as np
from inference.catalogue import model_named
from inference.errors import EngineError
from inference.providers import CPU
from inference.runtimes.rembg_session import RembgMatter

file, session, photo, mask = sys.argv[1:]
model = replace(model_named("u2netp"), session=session)
try:
    np.save(mask, RembgMatter(model, Path(file), CPU, 2, "")(np.load(photo)))
except EngineError as error:
    sys.exit(error.says)
"""
"""A process of its own: the first import of rembg on a machine compiles for a minute."""


def as_rembg(
    file: Path, photo: Path, mask: Path, session: str
) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-c", AS_REMBG, file, session, photo, mask],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=360,
        check=False,
    )


@pytest.mark.timeout(400)
def test_rembg_gives_the_mask_that_we_compute_ourselves(
    models: Path, vase: NDArray[np.uint8], tmp_path: Path
) -> None:
    model = model_named("u2netp")
    file = models / model.file
    np.save(tmp_path / "photo.npy", vase)
    ran = as_rembg(file, tmp_path / "photo.npy", tmp_path / "mask.npy", model.session)
    assert ran.returncode == 0, ran.stderr
    ours = found(OnnxMatter(model, file, CPU, 2, ""), vase)
    theirs = np.load(tmp_path / "mask.npy") >= 128

    assert (ours & theirs).sum() / (ours | theirs).sum() > 0.99


@pytest.mark.timeout(400)
def test_rembg_is_never_asked_for_a_session_that_sends_photos_away(
    tiny: Path, vase: NDArray[np.uint8], tmp_path: Path
) -> None:
    np.save(tmp_path / "photo.npy", vase)
    ran = as_rembg(tiny, tmp_path / "photo.npy", tmp_path / "mask.npy", "withoutbg")

    assert ran.returncode == 1
    assert ran.stderr.startswith("This rembg has no session 'withoutbg'.")
    assert not (tmp_path / "mask.npy").exists()
