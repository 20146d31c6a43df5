"""A photo is cut out as large as it came, or smaller, where a plan has it so."""

import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import numpy as np
import pytest
from nicegui.testing.user_simulation import user_simulation
from PIL import Image

from auth.account import GUEST_PLAN, LOCAL_PLAN, Account
from inference.checkpoint import fitted
from inference.header import extent
from inference.paint import written_strokes
from inference.photo import Photo
from inference.recipe import Recipe
from inference.uncut import Uncut
from inference.worker import Workers
from storage.records import NOW, Card, Status
from tests.face import PLAN, Face, opened_face
from tests.test_intake import Stage, opened, problem
from ui.components.bound import Bound
from ui.components.controls import Click
from ui.desk import Desk
from ui.keeper import Keeper
from ui.visit import view

MOST = 76_800
"""A quarter of the pixels of the photo, which has 640 x 480."""
WHOLE, HALF = (640, 480), (320, 240)
FULL = Account("ann", "ann", replace(PLAN, kept_hours=None))
BOUND = replace(FULL, plan=replace(PLAN, processed_pixels=MOST))
"""The same person before the plan was changed."""


@pytest.fixture
def face(tmp_path: Path, models: Path) -> Iterator[Face]:
    with opened_face(tmp_path, models) as face:
        yield face


def arrived(face: Face, photo: bytes, account: Account = BOUND) -> Card:
    file = face.folder / "vase.jpg"
    file.write_bytes(photo)
    entry = face.studio.arrive(account, file, name="vase.jpg")
    face.work()
    return card_of(face, entry.id)


def card_of(face: Face, entry_id: str) -> Card:
    [card] = [one for one in face.studio.bench(FULL) if one.entry.id == entry_id]
    assert card.job.status is Status.DONE, card.job.says
    return card


def size(face: Face, card: Card) -> tuple[int, int]:
    """Return how large the cutout is, as its row says and as it is."""
    assert card.job.version_id
    version = face.library.records.version("ann", card.job.version_id)
    with Image.open(io.BytesIO(face.library.cutout("ann", version.id))) as cutout:
        assert cutout.size == (version.width, version.height)
    return version.width, version.height


def inferences(face: Face) -> int:
    return sum(matter.calls for matter in face.stage.opened)


# The rule


@pytest.mark.parametrize(
    ("recipe", "plan", "photo", "most"),
    [
        (0, None, (6000, 4000), 0),
        (0, 12_000_000, (6000, 4000), 12_000_000),
        (0, 12_000_000, (4000, 3000), 0),
        (9_000_000, 12_000_000, (6000, 4000), 9_000_000),
        (20_000_000, 12_000_000, (6000, 4000), 12_000_000),
        (12_000_000, None, (6000, 4000), 12_000_000),
        (12_000_000, None, (4000, 3000), 0),
    ],
)
def test_the_smaller_bound_of_plan_and_recipe_counts_for_a_photo_that_is_larger(
    recipe: int, plan: int | None, photo: tuple[int, int], most: int
) -> None:
    account = replace(FULL, plan=replace(PLAN, processed_pixels=plan))

    assert fitted(Recipe(most_pixels=recipe), account, photo).most_pixels == most


def test_nothing_made_is_a_pixel_above_the_bound_and_its_form_stays() -> None:
    for width, height in ((6000, 4000), (4001, 3000), (5999, 6000), (30_000, 1000)):
        made = extent((width, height), 12_000_000)

        assert 11_900_000 < made[0] * made[1] <= 12_000_000
        assert made[0] / made[1] == pytest.approx(width / height, rel=1e-3)
    assert extent((4000, 3000), 12_000_000) == (4000, 3000)


def test_visitors_have_12_megapixels_and_ones_own_computer_has_all() -> None:
    assert GUEST_PLAN.processed_pixels == 12_000_000
    assert LOCAL_PLAN.processed_pixels is None


def test_the_bound_is_in_the_key_the_name_and_the_matte_of_a_recipe_and_else_not() -> None:
    whole = Recipe(model="u2netp", weights="a" * 64, precision="f32", second="")
    small = replace(whole, most_pixels=12_000_000)

    assert "most_pixels" not in whole.canonical
    assert len({whole.key, small.key}) == len({whole.matte_key, small.matte_key}) == 2
    assert small.op_key.startswith("cut-u2netp:12mp:transparent~")
    assert Recipe.read(small.canonical) == small


# Photos


def test_a_photo_made_smaller_keeps_its_colours_its_alpha_and_its_16_bits() -> None:
    pixels = np.zeros((400, 600, 4), np.uint8)
    pixels[:, :300] = (200, 40, 40, 255)  # and green, which nobody sees
    pixels[:, 300:] = (0, 255, 0, 0)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    photo = Photo.open(file.getvalue())
    photo = replace(photo, deep=np.full((400, 600, 3), 51_400, np.uint16))
    small = photo.within(60_000)

    assert small.size == (300, 200)
    assert small.scale == pytest.approx(0.5)
    assert (small.header.width, small.header.height) == (600, 400)
    assert small.alpha is not None
    assert small.deep is not None
    assert small.pixels[small.alpha > 0, 1].max() <= 41
    assert small.deep.shape == small.pixels.shape
    assert (small.deep == 51_400).all()
    assert photo.within(0) is photo
    assert photo.within(600 * 400) is photo


def test_edges_are_told_in_pixels_of_the_photo_as_it_came(photo: bytes) -> None:
    whole = Photo.open(photo)
    small = whole.within(MOST)
    matte = np.zeros((240, 320), np.uint8)
    matte[60:180, 80:240] = 255
    recipe = Recipe(model="u2netp", refine=False, decontaminate=False, shift=20.0)
    _, alpha = Uncut.of(small, matte).cutout(recipe)

    rows = np.flatnonzero(alpha[:, 160])
    assert (rows[0], rows[-1]) == (50, 189)


# The workbench


def test_a_photo_above_the_bound_is_cut_out_smaller(face: Face, photo: bytes) -> None:
    card = arrived(face, photo)

    assert size(face, card) == HALF
    assert (card.image.width, card.image.height) == WHOLE
    assert face.library.original("ann", card.image.id) == photo
    assert Recipe.read(card.entry.recipe).most_pixels == MOST
    assert (view(card).width, view(card).height) == HALF
    file = face.studio.lab().prints.export(BOUND, card.entry.id).file
    assert (file.width, file.height) == HALF


def test_one_that_is_no_larger_is_the_same_job_under_any_plan(face: Face, photo: bytes) -> None:
    enough = replace(FULL, plan=replace(PLAN, processed_pixels=640 * 480))
    card = arrived(face, photo, enough)

    assert size(face, card) == WHOLE
    assert arrived(face, photo, FULL).job == card.job


def test_nobody_talks_himself_out_of_the_bound(face: Face, photo: bytes) -> None:
    card = arrived(face, photo)
    recipe = Recipe.read(card.entry.recipe)
    face.studio.dress(BOUND, card.entry.id, {"most_pixels": 0, "background": "white"})
    Desk(face.fitting, BOUND).make_whole([card])
    face.studio.choose(BOUND, card.entry.id, replace(recipe, most_pixels=0))
    face.studio.remake(BOUND, card.image.id, replace(recipe, most_pixels=0, background="white"))
    face.studio.jobs.again(BOUND, card.image.id, replace(recipe, most_pixels=0), priority=NOW)
    face.work()

    sizes = {(one.width, one.height) for one in face.library.records.history("ann", card.image.id)}
    assert sizes == {HALF}


def test_under_a_plan_that_allows_more_it_stays_until_somebody_wants_all_of_it(
    face: Face, photo: bytes
) -> None:
    card = arrived(face, photo)
    face.studio.dress(FULL, card.entry.id, {"background": "white"})
    assert inferences(face) == 1
    assert face.library.records.start("test") is None  # no slider takes a credit

    Desk(face.fitting, FULL).make_whole([card])
    face.work()
    made = card_of(face, card.entry.id)

    assert size(face, made) == WHOLE
    assert (view(made).width, view(made).height) == WHOLE
    assert Recipe.read(made.entry.recipe).background == "#ffffff"
    assert inferences(face) == 2
    assert len(face.library.records.history("ann", card.image.id)) == 2


def test_the_same_photo_dropped_again_under_another_plan_is_cut_out_as_it_came(
    face: Face, photo: bytes
) -> None:
    small = arrived(face, photo)
    face.studio.dress(FULL, small.entry.id, {"background": "white"})
    whole = arrived(face, photo, FULL)

    assert whole.entry.id == small.entry.id
    assert (size(face, small), size(face, whole)) == (HALF, WHOLE)
    assert Recipe.read(whole.entry.recipe).background == "#ffffff"
    assert inferences(face) == 2


def test_a_version_of_the_library_is_made_at_full_size_from_its_photo(
    face: Face, photo: bytes
) -> None:
    card = arrived(face, photo)
    version = face.library.records.version("ann", str(card.job.version_id))
    entry = face.studio.unfold(FULL, card.image.id, version.id)
    assert Recipe.read(entry.recipe).most_pixels == MOST  # as it is, at no cost

    job = Keeper(face.fitting, FULL).make_whole(card.image.id, version)
    face.work()
    done = face.library.records.job("ann", job.id)
    made = face.library.records.version("ann", str(done.version_id))

    assert (made.width, made.height) == WHOLE


def test_strokes_stay_where_they_were_painted_whatever_the_size(face: Face, photo: bytes) -> None:
    card = arrived(face, photo)
    lab = face.studio.lab()
    layer = np.zeros((240, 320, 2), np.uint8)
    layer[5:35, 10:60] = 255
    name = lab.retouch.save(BOUND, card.entry.id, written_strokes(layer))
    small = lab.cuts.subject(BOUND, card.entry.id).alpha
    Desk(face.fitting, FULL).make_whole([card])
    face.work()
    whole = lab.cuts.subject(FULL, card.entry.id).alpha
    known, png = lab.retouch.strokes(FULL, card.entry.id)

    assert small.shape == (240, 320)
    assert (small[5:35, 10:60] == 255).all()
    assert whole.shape == (480, 640)
    assert (whole[12:68, 22:118] == 255).all()
    assert png is not None
    with Image.open(io.BytesIO(png)) as opened_strokes:
        assert (known, opened_strokes.size) == (name, WHOLE)


def test_what_is_larger_than_may_be_enlarged_may_be_once_it_is_smaller() -> None:
    account = replace(FULL, plan=replace(PLAN, processed_pixels=4_000_000))

    assert fitted(Recipe(upscale=4), account, (6000, 4000)).most_pixels == 4_000_000


# Programs


@pytest.fixture
def stage(tmp_path: Path, models: Path) -> Iterator[Stage]:
    with opened(tmp_path, models, program=BOUND) as stage:
        yield stage


def test_programs_are_told_that_a_photo_was_made_smaller(stage: Stage, photo: bytes) -> None:
    job_id = stage.shop.sent(photo)
    stage.face.work()
    done = stage.shop.job(job_id)
    cutout = stage.shop.http.get(done["output_urls"]["png"]).content
    again = stage.shop.announce(photo).json()

    assert done["most_pixels"] == again["most_pixels"] == MOST
    assert (again["cached"], again["output_id"]) == (True, done["output_id"])
    with Image.open(io.BytesIO(cutout)) as picture:
        assert picture.size == HALF


def test_the_same_announcement_is_the_same_job_once_its_size_is_known(
    stage: Stage, photo: bytes
) -> None:
    told = stage.shop.announce(photo, token="order 7").json()
    stage.shop.put(told, photo)
    stage.shop.uploaded(told["job_id"])
    again = stage.shop.announce(photo, token="order 7")
    other = stage.shop.announce(photo, recipe={"background": "white"}).json()
    stage.face.work()

    assert (again.status_code, again.json()["job_id"]) == (201, told["job_id"])
    assert stage.shop.job(told["job_id"])["most_pixels"] == MOST
    assert other["upload_url"] is None
    assert stage.shop.job(other["job_id"])["most_pixels"] == MOST


def test_a_program_cannot_say_how_large_a_photo_is_worked_on(stage: Stage, photo: bytes) -> None:
    answer = stage.shop.announce(photo, recipe={"most_pixels": 10**9})

    assert problem(answer)[0] == 422
    assert "most_pixels is not a setting" in answer.json()["detail"]


def test_lengths_for_remove_bg_are_those_of_the_photo_as_it_came(
    stage: Stage, photo: bytes
) -> None:
    def cut(**fields: str) -> httpx.Response:
        return stage.shop.http.post("/v1.0/removebg", files={"image_file": photo}, data=fields)

    workers = Workers(stage.face.studio, stage.face.library)
    workers.start()
    whole = cut(size="full")
    part = cut(size="full", roi="0px 0px 320px 480px")
    workers.close()

    assert whole.headers["X-Most-Pixels"] == str(MOST)
    assert (whole.headers["X-Width"], whole.headers["X-Height"]) == ("320", "240")
    left, width = (int(part.headers[f"X-Foreground-{word}"]) for word in ("Left", "Width"))
    assert left + width == 160


# What is said


VISITOR = replace(BOUND, plan=GUEST_PLAN)


@pytest.mark.parametrize(
    ("account", "enter", "says"),
    [
        (VISITOR, lambda: lambda: None, "Sign up and take a paid plan for full size."),
        (VISITOR, None, "Larger photos are made smaller here."),
        (replace(VISITOR, email="a@b.c"), None, "A paid plan makes it at full size."),
        (replace(BOUND, email="a@b.c"), None, "Full resolution is off in your account."),
        (FULL, None, "Make it at full size"),
    ],
)
async def test_a_page_says_why_a_cutout_is_smaller_and_what_makes_it_larger(
    account: Account, enter: Callable[[], Click] | None, says: str
) -> None:
    def page() -> None:
        bar = Bound(account, on_whole=lambda: None, enter=enter)
        bar.show((6000, 4000), Recipe(most_pixels=12_000_000))

    async with user_simulation(page) as user:
        await user.open("/")
        await user.should_see("Made at 12 of 24 megapixels.")
        await user.should_see(says)


async def test_a_page_says_nothing_of_a_photo_that_was_cut_out_as_it_came() -> None:
    def page() -> None:
        Bound(BOUND, on_whole=lambda: None).show((4000, 3000), Recipe())

    async with user_simulation(page) as user:
        await user.open("/")
        await user.should_not_see("megapixels")
