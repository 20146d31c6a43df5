"""A quick network closes holes of a fine one, and brings nothing that is no subject."""

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as st_numpy
from numpy.typing import NDArray

from inference.fuse import fused
from tests.test_shape import disc

pairs = st.tuples(st.integers(1, 40), st.integers(1, 40)).flatmap(
    lambda shape: st.tuples(st_numpy.arrays(np.uint8, shape), st_numpy.arrays(np.uint8, shape))
)
RED, GREEN = (200, 30, 30), (20, 160, 60)


def photo_of(alpha: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.where(alpha[..., None] >= 128, RED, GREEN).astype(np.uint8)


def hole(alpha: NDArray[np.uint8], level: int) -> NDArray[np.uint8]:
    return np.where(disc(30, (220, 200)) > 0, level, alpha).astype(np.uint8)


def test_a_hole_in_the_colours_of_the_subject_is_closed() -> None:
    torn = hole(disc(100), 30)
    mended = fused(photo_of(disc(100)), torn, disc(100))

    assert mended[220, 200] == 255
    assert (mended >= torn).all()


def test_a_hole_through_which_the_ground_is_seen_stays_open() -> None:
    ring = hole(disc(100), 0)

    np.testing.assert_array_equal(
        fused(photo_of(ring), hole(disc(100), 30), disc(100))[220, 200], 30
    )


def test_a_hole_that_is_seen_quite_empty_stays_open() -> None:
    ring = hole(disc(100), 0)

    np.testing.assert_array_equal(fused(photo_of(disc(100)), ring, disc(100)), ring)


def test_a_gap_as_small_as_between_hairs_stays_open() -> None:
    gap = np.where(disc(2, (220, 200)) > 0, 30, disc(100)).astype(np.uint8)

    np.testing.assert_array_equal(fused(photo_of(disc(100)), gap, disc(100)), gap)


def test_the_edge_stays_that_of_the_fine_matte() -> None:
    np.testing.assert_array_equal(fused(photo_of(disc(100)), disc(100), disc(103)), disc(100))


def test_another_thing_that_only_the_quick_one_sees_is_left_away() -> None:
    one = disc(60, (200, 110))
    both = np.maximum(one, disc(60, (200, 290)))

    np.testing.assert_array_equal(fused(photo_of(both), one, both), one)


@settings(max_examples=100, deadline=None)
@example((np.full((2, 2), 100, np.uint8), np.full((2, 2), 255, np.uint8)))  # torn all over
@given(pairs)
def test_nothing_gets_less(pair: tuple[NDArray[np.uint8], NDArray[np.uint8]]) -> None:
    fine, quick = pair
    photo = np.random.default_rng(0).integers(0, 256, (*fine.shape, 3), np.uint8)

    assert (fused(photo, fine, quick) >= fine).all()
