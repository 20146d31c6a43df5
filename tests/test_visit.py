"""What an open page knows of the photos on the workbench."""

import pytest

from inference.recipe import Recipe
from storage.records import Card, Entry, Image, Job, Status
from ui.visit import Visit, after, background, before

DONE, QUEUED, ERROR = Status.DONE, Status.QUEUED, Status.ERROR


def card(name: str, status: Status = DONE, *, folder: str = "", recipe: Recipe = Recipe()) -> Card:  # noqa: B008 frozen
    return Card(
        entry=Entry(
            id=f"entry of {name}",
            scope="ann",
            image_id=f"image of {name}",
            job_id=f"job of {name}",
            name=name,
            folder=folder,
            recipe=recipe.canonical,
            created_at=0.0,
        ),
        image=Image(
            id=f"image of {name}",
            scope="ann",
            sha256="",
            mime="image/jpeg",
            extension="jpg",
            width=640,
            height=480,
            bytes=1000,
            path="",
            created_at=0.0,
        ),
        job=Job(
            id=f"job of {name}",
            scope="ann",
            image_id=f"image of {name}",
            status=status,
            key="",
            op_key="",
            recipe="",
            priority=0,
            attempts=0,
            owner=None,
            lease_until=None,
            fence=0,
            says="It is torn." if status is ERROR else "",
            version_id=f"version of {name}" if status is DONE else None,
            created_at=0.0,
            updated_at=0.0,
        ),
    )


def names(cards: list[Card]) -> list[str]:
    return [card.entry.name for card in cards]


def looking_at(name: str, *cards: Card) -> Visit:
    visit = Visit(selected=f"entry of {name}")
    visit.see(list(cards))
    return visit


def test_the_first_photo_is_chosen_until_somebody_chooses() -> None:
    visit = Visit()

    assert visit.see([card("vase"), card("bowl")])
    assert names(visit.chosen) == ["bowl"]


def test_photos_stand_as_people_count_folder_by_folder() -> None:
    visit = Visit()
    visit.see([card("IMG_10"), card("img_9"), card("IMG_1", folder="b"), card("IMG_2", folder="a")])

    assert names(visit.cards) == ["img_9", "IMG_10", "IMG_2", "IMG_1"]


def test_what_has_not_changed_is_not_shown_again() -> None:
    visit = Visit()
    visit.see([card("bowl", QUEUED)])

    assert not visit.see([card("bowl", QUEUED)])
    assert visit.see([card("bowl", DONE)])
    assert visit.see([])


@pytest.mark.parametrize(("removed", "next_one"), [("a", "b"), ("b", "c"), ("c", "b")])
def test_the_neighbour_of_a_removed_photo_takes_its_place(removed: str, next_one: str) -> None:
    cards = [card("a"), card("b"), card("c")]
    visit = looking_at(removed, *cards)
    visit.see([each for each in cards if each.entry.name != removed])

    assert names(visit.chosen) == [next_one]


@pytest.mark.parametrize(("chosen", "around"), [("a", ["b"]), ("b", ["c", "a"]), ("c", ["b"])])
def test_neighbours_are_what_is_probably_looked_at_next(chosen: str, around: list[str]) -> None:
    assert names(looking_at(chosen, card("a"), card("b"), card("c")).neighbours) == around


def test_a_waiting_photo_knows_how_many_come_first() -> None:
    cards = [card("a"), card("b", QUEUED), card("c", QUEUED), card("d", QUEUED)]

    assert looking_at("d", *cards).waits_for == 2
    assert looking_at("a", *cards).waits_for == 0


def test_a_photo_that_failed_is_shown_in_words_alone() -> None:
    visit = looking_at("vase", card("vase", ERROR, folder="shop"))
    [item] = visit.items

    assert (item["state"], item["says"], item["thumb"]) == ("failed", "It is torn.", None)
    assert item["path"] == "shop/vase"
    assert [before(card) + after(card) for card in visit.chosen] == [""]


def test_a_chosen_colour_is_shown_and_transparency_is_none() -> None:
    assert background(card("vase", recipe=Recipe(background="white"))) == "#ffffff"
    assert background(card("vase")) == ""
