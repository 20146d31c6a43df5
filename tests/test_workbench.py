"""The page over a real library; only the network and the browser are stand-ins."""

import sqlite3
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
from nicegui.testing import User
from nicegui.testing.user_simulation import user_simulation

from auth.account import Account
from inference.catalogue import Model, model_named
from inference.errors import InferenceError
from inference.line import Line
from inference.look import Frame, Shadow
from inference.recipe import Recipe
from inference.sizes import Sizes
from storage.records import Status
from tests.face import ANN, BOB, Face, opened_face
from ui.components.controls import text
from ui.components.download_panel import NO_JPEG
from ui.components.filmstrip import Filmstrip
from ui.components.menu import Menu
from ui.components.offer import HERE, Offer
from ui.components.own_picture import OwnPicture
from ui.lane import Lane
from ui.pages.workbench import Workbench
from ui.theme import frame

LOOKS = 30
"""Tenths of a second in which the page has looked at the library."""


@pytest.fixture
def face(tmp_path: Path, models: Path) -> Iterator[Face]:
    with opened_face(tmp_path, models) as face:
        yield face


@pytest.fixture
def lane() -> Iterator[Lane]:
    lane = Lane()
    yield lane
    lane.close()


@pytest.fixture
async def user(face: Face, lane: Lane) -> AsyncIterator[User]:
    def page() -> None:
        with frame(page="Workbench") as bar:
            Workbench(face.fitting, ANN, lane, bar)

    async with user_simulation(page) as user:
        yield user


@pytest.fixture
def add(face: Face, tmp_path: Path, photo: bytes) -> Callable[..., None]:
    def add(*names: str, data: bytes = photo, owner: Account = ANN) -> None:
        for name in names:
            file = tmp_path / name
            file.write_bytes(data + name.encode())  # another file, the same picture
            face.studio.arrive(owner, file, name=name)

    return add


Add = Callable[..., None]


def statuses(face: Face) -> set[Status]:
    return {card.job.status for card in face.studio.bench(ANN)}


async def test_an_empty_workbench_says_what_it_promises(user: User) -> None:
    await user.open("/")

    await user.should_see("Stays on this computer.", retries=LOOKS)
    await user.should_not_see("Download PNG")


async def test_a_photo_is_seen_to_wait_and_then_to_be_done(
    face: Face, user: User, add: Add
) -> None:
    add("vase.jpg")
    await user.open("/")
    await user.should_see("vase.jpg", retries=LOOKS)
    await user.should_see("Waiting: it is next.", retries=LOOKS)
    face.work()

    await user.should_see(NO_JPEG, retries=LOOKS)
    await user.should_not_see("Waiting: it is next.", retries=LOOKS)


async def test_a_photo_that_another_process_cuts_out_is_seen_to_be_done(
    face: Face, user: User, add: Add, models: Path
) -> None:
    add("vase.jpg")
    await user.open("/")
    await user.should_see("Waiting: it is next.", retries=LOOKS)
    with opened_face(face.folder, models) as elsewhere:
        elsewhere.work()

    await user.should_see(NO_JPEG, retries=LOOKS)


async def test_its_place_is_that_among_the_photos_of_everybody(
    face: Face, user: User, add: Add
) -> None:
    for name in ("bobs.jpg", "another.jpg"):
        add(name, owner=BOB)
    add("vase.jpg")
    await user.open("/")

    await user.should_see("Waiting: 2 photos come first.", retries=LOOKS)
    face.work()
    await user.should_see(NO_JPEG, retries=LOOKS)


async def test_where_too_many_wait_a_sample_is_refused_with_what_to_do(
    tmp_path: Path, models: Path, lane: Lane, photo: bytes
) -> None:
    with opened_face(tmp_path, models, line=Line(1)) as face:

        def page() -> None:
            with frame(page="Workbench") as bar:
                Workbench(face.fitting, ANN, lane, bar)

        (tmp_path / "bobs.jpg").write_bytes(photo)
        face.studio.arrive(BOB, tmp_path / "bobs.jpg", name="bobs.jpg")
        async with user_simulation(page) as user:
            await user.open("/")
            user.find(marker="sample-bowl").click()

            await user.should_see("Photos ahead of you: 1.", retries=LOOKS)


async def test_a_sample_is_put_on_the_workbench(user: User) -> None:
    await user.open("/")
    user.find(marker="sample-bowl").click()

    await user.should_see("bowl.jpg", retries=LOOKS)


async def test_a_background_makes_jpeg_possible(face: Face, user: User, add: Add) -> None:
    add("vase.jpg")
    face.work()
    await user.open("/")
    await user.should_see(NO_JPEG, retries=LOOKS)
    user.find(marker="#cfe0f2").click()

    await user.should_not_see(NO_JPEG, retries=LOOKS)
    [card] = face.studio.bench(ANN)
    assert '"#cfe0f2"' in card.entry.recipe


@pytest.mark.parametrize("typed", ["ff8800", "#F80", " #ff8800 "])
async def test_an_own_colour_is_read_as_people_write_it(
    face: Face, user: User, add: Add, typed: str
) -> None:
    add("vase.jpg")
    face.work()
    await user.open("/")
    await user.should_see(NO_JPEG, retries=LOOKS)
    user.find(marker="own-colour").trigger("change", typed)

    await user.should_not_see(NO_JPEG, retries=LOOKS)
    [card] = face.studio.bench(ANN)
    assert '"#ff8800"' in card.entry.recipe


async def test_what_is_no_colour_is_said(user: User, add: Add) -> None:
    add("vase.jpg")
    await user.open("/")
    await user.should_see("vase.jpg", retries=LOOKS)
    user.find(marker="own-colour").trigger("change", "mauve-ish")

    await user.should_see("is not a background", retries=LOOKS)


async def test_one_background_can_be_used_for_all(face: Face, user: User, add: Add) -> None:
    add("bowl.jpg", "vase.jpg")
    face.work()
    await user.open("/")
    await user.should_see(NO_JPEG, retries=LOOKS)
    user.find(marker="#e8ded1").click()
    await user.should_not_see(NO_JPEG, retries=LOOKS)
    user.find("Use this look for all").click()

    await user.should_see("All 2 photos have this look now.", retries=LOOKS)
    assert all('"#e8ded1"' in card.entry.recipe for card in face.studio.bench(ANN))


async def test_a_shadow_and_a_frame_are_chosen_and_cost_no_new_cut(
    face: Face, user: User, add: Add
) -> None:
    add("vase.jpg")
    face.work()
    [before] = face.studio.bench(ANN)
    await user.open("/")
    await user.should_see(NO_JPEG, retries=LOOKS)
    await user.should_not_see(marker="Strength")
    user.find("Soft").click()
    await user.should_see(marker="Strength", retries=LOOKS)
    user.find(marker="Strength").trigger("move", 30)
    user.find("1:1").click()
    user.find(marker="Subject fills").trigger("move", 85)
    await user.should_see("Bottom", retries=LOOKS)

    [card] = face.studio.bench(ANN)
    assert Recipe.read(card.entry.recipe).shadow == Shadow("soft", opacity=30)
    assert Recipe.read(card.entry.recipe).frame == Frame("1:1", 85)
    assert card.job == before.job


async def test_a_form_that_cannot_be_is_said(face: Face, user: User, add: Add) -> None:
    add("vase.jpg")
    await user.open("/")
    await user.should_see("vase.jpg", retries=LOOKS)
    user.find(marker="own-canvas").trigger("change", "huge")

    await user.should_see("is not a canvas", retries=LOOKS)
    [card] = face.studio.bench(ANN)
    assert Recipe.read(card.entry.recipe).frame == Frame()


async def test_a_doubtful_cutout_says_why_it_is_worth_a_look(
    face: Face, user: User, add: Add, tmp_path: Path
) -> None:
    add("vase.jpg")
    face.work()
    with sqlite3.connect(tmp_path / "library.sqlite") as connection:
        connection.execute("update jobs set doubt = 0.8, reasons = 'It is torn.'")
    connection.close()
    await user.open("/")

    await user.should_see("Worth a look: It is torn.", retries=LOOKS)


async def test_a_failed_photo_says_why_and_can_be_tried_again(
    face: Face, user: User, add: Add, photo: bytes
) -> None:
    add("vase.jpg", data=photo[: len(photo) // 2])
    face.work()
    await user.open("/")
    await user.should_see("cut short", retries=LOOKS)
    user.find("Try again").click()

    await user.should_see("Waiting: it is next.", retries=LOOKS)
    assert statuses(face) == {Status.QUEUED}


async def test_a_batch_is_stopped_and_goes_on(face: Face, user: User, add: Add) -> None:
    add("a.jpg", "b.jpg", "c.jpg")
    await user.open("/")
    await user.should_see("0/3", retries=LOOKS)
    user.find("Stop").click()
    await user.should_see("3 stopped", retries=LOOKS)
    assert statuses(face) == {Status.CANCELLED}
    user.find("Go on").click()

    await user.should_see("0/3", retries=LOOKS)
    assert statuses(face) == {Status.QUEUED}


async def test_one_photo_is_cancelled_alone(face: Face, user: User, add: Add) -> None:
    add("a.jpg", "b.jpg")
    await user.open("/")
    await user.should_see("a.jpg", retries=LOOKS)
    user.find("Cancel").click()

    await user.should_see("Stopped before it was cut out.", retries=LOOKS)
    assert statuses(face) == {Status.CANCELLED, Status.QUEUED}


async def test_what_the_strip_knows_before_the_page_is_marked_and_removed_with_the_rest(
    face: Face, user: User, add: Add
) -> None:
    add("vase.jpg", "bowl.jpg")
    await user.open("/")
    await user.should_see("bowl.jpg", retries=LOOKS)
    strip = user.find(kind=Filmstrip)
    add("lens.jpg")
    tick = face.studio.batch(ANN).changes(ANN.scope, 0).tick
    strip.trigger("select", {"what": {"all": True, "ids": []}, "tick": tick, "choice": 0})
    strip.trigger("discard", {"what": "", "tick": tick, "choice": 0})

    await user.should_see("Remove 3 photos?", retries=LOOKS)


async def test_all_are_removed_only_after_a_question(face: Face, user: User, add: Add) -> None:
    add("a.jpg", "b.jpg")
    await user.open("/")
    await user.should_see("All 2 photos", retries=LOOKS)
    user.find("Remove all").click()
    await user.should_see("Remove all 2 photos?", retries=LOOKS)
    user.find("Keep them").click()
    await user.should_not_see("Remove all 2 photos?", retries=LOOKS)
    assert len(face.studio.bench(ANN)) == 2
    user.find("Remove all").click()
    await user.should_see("Remove all 2 photos?", retries=LOOKS)
    user.find(marker="yes").click()

    await user.should_see("Stays on this computer.", retries=LOOKS)
    assert face.studio.bench(ANN) == []


class Shop:
    """Has a better model until it was got; the first attempt may fail."""

    def __init__(self, failure: str = "") -> None:
        self._better: Model | None = model_named("isnet-fp16")
        self._failure = failure
        self.delivers = threading.Event()

    def better(self) -> Model | None:
        return self._better

    def improve(
        self, progress: Callable[[int, int], None], cancel: threading.Event | None
    ) -> Model:
        assert cancel
        assert self._better
        progress(22_000_000, 88_000_000)
        self.delivers.wait(10)
        if self._failure:
            failure, self._failure = self._failure, ""
            raise InferenceError(failure)
        model, self._better = self._better, None
        return model


@pytest.mark.parametrize("failure", ["", "The line is dead. Try again later."])
async def test_a_better_model_is_offered_got_and_used(lane: Lane, failure: str) -> None:
    shop = Shop(failure)

    def page() -> None:
        Offer(shop, lane, on_again=lambda: seen.set_text("cut again"))
        seen = text()

    async with user_simulation(page) as user:
        await user.open("/")
        await user.should_see("88 MB", retries=LOOKS)
        user.find("Get it").click()
        await user.should_see("22 MB of 88 MB", retries=LOOKS)
        shop.delivers.set()
        if failure:
            await user.should_see(failure, retries=LOOKS)
            user.find("Get it").click()
        await user.should_see(HERE, retries=LOOKS)
        user.find("Cut these again").click()

        await user.should_see("cut again", retries=LOOKS)


async def test_an_own_picture_is_placed_as_asked(face: Face, user: User, add: Add) -> None:
    add("vase.jpg")
    face.work()
    await user.open("/")
    await user.should_see(NO_JPEG, retries=LOOKS)
    await user.should_not_see(marker="Blur", retries=LOOKS)
    user.find(kind=OwnPicture).trigger("choose", "ab" * 32)
    await user.should_see(marker="Blur", retries=LOOKS)
    user.find(marker="Blur").trigger("move", 4)
    user.find(marker="Up, down").trigger("move", 25)
    await user.should_see("Fit", retries=LOOKS)
    user.find("Fit").click()
    await user.should_not_see(marker="Up, down", retries=LOOKS)

    [card] = face.studio.bench(ANN)
    assert Recipe.read(card.entry.recipe).background == f"picture {'ab' * 32} fit 0.5 0.25 4"


async def test_of_many_quick_changes_the_last_one_counts(face: Face, user: User, add: Add) -> None:
    add("vase.jpg")
    face.work()
    await user.open("/")
    await user.should_see(NO_JPEG, retries=LOOKS)
    user.find(kind=OwnPicture).trigger("choose", "ab" * 32)
    await user.should_see(marker="Up, down", retries=LOOKS)
    for percent in range(1, 21):
        user.find(marker="Up, down").trigger("move", percent)
        user.find(marker="Left, right").trigger("move", percent)
    user.find("Fit").click()
    await user.should_not_see(marker="Up, down", retries=LOOKS)

    [card] = face.studio.bench(ANN)
    assert Recipe.read(card.entry.recipe).background == f"picture {'ab' * 32} fit 0.2 0.2 0"


async def test_a_picture_that_is_refused_is_told_of(user: User, add: Add) -> None:
    add("vase.jpg")
    await user.open("/")
    await user.should_see("vase.jpg", retries=LOOKS)
    user.find(kind=OwnPicture).trigger("refuse", "This file is damaged.")

    await user.should_see("This file is damaged.", retries=LOOKS)


async def test_all_photos_get_one_scale(face: Face, user: User, add: Add) -> None:
    add("bowl.jpg", "vase.jpg")
    face.work()
    await user.open("/")
    await user.should_see(NO_JPEG, retries=LOOKS)
    await user.should_not_see("Same scale for all", retries=LOOKS)
    user.find(marker="own-canvas").trigger("change", "100x100")
    user.find(marker="Subject fills").trigger("move", 80)
    await user.should_see("Same scale for all", retries=LOOKS)
    user.find("Same scale for all").click()

    await user.should_see("All 2 photos have one scale now.", retries=LOOKS)
    frames = {Recipe.read(card.entry.recipe).frame for card in face.studio.bench(ANN)}
    assert len(frames) == 1
    assert frames.pop().scale > 0


async def test_a_larger_cutout_that_takes_long_is_asked_for_first(
    face: Face, user: User, add: Add, monkeypatch: pytest.MonkeyPatch
) -> None:
    add("vase.jpg")
    face.work()
    monkeypatch.setattr(Sizes, "seconds_to_enlarge", lambda *_: 200.0)
    await user.open("/")
    await user.should_see(NO_JPEG, retries=LOOKS)
    user.find("4x").click()
    await user.should_see("4 times as large takes about 3 min here.", retries=LOOKS)
    user.find("Leave it").click()
    await user.should_not_see("4 times as large", retries=LOOKS)
    assert statuses(face) == {Status.DONE}

    user.find("2x").click()
    await user.should_see("2 times as large", retries=LOOKS)
    user.find(marker="yes").click()
    await user.should_see("The whole photo: 1280 x 960", retries=LOOKS)

    [card] = face.studio.bench(ANN)
    assert Recipe.read(card.entry.recipe).upscale == 2


async def test_a_preset_gives_its_look_and_tells_how_its_rules_are_kept(
    face: Face, user: User, add: Add
) -> None:
    add("vase.jpg")
    face.work()
    await user.open("/")
    await user.should_see(NO_JPEG, retries=LOOKS)
    user.find(marker="presets").trigger("change", "ebay")
    await user.should_see("JPEG for eBay listing", retries=LOOKS)
    await user.should_see("Keeps all 3 rules", retries=LOOKS)

    [card] = face.studio.bench(ANN)
    assert Recipe.read(card.entry.recipe).frame == Frame("1600x1600", 85)
    user.find(marker="presets").trigger("change", "amazon-main")
    await user.should_see("Not yet as asked for:", retries=LOOKS)
    await user.should_see("Share of the subject: ", retries=LOOKS)
    user.find(marker="presets").trigger("change", "")
    await user.should_not_see("JPEG for", retries=LOOKS)


async def test_what_was_chosen_right_before_a_look_is_saved_is_in_the_preset(
    face: Face, user: User, add: Add
) -> None:
    add("vase.jpg")
    face.work()
    await user.open("/")
    await user.should_see(NO_JPEG, retries=LOOKS)
    user.find(marker="#e8ded1").click()
    user.find(kind=Menu).trigger("choose", "save")
    await user.should_see(marker="name", retries=LOOKS)
    user.find(marker="name").trigger("input", "Spring")
    await user.should_not_see(NO_JPEG, retries=LOOKS)
    user.find(marker="yes").click()
    await user.should_see("“Spring” is among your presets.", retries=LOOKS)

    assert face.fitting.presets.named("spring").recipe.background == "#e8ded1"


async def test_what_a_preset_asks_for_is_fixed_at_a_click_as_far_as_pixels_go(
    face: Face, user: User, add: Add
) -> None:
    add("vase.jpg")
    face.work()
    await user.open("/")
    await user.should_see(NO_JPEG, retries=LOOKS)
    user.find(marker="presets").trigger("change", "google-merchant")
    await user.should_see("Share of the subject: ", retries=LOOKS)
    user.find("Fix").click()
    await user.should_not_see("Share of the subject: ", retries=LOOKS)
    await user.should_see("; at least 500 a side", retries=LOOKS)

    [card] = face.studio.bench(ANN)
    assert Recipe.read(card.entry.recipe).frame.canvas == "1:1"
