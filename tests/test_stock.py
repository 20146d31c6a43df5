"""The models that a bundle brings along."""

import os
import shutil
from pathlib import Path

import pytest

from inference.catalogue import SMALL, model_named
from inference.stock import unpack
from inference.weights import Weights

SMALLEST = model_named(SMALL)


@pytest.fixture
def stock(tmp_path: Path, models: Path) -> Path:
    stock = tmp_path / "stock"
    shutil.copytree(models, stock)
    return stock


def test_the_small_model_is_there_from_the_first_start(tmp_path: Path, stock: Path) -> None:
    weights = Weights(tmp_path / "models")
    unpack(weights, stock)

    assert weights.best() == SMALLEST
    assert weights.path(SMALLEST).read_bytes() == (stock / SMALLEST.file).read_bytes()


def test_what_is_there_already_is_left_alone(tmp_path: Path, stock: Path) -> None:
    weights = Weights(tmp_path / "models")
    unpack(weights, stock)
    os.utime(weights.path(SMALLEST), (1, 1))
    (stock / SMALLEST.file).write_bytes(b"another")
    unpack(weights, stock)

    assert weights.path(SMALLEST).stat().st_mtime == 1


def test_one_that_was_tampered_with_is_not_used(tmp_path: Path, stock: Path) -> None:
    (stock / SMALLEST.file).write_bytes(b"tampered with")
    weights = Weights(tmp_path / "models")
    unpack(weights, stock)

    assert weights.best() is None


def test_a_checkout_brings_none(tmp_path: Path) -> None:
    unpack(Weights(tmp_path / "models"))

    assert not (tmp_path / "models").exists()
