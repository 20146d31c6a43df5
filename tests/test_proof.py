"""A card is believed once it has computed what the CPU does."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from inference.catalogue import model_named
from inference.errors import DeviceMissing
from inference.proof import prove
from inference.weights import Weights
from tests.test_engine import Brightness, Stage

U2NETP = model_named("u2netp")


class Brighter(Brightness):
    """A card that is wrong by three levels."""

    def __call__(self, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
        return np.asarray(super().__call__(pixels) ^ 3, np.uint8)


def test_a_card_that_computes_the_same_holds(models: Path, vase: NDArray[np.uint8]) -> None:
    card, cpu = Stage(lambda: Brightness("GPU")), Stage(Brightness)
    proof = prove(U2NETP, Weights(models), [vase, vase], card, cpu)

    assert proof.holds
    assert proof.apart == 0
    assert proof.photos_per_second > 0
    assert "GPU" in proof.says
    assert all(matter.closed for matter in [*card.opened, *cpu.opened])


def test_a_card_that_computes_otherwise_does_not(models: Path, vase: NDArray[np.uint8]) -> None:
    card = Stage(lambda: Brighter("GPU"))
    proof = prove(U2NETP, Weights(models), [vase], card, Stage(Brightness))

    assert not proof.holds
    assert "up to 3 of 255 off the CPU's" in proof.says


def test_a_card_that_fell_back_to_the_cpu_is_no_card(models: Path, vase: NDArray[np.uint8]) -> None:
    card = Stage(Brightness)
    with pytest.raises(DeviceMissing, match="No graphics card computes here"):
        prove(U2NETP, Weights(models), [vase], card, Stage(Brightness))

    assert card.opened[0].closed


class Cropped(Brightness):
    """A card whose alpha cannot be compared."""

    def __call__(self, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
        return super().__call__(pixels)[1:]


def test_a_comparison_that_fails_leaves_no_network_open(
    models: Path, vase: NDArray[np.uint8]
) -> None:
    card, cpu = Stage(lambda: Cropped("GPU")), Stage(Brightness)
    with pytest.raises(ValueError, match="broadcast"):
        prove(U2NETP, Weights(models), [vase], card, cpu)

    assert len(cpu.opened) == 1
    assert all(matter.closed for matter in [*card.opened, *cpu.opened])
