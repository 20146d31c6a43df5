"""Doubt finds cutouts that are worth a look, and says why."""

import cv2
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as st_numpy
from numpy.typing import NDArray

from inference.doubt import NONE, WORTH_A_LOOK
from inference.judge import apart, doubt
from tests.test_fuse import photo_of
from tests.test_shape import disc

pairs = st.tuples(st.integers(1, 40), st.integers(1, 40)).flatmap(
    lambda shape: st.tuples(st_numpy.arrays(np.uint8, shape), st_numpy.arrays(np.uint8, shape))
)


def soft(alpha: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Say a half on the right half of the picture, whatever is there."""
    half = np.full_like(alpha, 128)
    half[:, : alpha.shape[1] // 2] = alpha[:, : alpha.shape[1] // 2]
    return half


def test_a_clean_outline_that_two_models_agree_about_raises_none() -> None:
    found = doubt(photo_of(disc(100)), disc(100), disc(100), fine=True)

    assert found.score < 0.1
    assert found.reasons == ()


def test_two_models_that_disagree_are_a_reason() -> None:
    found = doubt(photo_of(disc(100)), disc(100), disc(50), fine=True)

    assert found.score >= WORTH_A_LOOK
    assert found.reasons == ("Two models disagree about 75% of the subject.",)


def test_an_outline_against_the_colours_is_a_reason() -> None:
    found = doubt(photo_of(disc(100)), soft(disc(100)), fine=False)

    assert found.score >= WORTH_A_LOOK
    assert "Much of the outline does not follow the colours of the photo." in found.reasons


def test_without_colours_only_the_matte_is_judged() -> None:
    """A bare cutout asks nothing of the colours: it is not refined by them either."""
    off, veiled = soft(disc(100)), disc(100) // 2 + 40

    assert doubt(photo_of(disc(100)), off, fine=False).score > doubt(None, off, fine=False).score
    assert "A large part of the cutout is half transparent." in (
        doubt(None, np.asarray(veiled, np.uint8), fine=True).reasons
    )


def test_a_veil_in_the_subject_is_a_reason_but_not_a_soft_edge() -> None:
    grey = np.full((*disc(100).shape, 3), 128, np.uint8)  # colours have nothing to say
    veiled, edged = disc(100), cv2.GaussianBlur(disc(100), (5, 5), 0)
    veiled[:, veiled.shape[1] // 2 :] //= 2

    found = doubt(grey, veiled, fine=True)

    assert found.score >= WORTH_A_LOOK
    assert found.reasons == ("A large part of the cutout is half transparent.",)
    assert doubt(grey, np.asarray(edged, np.uint8), fine=True).reasons == ()


def test_a_filled_hole_is_a_reason_but_not_what_looks_a_little_like_the_ground() -> None:
    ring = disc(100)
    ring[disc(50) > 0] = 0
    scene, shaded = photo_of(ring), photo_of(disc(100))
    shaded[disc(20) > 0] = shaded[0, 0]

    filled = doubt(scene, disc(100), disc(100), fine=True)

    assert filled.score >= WORTH_A_LOOK
    assert filled.reasons == ("Part of the cutout looks like the ground: a hole may be filled.",)
    assert doubt(scene, ring, ring, fine=True).reasons == ()
    assert doubt(shaded, disc(100), disc(100), fine=True).reasons == ()


def test_the_same_subject_is_not_apart_and_nothing_of_another_is() -> None:
    left, right = np.zeros((40, 40), np.uint8), np.zeros((40, 40), np.uint8)
    left[:, :20], right[:, 20:] = 255, 255

    assert apart(left, left) == apart(np.zeros_like(left), np.zeros_like(left)) == 0
    assert apart(left, right) == 1
    assert apart(left, np.full_like(left, 200)) == 0.5


def test_an_empty_matte_is_all_doubt() -> None:
    found = doubt(photo_of(disc(100)), np.zeros_like(disc(100)), disc(100), fine=True)

    assert found.score == 1
    assert found.reasons == ("Hardly anything stands out in this photo.",)


@settings(max_examples=60, deadline=None)
@given(pairs)
def test_doubt_has_a_reason_exactly_where_it_is_worth_a_look(
    pair: tuple[NDArray[np.uint8], NDArray[np.uint8]],
) -> None:
    one, other = pair
    found = doubt(photo_of(one), one, other, fine=False)

    assert NONE.score <= found.score <= 1
    assert bool(found.reasons) == (found.score >= WORTH_A_LOOK)
