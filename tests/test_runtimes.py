"""Whatever computes a network, the matte is the same."""

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest
from numpy.typing import NDArray
from onnx import numpy_helper

from inference.catalogue import model_named
from inference.errors import DeviceMissing, EngineError
from inference.matter import BF16, F32
from inference.providers import CPU
from inference.runtimes.lean import ANYWHERE, lean
from inference.runtimes.onnx_runtime import OnnxMatter, session
from inference.session import Opener
from inference.tensor import matte, tensor
from tests.conftest import ROOT
from tests.test_session import TINY, half_bright, tiny

__all__ = ["tiny"]

U2NETP = model_named("u2netp")
openvino = pytest.mark.skipif(
    Opener("cpu").device.provider != "OpenVINO", reason="OpenVINO has no build for this processor"
)


@openvino
def test_openvino_gives_the_matte_of_onnx_runtime(models: Path, vase: NDArray[np.uint8]) -> None:
    file = models / U2NETP.file
    theirs = OnnxMatter(U2NETP, file, CPU, 2, "")(vase)
    ours = Opener("cpu", "openvino").open(U2NETP, file)(vase)

    assert np.abs(ours.astype(int) - theirs).max() <= 1


@openvino
def test_openvino_gives_the_same_matte_twice_and_after_a_rest(
    models: Path, vase: NDArray[np.uint8]
) -> None:
    matter = Opener("cpu", "openvino").open(U2NETP, models / U2NETP.file)
    first = matter(vase)
    matter.rest()

    np.testing.assert_array_equal(matter(vase), first)


@openvino
def test_a_broken_network_is_an_error_with_a_way_out_in_openvino_too(tmp_path: Path) -> None:
    file = tmp_path / "broken.onnx"
    file.write_bytes(b"this is no network")

    with pytest.raises(EngineError) as refused:
        Opener("cpu", "openvino").open(TINY, file)
    assert "coveshot models get tiny" in refused.value.says


@openvino
def test_nobody_is_told_when_openvino_computes(models: Path, tmp_path: Path) -> None:
    """Its makers' telemetry is never even imported, and no connection is opened."""
    code = f"""
import sys
import numpy as np
from pathlib import Path

def watch(event, args):
    if event in {{"socket.connect", "socket.getaddrinfo", "socket.sendto"}}:
        raise SystemExit(f"{{event}} {{args}}")

sys.addaudithook(watch)
from inference.catalogue import model_named
from inference.session import Opener

model = model_named("u2netp")
matter = Opener("cpu", "openvino").open(model, Path({str(models / U2NETP.file)!r}))
assert matter(np.zeros((40, 50, 3), np.uint8)).shape == (40, 50)
told = [n for n in sys.modules if n.startswith("openvino_telemetry") and sys.modules[n]]
assert not told, told
"""
    ran = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={"HOME": str(tmp_path), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.returncode == 0, ran.stderr
    assert not (tmp_path / "intel").exists()  # where its consent would lie


def test_only_models_that_keep_their_mattes_are_computed_in_bfloat16() -> None:
    assert Opener("cpu").precision(replace(U2NETP, bf16=False)) == F32
    assert Opener("cpu", "onnxruntime").precision(U2NETP) == F32
    assert Opener("cpu").precision(U2NETP) in {F32, BF16}


def test_a_runtime_that_does_not_exist_is_refused_with_those_that_do() -> None:
    with pytest.raises(DeviceMissing) as refused:
        Opener("cpu", "abacus")

    assert "onnxruntime" in refused.value.says


def test_input_and_output_at_places_of_their_own_change_nothing(
    tiny: Path, models: Path, vase: NDArray[np.uint8]
) -> None:
    elsewhere = replace(CPU, title="a card")  # with the file as it is
    ways = (elsewhere, replace(elsewhere, memory="cpu"))
    for model, file in ((TINY, tiny), (U2NETP, models / U2NETP.file)):
        plain, bound = (OnnxMatter(model, file, way, 1, "") for way in ways)
        for pixels in (vase, half_bright(), vase):
            np.testing.assert_array_equal(bound(pixels), plain(pixels))
        bound.rest()
        np.testing.assert_array_equal(bound(vase), plain(vase))


def test_a_network_in_halves_is_made_float32_once_and_gives_the_same(
    tiny: Path, tmp_path: Path
) -> None:
    half, older = tmp_path / "half.onnx", tmp_path / "half.lean0.onnx"
    older.touch()
    onnx.save(_in_halves(onnx.load(tiny)), half)

    expected = OnnxMatter(TINY, tiny, CPU, 1, "")(half_bright())
    ours = OnnxMatter(TINY, half, CPU, 1, "")(half_bright())
    copy = lean(half)

    np.testing.assert_allclose(ours.astype(int), expected, atol=1)
    assert not any(
        tensor.data_type == onnx.TensorProto.FLOAT16 for tensor in onnx.load(copy).graph.initializer
    )
    before = copy.stat().st_mtime_ns
    assert lean(half) == copy
    assert not older.exists()
    assert copy.stat().st_mtime_ns == before


def test_a_network_is_left_with_one_output_and_resizes_by_whole_numbers(models: Path) -> None:
    graph = onnx.load(lean(models / U2NETP.file)).graph
    resizes = [node for node in graph.node if node.op_type == "Resize"]
    factors = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}

    assert len(graph.output) == 1
    assert len(resizes) == 38
    several = [node for node in resizes if node.input[1] == ANYWHERE]
    assert len(several) == 33  # pictures of one channel stay out of a layout that holds sixteen
    assert all(factors[node.input[2]][2] in {2, 4, 8, 16, 32} for node in several)
    assert not any(node.op_type == "Shape" for node in graph.node)


def test_nothing_is_joined_to_be_convolved_and_one_channel_is_weighed_first(models: Path) -> None:
    graph = onnx.load(lean(models / U2NETP.file)).graph
    makers = {node.output[0]: node for node in graph.node}
    weights = {tensor.name: tuple(tensor.dims) for tensor in graph.initializer}
    convolutions = [node for node in graph.node if node.op_type == "Conv"]
    joined = [node for node in convolutions if makers.get(node.input[0], node).op_type == "Concat"]
    to_one = [weights[node.input[1]] for node in convolutions if weights[node.input[1]][0] == 1]
    shifts = [node for node in graph.node if node.op_type == "ConvTranspose"]
    weighed = [node for node in convolutions if weights[node.input[1]][::2] == (9, 1)]

    assert [weights[node.input[1]] for node in joined] == [(1, 6, 1, 1)]  # of one channel each
    assert to_one == [(1, 6, 1, 1)]
    assert [weights[node.input[1]] for node in shifts] == [(9, 1, 3, 3)] * 6
    assert len(weighed) == 7  # two pictures of the finest side are added for it alone


def test_a_lean_network_predicts_the_same(models: Path) -> None:
    pixels = np.random.default_rng(5).random((1, 3, 320, 320), np.float32)
    predictions = []
    for file in (models / U2NETP.file, lean(models / U2NETP.file)):
        opened = session(file, CPU, 1)
        output, photo = opened.get_outputs()[0].name, opened.get_inputs()[0].name
        predictions.append(opened.run([output], {photo: pixels})[0])

    np.testing.assert_allclose(predictions[0], predictions[1], atol=2e-6)


@openvino
def test_what_openvino_has_compiled_is_taken_again_and_made_anew_where_it_broke(
    models: Path, tmp_path: Path
) -> None:
    file = tmp_path / "u2netp.onnx"
    shutil.copyfile(models / U2NETP.file, file)
    old = tmp_path / "openvino-1999.1.0"
    old.mkdir()
    opener = Opener("cpu", "openvino")

    def cut() -> NDArray[np.uint8]:
        matter = opener.open(U2NETP, file, opener.precision(U2NETP))
        made = matter(half_bright())
        matter.close()
        return made

    first = cut()
    (kept,) = tmp_path.glob("openvino-*/*.blob")
    whole = kept.stat().st_size
    np.testing.assert_array_equal(cut(), first)
    os.truncate(kept, whole // 2)
    np.testing.assert_array_equal(cut(), first)
    assert kept.stat().st_size > whole // 2
    os.utime(file, ns=(1, 1))
    np.testing.assert_array_equal(cut(), first)
    (another,) = tmp_path.glob("openvino-*/*.blob")
    assert another != kept
    assert not old.exists()


def test_a_folder_that_cannot_be_written_keeps_the_network_as_it_is(
    tiny: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("inference.runtimes.lean.tempfile.NamedTemporaryFile", full)

    assert lean(tiny) == tiny


@pytest.mark.parametrize("shape", [(320, 320), (1200, 1600), (37, 3000), (1, 1), (9000, 40)])
def test_any_form_of_photo_becomes_what_the_network_takes(shape: tuple[int, int]) -> None:
    photo = np.full((*shape, 3), 200, np.uint8)
    fed = tensor(photo, U2NETP)

    assert fed.shape == (1, 3, 320, 320)
    assert fed.dtype == np.float32
    # (200 / 200 - mean) / std of the first channel, as U-2-Net was trained
    assert fed[0, 0] == pytest.approx((1 - 0.485) / 0.229, abs=1e-5)


def test_a_prediction_is_stretched_to_the_whole_range() -> None:
    prediction = np.linspace(0.2, 0.7, 32 * 32, dtype=np.float32).reshape(32, 32)

    assert matte(prediction, (64, 96)).shape == (64, 96)
    assert np.ptp(matte(prediction, (32, 32))) == 255


def _in_halves(network: onnx.ModelProto) -> onnx.ModelProto:
    """Add a weight of one in float16, cast back before it is used."""
    graph = network.graph
    one = numpy_helper.from_array(np.ones((1,), np.float16), "one")
    graph.initializer.append(one)
    narrow = onnx.helper.make_node("Cast", ["photo"], ["narrow"], to=onnx.TensorProto.FLOAT16)
    scaled = onnx.helper.make_node("Mul", ["narrow", "one"], ["scaled"])
    wide = onnx.helper.make_node("Cast", ["scaled"], ["wide"], to=onnx.TensorProto.FLOAT)
    for node in graph.node:
        node.input[0] = "wide"
    nodes = [narrow, scaled, wide, *graph.node]
    del graph.node[:]
    graph.node.extend(nodes)
    return network
