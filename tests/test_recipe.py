import json
from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.errors import RecipeRejected
from inference.look import HEEDED, Cast, Frame, Shadow
from inference.recipe import Recipe

RESOLVED = Recipe(model="u2netp", weights="0" * 64, precision="f32", second="")

PICTURE = f"picture {'ab' * 32} fill 0.5 0.5 0"

recipes = st.builds(
    Recipe,
    model=st.sampled_from(["u2netp", "u2net", "isnet-fp16"]),
    weights=st.text("0123456789abcdef", min_size=64, max_size=64),
    precision=st.sampled_from(["f32", "f16", "bf16", "int8"]),
    second=st.sampled_from(["", "u2netp"]),
    subject=st.sampled_from(["all", "largest", "0.5 0.25"]),
    shift=st.floats(-50, 50),
    strokes=st.sampled_from(["", "ab" * 32]),
    decontaminate=st.booleans(),
    shadow=st.builds(
        Shadow, st.sampled_from([kind.value for kind in Cast]), opacity=st.floats(0, 100)
    ),
    frame=st.builds(
        Frame, st.sampled_from(["", "4:5", "90x80", "subject"]), st.sampled_from([0.0, 85.0])
    ),
    background=st.one_of(
        st.just("transparent"),
        st.just("linear #ffffff #dddddd 45"),
        st.just(PICTURE),
        st.integers(0, 0xFFFFFF).map(lambda value: f"#{value:06x}"),
    ),
)


@given(recipes)
def test_a_recipe_survives_being_written_and_read(recipe: Recipe) -> None:
    assert Recipe.read(recipe.canonical) == recipe


@given(recipes, recipes)
def test_two_recipes_have_the_same_key_only_if_they_are_equal(one: Recipe, two: Recipe) -> None:
    assert (one.key == two.key) == (one == two)


@pytest.mark.parametrize(
    "changed",
    [
        replace(RESOLVED, model="u2net"),
        replace(RESOLVED, weights="1" * 64),
        replace(RESOLVED, precision="bf16"),
        replace(RESOLVED, second="u2net"),
        replace(RESOLVED, second_weights="1" * 64),
        replace(RESOLVED, refine=False),
        replace(RESOLVED, decontaminate=False),
        replace(RESOLVED, subject="largest"),
        replace(RESOLVED, islands=1.0),
        replace(RESOLVED, holes=1.0),
        replace(RESOLVED, solid=True),
        replace(RESOLVED, shift=1.0),
        replace(RESOLVED, feather=1.0),
        replace(RESOLVED, background="white"),
        *(
            replace(RESOLVED, background=text)
            for text in ("linear #fff #000", "radial #fff #000", "sweep", "blur", PICTURE)
        ),
        *(replace(RESOLVED, shadow=Shadow(kind)) for kind in ("soft", "contact", "hard")),
        replace(RESOLVED, shadow=Shadow("reflection")),
        replace(RESOLVED, shadow=Shadow("original")),
        replace(RESOLVED, frame=Frame("4:5")),
        replace(RESOLVED, frame=Frame(fill=80)),
        replace(RESOLVED, frame=Frame("subject")),
    ],
)
def test_whatever_touches_a_pixel_changes_the_key(changed: Recipe) -> None:
    assert changed.key != RESOLVED.key


@pytest.mark.parametrize(("kind", "heeded"), HEEDED.items())
def test_a_setting_of_a_shadow_makes_another_recipe_only_where_it_is_heeded(
    kind: Cast, heeded: tuple[str, ...]
) -> None:
    other: dict[str, Any] = {
        "direction": 5,
        "length": 5,
        "softness": 5,
        "opacity": 5,
        "colour": "#123456",
    }
    plain = replace(RESOLVED, shadow=Shadow(kind.value)).key

    for name, value in other.items():
        changed = replace(RESOLVED, shadow=replace(Shadow(kind.value), **{name: value}))
        assert (changed.key != plain) == (name in heeded), name


def test_an_alignment_makes_another_recipe_only_where_something_is_aligned() -> None:
    assert Frame("4:5", align="bottom") == Frame("4:5")
    assert Frame(fill=80, align="bottom") != Frame(fill=80)


def test_a_margin_and_a_scale_make_another_recipe_only_on_their_canvas() -> None:
    assert Frame("4:5", padding=5) == Frame("4:5")
    assert Frame("subject", padding=5) != Frame("subject")
    assert Frame("4:5", fill=80, scale=5) == Frame("4:5", fill=80)
    assert Frame("90x80", scale=5) == Frame("90x80")
    assert Frame("90x80", fill=80, scale=5) != Frame("90x80", fill=80)
    assert Frame("subject", fill=80) == Frame("subject")


def test_the_recipe_of_a_cutout_has_the_subject_alone() -> None:
    rich = replace(RESOLVED, background="sweep", shadow=Shadow("soft"), frame=Frame("4:5"), shift=1)

    assert rich.cutout == replace(RESOLVED, shift=1)


def test_what_is_said_changes_a_recipe_and_what_is_usual_does_not() -> None:
    begun = replace(RESOLVED, shadow=Shadow("hard", opacity=20), frame=Frame("4:5", 80))
    said = {"background": "white", "shadow": {"kind": "none"}, "frame": {"fill": 60, "canvas": ""}}

    changed = begun.changed(said)
    assert changed.background == "#ffffff"
    assert changed.shadow == begun.shadow
    assert changed.frame == Frame("4:5", 60)


def test_every_field_of_a_recipe_is_in_its_key() -> None:
    full = replace(RESOLVED, strokes="a" * 64, most_pixels=12_000_000)

    assert all(f'"{field.name}"' in full.canonical for field in fields(Recipe))


def test_another_background_starts_from_the_same_matte() -> None:
    assert replace(RESOLVED, background="white").matte_key == RESOLVED.matte_key
    assert replace(RESOLVED, decontaminate=False).matte_key == RESOLVED.matte_key
    assert replace(RESOLVED, weights="1" * 64).matte_key != RESOLVED.matte_key


@pytest.mark.parametrize(
    ("written", "meant"),
    [("white", "#ffffff"), (" Black ", "#000000"), ("#F80", "#ff8800"), ("#FF8800", "#ff8800")],
)
def test_a_colour_has_one_spelling(written: str, meant: str) -> None:
    assert Recipe(background=written).background == meant


def test_the_name_of_a_recipe_is_readable_and_safe_in_an_address() -> None:
    name = replace(RESOLVED, background="white").op_key

    assert name.startswith("cut-u2netp:ffffff~")
    assert len(name) <= 200
    assert "%" not in name
    assert "#" not in name


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("no json", "JSON"),
        ("[]", "JSON"),
        ('{"blur": 3}', "blur"),
        ('{"background": "pink-ish"}', "pink-ish"),
        ('{"background": 7}', "7"),
        ('{"decontaminate": "yes"}', "decontaminate"),
        ('{"model": "../x"}', "../x"),
        ('{"precision": "f8"}', "f8"),
        ('{"shadow": "soft"}', "soft"),
        ('{"shadow": {"kind": "long"}}', "long"),
        ('{"frame": {"margin": 3}}', "margin"),
    ],
)
def test_a_recipe_that_cannot_be_followed_is_refused_with_the_word_that_is_wrong(
    text: str, word: str
) -> None:
    with pytest.raises(RecipeRejected) as refused:
        Recipe.read(text)

    assert word in refused.value.says


def test_a_recipe_that_leaves_the_model_open_has_no_key() -> None:
    with pytest.raises(RecipeRejected):
        _ = Recipe().key


@pytest.mark.parametrize("recipe", [RESOLVED, replace(RESOLVED, background="white", feather=2.5)])
def test_recipes_without_strokes_have_the_keys_they_had_before_there_were_any(
    recipe: Recipe,
) -> None:
    brushed = replace(recipe, strokes="a" * 64)

    assert "strokes" not in json.loads(recipe.canonical)
    assert json.loads(brushed.canonical) == json.loads(recipe.canonical) | {"strokes": "a" * 64}
    assert brushed.key != recipe.key
    assert brushed.matte_key == recipe.matte_key


def test_strokes_stay_with_the_cutout_and_have_a_name_of_their_own() -> None:
    brushed = replace(RESOLVED, strokes="a" * 64, upscale=2, upscaler="lanczos")

    assert brushed.cutout.strokes == "a" * 64
    assert brushed.bare == RESOLVED.bare == RESOLVED
    assert "brushed" in brushed.op_key
    assert Recipe.read(brushed.canonical) == brushed
    with pytest.raises(RecipeRejected):
        replace(RESOLVED, strokes="../../etc/passwd")
