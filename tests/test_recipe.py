from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.errors import RecipeRejected
from inference.recipe import Recipe

RESOLVED = Recipe(model="u2netp", weights="0" * 64, precision="f32", second="")

recipes = st.builds(
    Recipe,
    model=st.sampled_from(["u2netp", "u2net", "isnet-fp16"]),
    weights=st.text("0123456789abcdef", min_size=64, max_size=64),
    precision=st.sampled_from(["f32", "f16", "bf16", "int8"]),
    second=st.sampled_from(["", "u2netp"]),
    subject=st.sampled_from(["all", "largest", "0.5 0.25"]),
    shift=st.floats(-50, 50),
    decontaminate=st.booleans(),
    background=st.one_of(
        st.just("transparent"),
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
    ],
)
def test_whatever_touches_a_pixel_changes_the_key(changed: Recipe) -> None:
    assert changed.key != RESOLVED.key


def test_every_field_of_a_recipe_is_in_its_key() -> None:
    assert all(f'"{field.name}"' in RESOLVED.canonical for field in fields(Recipe))


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
