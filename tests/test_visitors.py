"""What belongs to a whole instance is not changed by those who visit it."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from auth.account import GUEST_PLAN, LOCAL, Account
from inference.catalogue import SMALL
from inference.errors import ModelMissing, RecipeRejected
from inference.output import Output
from inference.recipe import Recipe
from tests.face import Face, opened_face
from ui.desk import Desk

GUEST = Account("guest", "guest", GUEST_PLAN)
PRESET = "amazon-main"


@pytest.fixture
def face(tmp_path: Path, models: Path) -> Iterator[Face]:
    with opened_face(tmp_path, models) as face:
        yield face


def test_presets_stay_as_they_are(face: Face, tmp_path: Path) -> None:
    desk = Desk(face.fitting, GUEST)
    before = face.fitting.presets.all()
    one = before[0]

    for act in (
        lambda: desk.add_preset(one, "Mine"),
        lambda: desk.update_preset(one.name, Recipe(), Output()),
        lambda: desk.copy_preset(one.name),
        lambda: desk.retitle_preset(one.name, "Mine"),
        lambda: desk.remove_preset(one.name),
        lambda: face.fitting.take_in(GUEST, tmp_path / "mine.toml", "mine.toml"),
    ):
        with pytest.raises(RecipeRejected, match="on your own computer"):
            act()
    assert face.fitting.presets.all() == before


def test_models_are_chosen_and_not_fetched(face: Face) -> None:
    desk = Desk(face.fitting, GUEST)
    here, absent = desk.models()

    assert [one.name for one in here] == [SMALL]
    assert absent == []
    with pytest.raises(ModelMissing):
        desk.get_model("isnet", lambda *_: None, threading.Event())


def test_the_owner_of_a_computer_may(face: Face) -> None:
    desk = Desk(face.fitting, LOCAL)

    added = desk.add_preset(face.fitting.presets.all()[0], "Mine")
    assert added.name in desk.own_presets()
    assert desk.models()[1]
