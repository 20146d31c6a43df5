"""Edges follow the picture, and what is sure stays as it is."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as st_numpy
from numpy.typing import NDArray

from inference.refine import HIGH, LOW, refine

RED, GREEN = (200, 30, 30), (20, 160, 60)

mattes = st_numpy.arrays(np.uint8, st.tuples(st.integers(1, 40), st.integers(1, 40)))


def star(side: int = 600) -> NDArray[np.uint8]:
    """The true alpha of a star with points thinner than a coarse network can draw."""
    y, x = np.mgrid[:side, :side] - side / 2
    radius = side / 4 * (1 + 0.35 * np.cos(24 * np.arctan2(y, x)))
    alpha: NDArray[np.uint8] = np.clip((radius - np.hypot(y, x)) * 128 + 127, 0, 255).astype(
        np.uint8
    )
    return alpha


def photo_of(alpha: NDArray[np.uint8], seed: int = 0) -> NDArray[np.uint8]:
    """Red on green, with the grain of a sensor."""
    share = alpha[..., None] / 255
    exact = share * np.array(RED) + (1 - share) * np.array(GREEN)
    grain = np.random.default_rng(seed).normal(0, 4, exact.shape)
    photo: NDArray[np.uint8] = np.clip(np.rint(exact + grain), 0, 255).astype(np.uint8)
    return photo


def seen_coarsely(alpha: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    """What a network of so many pixels a side would draw, enlarged."""
    small = cv2.resize(alpha, (side, side), interpolation=cv2.INTER_AREA)
    soft = cv2.GaussianBlur(small, (0, 0), 1.5)
    return np.asarray(cv2.resize(soft, alpha.shape[::-1], interpolation=cv2.INTER_CUBIC), np.uint8)


def error(alpha: NDArray[np.uint8], truth: NDArray[np.uint8]) -> float:
    return float(np.abs(alpha.astype(int) - truth).mean())


@pytest.mark.parametrize("fine", [False, True])
def test_an_edge_drawn_too_coarsely_finds_back_to_the_picture(*, fine: bool) -> None:
    truth = star()
    coarse = seen_coarsely(truth, 80)
    refined = refine(photo_of(truth), coarse, fine=fine)

    assert error(refined, truth) < 0.25 * error(coarse, truth)


@pytest.mark.parametrize("fine", [False, True])
def test_where_colours_tell_nothing_the_network_is_believed(*, fine: bool) -> None:
    truth = star()
    coarse = seen_coarsely(truth, 80)
    grey = np.random.default_rng(1).integers(90, 110, (*truth.shape, 3), np.uint8)

    assert np.abs(refine(grey, coarse, fine=fine).astype(int) - coarse).mean() < 1


def test_colours_that_misjudge_what_is_sure_move_a_fine_matte_little() -> None:
    """Subject and ground of the same two colours, striped: no colour tells which is which."""
    truth = star()
    stripes = np.where((np.arange(600) // 5 % 2)[None, :, None], RED, GREEN).astype(np.uint8)
    photo = np.ascontiguousarray(np.broadcast_to(stripes, (600, 600, 3)))
    coarse = seen_coarsely(truth, 200)

    assert error(refine(photo, coarse, fine=True), truth) <= 1.05 * error(coarse, truth)


@settings(max_examples=60, deadline=None)
@given(matte=mattes, fine=st.booleans())
def test_what_is_sure_stays_as_it_is(matte: NDArray[np.uint8], *, fine: bool) -> None:
    photo = np.random.default_rng(0).integers(0, 256, (*matte.shape, 3), np.uint8)
    refined = refine(photo, matte, fine=fine)

    sure = (matte <= LOW) | (matte >= HIGH)
    np.testing.assert_array_equal(refined[sure], matte[sure])


def test_the_matte_that_was_given_is_not_touched_and_the_result_the_same_twice() -> None:
    truth = star(300)
    coarse = seen_coarsely(truth, 60)
    before = coarse.copy()
    first = refine(photo_of(truth), coarse, fine=False)

    np.testing.assert_array_equal(coarse, before)
    np.testing.assert_array_equal(refine(photo_of(truth), coarse, fine=False), first)


def test_a_large_photo_is_refined_at_its_own_size() -> None:
    truth = star(3000)
    coarse = seen_coarsely(truth, 320)
    refined = refine(photo_of(truth), coarse, fine=False)

    assert error(refined, truth) < 0.5 * error(coarse, truth)


@pytest.mark.parametrize("fine", [False, True])
def test_a_doubtful_part_far_from_all_that_is_sure_is_told_by_the_colours_of_the_whole(
    *, fine: bool
) -> None:
    matte = np.zeros((600, 1800), np.uint8)
    cv2.circle(matte, (200, 300), 150, 255, -1)
    cv2.circle(matte, (1400, 300), 280, 255, -1)
    photo = 255 - photo_of(matte)  # a bright subject: none must not be taken for black
    matte[:, 900:] //= 2
    refined = refine(photo, matte, fine=fine)

    assert refined[300, 1400] > 215
