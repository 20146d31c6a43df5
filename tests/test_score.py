"""The scorer of mattes, on figures that can be worked out by hand."""

from math import exp, hypot, isnan, pi
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from PIL import Image

from bench.score import Truth, boundary_iou, gradient_error, iou, main, score

Bytes = NDArray[np.uint8]

RED = (200, 30, 30)


def disc(radius: float, size: int = 200, softness: float = 1) -> Bytes:
    y, x = np.mgrid[:size, :size] - size / 2
    alpha = np.clip((radius - np.hypot(y, x)) / softness + 0.5, 0, 1)
    pixels: Bytes = np.rint(alpha * 255).astype(np.uint8)
    return pixels


def filled(alpha: Bytes, colour: tuple[int, int, int]) -> Bytes:
    return np.dstack([np.full((*alpha.shape, 3), colour, np.uint8), alpha])


def true(alpha: Bytes) -> Truth:
    return Truth(alpha, filled(alpha, RED)[..., :3])


def flat(alpha: int, side: int = 20) -> Bytes:
    return np.full((side, side), alpha, np.uint8)


def test_the_truth_itself_scores_best() -> None:
    found = score(filled(disc(60), RED), true(disc(60)))

    assert (found.iou, found.boundary_iou) == (1, 1)
    assert (found.mae, found.sad, found.gradient) == (0, 0, 0)
    assert (found.foreground, found.composite) == (0, 0)


def test_half_of_a_square_overlaps_by_half() -> None:
    whole, half = flat(0), flat(0)
    whole[:, :8] = 255
    half[:, :4] = 255

    assert iou(half, whole) == 0.5


def test_two_empty_mattes_agree() -> None:
    assert iou(flat(0), flat(0)) == 1


def test_an_overlap_counts_what_is_at_least_half_there() -> None:
    assert iou(flat(128), flat(255)) == 1
    assert iou(flat(127), flat(255)) == 0


@given(arrays(np.uint8, (6, 7)), arrays(np.uint8, (6, 7)))
def test_an_overlap_does_not_depend_on_the_order(one: Bytes, other: Bytes) -> None:
    assert 0 <= iou(one, other) <= 1
    assert iou(one, other) == iou(other, one)
    assert iou(one, one) == 1


def test_a_sum_counts_pixels_in_thousands() -> None:
    found = score(filled(flat(0, side=200), RED), true(flat(255, side=200)))

    assert found.sad == 40
    assert found.mae == 1


@given(alpha=st.integers(0, 255), truth=st.integers(0, 255))
def test_errors_of_alpha_are_told_on_a_scale_of_one(alpha: int, truth: int) -> None:
    found = score(filled(flat(alpha), RED), true(flat(truth)))

    assert found.mae == pytest.approx(abs(alpha - truth) / 255)
    assert found.sad == pytest.approx(found.mae * 20 * 20 / 1000)
    assert found.gradient == pytest.approx(0)


def test_a_rim_is_two_pixels_wide_in_a_small_picture() -> None:
    whole = np.ones((20, 20), bool)
    hollow = whole.copy()
    hollow[2:-2, 2:-2] = False
    hollower = whole.copy()
    hollower[1:-1, 1:-1] = False

    assert boundary_iou(hollow, whole) == 1
    assert boundary_iou(hollower, whole) == 76 / 144


def test_a_rim_grows_with_the_diagonal() -> None:
    whole = np.ones((600, 800), bool)
    five = whole.copy()
    five[5:-5, 5:-5] = False

    assert boundary_iou(five, whole) == 1


def test_a_step_scores_the_sum_of_its_squared_slopes() -> None:
    step = np.zeros((50, 60))
    step[:, 30:] = 1
    reach = range(-4, 5)
    bell = {x: exp(-(x**2) / (2 * 1.4**2)) for x in reach}
    norm = hypot(*(bell[y] * x * bell[x] for y in reach for x in reach))
    # Beside the step the slope is the tail of the derivative, summed; far from it, zero.
    slopes = [sum(bell.values()) * sum(x * bell[x] for x in range(n, 5)) / norm for n in reach]

    expected = 50 * sum(slope**2 for slope in slopes) / 1000
    assert gradient_error(step, np.zeros_like(step)) == pytest.approx(expected)
    assert gradient_error(step.T, np.zeros_like(step.T)) == pytest.approx(expected)


def test_a_blurred_edge_is_seen_in_its_slope_though_not_in_its_overlap() -> None:
    found = score(filled(disc(60, softness=20), RED), true(disc(60)))

    assert found.iou > 0.99
    # The slope of the hard edge is lost along the whole of the circle, several pixels wide.
    assert found.gradient > 2 * pi * 60 / 1000


def test_a_wrong_colour_counts_in_the_soft_band_alone() -> None:
    truth = true(disc(60, softness=20))
    fringed = filled(truth.alpha, RED)
    soft = (truth.alpha > 0.05 * 255) & (truth.alpha < 0.95 * 255)
    inside = fringed.copy()
    fringed[soft, 0] -= 30
    inside[~soft, 0] -= 30

    assert score(fringed, truth).foreground == pytest.approx(10)
    assert score(inside, truth).foreground == 0


@pytest.mark.parametrize(("alpha", "judged"), [(12, False), (13, True), (242, True), (243, False)])
def test_the_soft_band_is_from_a_twentieth_to_all_but_a_twentieth(
    alpha: int, *, judged: bool
) -> None:
    found = score(filled(flat(alpha), (0, 0, 0)), true(flat(alpha)))

    assert isnan(found.foreground) is not judged


def test_the_colour_of_what_is_clear_means_nothing() -> None:
    cutout = filled(flat(100), RED)
    cutout[:10] = 0

    assert score(cutout, true(flat(100))).foreground == 0
    assert isnan(score(filled(flat(0), RED), true(flat(100))).foreground)


def test_a_missing_half_shows_on_white_black_and_green() -> None:
    found = score(filled(flat(51), RED), true(flat(102)))

    # A fifth too much of the ground is seen: by how far it is from the red, a fifth of that shows.
    white, black, green = 55 + 225 + 225, 200 + 30 + 30, 200 + 170 + 30
    assert found.composite == pytest.approx((white + black + green) / 9 / 5)


def test_three_pixels_around_the_soft_band_count_once_composed() -> None:
    truth = flat(0)
    truth[10, 10] = 128
    near, far = filled(truth, RED), filled(truth, RED)
    near[10, 13, 3] = 255
    far[10, 14, 3] = 255

    assert score(near, true(truth)).composite > 0
    assert score(far, true(truth)).composite == 0


def test_colours_that_the_truth_does_not_know_are_not_judged() -> None:
    found = score(filled(disc(60), RED), Truth(disc(60)))

    assert found.iou == 1
    assert isnan(found.foreground)
    assert isnan(found.composite)


def test_large_pictures_count_as_much_as_small_ones() -> None:
    large = score(filled(disc(1000, size=2000), RED), true(disc(900, size=2000)))
    small = score(filled(disc(800, size=1600), RED), true(disc(720, size=1600)))

    assert large.sad == pytest.approx(small.sad, rel=0.01)
    assert large.boundary_iou == small.boundary_iou == 0


def test_large_pictures_are_averaged_by_how_much_of_a_colour_is_seen() -> None:
    alpha = np.zeros((4, 3200), np.uint8)
    alpha[:, ::2] = 255
    cutout = filled(alpha, RED)
    cutout[:, 1::2, :3] = (0, 255, 0)

    found = score(cutout, true(alpha))
    assert found.foreground == pytest.approx(0, abs=1e-4)
    assert found.composite == pytest.approx(0, abs=1e-4)


def test_a_pixel_counts_whole_where_large_pictures_are_averaged() -> None:
    edge = np.zeros((17, 2720), np.uint8)
    edge[:, 0] = 255

    # To 10 x 1600: each new pixel spans 1.7 old ones, and the first holds the centres of two.
    found = score(filled(edge, RED), true(np.zeros_like(edge)))
    assert found.sad == pytest.approx(10 * 0.5 / 1000)


def test_a_smaller_cutout_is_stretched_to_the_size_of_the_truth() -> None:
    small, large = flat(0, side=2), flat(0, side=4)
    small[:, 1] = 255
    large[:] = (0, 64, 191, 255)

    assert score(filled(small, RED), true(large)).sad == 0


def save(folder: Path, truth: Truth, box: tuple[int, int, int, int] | None = None) -> None:
    folder.mkdir(parents=True)
    Image.fromarray(truth.alpha).save(folder / "alpha.png")
    if truth.colours is not None:
        foreground = Image.fromarray(np.dstack([truth.colours, truth.alpha])).crop(box)
        foreground.save(folder / "foreground.webp", lossless=True, exact=True)
    if box is not None:
        (folder / "meta.json").write_text(f'{{"bbox": {list(box)}}}')


def test_a_truth_is_read_with_its_colours(tmp_path: Path) -> None:
    save(tmp_path / "ball", true(disc(60)))
    read = Truth.read(tmp_path / "ball")

    assert np.array_equal(read.alpha, disc(60))
    assert read.colours is not None
    assert (read.colours == RED).all()


def test_colours_of_a_part_are_put_in_their_place(tmp_path: Path) -> None:
    save(tmp_path / "ball", true(disc(60)), box=(30, 35, 170, 165))
    colours = Truth.read(tmp_path / "ball").colours

    assert colours is not None
    assert (colours[35:165, 30:170] == RED).all()
    assert np.count_nonzero(colours.any(axis=-1)) == 130 * 140


def test_a_truth_may_be_a_matte_alone(tmp_path: Path) -> None:
    save(tmp_path / "ball", Truth(disc(60)))

    assert Truth.read(tmp_path / "ball").colours is None
    assert np.array_equal(Truth.read(tmp_path / "ball" / "alpha.png").alpha, disc(60))


def test_the_table_has_a_row_for_each_prediction_and_the_means(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    predictions, truths = tmp_path / "predictions", tmp_path / "truths"
    predictions.mkdir()
    save(truths / "ball", true(disc(60)))
    save(truths / "coin", true(disc(20)))
    Image.fromarray(disc(40)).save(truths / "moon.png")
    Image.fromarray(filled(disc(60), RED)).save(predictions / "ball.png")
    Image.fromarray(filled(flat(0, side=200), RED)).save(predictions / "moon.png")

    assert main([str(predictions), "--truth", str(truths)]) == 0

    out, err = capsys.readouterr()
    rows = [line.split() for line in out.splitlines()]
    assert rows[0][:3] == ["iou", "boundary_iou", "mae"]
    assert rows[1] == ["ball", *["1.0000"] * 2, *["0.0000"] * 5]
    assert rows[2][:3] == ["moon", "0.0000", "0.0000"]
    assert rows[2][-2:] == ["-", "-"]
    assert rows[3][:5] == ["mean", "of", "2", "0.5000", "0.5000"]
    assert rows[3][-1] == "0.0000"
    assert err == "No prediction for coin: the means leave them out.\n"


def test_predictions_without_a_truth_are_refused_with_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    save(tmp_path / "truths" / "ball", true(disc(60)))

    assert main([str(tmp_path), "--truth", str(tmp_path / "truths")]) == 1
    assert "has the name of a truth" in capsys.readouterr().err


def test_a_truth_that_is_no_folder_is_refused_with_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main([str(tmp_path), "--truth", str(tmp_path / "nowhere")])

    assert "nowhere is not a folder" in capsys.readouterr().err
