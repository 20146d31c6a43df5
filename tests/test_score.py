import numpy as np
import pytest
from numpy.typing import NDArray

from bench.score import Truth, iou, score


def disc(radius: float, size: int = 200) -> NDArray[np.float64]:
    y, x = np.mgrid[:size, :size] - size / 2
    alpha: NDArray[np.float64] = np.clip(radius - np.hypot(y, x) + 0.5, 0, 1)
    return alpha


def cutout(alpha: NDArray[np.float64], colour: tuple[int, int, int]) -> NDArray[np.uint8]:
    pixels = np.zeros((*alpha.shape, 4), np.uint8)
    pixels[..., :3] = colour
    pixels[..., 3] = np.rint(alpha * 255)
    return pixels


def truth(alpha: NDArray[np.float64]) -> Truth:
    return Truth(alpha, np.full((*alpha.shape, 3), (200.0, 30.0, 30.0)))


def test_the_truth_itself_scores_best() -> None:
    result = score(cutout(disc(60), (200, 30, 30)), truth(disc(60)))

    assert result.iou == result.boundary_iou == 1
    assert result.mae < 0.001
    assert result.gradient < 0.001
    assert result.foreground == 0
    assert result.composite < 1


def test_half_of_a_square_overlaps_by_half() -> None:
    whole, half = np.zeros((10, 10), np.uint8), np.zeros((10, 10), np.uint8)
    whole[:, :8] = 255
    half[:, :4] = 255

    assert iou(half, whole) == pytest.approx(0.5)
    assert iou(np.zeros_like(whole), np.zeros_like(whole)) == 1


def test_sums_count_pixels_in_thousands() -> None:
    empty = cutout(np.zeros((200, 200)), (0, 0, 0))
    result = score(empty, truth(np.ones((200, 200))))

    assert result.sad == pytest.approx(40)
    assert result.mae == pytest.approx(1)
    assert result.iou == 0


def test_a_wrong_colour_counts_in_the_soft_band() -> None:
    result = score(cutout(disc(60), (190, 30, 30)), truth(disc(60)))

    assert result.foreground == pytest.approx(10 / 3)


def test_a_blurred_edge_has_another_slope_and_boundary() -> None:
    soft = np.clip(disc(60) * 0 + (60 - np.hypot(*(np.mgrid[:200, :200] - 100))) / 20 + 0.5, 0, 1)
    result = score(cutout(soft, (200, 30, 30)), truth(disc(60)))

    assert result.gradient > 0.05
    assert result.iou > 0.95


def test_large_pictures_count_as_much_as_small_ones() -> None:
    result = score(cutout(disc(1500, 3200), (200, 30, 30)), truth(disc(1400, 3200)))

    small = score(cutout(disc(750, 1600), (200, 30, 30)), truth(disc(700, 1600)))
    assert result.sad == pytest.approx(small.sad, rel=0.01)
