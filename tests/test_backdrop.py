"""Grounds: exact at their ends, without steps, and nothing of the subject left in a blur."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from inference.backdrop import backdrop
from inference.errors import RecipeRejected
from inference.look import Ground
from tests.test_shape import disc

NONE = np.zeros((4, 4), np.uint8)
DARK = np.zeros((4, 4, 3), np.uint8)


def made(text: str, size: tuple[int, int] = (300, 200)) -> NDArray[np.int_]:
    return backdrop(Ground.read(text), size, DARK, NONE).astype(int)


def test_a_linear_gradient_runs_from_its_first_colour_to_its_last() -> None:
    down = made("linear #ffffff #000000 180")

    assert down.shape == (200, 300, 3)
    assert (down[0] >= 253).all()
    assert (down[-1] <= 2).all()
    assert abs(down[100].mean() - 127.5) < 1


@pytest.mark.parametrize(("degrees", "dark"), [(0, 0), (90, 1), (180, 2), (270, 3)])
def test_a_direction_goes_clockwise_from_upwards_as_in_css(degrees: int, dark: int) -> None:
    picture = made(f"linear #ffffff #000000 {degrees}")
    edges = [picture[0], picture[:, -1], picture[-1], picture[:, 0]]

    assert int(np.argmin([edge.mean() for edge in edges])) == dark


def test_a_radial_gradient_runs_from_the_middle_to_the_corners() -> None:
    picture = made("radial #ffffff #000000")

    assert (picture[100, 150] >= 252).all()
    assert (picture[0, 0] <= 3).all()


def test_a_gradient_has_no_steps() -> None:
    """A step that the eye sees is a row that is even while its neighbour is another level."""
    picture = made("linear #404040 #484848 180", (64, 1024))[..., 0]
    means = picture.reshape(128, 8, 64).mean(axis=(1, 2))

    assert np.abs(np.diff(means)).max() < 0.2
    assert abs(picture.mean() - 0x44) < 0.1


def test_a_sweep_is_near_its_colour_lit_in_the_middle_and_even_from_left_to_right() -> None:
    picture = made("sweep #e0e0e0", (400, 400))

    assert abs(picture.mean() - 0xE0) < 16
    assert picture[180, 200].mean() > picture[5, 5].mean() + 10
    assert np.abs(picture - picture[:, ::-1]).max() <= 1


def test_a_blurred_ground_has_nothing_of_the_subject() -> None:
    alpha = disc(60)
    photo = np.where(alpha[..., None] > 0, (255, 0, 0), (0, 120, 40)).astype(np.uint8)
    ground = backdrop(Ground.read("blur 2"), alpha.shape[::-1], photo, alpha).astype(int)

    assert np.abs(ground - (0, 120, 40)).max() <= 2


def test_a_blurred_ground_covers_a_canvas_of_another_form() -> None:
    photo = np.zeros((100, 300, 3), np.uint8)
    photo[:, 150:] = 200
    ground = backdrop(Ground.read("blur 0.5"), (100, 100), photo, np.zeros((100, 300), np.uint8))

    assert ground.shape == (100, 100, 3)
    assert (ground[:, :40] < 10).all()
    assert (ground[:, 60:] > 190).all()


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(["linear #123456 #fedcba 33", "radial #fff #000", "sweep #fff", "blur 3"]),
    st.integers(1, 70),
    st.integers(1, 70),
)
def test_a_ground_has_the_size_of_its_canvas_and_is_the_same_twice(
    text: str, width: int, height: int
) -> None:
    one, other = made(text, (width, height)), made(text, (width, height))

    assert one.shape == (height, width, 3)
    np.testing.assert_array_equal(one, other)


def halves(width: int, height: int) -> NDArray[np.uint8]:
    """Return a picture that is red on the left and blue on the right."""
    picture = np.zeros((height, width, 3), np.uint8)
    picture[:, : width // 2, 0] = picture[:, width // 2 :, 2] = 255
    return picture


def on_own(text: str, size: tuple[int, int], picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    ground = Ground.read(f"picture {'ab' * 32} {text}")
    return backdrop(ground, size, picture, np.zeros(picture.shape[:2], np.uint8), picture)


def test_an_own_picture_fills_the_canvas_without_being_stretched() -> None:
    made = on_own("fill", (100, 100), halves(400, 100))

    assert made.shape == (100, 100, 3)
    assert (made[:, 45] == (255, 0, 0)).all()
    assert (made[:, 55] == (0, 0, 255)).all()


@pytest.mark.parametrize(("x", "colour"), [("0", (255, 0, 0)), ("1", (0, 0, 255))])
def test_it_is_chosen_which_part_of_it_is_seen(x: str, colour: tuple[int, int, int]) -> None:
    made = on_own(f"fill {x} 0.5", (100, 100), halves(400, 100))

    assert (made == colour).all()


def test_an_own_picture_may_be_seen_as_a_whole_on_its_own_blur() -> None:
    made = on_own("fit", (200, 200), halves(400, 100))

    assert (made[100, 2] == (255, 0, 0)).all()
    assert (made[100, 197] == (0, 0, 255)).all()
    assert made[10, 2, 0] > 150  # not an empty bar
    assert (made[10, 2:198, 0] < 255).any()


def test_an_own_picture_is_blurred_as_wide_as_asked() -> None:
    made = on_own("fill 0.5 0.5 5", (400, 100), halves(400, 100))

    # Five percent of 400 pixels: the edge passes a sixth at one deviation beyond the middle.
    assert made[50, 220, 0] == pytest.approx(0.159 * 255, abs=8)


def test_a_missing_picture_is_told_of() -> None:
    ground = Ground.read(f"picture {'ab' * 32}")
    empty = np.zeros((9, 9, 3), np.uint8)
    with pytest.raises(RecipeRejected, match="Choose it again"):
        backdrop(ground, (9, 9), empty, empty[..., 0])
