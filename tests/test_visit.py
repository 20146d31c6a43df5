"""What an open page knows of the photos on the workbench."""

from dataclasses import replace

import pytest

from inference.recipe import Recipe
from storage.records import Card, Changes, Entry, Image, Job, Status
from ui.api.strip import row
from ui.visit import Visit, after, background, before, doubt

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
            recipe=recipe.cutout.canonical,
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


def test_what_a_page_chooses_while_it_is_being_opened_is_chosen_when_the_photos_are_known() -> None:
    visit = Visit()

    assert not visit.choose("entry of b.jpg")
    visit.take(there(card("a.jpg"), card("b.jpg")))

    assert visit.selected == "entry of b.jpg"


def test_a_photo_that_is_not_there_is_not_chosen() -> None:
    visit = Visit()
    visit.take(there(card("a.jpg")))

    assert not visit.choose("entry of b.jpg")
    assert visit.selected == "entry of a.jpg"


def looking_at(name: str, *cards: Card) -> Visit:
    visit = Visit(selected=f"entry of {name}")
    visit.take(there(*cards))
    return visit


def there(*cards: Card, tick: int = 1) -> Changes:
    """All that is on a workbench."""
    return Changes(tick=tick, whole=True, paused=False, cards=cards)


def test_the_first_photo_is_chosen_until_somebody_chooses() -> None:
    visit = Visit()

    assert visit.take(there(card("vase"), card("bowl")))
    assert names(visit.chosen) == ["bowl"]


def test_photos_stand_as_people_count_folder_by_folder() -> None:
    visit = Visit()
    cards = [card("IMG_10"), card("img_9"), card("IMG_1", folder="b"), card("IMG_2", folder="a")]
    visit.take(there(*cards))

    assert names(visit.cards) == ["img_9", "IMG_10", "IMG_2", "IMG_1"]


def test_what_has_not_changed_is_not_shown_again() -> None:
    visit = looking_at("bowl", card("bowl", QUEUED), card("vase"))
    nothing = Changes(tick=1, whole=False, paused=False)
    done = Changes(tick=2, whole=False, paused=False, cards=(card("bowl", DONE),))

    assert not visit.take(nothing)
    assert visit.take(done)
    assert names(visit.cards) == ["bowl", "vase"]
    assert visit.done == 2
    assert visit.take(replace(nothing, tick=3, gone=("entry of bowl", "entry of nothing")))
    assert names(visit.cards) == ["vase"]
    assert visit.take(replace(nothing, tick=4, paused=True))
    assert visit.paused


def test_those_that_are_marked_together_are_picked_as_long_as_they_are_there() -> None:
    cards = [card("a"), card("b"), card("c")]
    visit = looking_at("b", *cards)
    assert names(visit.picked) == ["b"]
    visit.selection = {"entry of a", "entry of c"}
    assert names(visit.picked) == ["a", "c"]
    assert names(visit.named("entry of b")) == ["b"]
    visit.take(there(*cards[:2], tick=2))

    assert visit.selection == {"entry of a"}
    assert names(visit.picked) == ["b"]


def test_the_one_beside_in_the_order_of_the_page_takes_the_place_of_a_removed_photo() -> None:
    cards = [card("a"), card("b"), card("c")]
    visit = looking_at("a", *cards)
    visit.near = ["entry of c", "entry of b"]
    visit.take(there(*cards[1:], tick=2))

    assert names(visit.chosen) == ["c"]


@pytest.mark.parametrize(("removed", "next_one"), [("a", "b"), ("b", "c"), ("c", "b")])
def test_the_neighbour_of_a_removed_photo_takes_its_place(removed: str, next_one: str) -> None:
    cards = [card("a"), card("b"), card("c")]
    visit = looking_at(removed, *cards)
    visit.take(there(*(each for each in cards if each.entry.name != removed), tick=2))

    assert names(visit.chosen) == [next_one]


@pytest.mark.parametrize(("chosen", "around"), [("a", ["b"]), ("b", ["c", "a"]), ("c", ["b"])])
def test_neighbours_are_what_is_probably_looked_at_next(chosen: str, around: list[str]) -> None:
    assert names(looking_at(chosen, card("a"), card("b"), card("c")).neighbours) == around


def test_a_waiting_photo_knows_how_many_come_first() -> None:
    cards = [card("a"), card("b", QUEUED), card("c", QUEUED), card("d", QUEUED)]

    assert looking_at("d", *cards).waits_for == 2
    assert looking_at("a", *cards).waits_for == 0


def test_a_photo_that_failed_is_shown_in_words_alone() -> None:
    failed = card("vase", ERROR, folder="shop")

    assert row(failed)[1:5] == ["vase", "shop", "failed", "It is torn."]
    assert row(failed)[7] == ""
    assert before(failed) + after(failed) == ""


def test_a_doubt_is_told_until_it_was_seen() -> None:
    one = card("vase")
    doubtful = replace(one, job=replace(one.job, doubt=0.7, reasons="A hole.\nAn island."))
    seen = replace(doubtful, entry=replace(doubtful.entry, seen=doubtful.job.reasons))
    other = replace(seen, job=replace(seen.job, reasons="Hardly anything stands out."))

    assert doubt(doubtful) == "A hole. An island."
    assert doubt(seen) == ""
    assert doubt(other) == "Hardly anything stands out."


def test_a_chosen_colour_is_shown_and_transparency_is_none() -> None:
    assert background(card("vase", recipe=Recipe(background="white"))) == "#ffffff"
    assert background(card("vase")) == ""


def test_other_edges_are_drawn_and_not_those_of_the_kept_cutout() -> None:
    one = card("vase")
    wanted = Recipe(model="u2netp", weights="0" * 64, precision="f32", second="", shift=2.0)
    edged = replace(one, entry=replace(one.entry, recipe=wanted.canonical))

    assert after(one).startswith("/versions/")
    assert after(edged).startswith("/entries/")


def test_a_photo_with_a_look_of_its_own_is_marked() -> None:
    white = Recipe(background="white")
    most = looking_at("a", card("a", recipe=white), card("b", recipe=white), card("c"))
    half = looking_at("a", card("a", recipe=white), card("c"))

    assert most.special == ["entry of c"]
    assert half.special == []


def test_photos_that_went_by_themselves_are_told_apart_from_removed_ones() -> None:
    ending, staying = replace(card("vase.jpg"), expires_at=100.0), card("lens.jpg")
    visit = looking_at("vase.jpg", ending, staying)
    gone = Changes(tick=2, whole=False, paused=False, gone=(ending.entry.id, staying.entry.id))

    assert visit.ended(gone, 99.0) == ["vase.jpg"]
    assert visit.ended(gone, 10.0) == []
