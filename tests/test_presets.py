"""Presets of one's own: kept, renamed, copied, shared, removed."""

from dataclasses import replace
from pathlib import Path

import pytest

from inference.errors import RecipeRejected
from inference.look import Shadow
from inference.output import Format, Output
from inference.preset import Preset
from inference.presets import Presets
from inference.recipe import Recipe
from inference.recipe_file import written

LOOK = Preset("", Recipe(background="#e8ded1", shadow=Shadow("soft")), Output(Format.WEBP, 80))


@pytest.fixture
def presets(tmp_path: Path) -> Presets:
    return Presets(tmp_path / "presets")


def test_a_look_is_kept_under_a_title(presets: Presets) -> None:
    made = presets.add(LOOK, "  Spring   sale! ")

    assert (made.name, made.title) == ("spring-sale", "Spring sale!")
    assert presets.is_own("spring-sale")
    kept = presets.named("spring-sale")
    assert (kept.recipe, kept.output) == (LOOK.recipe, LOOK.output)
    assert kept in presets.all()


def test_equal_titles_are_two_presets(presets: Presets) -> None:
    assert presets.add(LOOK, "Sale").name == "sale"
    assert presets.add(LOOK, "Sale").name == "sale-2"
    assert presets.add(LOOK, "Амазон").name == "preset"


def test_a_preset_without_a_title_is_refused(presets: Presets) -> None:
    with pytest.raises(RecipeRejected):
        presets.add(LOOK, "   ")
    assert not presets.own.exists()


def test_another_title_keeps_the_name_and_the_look(presets: Presets) -> None:
    presets.add(LOOK, "Sale")
    presets.retitle("sale", "Summer sale")

    assert presets.named("sale").title == "Summer sale"
    assert presets.named("sale").recipe == LOOK.recipe


def test_a_preset_that_came_along_is_neither_renamed_nor_removed(presets: Presets) -> None:
    for change in (lambda: presets.retitle("etsy", "Mine"), lambda: presets.remove("etsy")):
        with pytest.raises(RecipeRejected, match="came with Coveshot"):
            change()
    assert not presets.is_own("etsy")


def test_an_own_preset_can_be_removed(presets: Presets) -> None:
    presets.add(LOOK, "Sale")
    presets.remove("sale")

    with pytest.raises(RecipeRejected, match="no preset"):
        presets.named("sale")


def test_a_shared_file_becomes_a_preset_of_ones_own(presets: Presets) -> None:
    shared = written(replace(LOOK, about=replace(LOOK.about, title="From Bob")))
    made = presets.shared(shared.encode(), "bob.coveshot.toml")
    unnamed = presets.shared(written(LOOK).encode(), "Autumn.coveshot.toml")

    assert (made.title, unnamed.title) == ("From Bob", "Autumn")
    assert presets.named(presets.add(made, made.title).name).recipe == LOOK.recipe


def test_a_shared_file_that_is_no_recipe_is_named_in_the_sentence(presets: Presets) -> None:
    with pytest.raises(RecipeRejected, match=r"^bob\.toml is no recipe"):
        presets.shared(b"<html>", "bob.toml")
    assert presets.all() == Presets(presets.own).all()


def test_a_shared_file_says_nothing_of_other_files_of_this_computer(
    presets: Presets, tmp_path: Path
) -> None:
    for file in (tmp_path / "there.png", tmp_path / "not-there.png"):
        if file.stem == "there":
            file.write_bytes(b"secret")
        recipe = f'coveshot = 1\nbackground = "picture {file}"\n'
        with pytest.raises(RecipeRejected, match="its picture is a file beside it"):
            presets.shared(recipe.encode(), "bob.toml")


def test_a_file_made_by_hand_is_changed_where_it_is(presets: Presets) -> None:
    presets.own.mkdir()
    file = presets.own / "mine.toml"
    file.write_text(written(LOOK))
    presets.retitle("mine", "Mine")

    assert presets.named("mine").title == "Mine"
    assert list(presets.own.iterdir()) == [file]
