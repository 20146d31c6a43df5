"""The way of a photo through the Studio, with real files, a real database and a real network."""

import io
import os
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from auth.account import LOCAL
from inference.catalogue import Asset, Model, model_named
from inference.engine import Engine
from inference.errors import ModelMissing, NotDone, PhotoRejected, RecipeRejected
from inference.output import Format, Output
from inference.recipe import Recipe
from inference.studio import Studio
from inference.weights import Weights
from inference.worker import Workers
from storage.blobs import FileBlobs
from storage.doctor import examine
from storage.library import Library
from storage.local import SqliteRecords
from storage.records import Job, Status
from tests.test_engine import Brightness, Stage
from ui.house import House


class Bench:
    """A Studio whose network is a stand-in, and the photo to put through it."""

    def __init__(
        self,
        folder: Path,
        models: Path,
        photo: bytes,
        make: Callable[[], Brightness] = Brightness,
    ) -> None:
        self.records = SqliteRecords(folder / "library.sqlite")
        self.blobs = FileBlobs(folder / "library")
        self.library = Library(self.records, self.blobs)
        self.stage = Stage(make)
        weights = Weights(models)
        self.studio = Studio(
            weights=weights,
            engine=Engine(weights, self.stage),
            library_for=lambda _: self.library,
        )
        self.workers = Workers(self.studio, self.library)
        self.photo = folder / "vase.jpg"
        self.photo.write_bytes(photo)

    @property
    def inferences(self) -> int:
        return sum(matter.calls for matter in self.stage.opened)

    def arrive(self, name: str = "vase.jpg", recipe: Recipe | None = None) -> str:
        return self.studio.arrive(LOCAL, self.photo, name=name, recipe=recipe or Recipe()).id

    def work(self) -> None:
        """Do all that waits, here and now."""
        while job := self.records.start("me"):
            self.studio.work(self.library, job)


@pytest.fixture
def bench(tmp_path: Path, models: Path, photo: bytes) -> Iterator[Bench]:
    bench = Bench(tmp_path, models, photo)
    yield bench
    bench.records.close()


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def test_a_dropped_photo_becomes_a_cutout(house: House, photo: bytes, tmp_path: Path) -> None:
    file = tmp_path / "vase.jpg"
    file.write_bytes(photo)
    house.workers.start()
    entry = house.studio.arrive(LOCAL, file, name="vase.jpg", folder="shop")
    export = house.studio.lab().prints.export(LOCAL, entry.id)

    alpha = np.asarray(opened(export.data))[..., 3]
    assert export.name == "vase.png"
    assert alpha.shape == (480, 640)
    assert alpha[300, 320] == 255
    assert alpha[20, 20] == 0
    (card,) = house.studio.bench(LOCAL)
    assert (card.entry.folder, card.job.status) == ("shop", Status.DONE)
    assert examine(house.library.records, house.blobs).healthy


def test_another_background_runs_no_inference(bench: Bench) -> None:
    entry = bench.arrive()
    bench.work()
    recipe = Recipe.read(bench.studio.bench(LOCAL)[0].entry.recipe)
    bench.studio.choose(LOCAL, entry, replace(recipe, background="#ff0080"))
    bench.workers.start()
    export = bench.studio.lab().prints.export(LOCAL, entry, Output(Format.JPEG))
    bench.workers.close()

    assert bench.inferences == 1
    assert opened(export.data).getpixel((5, 5)) == pytest.approx((255, 0, 128), abs=3)


def test_trying_colours_makes_no_versions_and_exporting_makes_one(bench: Bench) -> None:
    entry = bench.arrive()
    bench.work()
    card = bench.studio.bench(LOCAL)[0]
    for colour in ("white", "black", "#123456"):
        recipe = replace(Recipe.read(card.entry.recipe), background=colour)
        bench.studio.choose(LOCAL, entry, recipe)
    assert len(bench.records.history("local", card.image.id)) == 1

    bench.workers.start()
    for _ in range(2):
        bench.studio.lab().prints.export(LOCAL, entry, Output(Format.WEBP))
    bench.workers.close()
    assert len(bench.records.history("local", card.image.id)) == 2


def test_the_same_photo_under_two_names_is_computed_once(bench: Bench) -> None:
    bench.arrive("a.jpg")
    bench.arrive("b.jpg")
    bench.work()

    assert [card.entry.name for card in bench.studio.bench(LOCAL)] == ["a.jpg", "b.jpg"]
    assert bench.inferences == 1


def test_submitted_twice_at_the_same_moment_it_is_computed_once(bench: Bench) -> None:
    bench.workers.start()
    white = Recipe(background="white")
    threads = [
        threading.Thread(target=bench.studio.jobs.submit, args=(LOCAL, bench.photo, recipe))
        for recipe in (Recipe(), Recipe(), white, white)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for recipe in (Recipe(), white):
        job = bench.studio.jobs.submit(LOCAL, bench.photo, recipe)
        assert bench.studio.jobs.wait(LOCAL, job).status is Status.DONE
    bench.workers.close()

    assert bench.inferences == 1


def test_a_file_that_is_no_photo_leaves_no_trace(bench: Bench) -> None:
    bench.photo.write_bytes(b"%PDF-1.7 not a photo")
    with pytest.raises(PhotoRejected):
        bench.arrive()

    assert bench.studio.bench(LOCAL) == []
    assert list(bench.blobs.listing()) == []


def test_a_photo_that_is_cut_short_fails_with_a_sentence_and_the_others_go_on(
    bench: Bench, photo: bytes
) -> None:
    bench.photo.write_bytes(photo[: len(photo) // 2])
    bench.arrive("half.jpg")
    bench.photo.write_bytes(photo)
    bench.arrive("whole.jpg")
    bench.work()

    half, whole = (card.job for card in bench.studio.bench(LOCAL))
    assert half.status is Status.ERROR
    assert "cut short" in half.says or "damaged" in half.says
    assert whole.status is Status.DONE


def test_a_failed_export_says_why(bench: Bench, photo: bytes) -> None:
    bench.photo.write_bytes(photo[: len(photo) // 2])
    entry = bench.arrive()
    bench.workers.start()
    with pytest.raises(NotDone) as failed:
        bench.studio.lab().prints.export(LOCAL, entry)
    bench.workers.close()

    assert failed.value.says == bench.studio.bench(LOCAL)[0].job.says


def test_a_fault_of_our_own_is_said_and_the_photo_can_be_tried_again(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    bench.arrive()
    job = bench.records.start("me")
    assert job
    bench.studio.work(bench.library, replace(job, recipe='{"model": 7}'))
    failed = bench.studio.bench(LOCAL)[0].job
    assert failed.status is Status.ERROR
    assert failed.says

    bench.studio.jobs.retry(LOCAL, failed.id)
    bench.work()
    assert bench.studio.bench(LOCAL)[0].job.status is Status.DONE
    assert caplog is not None


def test_jpeg_of_a_transparent_cutout_is_refused_with_a_way_out(bench: Bench) -> None:
    entry = bench.arrive()
    bench.workers.start()
    with pytest.raises(RecipeRejected) as refused:
        bench.studio.lab().prints.export(LOCAL, entry, Output(Format.JPEG))
    bench.workers.close()

    assert "background" in refused.value.says


def test_a_photo_taken_off_the_workbench_is_not_computed(bench: Bench) -> None:
    first = bench.arrive("a.jpg")
    second = bench.arrive("b.jpg")
    bench.studio.clear(LOCAL, first)
    (card,) = bench.studio.bench(LOCAL)
    assert card.job.status is Status.QUEUED

    bench.studio.clear(LOCAL, second)
    bench.work()
    assert bench.inferences == 0
    assert bench.studio.bench(LOCAL) == []


def test_a_job_cancelled_while_it_computes_leaves_nothing(bench: Bench) -> None:
    bench.arrive()
    job = bench.records.start("me")
    assert job
    bench.studio.jobs.cancel(LOCAL, job.id)
    bench.studio.work(bench.library, job)

    assert bench.studio.bench(LOCAL)[0].job.status is Status.CANCELLED
    assert bench.records.history("local", job.image_id) == []
    assert examine(bench.records, bench.blobs).healthy


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere threads of a process are equal")
def test_photos_are_cut_out_behind_whatever_somebody_waits_for(
    tmp_path: Path, models: Path, photo: bytes
) -> None:
    go_on = threading.Event()
    bench = Bench(tmp_path, models, photo, lambda: Brightness(gate=go_on))
    bench.workers.start()
    bench.arrive()
    until(bench, lambda job: job.status is Status.RUNNING)
    workers = [one for one in threading.enumerate() if one.name.startswith("worker-")]
    behind = max(os.getpriority(os.PRIO_PROCESS, one.native_id or 0) for one in workers)
    go_on.set()
    bench.workers.close()
    bench.records.close()

    assert behind == min(19, os.getpriority(os.PRIO_PROCESS, 0) + 10)


class Noting(Brightness):
    """Notes the priority of the thread that it was opened in."""

    def __init__(self) -> None:
        super().__init__()
        self.nice = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere threads of a process are equal")
def test_a_model_that_a_page_tries_is_opened_behind_whatever_somebody_waits_for(
    tmp_path: Path, models: Path, photo: bytes
) -> None:
    opened: list[Noting] = []

    def note() -> Noting:
        opened.append(Noting())
        return opened[-1]

    bench = Bench(tmp_path, models, photo, note)
    bench.studio.lab().prints.trial(LOCAL, bench.arrive(), "u2netp", 480)
    bench.records.close()
    bench.studio.close()

    assert [one.nice for one in opened] == [min(19, os.getpriority(os.PRIO_PROCESS, 0) + 10)]


def test_a_job_cancelled_and_tried_again_at_once_leaves_the_workers_at_work(
    tmp_path: Path, models: Path, photo: bytes
) -> None:
    go_on = threading.Event()
    bench = Bench(tmp_path, models, photo, lambda: Brightness(gate=go_on))
    bench.workers.start()
    bench.arrive()
    until(bench, lambda job: job.status is Status.RUNNING)
    bench.studio.jobs.cancel(LOCAL, bench.studio.bench(LOCAL)[0].job.id)
    bench.studio.jobs.retry(LOCAL, bench.studio.bench(LOCAL)[0].job.id)
    until(bench, lambda job: job.fence == 2)  # the other worker has it now
    go_on.set()
    until(bench, lambda job: job.status is Status.DONE)
    bench.photo.write_bytes(photo + b"\0")
    bench.arrive("another.jpg")
    until(bench, lambda job: job.status is Status.DONE)
    threads = [thread.name for thread in threading.enumerate()]
    bench.workers.close()
    bench.records.close()

    assert threads.count("worker-0") == threads.count("worker-1") == 1


def until(bench: Bench, true: Callable[[Job], bool]) -> None:
    """Wait until it is true of the last photo."""
    while not true(bench.studio.bench(LOCAL)[-1].job):
        bench.studio.jobs.pause(0.02)


def test_a_background_for_a_stopped_photo_does_not_start_it_again(bench: Bench) -> None:
    entry = bench.arrive()
    card = bench.studio.bench(LOCAL)[0]
    bench.studio.jobs.cancel(LOCAL, card.job.id)
    bench.studio.choose(LOCAL, entry, replace(Recipe.read(card.entry.recipe), background="white"))

    assert bench.studio.bench(LOCAL)[0].job.status is Status.CANCELLED


def test_another_model_cuts_anew_and_an_unknown_one_is_refused(bench: Bench) -> None:
    with pytest.raises(ModelMissing) as refused:
        bench.arrive(recipe=Recipe(model="birefnet-general"))

    assert "coveshot models get birefnet-general" in refused.value.says


def test_previews_are_upright_small_and_without_metadata(bench: Bench) -> None:
    bench.arrive()
    bench.work()
    card = bench.studio.bench(LOCAL)[0]
    assert card.job.version_id
    before = opened(bench.studio.lab().prints.photo_preview(LOCAL, card.image.id, 320))
    after = opened(bench.studio.lab().prints.version_preview(LOCAL, card.job.version_id, 320))
    thumbnail = opened(bench.library.thumbnail("local", card.job.version_id))

    assert (before.size, before.mode) == ((320, 240), "RGB")
    assert (after.size, after.mode) == ((320, 240), "RGBA")
    assert max(thumbnail.size) <= 320
    assert not before.getexif()


def test_a_cut_without_a_library_keeps_nothing(bench: Bench, photo: bytes) -> None:
    cutout = bench.studio.lab().cuts.cut(LOCAL, photo, Recipe(background="white"))

    assert cutout.pixels.shape == (480, 640, 3)
    assert cutout.pixels[5, 5].tolist() == [255, 255, 255]
    assert list(bench.blobs.listing()) == []


def test_a_photo_takes_the_time_of_both_looks_and_either_may_tell_something(
    tmp_path: Path, models: Path, photo: bytes
) -> None:
    networks = iter([Brightness("GPU", fails=True), Brightness()])  # the first look falls back
    bench = Bench(tmp_path, models, photo, lambda: next(networks, Brightness()))
    recipe = Recipe(model="u2netp", precision="bf16", second="u2netp")
    matted = bench.studio.lab().cuts.cut(LOCAL, photo, recipe).matted

    assert "too large for the memory of GPU" in matted.says
    assert matted.device.name == "CPU"
    assert bench.studio.networks.device().seconds_per_photo == matted.seconds
    bench.records.close()


class TwoModels(Weights):
    """A folder with the compact IS-Net beside the small model, as far as anyone asks."""

    def present(self) -> list[Model]:
        return [model_named("isnet-fp16"), model_named("u2netp")]

    def path(self, model: Asset) -> Path:
        return Path(f"{model.name}.onnx")

    def sha256(self, model: Asset) -> str:
        return f"{len(model.name):064}"


def test_auto_takes_the_finest_model_and_the_small_one_to_help_it(
    bench: Bench, tmp_path: Path
) -> None:
    weights = TwoModels(tmp_path)
    studio = Studio(
        weights=weights,
        engine=Engine(weights, Stage(Brightness)),
        library_for=lambda _: bench.library,
    )
    auto = studio.networks.resolve(Recipe())

    assert (auto.model, auto.second) == ("isnet-fp16", "u2netp")
    assert auto.second_weights == weights.sha256(model_named("u2netp"))
    assert studio.networks.resolve(Recipe(second="")).second == ""
    assert (
        studio.networks.resolve(Recipe(model="isnet-fp16")).second == ""
    )  # the one that was asked for
    assert studio.networks.resolve(Recipe(model="u2net")).second == "u2net"  # a closer look


def test_a_model_that_helps_itself_looks_twice_and_is_quicker_told_to_look_once(
    bench: Bench, photo: bytes
) -> None:
    cut = bench.studio.lab().cuts.cut
    cut(LOCAL, photo, Recipe(model="u2netp", second=""))
    once = bench.inferences
    matted = cut(LOCAL, photo, Recipe(model="u2netp", second="u2netp")).matted

    assert (once, bench.inferences) == (1, 3)
    assert bench.studio.networks.device().seconds_per_photo
    assert matted.alpha.shape == (480, 640)


def test_a_cut_is_the_same_bytes_as_the_library_keeps(bench: Bench, photo: bytes) -> None:
    entry = bench.arrive()
    bench.workers.start()
    kept = bench.studio.lab().prints.export(LOCAL, entry)
    bench.workers.close()
    direct = bench.studio.lab().cuts.cut(LOCAL, photo, Recipe())

    np.testing.assert_array_equal(np.asarray(opened(kept.data)), direct.pixels)


def picture_file(folder: Path, colour: tuple[int, int, int], name: str = "wall.png") -> Path:
    Image.new("RGB", (300, 200), colour).save(folder / name)
    return folder / name


def test_an_own_picture_is_laid_behind(bench: Bench, tmp_path: Path) -> None:
    sha256 = bench.studio.keep_picture(LOCAL, picture_file(tmp_path, (10, 90, 200)))
    entry_id = bench.arrive(recipe=Recipe(background=f"picture {sha256}"))
    bench.workers.start()
    export = bench.studio.lab().prints.export(LOCAL, entry_id)
    bench.workers.close()

    _, preview = bench.studio.lab().prints.look_preview(LOCAL, entry_id, 400)
    for data, tolerance in ((export.data, 0), (preview, 12)):
        with opened(data) as made:
            corner = np.asarray(made.convert("RGB"))[0, 0]
        assert np.abs(corner - np.array([10.0, 90, 200])).max() <= tolerance
    assert examine(bench.records, bench.blobs).healthy


def test_a_picture_that_is_none_is_not_kept(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "wall.jpg").write_text("wall")
    with pytest.raises(PhotoRejected):
        bench.studio.keep_picture(LOCAL, tmp_path / "wall.jpg")
    assert not list(bench.blobs.listing())


def test_a_recipe_whose_picture_is_not_here_says_so(bench: Bench, photo: bytes) -> None:
    with pytest.raises(RecipeRejected, match="Choose it again"):
        bench.studio.lab().cuts.cut(LOCAL, photo, Recipe(background=f"picture {'ab' * 32}"))


def test_photos_become_a_series_of_one_scale(bench: Bench) -> None:
    frame = {"canvas": "100x100", "fill": 80.0}
    ids = [bench.arrive(name) for name in ("a.jpg", "b.jpg")]
    bench.work()
    bench.studio.dress(LOCAL, ids[0], {"frame": frame})

    scale = bench.studio.lab().sizes.make_series(LOCAL, ids[0], ids)

    chosen = [Recipe.read(bench.records.entry("local", one).recipe).frame for one in ids]
    assert chosen[0] == chosen[1]
    assert chosen[0].scale == scale
    assert 0 < scale <= 100


def test_a_series_needs_a_size_and_a_share(bench: Bench) -> None:
    entry_id = bench.arrive()
    bench.work()
    with pytest.raises(RecipeRejected, match="2000x2000"):
        bench.studio.lab().sizes.make_series(LOCAL, entry_id, [entry_id])


def test_an_enlarged_cutout_is_a_new_version_of_the_same_matte(bench: Bench) -> None:
    entry_id = bench.arrive()
    bench.work()
    bench.studio.dress(LOCAL, entry_id, {"upscale": 2})
    bench.work()

    [card] = bench.studio.bench(LOCAL)
    version = bench.records.version("local", str(card.job.version_id))
    assert (version.width, version.height) == (2 * card.image.width, 2 * card.image.height)
    assert ":x2:" in version.op_key
    assert bench.inferences == 1
    bench.studio.dress(LOCAL, entry_id, {"upscale": 1})
    assert bench.studio.bench(LOCAL)[0].job.status is Status.DONE


def test_without_a_network_lanczos_enlarges(bench: Bench) -> None:
    recipe = bench.studio.networks.resolve(Recipe(upscale=2))

    assert (recipe.upscaler, recipe.upscaler_weights) == ("lanczos", "")
    assert bench.studio.lab().enlargements.pace() == 0


def test_too_large_an_enlargement_is_refused_before_it_is_queued(
    bench: Bench, tmp_path: Path
) -> None:
    Image.new("RGB", (6000, 4000), "white").save(tmp_path / "large.jpg")
    with pytest.raises(RecipeRejected, match="384 megapixels"):
        bench.studio.arrive(LOCAL, tmp_path / "large.jpg", name="a.jpg", recipe=Recipe(upscale=4))
    assert not list(bench.blobs.listing())


class Unsure(Brightness):
    """Takes what is dark for the subject, and half of all to the right of the middle."""

    def __call__(self, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
        alpha = super().__call__(pixels)
        alpha[:, alpha.shape[1] // 2 :] = 128
        return alpha


def test_only_a_cutout_that_is_left_bare_for_a_file_is_not_judged_by_its_colours(
    tmp_path: Path, models: Path, photo: bytes
) -> None:
    bench = Bench(tmp_path, models, photo, Unsure)
    bare, why = Recipe(refine=False, decontaminate=False), "Much of the outline"
    cut = bench.studio.lab().cuts.cut
    bench.arrive(recipe=bare)
    bench.work()
    [card] = bench.studio.bench(LOCAL)

    assert why in " ".join(cut(LOCAL, photo, Recipe()).matted.doubt.reasons)
    assert why not in " ".join(cut(LOCAL, photo, bare).matted.doubt.reasons)
    assert why in card.job.reasons  # its matte may yet be refined
    bench.records.close()


def test_it_is_told_where_a_photo_cuts_its_subject_off(bench: Bench, tmp_path: Path) -> None:
    pixels = np.full((300, 400, 3), 240, np.uint8)
    pixels[120:, 100:250] = 30
    Image.fromarray(pixels).save(tmp_path / "vase.png")
    bench.photo = tmp_path / "vase.png"
    bench.arrive()
    bench.work()

    [card] = bench.studio.bench(LOCAL)
    assert "The photo cuts the subject off at the bottom." in card.job.reasons
    assert card.job.reasons.count("\n") == 0 or card.job.doubt >= 0.5


def test_a_layered_file_makes_no_version_of_the_subject_alone(bench: Bench) -> None:
    entry_id = bench.arrive()
    bench.work()
    bench.studio.dress(LOCAL, entry_id, {"background": "white", "feather": 2.0, "upscale": 2})
    job = bench.studio.keep(LOCAL, entry_id)
    bench.work()
    bench.studio.dress(LOCAL, entry_id, {"upscale": 1})
    bench.work()
    done = bench.studio.jobs.look(LOCAL, job)
    known = bench.records.history("local", job.image_id)

    file = bench.studio.lab().prints.file(LOCAL, str(done.version_id), Output(Format.PSD))

    assert (file.width, file.height) == (1280, 960)
    assert bench.records.start("me") is None
    assert bench.records.history("local", job.image_id) == known
    assert bench.inferences == 1


def test_a_larger_look_is_drawn_by_its_own_edges_until_it_is_enlarged(bench: Bench) -> None:
    entry_id = bench.arrive()
    bench.work()
    bench.studio.dress(LOCAL, entry_id, {"upscale": 2})
    bench.work()
    assert bench.studio.lab().cuts.subject(LOCAL, entry_id).alpha.shape == (960, 1280)
    whole = bench.studio.lab().cuts.at_hand(LOCAL, entry_id)
    bench.studio.dress(LOCAL, entry_id, {"shift": -20.0})

    small = bench.studio.lab().cuts.at_hand(LOCAL, entry_id)
    alpha = bench.studio.lab().cuts.subject(LOCAL, entry_id, small).alpha
    key, look = bench.studio.lab().closeups.look(LOCAL, entry_id)
    assert (whole.upscale, small.upscale) == (2, 1)
    assert alpha.shape == look.shape[:2] == (480, 640)
    assert (look[..., 3] == alpha).all()
    assert key == small.key


def test_a_server_whose_workers_are_elsewhere_does_not_tell_of_its_own_device(
    bench: Bench, models: Path
) -> None:
    weights = Weights(models)
    engine = Engine(weights, bench.stage)
    studio = Studio(
        weights=weights, engine=engine, library_for=lambda _: bench.library, elsewhere=True
    )

    assert bench.studio.networks.device().name != "Workers"
    assert studio.networks.device().name == "Workers"
