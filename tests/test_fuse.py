"""A quick network closes holes of a fine one, and brings nothing that is no subject."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as st_numpy
from numpy.typing import NDArray

from inference.fuse import fused
from tests.test_shape import disc

pairs = st.tuples(st.integers(1, 40), st.integers(1, 40)).flatmap(
    lambda shape: st.tuples(st_numpy.arrays(np.uint8, shape), st_numpy.arrays(np.uint8, shape))
)


def test_a_hole_is_closed_where_the_quick_one_is_sure() -> None:
    torn = np.where(disc(30, (220, 200)) > 0, 20, disc(100)).astype(np.uint8)

    mended = fused(torn, disc(100))
    assert mended[220, 200] == 255
    assert (mended >= torn).all()


def test_the_edge_stays_that_of_the_fine_matte() -> None:
    fine = disc(100)
    wide = disc(103)

    np.testing.assert_array_equal(fused(fine, wide), fine)


def test_what_the_fine_one_hardly_sees_is_not_brought() -> None:
    lattice = disc(100).copy()
    lattice[:, np.arange(400) % 10 < 7] = 0

    np.testing.assert_array_equal(fused(lattice, disc(100)), lattice)


def test_another_thing_that_only_the_quick_one_sees_is_left_away() -> None:
    both = np.maximum(disc(60, (200, 110)), disc(60, (200, 290)))

    np.testing.assert_array_equal(fused(disc(60, (200, 110)), both), disc(60, (200, 110)))


@settings(max_examples=100, deadline=None)
@given(pairs)
def test_nothing_gets_less(pair: tuple[NDArray[np.uint8], NDArray[np.uint8]]) -> None:
    fine, quick = pair

    assert (fused(fine, quick) >= fine).all()
