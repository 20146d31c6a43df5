"""Grounds, shadows and frames as data: one spelling each, and a sentence for what is wrong."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.errors import RecipeRejected
from inference.look import Frame, Ground, Scene, Shadow

colours = st.tuples(*[st.integers(0, 255)] * 3)
grounds = st.one_of(
    st.just(Ground(Scene.TRANSPARENT)),
    st.builds(lambda one: Ground(Scene.COLOUR, (one,)), colours),
    st.builds(
        lambda one, two, turn: Ground(Scene.LINEAR, (one, two), float(turn)),
        colours,
        colours,
        st.integers(0, 360),
    ),
    st.builds(lambda one, two: Ground(Scene.RADIAL, (one, two)), colours, colours),
    st.builds(lambda one: Ground(Scene.SWEEP, (one,)), colours),
    st.builds(lambda blur: Ground(Scene.BLUR, (), blur / 2), st.integers(1, 40)),
    st.builds(
        lambda fit, x, y, blur: Ground(
            Scene.PICTURE, (), float(blur), picture="a1" * 32, fit=fit, at=(x / 4, y / 4)
        ),
        st.sampled_from(["fill", "fit"]),
        st.integers(0, 4),
        st.integers(0, 4),
        st.integers(0, 20),
    ),
)


@given(grounds)
def test_a_ground_survives_being_written_and_read(ground: Ground) -> None:
    assert Ground.read(ground.text) == ground


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("LINEAR white #DDD", "linear #ffffff #dddddd 180"),
        ("sweep", "sweep #ececec"),
        ("blur", "blur 2.5"),
        (f"picture {'AB' * 32}", f"picture {'ab' * 32} fill 0.5 0.5 0"),
        (f"picture {'ab' * 32} fit 0 1", f"picture {'ab' * 32} fit 0 1 0"),
        ("radial #fff black", "radial #ffffff #000000"),
        ("linear #fff #000 90.0", "linear #ffffff #000000 90"),
    ],
)
def test_a_ground_has_one_spelling(written: str, meant: str) -> None:
    assert Ground.read(written).text == meant


@pytest.mark.parametrize(
    "text",
    [
        "",
        "linear",
        "linear #fff",
        "linear #fff #000 361",
        "blur 0",
        "blur nan",
        "blur 99",
        "sweep a",
        "picture wall.jpg",
        f"picture {'ab' * 32} stretch",
        f"picture {'ab' * 32} fill 0.5 2",
        f"picture {'ab' * 32} fill 0 0 0 0",
    ],
)
def test_what_is_no_ground_is_refused_with_those_there_are(text: str) -> None:
    with pytest.raises(RecipeRejected) as refused:
        Ground.read(text)
    assert "sweep #ececec" in refused.value.says


@pytest.mark.parametrize(
    ("make", "word"),
    [
        (lambda: Shadow("long"), "reflection"),
        (lambda: Shadow(opacity=101), "opacity"),
        (lambda: Shadow(softness=float("nan")), "softness"),
        (lambda: Shadow(colour="dark"), "dark"),
        (lambda: Shadow(direction=True), "direction"),
        (lambda: Frame("0x100"), "0x100"),
        (lambda: Frame("30000x2"), "too large"),
        (lambda: Frame("20000x20000"), "megapixels"),
        (lambda: Frame("50:1"), "too long"),
        (lambda: Frame("square"), "square"),
        (lambda: Frame(fill=120), "fill"),
        (lambda: Frame(fill=3), "fill"),
        (lambda: Frame(align="top"), "bottom"),
    ],
)
def test_what_cannot_be_followed_is_named(make: Callable[[], object], word: str) -> None:
    with pytest.raises(RecipeRejected) as refused:
        make()
    assert word in refused.value.says


def test_a_canvas_is_a_size_or_a_ratio() -> None:
    assert Frame(" 2000 x 1500 ").size == (2000, 1500)
    assert Frame("2000\N{MULTIPLICATION SIGN}1500").canvas == "2000x1500"
    assert Frame("4:5").ratio == (4, 5)
    assert Frame("4:5").size is None
    assert Frame().ratio is None


def test_whole_numbers_are_numbers() -> None:
    assert Shadow(opacity=40) == Shadow(opacity=40.0)
    assert type(Shadow(opacity=40).opacity) is float
