"""A second look is closer, and counts only where it is at the same subject."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from inference.closer import both_looks, closer_part


def test_the_closer_part_is_the_subject_with_a_margin() -> None:
    alpha = np.zeros((200, 300), np.uint8)
    alpha[50:150, 100:180] = 255
    alpha[0] = 20  # haze is no subject

    assert closer_part(alpha) == (slice(32, 168), slice(86, 194))


def test_nothing_is_looked_at_again_where_that_is_not_closer() -> None:
    large = np.zeros((100, 100), np.uint8)
    large[10:95, 10:95] = 255

    assert closer_part(large) is None
    assert closer_part(np.zeros((100, 100), np.uint8)) is None


@given(st.integers(1, 60), st.integers(1, 60), st.integers(0, 59), st.integers(0, 59), st.data())
def test_the_part_lies_in_the_picture_and_holds_all_that_was_found(
    height: int, width: int, top: int, left: int, data: st.DataObject
) -> None:
    alpha = np.zeros((height, width), np.uint8)
    rows = slice(min(top, height - 1), data.draw(st.integers(min(top, height - 1) + 1, height)))
    columns = slice(min(left, width - 1), data.draw(st.integers(min(left, width - 1) + 1, width)))
    alpha[rows, columns] = 255

    part = closer_part(alpha)

    if part:
        assert (alpha[part] == 255).sum() == (alpha == 255).sum()
        assert alpha[part].shape == (part[0].stop - part[0].start, part[1].stop - part[1].start)


def test_both_looks_at_the_same_subject_are_mixed() -> None:
    first = np.zeros((100, 100), np.uint8)
    first[20:80, 20:80] = 200
    closer = np.zeros((80, 80), np.uint8)
    closer[10:70, 10:70] = 240

    mixed = both_looks(first, closer, (slice(10, 90), slice(10, 90)))

    assert mixed[50, 50] == 224  # 40 % of 200, 60 % of 240
    assert not mixed[:20].any()


def test_a_second_look_tears_no_hole_where_the_first_is_sure_all_around() -> None:
    first = np.zeros((100, 100), np.uint8)
    first[20:80, 20:80] = 255
    closer = np.zeros((80, 80), np.uint8)
    closer[10:70, 10:70] = 255
    closer[38:42, 38:42] = closer[10:14, 38:42] = 0

    mixed = both_looks(first, closer, (slice(10, 90), slice(10, 90)))

    assert mixed[50, 50] == 255
    assert mixed[20, 50] == 102  # its edge is the second look's to correct


def test_a_look_at_something_else_does_not_count() -> None:
    first = np.zeros((100, 100), np.uint8)
    first[20:80, 20:80] = 255
    closer = np.zeros((80, 80), np.uint8)
    closer[40:, 10:70] = 255

    assert both_looks(first, closer, (slice(10, 90), slice(10, 90))) is first


def test_two_looks_at_nothing_are_nothing() -> None:
    none = np.zeros((20, 20), np.uint8)

    assert not both_looks(none, none[5:15], (slice(5, 15), slice(0, 20))).any()
