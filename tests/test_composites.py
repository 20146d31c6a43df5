"""The pictures that are made here are what they claim to be."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from bench.composites import KINDS, composite, composites
from bench.score import Truth


@pytest.mark.parametrize("number", range(len(KINDS)))
def test_a_photo_is_the_mix_of_its_layers(number: int) -> None:
    made = composite(number)
    again = composite(number)

    share = made.alpha[..., None] / 255
    assert np.array_equal(made.photo, again.photo)
    assert (np.abs(made.photo - share * made.colours)[made.alpha == 255] <= 0.5).all()
    covered = (made.alpha >= 128).mean()
    assert 0.08 < covered < 0.7


@pytest.mark.parametrize(("number", "least"), [(1, 0.02), (4, 0.02), (5, 0.1)])
def test_hair_blur_and_glass_are_soft(number: int, least: float) -> None:
    alpha = composite(number).alpha

    assert ((alpha > 12) & (alpha < 243)).mean() > least


def test_holes_are_clear_openings_inside() -> None:
    alpha = composite(2).alpha
    count, labels = cv2.connectedComponents((alpha < 13).astype(np.uint8))

    outside = set(np.unique(np.concatenate([np.asarray(labels)[0], np.asarray(labels)[-1]])))
    assert count - 1 > len(outside - {0})


def test_they_are_written_once_in_the_form_that_scores_are_taken_from(tmp_path: Path) -> None:
    scenes = composites(tmp_path, 2)
    before = scenes[0].photo.stat().st_mtime_ns

    assert [scene.name for scene in scenes] == ["00-solid", "01-hair"]
    assert composites(tmp_path, 2)[0].photo.stat().st_mtime_ns == before
    truth = Truth.read(scenes[1].matte.parent)
    assert truth.colours is not None
    with Image.open(scenes[1].photo) as photo:
        assert photo.size == truth.alpha.shape[::-1]
