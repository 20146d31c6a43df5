"""How long a batch will still take."""

import pytest

from ui.tally import pace, progress

NIGHT = 8 * 3600


def test_the_time_left_comes_from_how_fast_photos_are_finished() -> None:
    assert progress(3, 60, [100.0, 102.0, 104.0]) == "3/63 · 2 min left"
    assert progress(3, 7200, [100.0, 102.0, 104.0]) == "3/7203 · 4 h left"


def test_too_few_photos_tell_nothing_of_time() -> None:
    assert progress(2, 60, [100.0, 102.0]) == "2/62"


def test_a_pause_and_a_night_are_no_work() -> None:
    evening = [float(second) for second in range(5)]
    morning = [NIGHT + second for second in evening]

    assert pace([*evening, *morning]) == pytest.approx(1.0)


def test_photos_that_are_finished_two_at_a_time_count_as_two() -> None:
    pairs = [float(second) for second in range(0, 20, 2) for _ in range(2)]

    assert pace(pairs) == pytest.approx(1.0, abs=0.1)


def test_only_the_last_photos_count() -> None:
    slow = [float(second) for second in range(0, 1000, 10)]
    quick = [1000.0 + second for second in range(40)]

    assert pace([*slow, *quick]) == pytest.approx(1.0)
