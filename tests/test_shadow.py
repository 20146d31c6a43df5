"""Shadows lie where light does not come, fade with the way, and touch the feet."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as st_numpy
from numpy.typing import NDArray

from inference.look import Cast, Shadow
from inference.shadow import cast, floor_of

SIZE = 400
KINDS = [kind.value for kind in Cast if kind is not Cast.NONE]


def box(left: int = 150, top: int = 100, width: int = 100, height: int = 200) -> NDArray[np.uint8]:
    alpha = np.zeros((SIZE, SIZE), np.uint8)
    alpha[top : top + height, left : left + width] = 255
    return alpha


def of(alpha: NDArray[np.uint8], shadow: Shadow) -> NDArray[np.int_]:
    layer = cast(shadow, np.full((*alpha.shape, 3), 99, np.uint8), alpha)
    assert layer
    assert layer.alpha.shape == alpha.shape
    assert layer.colours.shape == (*alpha.shape, 3)
    return layer.alpha.astype(int)


@pytest.mark.parametrize("kind", KINDS)
def test_a_shadow_is_seen_beside_the_foot_and_not_above_the_subject(kind: str) -> None:
    dark = of(box(), Shadow(kind, direction=300))

    assert dark[301:306, 160:240].max() > 25
    assert dark[:80].max() == 0


@pytest.mark.parametrize("kind", ["soft", "contact"])
def test_a_shadow_of_light_from_above_is_the_same_on_both_sides(kind: str) -> None:
    dark = of(box(), Shadow(kind))

    assert np.abs(dark - dark[:, ::-1]).max() <= 1


@pytest.mark.parametrize("kind", KINDS)
def test_a_shadow_falls_off_softly(kind: str) -> None:
    """No box: going away below the foot it gets lighter, step by small step."""
    below = of(box(), Shadow(kind, direction=300, length=40))[303:, 200]

    assert np.diff(below).min() > -40
    assert below[-1] == 0


def test_opacity_and_softness_do_what_they_say() -> None:
    full, half = of(box(), Shadow("soft", opacity=80)), of(box(), Shadow("soft", opacity=40))
    sharp, soft = of(box(), Shadow("soft", softness=0)), of(box(), Shadow("soft", softness=100))

    np.testing.assert_allclose(half, full / 2, atol=1)
    assert np.count_nonzero(soft > 2) > 1.3 * np.count_nonzero(sharp > 2)


@pytest.mark.parametrize(
    ("direction", "right"), [(0, True), (60, True), (120, False), (180, False)]
)
def test_a_hard_shadow_falls_into_its_direction(direction: float, right: bool) -> None:  # noqa: FBT001
    dark = of(box(), Shadow("hard", direction=direction))
    aside = dark[:, 260:].sum(), dark[:, :140].sum()

    assert (aside[0] > 10 * aside[1]) == right
    assert (aside[1] > 10 * aside[0]) != right


def test_a_longer_shadow_reaches_farther() -> None:
    reach = [
        np.flatnonzero((of(box(), Shadow("hard", direction=0, length=length)) > 8).any(axis=0))[-1]
        for length in (20, 40, 60)
    ]

    assert reach[0] < reach[1] < reach[2]


def test_each_leg_stands_on_its_own_foot() -> None:
    """The back leg of a stool ends higher: there is its contact, and not on the line below."""
    alpha = box(100, 80, 200, 30) | box(110, 80, 16, 220) | box(260, 80, 16, 200)
    dark = of(alpha, Shadow("contact", softness=20))

    assert dark[300:304, 118].max() > 25
    assert dark[280:284, 268].max() > 25
    assert dark[300:304, 268].max() < dark[280:284, 268].max() / 2


def test_what_hangs_above_the_floor_touches_nothing() -> None:
    alpha = box() | box(250, 120, 100, 20)  # an arm
    dark = of(alpha, Shadow("contact"))

    assert dark[130:180, 270:].max() <= 3


def test_a_reflection_begins_at_the_foot_and_fades() -> None:
    alpha = box()
    pixels = np.zeros((SIZE, SIZE, 3), np.uint8)
    pixels[..., 0] = np.arange(SIZE, dtype=np.uint16)[:, None] * 255 // SIZE
    layer = cast(Shadow("reflection", opacity=100, length=100, softness=0), pixels, alpha)
    assert layer

    assert layer.alpha[:300].max() == 0
    assert layer.alpha[301, 200] > 220
    assert (np.diff(layer.alpha[301:, 200].astype(int)) <= 0).all()
    assert abs(int(layer.colours[340, 200, 0]) - int(pixels[259, 200, 0])) <= 1


def test_a_photo_of_another_size_has_the_same_shadow() -> None:
    small = of(box(), Shadow("soft"))
    large = of(np.kron(box(), np.ones((5, 5), np.uint8)), Shadow("soft"))

    assert np.abs(large[2::5, 2::5] - small).mean() < 1
    assert np.abs(large[2::5, 2::5] - small).max() < 24


def test_the_floor_between_two_legs_is_that_of_both() -> None:
    alpha = box(100, 80, 200, 30) | box(110, 80, 16, 220) | box(260, 80, 16, 220)
    floor = floor_of(alpha.astype(np.float32) / np.float32(255))

    np.testing.assert_allclose(floor, 300, atol=1)


def test_nothing_casts_nothing() -> None:
    empty = np.zeros((5, 7), np.uint8)

    assert cast(Shadow("soft"), np.zeros((5, 7, 3), np.uint8), empty) is None
    assert cast(Shadow("soft", opacity=0), np.zeros((5, 7, 3), np.uint8), empty + 255) is None


@settings(max_examples=80, deadline=None)
@given(
    st.tuples(st.integers(1, 40), st.integers(1, 40)).flatmap(
        lambda shape: st_numpy.arrays(np.uint8, shape)
    ),
    st.sampled_from(KINDS),
    st.integers(0, 360),
    st.integers(0, 200),
)
def test_whatever_the_subject_a_shadow_can_be_cast(
    alpha: NDArray[np.uint8], kind: str, direction: int, length: int
) -> None:
    shadow = Shadow(kind, direction=direction, length=length)
    layer = cast(shadow, np.zeros((*alpha.shape, 3), np.uint8), alpha)

    assert layer is None or layer.alpha.shape == alpha.shape


def test_a_rim_that_juts_out_above_the_foot_stands_on_the_floor_of_the_foot() -> None:
    alpha = np.zeros((100, 120), np.float32)
    alpha[60:90, 40:80] = 1
    alpha[20:80, 30:90] = 1  # ends ten rows above the foot, ten columns beside it

    floor = floor_of(alpha, smooth=0)

    assert (floor == 90).all()


def test_legs_that_stand_farther_back_stand_on_their_own_floor() -> None:
    alpha = np.zeros((100, 200), np.float32)
    alpha[10:20, 20:180] = alpha[20:90, 20:26] = alpha[20:70, 170:176] = 1

    floor = floor_of(alpha, smooth=0)

    assert floor[22] == pytest.approx(90, abs=1)
    assert floor[172] == pytest.approx(70, abs=1)
    assert 75 < floor[97] < 85
