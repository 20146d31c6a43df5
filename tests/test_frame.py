"""The subject on a canvas: its share, its place, and never larger than it was."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from inference.frame import Place, box_of, place, placed
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
