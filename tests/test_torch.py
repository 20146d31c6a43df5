"""PyTorch computes what ONNX Runtime does, from the same file."""

from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import nn

from inference.catalogue import model_named
from inference.errors import DeviceMissing, EngineError
from inference.matter import F32
from inference.providers import CPU
from inference.runtimes.onnx_runtime import OnnxMatter
from inference.runtimes.torch_matter import TorchMatter
from inference.runtimes.torch_net import DEPTHS, DOWN, FLAT_DEPTH, Salient, load
from inference.session import Opener
from inference.tensor import tensor
from tests.test_session import TINY, tiny

__all__ = ["tiny"]

U2NETP = model_named("u2netp")


def narrow(width: int = 2) -> list[nn.Conv2d]:
    """Make the layers of an IS-Net that has few channels, in the order of its file."""
    torch.manual_seed(7)

    def layer(given: int, made: int, stride: int = 1, dilation: int = 1) -> nn.Conv2d:
        return nn.Conv2d(given, made, 3, stride, padding=dilation, dilation=dilation)

    layers = [layer(3, width, stride=2)]
    for number, depth in enumerate(DEPTHS):
        down = depth or FLAT_DEPTH
        dilations = [1] * (down - 1) + [2] if depth else [1, 2, 4, 8]
        layers.append(layer(width * (1 + (number >= DOWN)), width))
        layers += [layer(width, width, dilation=step) for step in dilations]
        back = [1] * (down - 1) if depth else [4, 2, 1]
        layers += [layer(2 * width, width, dilation=step) for step in back]
    return layers + [layer(width, 1) for _ in range(DOWN)]


def test_a_prediction_is_that_of_onnx_runtime_to_a_thousandth(
    models: Path, vase: NDArray[np.uint8]
) -> None:
    file = models / U2NETP.file
    fed = tensor(vase, U2NETP)
    with torch.inference_mode():
        ours = load(file)(torch.from_numpy(fed)).numpy()[0, 0]

    import onnxruntime  # noqa: PLC0415

    session = onnxruntime.InferenceSession(file, providers=[CPU.onnx])
    theirs = session.run([session.get_outputs()[0].name], {session.get_inputs()[0].name: fed})[0][
        0, 0
    ]
    assert np.abs(ours - theirs).max() < 1e-3


def test_a_matte_is_that_of_onnx_runtime_and_the_same_twice(
    models: Path, vase: NDArray[np.uint8]
) -> None:
    file = models / U2NETP.file
    opener = Opener("cpu", "torch")
    matter = opener.open(U2NETP, file, opener.precision(U2NETP))
    first = matter(vase)
    matter.rest()

    assert isinstance(matter, TorchMatter)
    assert np.abs(first.astype(int) - OnnxMatter(U2NETP, file, CPU, 2, "")(vase)).max() <= 1
    np.testing.assert_array_equal(matter(vase), first)
    matter.close()


def test_a_network_with_an_entry_and_one_output_keeps_the_size_and_the_range() -> None:
    network = Salient(iter(narrow()), has_entry=True)
    with torch.inference_mode():
        made = network(torch.rand(1, 3, 130, 97))  # odd sizes are halved upwards

    assert made.shape == (1, 1, 130, 97)
    assert 0 <= made.min() < made.max() <= 1


def test_another_network_is_refused(tiny: Path) -> None:
    with pytest.raises(EngineError) as refused:
        load(tiny)
    assert "no U-2-Net" in refused.value.says


def test_a_broken_file_is_an_error_with_a_way_out(tmp_path: Path) -> None:
    file = tmp_path / "broken.onnx"
    file.write_bytes(b"this is no network")

    with pytest.raises(EngineError) as refused:
        Opener("cpu", "torch").open(TINY, file)
    assert "coveshot models get tiny" in refused.value.says


def test_the_device_is_told_as_it_is() -> None:
    found = Opener("cpu", "torch").device

    assert (found.name, found.provider) == ("CPU", "PyTorch")
    assert Opener("cpu", "torch").precision(model_named("isnet-fp16")) == F32


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a card")
def test_a_card_that_is_not_there_is_missed_in_a_sentence() -> None:
    with pytest.raises(DeviceMissing) as refused:
        _ = Opener("cuda", "torch").device
    assert "COVESHOT_DEVICE" in refused.value.says


def test_without_pytorch_the_way_to_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("inference.runtimes.torch_matter.find_spec", lambda _: None)

    with pytest.raises(DeviceMissing) as refused:
        _ = Opener("auto", "torch").device
    assert "coveshot[torch]" in refused.value.says


def test_levels_taken_out_change_nothing_but_the_steps_of_bfloat16(
    models: Path, vase: NDArray[np.uint8]
) -> None:
    fed = torch.from_numpy(tensor(vase, U2NETP))
    network = load(models / U2NETP.file)
    with torch.inference_mode():
        before = network(fed)
        wavering = network.bfloat16()(fed.bfloat16()).float()
        network = load(models / U2NETP.file)
        network.take_out_levels(U2NETP.side, U2NETP.least_level)
        after = network(fed)
        steady = network.bfloat16()(fed.bfloat16()).float()

    assert (after - before).abs().max() < 1e-4
    assert (steady - before).abs().mean() < 0.3 * (wavering - before).abs().mean()
