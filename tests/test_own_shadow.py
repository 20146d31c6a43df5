"""The shadow of a photo, found on a plain ground, kept on another one, and not made up."""

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from inference.compose import staged
from inference.look import Frame, Shadow
from inference.own_shadow import own_shadow
from inference.recipe import Recipe

Bytes = NDArray[np.uint8]
WIDTH, HEIGHT = 600, 450


@pytest.fixture
def alpha() -> Bytes:
    alpha = np.zeros((HEIGHT, WIDTH), np.uint8)
    cv2.rectangle(alpha, (240, 120), (360, 320), 255, -1)
    return alpha


@pytest.fixture
def dark() -> NDArray[np.float32]:
    """A soft shadow on the floor to the right of the subject, up to a half."""
    spot = np.zeros((HEIGHT, WIDTH), np.float32)
    cv2.ellipse(spot, (340, 320), (90, 25), 0, 0, 360, 0.6, -1)
    return np.asarray(cv2.GaussianBlur(spot, (0, 0), 12), np.float32)


def ground(colour: tuple[int, int, int] = (225, 220, 210)) -> NDArray[np.float32]:
    """Return paper that is lighter at the top left, as lamps make it."""
    fall = np.linspace(1.05, 0.9, WIDTH)[None] * np.linspace(1.03, 0.93, HEIGHT)[:, None]
    return np.asarray(np.array(colour) * fall[..., None], np.float32)


def photo(paper: NDArray[np.float32], dark: NDArray[np.float32], alpha: Bytes) -> Bytes:
    noise = np.random.default_rng(1).normal(0, 0.8, paper.shape)
    lit = paper * (1 - dark[..., None]) + noise
    lit[alpha > 0] = (150, 40, 40)
    return np.rint(np.clip(lit, 0, 255)).astype(np.uint8)


def test_a_shadow_on_plain_paper_is_found(alpha: Bytes, dark: NDArray[np.float32]) -> None:
    found = own_shadow(photo(ground(), dark, alpha), alpha)

    beside = alpha == 0
    assert np.abs(found - dark)[beside].mean() < 0.01
    assert found[beside].max() == pytest.approx(dark[beside].max(), abs=0.06)


def test_it_falls_on_the_new_ground_where_it_was_in_the_photo(
    alpha: Bytes, dark: NDArray[np.float32]
) -> None:
    picture = photo(ground(), dark, alpha)
    recipe = Recipe(background="#ffd200", shadow=Shadow("original"))

    made = staged(picture, alpha, recipe, picture)

    expected = np.array([255, 210, 0]) * (1 - dark[..., None])
    assert np.abs(made - expected)[alpha == 0].mean() < 3


def test_it_moves_with_the_subject_into_a_frame(alpha: Bytes, dark: NDArray[np.float32]) -> None:
    picture = photo(ground(), dark, alpha)
    look = Recipe(background="white", shadow=Shadow("original"))
    plain = staged(picture, alpha, look, picture)
    framed = staged(
        picture,
        alpha,
        Recipe.dressed(look, {"frame": {"canvas": "400x400", "fill": 50.0}}),
        picture,
    )
    # 200 pixels of subject stay 200: it is moved by 60 to the left and 20 down... and not scaled.
    left, top = 240 - (400 - 121) // 2, 120 - (400 - 201) // 2
    there = plain[top : top + 340, left : left + 340]
    assert np.abs(framed[:340, :340].astype(int) - there).mean() < 1


@pytest.mark.parametrize(("strength", "times"), [(25.0, 0.5), (0.0, 0.0)])
def test_its_strength_is_that_of_the_photo_at_fifty(
    alpha: Bytes, dark: NDArray[np.float32], strength: float, times: float
) -> None:
    picture = photo(ground(), dark, alpha)
    whole, part = (
        255
        - staged(picture, alpha, Recipe(background="white", shadow=shadow), picture)[340, 380, 0]
        for shadow in (Shadow("original"), Shadow("original", opacity=strength))
    )

    assert part == pytest.approx(times * whole, abs=1.5)


def test_paper_without_a_shadow_gets_none(alpha: Bytes) -> None:
    paper = ground()

    assert own_shadow(photo(paper, np.zeros_like(paper[..., 0]), alpha), alpha).max() < 0.02


def test_a_room_is_no_shadow(alpha: Bytes) -> None:
    rng = np.random.default_rng(2)
    patches = rng.uniform(30, 250, (9, 12, 3)).astype(np.float32)
    room = np.asarray(cv2.resize(patches, (WIDTH, HEIGHT)), np.float32)

    assert not own_shadow(photo(room, np.zeros((HEIGHT, WIDTH), np.float32), alpha), alpha).any()


def test_where_there_is_no_subject_or_nothing_beside_it_there_is_no_shadow() -> None:
    grey = np.full((50, 60, 3), 200, np.uint8)

    assert not own_shadow(grey, np.zeros((50, 60), np.uint8)).any()
    assert not own_shadow(grey, np.full((50, 60), 255, np.uint8)).any()


def test_a_frame_of_the_subject_alone_keeps_it_too(alpha: Bytes, dark: NDArray[np.float32]) -> None:
    picture = photo(ground(), dark, alpha)
    recipe = Recipe(
        background="white", shadow=Shadow("original"), frame=Frame("subject", padding=20)
    )

    made = staged(picture, alpha, recipe, picture)

    assert made.shape == (201 + 80, 121 + 80, 3)
    assert made[-38:-30, 60:140].min() < 200
