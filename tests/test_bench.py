"""The pure parts of the benchmarks: figures and their verdicts, ratios, photos."""

import io
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from bench.commands import run
from bench.contender import Contender, ContenderDied, Cost
from bench.doubts import auc
from bench.figures import Bound, Figure, Result, Skipped, Verdict, report
from bench.peers import Turns, ratio
from bench.server import unique
from bench.visit import late


def figure(value: float, bound: Bound = Bound.AT_MOST, bar: float = 250) -> Figure:
    return Figure("idle-memory", "MB", bound, bar, lambda: value)


def skipped() -> float:
    raise Skipped("no weights here")


def turns(ours: list[float], theirs: list[float]) -> Turns:
    return Turns([cost(seconds) for seconds in ours], [cost(seconds) for seconds in theirs])


def cost(cpu_seconds: float) -> Cost:
    return Cost(cpu_seconds=cpu_seconds, wall_seconds=1, peak_mb=100, output_bytes=1000)


def test_a_figure_is_reported_in_seven_words(capsys: pytest.CaptureFixture[str]) -> None:
    report([figure(198.25)])

    assert capsys.readouterr().out == "BENCH idle-memory 198.2 MB <= 250 ok\n"


@pytest.mark.parametrize(
    ("bound", "value", "verdict"),
    [
        (Bound.AT_MOST, 249.9, Verdict.OK),
        (Bound.AT_MOST, 250.0, Verdict.OK),
        (Bound.AT_MOST, 250.1, Verdict.MISS),
        (Bound.AT_LEAST, 250.1, Verdict.OK),
        (Bound.AT_LEAST, 250.0, Verdict.OK),
        (Bound.AT_LEAST, 249.9, Verdict.MISS),
        (Bound.AT_LEAST, float("nan"), Verdict.MISS),
        (Bound.AT_MOST, float("nan"), Verdict.MISS),
    ],
)
def test_a_value_is_held_to_its_bar(bound: Bound, value: float, verdict: Verdict) -> None:
    assert Result(figure(value, bound), value).verdict is verdict


def test_one_miss_makes_the_exit_code_1(capsys: pytest.CaptureFixture[str]) -> None:
    assert report([figure(300), figure(200)]) == 1
    assert capsys.readouterr().out.count("BENCH") == 2


def test_what_cannot_be_measured_here_is_skipped_and_no_miss(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code = report([Figure("rembg-cpu-u2net", "x", Bound.AT_LEAST, 1, skipped)])

    assert code == 0
    assert capsys.readouterr().out.splitlines() == [
        "  rembg-cpu-u2net: no weights here",
        "BENCH rembg-cpu-u2net - x >= 1 SKIP",
    ]


def test_the_ratio_takes_the_median_of_the_rounds_of_a_photo() -> None:
    disturbed = turns(ours=[1, 1, 50], theirs=[3, 80, 3])

    assert ratio([disturbed]) == 3


def test_the_ratio_weighs_photos_by_what_they_cost() -> None:
    small, large = turns(ours=[1], theirs=[4]), turns(ours=[9], theirs=[16])

    assert ratio([small, large]) == 2


def test_one_in_twenty_is_later_than_the_95th_percentile() -> None:
    assert late([float(ms) for ms in range(1, 101)]) == pytest.approx(95, abs=0.1)


def test_a_photo_with_another_comment_shows_the_same_picture() -> None:
    file = io.BytesIO()
    Image.linear_gradient("L").save(file, "JPEG")
    photo = file.getvalue()

    first, second = unique(photo, 1), unique(photo, 2)

    assert first != second
    for data in (first, second):
        with Image.open(io.BytesIO(data)) as shown, Image.open(file) as original:
            assert shown.tobytes() == original.tobytes()


def test_a_contender_tells_what_a_cutout_took(tmp_path: Path) -> None:
    (tmp_path / "mirror.py").write_text(
        "from bench.contender import serve\n"
        "print('libraries may print')\n"
        "serve(lambda data: data + data)\n"
    )
    photo = tmp_path / "photo of a cup.jpg"
    photo.write_bytes(b"12345")

    with Contender(Path(sys.executable), "mirror", PYTHONPATH=str(tmp_path)) as contender:
        took = contender.cut(photo)

    assert took.output_bytes == 10


def test_a_contender_that_dies_is_not_waited_for(tmp_path: Path) -> None:
    (tmp_path / "coward.py").write_text("raise SystemExit(3)\n")

    with (
        Contender(Path(sys.executable), "coward", PYTHONPATH=str(tmp_path)) as contender,
        pytest.raises(ContenderDied, match="exit code 3"),
    ):
        contender.cut(tmp_path / "photo.jpg")


def test_auc_is_the_share_of_pairs_in_the_right_order() -> None:
    scores, bad = np.array([0.9, 0.4, 0.4, 0.1]), np.array([True, True, False, False])

    assert auc(scores, bad) == (1 + 1 + 0.5 + 1) / 4
    assert np.isnan(auc(scores, np.zeros(4, bool)))


def test_the_peak_of_a_command_is_its_own_and_not_that_of_what_started_it() -> None:
    ballast = np.ones(200_000_000, np.uint8)

    spent = run([sys.executable, "-c", "pass"], {})

    assert ballast.nbytes / 1e6 > 2 * spent.peak_mb
