"""The way back from a look, and forth again."""

from dataclasses import replace

from inference.recipe import Recipe
from storage.records import Card
from tests.test_visit import card
from ui.past import MOST, Looks, Past


def looking(background: str) -> Card:
    return card("vase", recipe=Recipe(background=background))


def seen(looks: Looks) -> list[str]:
    return [Recipe.read(look.recipe).background for look in looks.values()]


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        self.now += 60
        return self.now


def test_a_change_is_taken_back_and_made_again() -> None:
    past = Past(clock=Clock())
    past.note("background", [looking("white")])
    past.note("background", [looking("black")])

    assert seen(past.undo([looking("#123456")])) == ["#000000"]
    assert seen(past.undo([looking("black")])) == ["#ffffff"]
    assert not past.can_undo
    assert past.undo([looking("white")]) == {}
    assert seen(past.redo([looking("white")])) == ["#000000"]
    assert seen(past.redo([looking("black")])) == ["#123456"]
    assert not past.can_redo


def test_the_moves_of_a_slider_are_one_step() -> None:
    past = Past(clock=lambda: 1.0)
    for background in ("white", "#eeeeee", "#dddddd"):
        past.note("shadow", [looking(background)])
    past.note("frame", [looking("black")])

    assert seen(past.undo([looking("white")])) == ["#000000"]
    assert seen(past.undo([looking("white")])) == ["#ffffff"]
    assert not past.can_undo


def test_a_new_change_ends_the_way_forth() -> None:
    past = Past(clock=Clock())
    past.note("background", [looking("white")])
    past.undo([looking("black")])
    past.note("background", [looking("white")])

    assert not past.can_redo


def test_what_came_to_nothing_is_no_step_and_old_steps_are_forgotten() -> None:
    past = Past(clock=Clock())
    past.note("background", [looking("white")])
    past.forget()
    assert not past.can_undo
    for _ in range(MOST + 5):
        past.note("background", [looking("white")])
    count = 0
    while past.undo([replace(looking("white"))]):
        count += 1
    assert count == MOST
