"""The subject on a canvas: its share, its place, and never larger than it was."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from inference.frame import Place, box_of, cut_off, place, placed, series_scale
from inference.look import Frame

GREY = 90


def subject(size: tuple[int, int], box: tuple[int, int, int, int]) -> NDArray[np.uint8]:
    alpha = np.zeros(size[::-1], np.uint8)
    left, top, width, height = box
    alpha[top : top + height, left : left + width] = 255
    return alpha


def found(alpha: NDArray[np.uint8], frame: Frame) -> Place:
    to = place(alpha, frame)
    assert to
    return to


def set_on(alpha: NDArray[np.uint8], frame: Frame) -> NDArray[np.uint8]:
    pixels = np.full((*alpha.shape, 3), GREY, np.uint8)
    framed, shape = placed(pixels, alpha, found(alpha, frame))
    assert (framed[shape > 0] == GREY).all()
    return shape


def test_no_frame_leaves_the_photo_as_it_is() -> None:
    assert place(subject((400, 300), (50, 60, 100, 80)), Frame()) is None


def test_a_filled_subject_takes_its_share_in_the_middle() -> None:
    shape = set_on(subject((4000, 3000), (500, 600, 2000, 1000)), Frame("1000x1000", 80))

    assert shape.shape == (1000, 1000)
    assert box_of(shape) == (100, 300, 800, 400)


def test_a_subject_may_stand_on_the_lower_margin() -> None:
    shape = set_on(subject((4000, 3000), (500, 600, 2000, 1000)), Frame("1000x1000", 80, "bottom"))

    assert box_of(shape) == (100, 500, 800, 400)


def test_a_ratio_keeps_the_pixels_of_the_photo() -> None:
    to = found(subject((400, 300), (50, 60, 100, 80)), Frame("1:1", 50))

    assert to.canvas == (200, 200)
    assert to.at == (50, 60, 100, 80)


def test_nothing_is_made_larger_to_fill_a_canvas() -> None:
    shape = set_on(subject((400, 300), (50, 60, 100, 80)), Frame("2000x2000", 85))

    assert box_of(shape) == (950, 960, 100, 80)


@pytest.mark.parametrize(
    ("box", "edge"),
    [
        ((0, 50, 100, 100), (0, None)),
        ((300, 50, 100, 100), (300, None)),
        ((100, 200, 100, 100), (None, 300)),
        ((100, 0, 100, 100), (None, 0)),
    ],
)
def test_a_subject_that_the_photo_cuts_off_stays_at_that_edge(
    box: tuple[int, int, int, int], edge: tuple[int | None, int | None]
) -> None:
    left, top, width, height = box_of(set_on(subject((400, 300), box), Frame("400x400", 50)))

    if edge[0] is not None:
        assert left == edge[0]
        assert top == (400 - height) // 2
    if edge[1] is not None:
        assert top == edge[1]
        assert left == (400 - width) // 2


def test_a_subject_that_is_cut_off_above_and_below_goes_from_edge_to_edge() -> None:
    shape = set_on(subject((400, 300), (150, 0, 60, 300)), Frame("200x200", 80))

    assert box_of(shape)[1::2] == (0, 200)


def test_a_canvas_without_fill_has_all_of_the_photo() -> None:
    to = found(subject((400, 300), (50, 60, 100, 80)), Frame("1:1"))

    assert to.canvas == (400, 400)
    assert to.at == (0, 50, 400, 300)


def test_a_huge_canvas_is_bounded() -> None:
    to = found(subject((6000, 6000), (100, 100, 5800, 5800)), Frame("1:1", 10))

    assert to.canvas[0] * to.canvas[1] <= 100_000_000
    assert to.at[2] == pytest.approx(to.canvas[0] / 10, abs=1)


@settings(max_examples=80, deadline=None)
@given(
    st.integers(1, 90), st.integers(1, 90), st.data(),
    st.sampled_from(["", "1:1", "3:1", "40x60", "7x3"]), st.sampled_from([0, 10, 85, 100]),
    st.sampled_from(["centre", "bottom"]),
)  # fmt: skip
def test_a_subject_is_always_whole_and_on_its_canvas(
    width: int, height: int, data: st.DataObject, canvas: str, fill: float, align: str
) -> None:
    left, top = data.draw(st.integers(0, width - 1)), data.draw(st.integers(0, height - 1))
    across = data.draw(st.integers(1, width - left))
    down = data.draw(st.integers(1, height - top))
    alpha = subject((width, height), (left, top, across, down))
    to = place(alpha, Frame(canvas, fill, align))
    if to is None:
        return
    x, y, new_width, new_height = to.at
    assert x >= 0
    assert y >= 0
    assert x + new_width <= to.canvas[0]
    assert y + new_height <= to.canvas[1]
    assert new_width <= to.part[2]
    assert new_height <= to.part[3]
    _, shape = placed(np.zeros((height, width, 3), np.uint8), alpha, to)
    assert shape.shape == to.canvas[::-1]


def test_a_canvas_of_the_subject_is_its_box_with_a_margin() -> None:
    alpha = subject((400, 300), (50, 60, 100, 80))

    assert box_of(set_on(alpha, Frame("subject"))) == (0, 0, 100, 80)
    shape = set_on(alpha, Frame("subject", padding=10))
    assert shape.shape == (100, 120)
    assert box_of(shape) == (10, 10, 100, 80)


def test_a_margin_is_left_away_where_the_photo_cuts_the_subject_off() -> None:
    shape = set_on(subject((400, 300), (0, 200, 100, 100)), Frame("subject", padding=10))

    assert shape.shape == (110, 110)
    assert box_of(shape) == (0, 10, 100, 100)


@given(
    st.integers(1, 300),
    st.integers(1, 200),
    st.integers(0, 99),
    st.integers(0, 99),
    st.integers(0, 100),
)
def test_a_padded_subject_is_whole_wherever_it_is(
    width: int, height: int, left: int, top: int, padding: int
) -> None:
    alpha = subject((400, 300), (left, top, width, height))

    shape = set_on(alpha, Frame("subject", padding=padding))

    assert (shape > 0).sum() == width * height


def test_photos_of_a_series_have_one_scale() -> None:
    frame = Frame("1000x1000", 80, "bottom", scale=40)
    cup, jug = (
        box_of(set_on(subject((4000, 3000), box), frame))
        for box in ((500, 600, 1000, 1500), (500, 600, 500, 500))
    )

    assert cup[2:] == (400, 600)
    assert jug[2:] == (200, 200)
    assert cup[1] + cup[3] == jug[1] + jug[3] == 900


def test_a_scale_never_takes_more_than_the_share() -> None:
    shape = set_on(subject((4000, 3000), (500, 600, 2000, 1000)), Frame("1000x1000", 80, scale=90))

    assert box_of(shape) == (100, 300, 800, 400)


def test_the_one_scale_of_a_series_is_that_at_which_the_largest_fits() -> None:
    frame = Frame("1000x1000", 80)
    shapes = [
        (subject((400, 300), (50, 60, 200, 100)), 4000),
        (subject((400, 300), (50, 60, 100, 150)), 4000),
        (subject((400, 300), (50, 60, 100, 150)), 800),
    ]

    assert series_scale(shapes[:2], frame) == pytest.approx(40, abs=0.5)
    assert series_scale(shapes[1:], frame) == pytest.approx(53, abs=0.7)
    assert series_scale(shapes[2:], frame) == 100


@pytest.mark.parametrize(
    ("box", "sides"),
    [
        ((50, 60, 100, 80), ()),
        ((0, 60, 100, 80), ("left",)),
        ((300, 0, 100, 300), ("right", "top", "bottom")),
        ((0, 60, 100, 2), ()),
    ],
)
def test_it_is_told_where_a_photo_cuts_its_subject_off(
    box: tuple[int, int, int, int], sides: tuple[str, ...]
) -> None:
    assert cut_off(subject((400, 300), box)) == sides
