from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as st_numpy
from numpy.typing import NDArray

from inference.compose import render
from inference.edges import decontaminate
from inference.look import Frame, Shadow
from inference.recipe import Recipe

RED, GREEN = (200, 30, 30), (20, 160, 60)
KEPT = Recipe(refine=False, decontaminate=False)

mattes = st_numpy.arrays(np.uint8, st.tuples(st.integers(1, 40), st.integers(1, 40)))


def soft_disc(size: int = 400) -> NDArray[np.uint8]:
    """The alpha of a disc whose edge is ten pixels soft."""
    y, x = np.mgrid[:size, :size] - size / 2
    alpha: NDArray[np.uint8] = np.clip((size / 3 - np.hypot(y, x)) * 25 + 127, 0, 255).astype(
        np.uint8
    )
    return alpha


def mixed(alpha: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A photo of red on green."""
    share = alpha[..., None] / 255
    exact = share * np.array(RED) + (1 - share) * np.array(GREEN)
    photo: NDArray[np.uint8] = np.rint(exact).astype(np.uint8)
    return photo


def flat(shape: tuple[int, ...], colour: tuple[int, int, int]) -> NDArray[np.uint8]:
    return np.full((*shape[:2], 3), colour, np.uint8)


def test_soft_edges_lose_the_colour_of_the_old_background() -> None:
    alpha = soft_disc()
    photo = mixed(alpha)
    clean = decontaminate(photo, alpha)

    soft = (alpha > 25) & (alpha < 230)
    before = np.abs(photo[soft].astype(int) - RED).mean()
    after = np.abs(clean[soft].astype(int) - RED).mean()
    assert after < before / 5


def test_only_soft_pixels_change() -> None:
    alpha = soft_disc()
    photo = mixed(alpha)
    clean = decontaminate(photo, alpha)

    hard = (alpha == 0) | (alpha == 255)
    np.testing.assert_array_equal(clean[hard], photo[hard])


def test_a_matte_without_soft_pixels_changes_nothing() -> None:
    photo = flat((20, 30), RED)
    alpha = np.zeros((20, 30), np.uint8)

    np.testing.assert_array_equal(decontaminate(photo, alpha), photo)


@settings(max_examples=50, deadline=None)
@given(mattes)
def test_a_photo_of_one_colour_keeps_it_whatever_the_matte(matte: NDArray[np.uint8]) -> None:
    photo = flat(matte.shape, RED)
    clean = decontaminate(photo, matte).astype(int)

    assert np.abs(clean - photo).max() <= 1


@settings(max_examples=50, deadline=None)
@given(mattes)
def test_a_cutout_on_a_colour_is_the_mean_of_both_weighted_by_alpha(
    matte: NDArray[np.uint8],
) -> None:
    result = render(
        flat(matte.shape, RED),
        matte,
        Recipe(refine=False, decontaminate=False, background="#14a03c"),
    )

    alpha = np.where(matte <= 8, 0, np.where(matte >= 251, 255, matte)).astype(float)[..., None]
    exact = (alpha * np.array(RED) + (255 - alpha) * np.array(GREEN)) / 255
    assert np.abs(result - exact).max() <= 0.5 + 1e-9


def test_a_cutout_put_back_on_its_own_background_is_the_photo() -> None:
    alpha = soft_disc()
    photo = mixed(alpha)
    again = render(photo, alpha, Recipe(refine=False, background="#14a03c")).astype(int)

    assert np.abs(again - photo).mean() < 1
    assert np.percentile(np.abs(again - photo), 99.9) <= 6


def test_a_transparent_cutout_hides_no_colour_under_nothing() -> None:
    alpha = soft_disc()
    cutout = render(mixed(alpha), alpha, KEPT)

    assert cutout.shape == (400, 400, 4)
    assert not cutout[cutout[..., 3] == 0].any()


def test_nearly_nothing_is_nothing_and_nearly_all_is_all() -> None:
    matte = np.array([[0, 8, 9, 128, 250, 251, 255]], np.uint8)
    cutout = render(flat((1, 7), RED), matte, KEPT)

    assert cutout[0, :, 3].tolist() == [0, 0, 9, 128, 250, 255, 255]


def test_what_was_transparent_in_the_photo_stays_so() -> None:
    matte = np.full((2, 2), 255, np.uint8)
    own = np.array([[0, 128], [255, 64]], np.uint8)
    cutout = render(flat((2, 2), RED), matte, KEPT, own)

    np.testing.assert_array_equal(cutout[..., 3], own)


@pytest.mark.parametrize("background", ["transparent", "white"])
def test_the_same_photo_and_recipe_give_the_same_pixels(background: str) -> None:
    alpha = soft_disc()
    recipe = Recipe(model="u2netp", background=background)

    np.testing.assert_array_equal(
        render(mixed(alpha), alpha, recipe), render(mixed(alpha), alpha, recipe)
    )


def staged(**look: object) -> NDArray[np.uint8]:
    recipe = replace(KEPT, **look)  # type: ignore[arg-type]
    return render(mixed(soft_disc()), soft_disc(), recipe)


def test_a_shadow_on_a_transparent_ground_is_the_one_on_white() -> None:
    """Whoever lays the file on white has what the recipe would have made."""
    through = staged(shadow=Shadow("soft"))
    share = through[..., 3:] / 255
    laid = through[..., :3] * share + 255 * (1 - share)

    assert through.shape[2] == 4
    assert np.abs(laid - staged(shadow=Shadow("soft"), background="white")).max() <= 2


def test_a_shadow_is_behind_the_subject() -> None:
    plain, shaded = staged(background="white"), staged(background="white", shadow=Shadow("soft"))
    inside = soft_disc() == 255

    np.testing.assert_array_equal(shaded[inside], plain[inside])
    assert (shaded.astype(int) <= plain).all()
    assert (shaded < plain).any()


@pytest.mark.parametrize(
    "background", ["transparent", "#ffffff", "sweep", "blur", "radial #fff #000"]
)
def test_a_frame_makes_a_picture_of_its_size_on_every_ground(background: str) -> None:
    picture = staged(background=background, shadow=Shadow("hard"), frame=Frame("300x200", 80))

    assert picture.shape == (200, 300, 4 if background == "transparent" else 3)


def test_the_border_of_a_filled_white_picture_is_white() -> None:
    picture = staged(background="white", shadow=Shadow("contact"), frame=Frame("1:1", 80))

    for edge in (picture[0], picture[-1], picture[:, 0], picture[:, -1]):
        assert (edge == 255).all()


def test_the_same_recipe_gives_the_same_pixels() -> None:
    look = {"background": "sweep", "shadow": Shadow("hard"), "frame": Frame("4:5", 70)}

    np.testing.assert_array_equal(staged(**look), staged(**look))
