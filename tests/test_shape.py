"""Changes of a matte as a whole, on mattes whose answer is known."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as st_numpy
from numpy.typing import NDArray

from inference.errors import RecipeRejected
from inference.recipe import Recipe
from inference.shape import shaped

mattes = st_numpy.arrays(np.uint8, st.tuples(st.integers(1, 40), st.integers(1, 40)))
recipes = st.builds(
    Recipe,
    subject=st.sampled_from(["all", "largest", "0.5 0.5", "0 1"]),
    islands=st.floats(0, 100),
    holes=st.floats(0, 100),
    solid=st.booleans(),
    shift=st.floats(-3, 3),
    feather=st.sampled_from([0.0, 0.3, 3.0]),
)


def disc(radius: float, centre: tuple[int, int] = (200, 200), size: int = 400) -> NDArray[np.uint8]:
    """A disc with an edge of a pixel."""
    y, x = np.mgrid[:size, :size]
    away = np.hypot(y - centre[0], x - centre[1])
    alpha: NDArray[np.uint8] = np.clip((radius - away) * 255 + 128, 0, 255).astype(np.uint8)
    return alpha


TWO = np.maximum(disc(60, (200, 120)), disc(20, (200, 320)))
RING = np.where(disc(40) > 0, 255 - disc(40), disc(100)).astype(np.uint8)
GLASS = np.where(disc(60) > 0, 140, disc(100)).astype(np.uint8)


def changed(alpha: NDArray[np.uint8], **wish: Any) -> NDArray[np.uint8]:
    return shaped(alpha, Recipe(**wish))


def test_nothing_asked_is_nothing_changed() -> None:
    np.testing.assert_array_equal(changed(TWO), TWO)


def test_only_the_largest_subject_is_kept() -> None:
    np.testing.assert_array_equal(changed(TWO, subject="largest"), disc(60, (200, 120)))


@pytest.mark.parametrize("place", ["0.8 0.5", "0.99 0.4"])
def test_the_subject_at_a_place_or_nearest_to_it_is_kept(place: str) -> None:
    np.testing.assert_array_equal(changed(TWO, subject=place), disc(20, (200, 320)))


@pytest.mark.parametrize(("percent", "kept"), [(10.0, True), (12.0, False)])
def test_islands_below_a_share_of_the_largest_part_go(percent: float, *, kept: bool) -> None:
    """A radius of a third is a ninth of the area: 11.1 %."""
    island = changed(TWO, islands=percent)[200, 320]

    assert bool(island) == kept


def test_haze_that_is_nowhere_half_there_goes_with_the_islands() -> None:
    haze = np.maximum(disc(60), (disc(10, (40, 40)) > 0).astype(np.uint8) * 60)

    np.testing.assert_array_equal(changed(haze, islands=0.1), disc(60))


@pytest.mark.parametrize(("percent", "closed"), [(15.0, False), (21.0, True)])
def test_holes_up_to_a_share_of_the_subject_are_closed(percent: float, *, closed: bool) -> None:
    """A hole of 40 in a disc of 100 is 19 % of what is left of it; its rim counts, too."""
    filled = changed(RING, holes=percent)

    assert filled[200, 200] == (255 if closed else 0)
    assert (np.abs(filled.astype(int) - disc(100)).max() <= 5) == closed


def test_an_opening_to_the_outside_is_no_hole() -> None:
    cup = RING.copy()
    cup[:200, 190:210] = 0

    np.testing.assert_array_equal(changed(cup, holes=100.0), cup)


def test_a_solid_subject_shows_nothing_through_but_keeps_its_holes() -> None:
    whole, ring = changed(GLASS, solid=True), changed(RING, solid=True)

    assert whole[200, 200] == 255
    assert ring[200, 200] == 0
    soft = (GLASS > 0) & (GLASS < 255) & (disc(97) == 0)
    np.testing.assert_array_equal(whole[soft], GLASS[soft])


def test_a_subject_that_leaves_the_frame_is_solid_up_to_the_frame() -> None:
    half = np.full((400, 400), 140, np.uint8)

    assert changed(half, solid=True)[0, 0] == 255


@pytest.mark.parametrize("pixels", [-20.0, -2.5, -1.0, 0.5, 3.0, 20.0])
def test_edges_move_by_so_many_pixels(pixels: float) -> None:
    moved = changed(disc(100), shift=pixels)[200].astype(float).sum() / 255
    before = disc(100)[200].astype(float).sum() / 255

    assert (moved - before) / 2 == pytest.approx(pixels, abs=0.1)


def test_a_feather_is_a_gaussian_of_its_deviation() -> None:
    """Across a straight edge 68 % of the fall lie within one deviation on either side."""
    edge = np.where(np.arange(400) < 200, 255, 0).astype(np.uint8)
    soft = changed(np.broadcast_to(edge, (50, 400)).copy(), feather=10.0)[25].astype(float)

    assert (soft[190] - soft[210]) / 255 == pytest.approx(0.683, abs=0.02)


@settings(max_examples=150, deadline=None)
@given(matte=mattes, recipe=recipes)
def test_any_matte_takes_any_change(matte: NDArray[np.uint8], recipe: Recipe) -> None:
    before = matte.copy()
    after = shaped(matte, recipe)

    assert (after.shape, after.dtype) == (matte.shape, matte.dtype)
    np.testing.assert_array_equal(matte, before)
    if not matte.any() and recipe.shift <= 0:
        assert not after.any()


@pytest.mark.parametrize(
    "wish",
    [
        {"shift": 51.0},
        {"feather": -1.0},
        {"holes": 101.0},
        {"islands": float("nan")},
        {"subject": "left"},
        {"subject": "0.5 1.5"},
        {"subject": "nan 0.5"},
    ],
)
def test_what_is_out_of_range_is_said(wish: dict[str, Any]) -> None:
    with pytest.raises(RecipeRejected) as refused:
        Recipe(**wish)

    assert refused.value.says
