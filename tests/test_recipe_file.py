"""Recipes as files: short, readable, and refused in a sentence that names the file."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given

from inference.errors import RecipeRejected
from inference.look import Frame, Shadow
from inference.output import Format, Output
from inference.preset import About, Preset, Rules
from inference.recipe import Recipe
from inference.recipe_file import read, written
from tests.test_recipe import recipes


def kept(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "mine.coveshot.toml"
    file.write_text(text)
    return file


def test_a_file_says_what_is_not_usual_and_no_more() -> None:
    recipe = Recipe(background="sweep", shadow=Shadow("soft", opacity=40), frame=Frame("4:5"))

    assert written(Preset("mine", recipe)) == (
        'coveshot = 1\nbackground = "sweep #ececec"\n\n[shadow]\nkind = "soft"\nopacity = 40.0\n\n'
        '[frame]\ncanvas = "4:5"\n'
    )


@given(recipes)
def test_a_recipe_survives_its_file(
    tmp_path_factory: pytest.TempPathFactory, recipe: Recipe
) -> None:
    open_recipe = replace(
        recipe, weights="", precision="auto", second_weights="", strokes=""
    )  # what a computer finds out, and what is painted on one photo
    file = kept(tmp_path_factory.mktemp("recipe"), written(Preset("mine", recipe)))

    assert read(file) == Preset("mine", open_recipe)


def test_people_may_write_whole_numbers(tmp_path: Path) -> None:
    assert read(kept(tmp_path, "coveshot = 1\nfeather = 2\n")).recipe.feather == 2


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("coveshot = 2\nglow = 1", "newer"),
        ("background = 'white'", "coveshot = 1"),
        ("coveshot = 1\nglow = 1", "glow"),
        ("coveshot = 1\nbackground = 'pinkish'", "pinkish"),
        ("coveshot = 1\nweights = 'abc'", "weights"),
        ("coveshot = ", "no recipe"),
        ("coveshot = 1\nrules = 3", "[rules]"),
        ("coveshot = 1\n[rules]\nname = '('", "regular expression"),
        ("coveshot = 1\n[rules]\nformats = ['xcf']", "xcf"),
        ("coveshot = 1\n[rules]\nformats = ['gif']", "not written here"),
        ("coveshot = 1\n[rules]\nratio = '100x100'", "no ratio"),
        ("coveshot = 1\n[output]\nformat = 'gif'", "gif"),
        ("coveshot = 1\n[about]\nkind = 'shop'", "shop"),
        ("coveshot = 1\nnaming = 3", "naming"),
        ("coveshot = 1\n" + "#" * 70_000, "too long"),
    ],
)
def test_what_cannot_be_followed_names_the_file_and_the_word(
    tmp_path: Path, text: str, word: str
) -> None:
    file = kept(tmp_path, text)
    with pytest.raises(RecipeRejected) as refused:
        read(file)

    assert word in refused.value.says
    assert str(file) in refused.value.says


def test_a_file_of_other_bytes_or_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.toml").write_bytes(b"\xff\xfe\x00")
    for file in (tmp_path / "x.toml", tmp_path / "none.toml", tmp_path):
        with pytest.raises(RecipeRejected) as refused:
            read(file)
        assert str(file) in refused.value.says


def test_a_preset_survives_its_file(tmp_path: Path) -> None:
    preset = Preset(
        "mine",
        Recipe(background="white", frame=Frame("2000x2000", 85)),
        Output(Format.JPEG, quality=90, dpi=300),
        About("Mine", "marketplace", "2026-11-24", ("one", "two"), verified=True, note='a "b"'),
        Rules(formats=("jpg", "png"), least_fill=85, border="white", name="[A-Z]+"),
        naming="{sku}",
    )

    assert read(kept(tmp_path, written(preset))) == preset
