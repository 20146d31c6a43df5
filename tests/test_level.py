"""Levels are taken out of a network without changing what it computes."""

from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from torch.nn import functional

from bench.score import iou
from inference.catalogue import model_named
from inference.matter import BF16, F32
from inference.runtimes.level import levels_in, made_of, take_out_levels
from inference.session import Opener
from inference.tensor import tensor

U2NETP = model_named("u2netp")


@given(side=st.integers(3, 12), dilation=st.sampled_from([1, 2, 4]), seed=st.integers(0, 99))
def test_what_levels_became_is_what_a_convolution_makes_of_them(
    side: int, dilation: int, seed: int
) -> None:
    random = np.random.default_rng(seed)
    levels = random.uniform(0, 200, 2).astype(np.float32)
    weights = random.normal(size=(3, 5, 3, 3)).astype(np.float32)
    pixels = np.zeros((1, 5, side, side), np.float32)
    pixels[0, :2] = levels[:, None, None]
    whole = functional.conv2d(
        torch.from_numpy(pixels), torch.from_numpy(weights), padding=dilation, dilation=dilation
    )
    inside, rim = made_of(levels, weights, side, dilation)

    np.testing.assert_allclose(inside[:, None, None] + rim, whole[0], rtol=1e-4, atol=1e-2)


def test_a_level_is_a_bias_that_inputs_hardly_change() -> None:
    weights = np.full((4, 2, 3, 3), 0.1, np.float32)
    bias = np.array([1.0, 5.0, 10.0, 200.0], np.float32)

    np.testing.assert_array_equal(levels_in(bias, weights, 3), [0, 0, 10, 200])


def test_the_network_computes_the_same_without_its_levels(
    models: Path, vase: NDArray[np.uint8]
) -> None:
    openvino = pytest.importorskip("openvino")
    core = openvino.Core()
    graph = core.read_model(models / U2NETP.file)
    fed = {0: tensor(vase, U2NETP)}
    exact = {"INFERENCE_PRECISION_HINT": "f32"}
    before = core.compile_model(graph, "CPU", exact)(fed)[0]

    assert take_out_levels(graph, openvino.opset13, 3) == 3
    after = core.compile_model(graph, "CPU", exact)(fed)[0]
    np.testing.assert_allclose(after, before, atol=1e-4)


def test_bfloat16_finds_the_same_subject(models: Path, vase: NDArray[np.uint8]) -> None:
    opener = Opener("cpu")
    if opener.precision(U2NETP) != BF16:
        pytest.skip("this processor has no bfloat16")
    quick, exact = (opener.open(U2NETP, models / U2NETP.file, kind) for kind in (BF16, F32))

    assert iou(quick(vase), exact(vase)) > 0.985
