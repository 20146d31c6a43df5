import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from inference.catalogue import Model, model_named
from inference.engine import IDLE_SECONDS, REST_SECONDS, Engine
from inference.errors import ModelMissing, OutOfMemory
from inference.matter import F32, Device, Matter
from inference.session import Opener
from inference.weights import Weights

U2NETP = model_named("u2netp")


class Brightness:
    """A stand-in for a network that counts how often it was asked."""

    def __init__(
        self,
        device: str = "CPU",
        *,
        fails: bool = False,
        gate: threading.Event | None = None,
    ) -> None:
        self.device = Device(device, device)
        self.calls = 0
        self.closed = False
        self.rests = 0
        self._fails = fails
        self._gate = gate

    def __call__(self, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
        self.calls += 1
        if self._gate:
            self._gate.wait(30)
        if self._fails:
            raise OutOfMemory("Not enough memory.")
        return np.where(pixels.mean(axis=2) < 128, 255, 0).astype(np.uint8)

    def rest(self) -> None:
        self.rests += 1

    def close(self) -> None:
        self.closed = True


class Stage(Opener):
    """Opens stand-ins instead of networks."""

    def __init__(self, make: Callable[[], Brightness], device: str = "auto") -> None:
        super().__init__(device)
        self._make = make
        self.opened: list[Brightness] = []

    def precision(self, model: Model) -> str:  # noqa: ARG002
        return F32

    def open(self, model: Model, file: Path, precision: str = F32) -> Matter:  # noqa: ARG002
        assert file.name == f"{model.name}.onnx"
        self.opened.append(self._make())
        return self.opened[-1]

    def open_on_cpu(
        self,
        model: Model,
        file: Path,
        precision: str = F32,  # noqa: ARG002
        failed: str = "",  # noqa: ARG002
    ) -> Matter:
        assert file.name == f"{model.name}.onnx"
        self.opened.append(Brightness())
        return self.opened[-1]


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_model_is_opened_once_and_used_often(models: Path, vase: NDArray[np.uint8]) -> None:
    stage = Stage(Brightness)
    engine = Engine(Weights(models), stage)
    for _ in range(2):
        engine.matte(vase, U2NETP)
    matted = engine.matte(vase, U2NETP)

    assert [matter.calls for matter in stage.opened] == [3]
    assert matted.alpha.shape == vase.shape[:2]
    assert matted.device.name == "CPU"


def test_a_photo_too_large_for_the_gpu_is_computed_on_the_cpu_and_says_so(
    models: Path, vase: NDArray[np.uint8]
) -> None:
    stage = Stage(lambda: Brightness("GPU", fails=True))
    matted = Engine(Weights(models), stage).matte(vase, U2NETP)

    assert matted.device.name == "CPU"
    assert "memory of GPU" in matted.says
    assert matted.alpha.any()


def test_where_the_gpu_is_asked_for_a_photo_too_large_for_it_is_an_error(
    models: Path, vase: NDArray[np.uint8]
) -> None:
    engine = Engine(Weights(models), Stage(lambda: Brightness("GPU", fails=True), "cuda"))

    with pytest.raises(OutOfMemory):
        engine.matte(vase, U2NETP)


def test_a_model_that_rests_gives_its_working_memory_back_once(
    models: Path, vase: NDArray[np.uint8]
) -> None:
    clock = Clock()
    stage = Stage(Brightness)
    engine = Engine(Weights(models), stage, clock=clock)
    engine.matte(vase, U2NETP)
    clock.now = REST_SECONDS - 1
    assert not engine.rest()
    clock.now = REST_SECONDS + 1

    assert engine.rest()
    assert not engine.rest()
    assert [(matter.rests, matter.closed) for matter in stage.opened] == [(1, False)]


def test_two_models_stay_in_memory_and_the_third_takes_the_place_of_the_first(
    tmp_path: Path, models: Path, vase: NDArray[np.uint8]
) -> None:
    weights = Weights(tmp_path)
    rows = [replace(U2NETP, name=name, file=f"{name}/{name}.onnx") for name in "abc"]
    for row in rows:
        file = tmp_path / row.file
        file.parent.mkdir()
        file.write_bytes((models / U2NETP.file).read_bytes())
    stage = Stage(Brightness)
    engine = Engine(weights, stage)
    for row in (rows[0], rows[1], rows[0], rows[2], rows[0]):
        engine.matte(vase, row)

    assert [matter.closed for matter in stage.opened] == [False, True, False]
    engine.close()
    assert all(matter.closed for matter in stage.opened)


def test_an_idle_model_is_unloaded_and_comes_again_when_needed(
    models: Path, vase: NDArray[np.uint8]
) -> None:
    clock = Clock()
    stage = Stage(Brightness)
    engine = Engine(Weights(models), stage, clock=clock)
    engine.matte(vase, U2NETP)
    clock.now = IDLE_SECONDS + 1

    assert engine.rest()
    assert not engine.rest()
    assert stage.opened[0].closed
    engine.matte(vase, U2NETP)
    assert len(stage.opened) == 2


def test_a_model_that_is_not_on_the_disk_is_named_with_the_way_to_get_it(
    tmp_path: Path, vase: NDArray[np.uint8]
) -> None:
    with pytest.raises(ModelMissing) as refused:
        Engine(Weights(tmp_path), Stage(Brightness)).matte(vase, U2NETP)

    assert "coveshot models get u2netp" in refused.value.says
