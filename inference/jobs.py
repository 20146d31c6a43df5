"""The Studio: the one service that pages, API, command line and worker call."""

import hashlib
import io
import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, ParamSpec, TypeVar
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow

from auth.account import Account
from auth.keys import Key, digest
from inference.catalogue import RECOMMENDED, SMALL, Model, model_named
from inference.checkpoint import Checkpoint
from inference.compose import cut_out, laid_on, staged, staged_apart
from inference.doubt import doubt
from inference.encode import PNG, encode, parts, preview, thumbnail
from inference.engine import Engine, Matted
from inference.enlarge import check_enlarged
from inference.errors import InferenceError, ModelMissing, NoSubject, NotDone, RecipeRejected
from inference.finish import File, Subject, finished
from inference.frame import box_of, cut_off, series_scale
from inference.fuse import fused
from inference.line import Line
from inference.look import Scene
from inference.memory import give_back
from inference.output import SIXTEEN, SRGB, Output
from inference.photo import Header, Limits, Photo
from inference.png import read_png
from inference.previews import SIDE, Previews, Source
from inference.priority import step_back
from inference.providers import CPU
from inference.recipe import AUTO, Recipe
from inference.rendition import WHITE, Rendition, Wanted, rendition
from inference.shelf import Shelf
from inference.uncut import Uncut
from inference.upscalers import FINE, LANCZOS, QUICK, upscaler_named
from inference.weights import Weights
from storage.errors import LostLease, NotFound, StorageError
from storage.library import Library
from storage.ports import Batch
from storage.records import ENDED, NOW, Card, Entry, Job, Note, Order, Original, Status, Version

log = logging.getLogger(__name__)
Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")

PICTURES = 4
"""Own backgrounds that are kept decoded; one serves a whole batch."""
CLOSEUPS = 800_000_000
"""Bytes: 100 megapixels before and after, or 48 with what was there before any stroke."""
LOOKED_AWAY = 60.0
"""Seconds after which nobody looks closely any more."""
OWN_FAULT = (
    "Coveshot could not finish this photo because of a fault of its own; the log has it. "
    "Try again, or try another model."
)


@dataclass(frozen=True, slots=True)
class Cutout:
    """A photo that was cut out, and what is to become of it."""

    subject: Subject
    recipe: Recipe
    matted: Matted
    """How the network came to it."""

    @property
    def pixels(self) -> NDArray[np.uint8]:
        """(height, width, 4) with straight alpha, or 3 channels on a background."""
        one = self.subject
        return staged(one.pixels, one.alpha, self.recipe, one.photo, one.picture)

    def file(self, output: Output) -> File:
        """Raises RecipeRejected."""
        return finished(self.subject, self.recipe, output)


@dataclass(frozen=True, slots=True)
class Export:
    """A file that leaves the library."""

    name: str
    mime: str
    file: File

    @property
    def data(self) -> bytes:
        return self.file.data


@dataclass(frozen=True, slots=True)
class Pace:
    """What computes, why, and how long its network takes for a photo."""

    name: str
    provider: str
    reason: str
    seconds_per_photo: float | None


class Studio:
    """Takes photos in, cuts them out, gives results back. Thread-safe; every method may block."""

    def __init__(
        self,
        *,
        weights: Weights,
        engine: Engine,
        library_for: Callable[[Account], Library],
        checkpoint: Checkpoint | None = None,
        line: Line | None = None,
    ) -> None:
        self.weights = weights
        self.checkpoint = checkpoint or Checkpoint()
        self._line = line or Line()
        self._engine = engine
        self._library_for = library_for
        self._inference = threading.Lock()
        self._changed = threading.Condition()
        self._dressing = threading.Lock()
        self._previews = Previews()
        self._pictures = Shelf[NDArray[np.uint8]](PICTURES)
        self.closeups = Shelf[NDArray[np.uint8]](CLOSEUPS, lambda pixels: pixels.nbytes)
        """Pictures that are looked at closely, whole and decoded."""
        self._computing = ThreadPoolExecutor(1, "computing", initializer=step_back)
        self._pace: float | None = None
        """A running mean of the seconds that the networks took for a photo."""

    def library(self, account: Account) -> Library:
        return self._library_for(account)

    # The workbench

    def arrive(
        self,
        account: Account,
        file: Path,
        *,
        name: str,
        folder: str = "",
        recipe: Recipe = Recipe(),  # noqa: B008 frozen
    ) -> Entry:
        """Check a file, keep it, queue its cut and put it on the workbench.

        Raises PhotoRejected, ModelMissing, StorageError; then nothing is kept.
        """
        recipe = self.resolve(recipe)
        job = self.submit(account, file, recipe.cutout)
        return self._library_for(account).records.place(
            Entry(
                id=uuid4().hex,
                scope=account.scope,
                image_id=job.image_id,
                job_id=job.id,
                name=name,
                folder=folder,
                recipe=recipe.canonical,
                created_at=time.time(),
            )
        )

    def keep_picture(self, account: Account, file: Path) -> str:
        """Keep a picture to lay behind subjects, and return its sha256, which recipes name.

        Raises PhotoRejected, OutOfMemory, StorageError; then nothing is kept.
        """
        self.checkpoint.admit(account, file)
        photo = self.checkpoint.open(file.read_bytes(), _limits(account))
        original = _original(file, photo.header)
        return self._library_for(account).keep(account, original, file).sha256

    def submit(
        self,
        account: Account,
        file: Path,
        recipe: Recipe,
        *,
        name: str = "",
        priority: int = 0,
        check: Callable[[Original], object] = lambda _: None,
    ) -> Job:
        """Keep a photo and queue one recipe on it; an equal one that is under way is joined.

        Who waits for it says NOW; `check` may refuse what is known of the file by then.
        """
        self.checkpoint.admit(account, file)
        original = _original(file, self.checkpoint.inspect(file, _limits(account)))
        check(original)
        check_enlarged(original.width, original.height, recipe.upscale)
        order = _order(self.resolve(recipe), priority)
        library = self._library_for(account)
        known = library.records.find(account.scope, original.sha256)
        self._admit(account, library, known.id if known else "", order)
        return self._told(library.admit(account, original, file, order, name))

    def batch(self, account: Account) -> Batch:
        """All photos of the workbench at once. Say `wake` after something has to be done."""
        return self._library_for(account).records.batch

    def bench(self, account: Account) -> list[Card]:
        return self._library_for(account).records.bench(account.scope)

    def choose(
        self, account: Account, entry_id: str, recipe: Recipe, *, preset: str | None = None
    ) -> Entry:
        """Note what the designer wants for a photo; only what needs a network is done at once.

        Edges, strokes, background, shadow and frame are drawn as they are looked at, and rendered
        when the cutout is exported: trying them makes no versions.
        """
        return self.change(account, entry_id, lambda _: recipe, preset=preset)

    def change(
        self,
        account: Account,
        entry_id: str,
        change: Callable[[Recipe], Recipe],
        *,
        preset: str | None = None,
    ) -> Entry:
        """Choose what becomes of the recipe that a photo has now; of two changes, none is lost.

        It is for the same preset as before where None is given. Raises NotFound, RecipeRejected.
        """
        with self._dressing:
            library = self._library_for(account)
            entry = library.records.entry(account.scope, entry_id)
            recipe = self.resolve(change(Recipe.read(entry.recipe)))
            image = library.records.image(account.scope, entry.image_id)
            check_enlarged(image.width, image.height, recipe.upscale)
            job_id = entry.job_id
            if not _reaches(library.records.job(account.scope, job_id), recipe.cutout):
                cut = _order(recipe.cutout)
                job_id = self._again(account, entry.image_id, cut).id
            return library.records.change(
                account.scope, entry_id, recipe=recipe.canonical, job_id=job_id, preset=preset
            )

    def dress(
        self, account: Account, entry_id: str, look: Mapping[str, Any], *, preset: str | None = None
    ) -> Entry:
        """Change what a cutout is set on, as Recipe.dressed does.

        Raises NotFound, RecipeRejected.
        """
        return self.change(account, entry_id, lambda now: now.dressed(look), preset=preset)

    def make_series(self, account: Account, entry_id: str, entry_ids: Sequence[str]) -> float:
        """Frame photos as one of them is, all at one scale, at which the largest subject fits.

        Returns the scale in percent. Photos that are not cut out yet have no say in it.
        Raises NotFound, RecipeRejected.
        """
        library = self._library_for(account)
        frame = Recipe.read(library.records.entry(account.scope, entry_id).recipe).frame
        if not (frame.size and frame.fill):
            raise RecipeRejected(
                "A series needs a size such as 2000x2000, and how much of it a subject fills."
            )
        scale = series_scale(self._shapes(account, library, entry_ids), frame)
        for one in entry_ids:
            self.dress(account, one, {"frame": asdict(replace(frame, scale=scale))})
        return scale

    def _shapes(
        self, account: Account, library: Library, entry_ids: Sequence[str]
    ) -> Iterator[tuple[NDArray[np.uint8], int]]:
        """Yield the alpha of each cutout, small, and the longer side of its photo in pixels."""
        for entry_id in entry_ids:
            entry = library.records.entry(account.scope, entry_id)
            version_id = library.records.job(account.scope, entry.job_id).version_id
            if version_id:
                version = library.records.version(account.scope, version_id)
                thumb = library.thumbnail(account.scope, version_id)
                with Pillow.open(io.BytesIO(thumb), formats=["WEBP"]) as image:
                    alpha = np.asarray(image.convert("RGBA"))[..., 3]
                yield alpha, max(version.width, version.height)

    def keep(self, account: Account, entry_id: str) -> Job:
        """Let a photo have a version in the look that is chosen for it, whenever it is rendered."""
        library = self._library_for(account)
        entry = library.records.entry(account.scope, entry_id)
        order = _order(Recipe.read(entry.recipe), NOW, entry.preset)
        return self._again(account, entry.image_id, order)

    def unfold(self, account: Account, image_id: str, version_id: str = "") -> Entry:
        """Put a photo of the library on the workbench, as a version has it; the current one if "".

        What is there of it already takes on that recipe. Raises NotFound, ModelMissing.
        """
        library = self._library_for(account)
        image = library.records.image(account.scope, image_id)
        version_id = version_id or image.current_id or ""
        recipe, preset = Recipe(), ""
        if version_id:
            version = library.records.version(account.scope, version_id)
            recipe = Recipe.read(version.recipe)
            preset = library.records.job(account.scope, version.job_id).preset
        recipe = self.resolve(recipe)
        if entries := library.records.holdings.entries(account.scope, image_id):
            return self.choose(account, entries[0].id, recipe, preset=preset)
        return library.records.place(
            Entry(
                id=uuid4().hex,
                scope=account.scope,
                image_id=image_id,
                job_id=self._again(account, image_id, _order(recipe.cutout)).id,
                name=image.name or f"{image.sha256[:8]}.{image.extension}",
                folder="",
                recipe=recipe.canonical,
                created_at=time.time(),
                preset=preset,
            )
        )

    def remake(self, account: Account, image_id: str, recipe: Recipe, preset: str = "") -> Job:
        """Make a version of a photo in the library from its original, and show it.

        Where there is one by this recipe already, that is shown. Raises NotFound, RecipeRejected.
        """
        library = self._library_for(account)
        recipe = self.resolve(recipe)
        image = library.records.image(account.scope, image_id)
        check_enlarged(image.width, image.height, recipe.upscale)
        job = self._again(account, image_id, _order(recipe, NOW, preset))
        if job.version_id:
            library.records.holdings.restore(account.scope, image_id, job.version_id)
        return job

    def clear(self, account: Account, entry_id: str) -> None:
        """Take a photo off the workbench; what waits for nobody else is not computed."""
        self._library_for(account).records.clear(account.scope, entry_id)

    def cancel(self, account: Account, job_id: str) -> Job:
        return self._told(self._library_for(account).records.cancel(account.scope, job_id))

    def forsake(self, account: Account, job_id: str) -> Job:
        """Say that one who waited waits no more; what the workbench waits for goes on."""
        return self._told(self._library_for(account).records.forsake(account.scope, job_id))

    def retry(self, account: Account, job_id: str) -> Job:
        records = self._library_for(account).records
        self._line.join(account, records, pace=self._pace)
        return self._told(records.retry(account.scope, job_id))

    def retry_all(self, account: Account, status: Status) -> None:
        """Queue all of the workbench that failed, or was cancelled, again. Raises TooSoon."""
        records = self._library_for(account).records
        again = [card for card in records.bench(account.scope) if card.job.status is status]
        if again:
            self._line.join(account, records, len(again), pace=self._pace)
        records.batch.retry_all(account.scope, status)
        self.wake()

    def ahead(self, account: Account, job_id: str) -> int:
        """Return how many photos, whoever they belong to, come before one that waits."""
        return self._library_for(account).records.ahead(job_id)

    def _again(self, account: Account, image_id: str, order: Order) -> Job:
        """Queue another recipe on a photo that is here. Raises NotFound, TooSoon."""
        library = self._library_for(account)
        self._admit(account, library, image_id, order)
        return self._told(library.again(account.scope, image_id, order))

    def _admit(self, account: Account, library: Library, image_id: str, order: Order) -> None:
        """Let what is new join the line: not what is done, or drawn from a matte that is kept.

        Raises TooSoon.
        """
        recipe = Recipe.read(order.recipe)
        cut = image_id and recipe.upscale == 1 and library.matte(image_id, recipe.matte_key)
        if not cut and not (image_id and _version_of(library, account.scope, image_id, order.key)):
            self._line.join(account, library.records, pace=self._pace)

    # What is shown and handed out

    def photo_preview(self, account: Account, image_id: str, side: int) -> bytes:
        """Return the original as WebP, upright, in sRGB, at most `side` pixels long."""
        photo = self._photo(account, image_id)
        pixels = photo.pixels
        if photo.alpha is not None:
            pixels = np.dstack([pixels, photo.alpha])
        return preview(pixels, side)

    def version_preview(self, account: Account, version_id: str, side: int) -> bytes:
        return preview(read_png(self._library_for(account).cutout(account.scope, version_id)), side)

    def look_preview(self, account: Account, entry_id: str, side: int) -> tuple[str, bytes]:
        """Return a photo in the look that is chosen for it as WebP, with no network and no job.

        Before it comes the key of the recipe that it shows.
        Raises NotFound, also where nothing is cut out yet.
        """
        library = self._library_for(account)
        entry = library.records.entry(account.scope, entry_id)
        job = library.records.job(account.scope, entry.job_id)
        version_id, recipe = job.version_id, Recipe.read(entry.recipe)
        if version_id is None:
            raise NotFound
        other = recipe.cutout.key != job.key
        drawn = self._previews.draw(
            version_id,
            recipe,
            side,
            cutout=self._source(library, entry, recipe)
            if other
            else lambda: read_png(library.cutout(account.scope, version_id)),
            photo=lambda: self._photo(account, entry.image_id).pixels,
            picture=self._picture(library, account.scope, recipe),
        )
        return recipe.key, drawn

    def trial(self, account: Account, entry_id: str, model: str, side: int) -> bytes:
        """Return a photo in its look as another model cuts it out, as a small WebP.

        The matte is kept, so that choosing the model then takes no time; nothing else is.
        Raises NotFound, UnknownModel, ModelMissing and what the network may raise.
        """
        library = self._library_for(account)
        entry = library.records.entry(account.scope, entry_id)
        recipe = self.with_model(Recipe.read(entry.recipe), model)
        job = library.records.job(account.scope, entry.job_id)

        def read() -> Uncut:
            if library.matte(entry.image_id, recipe.matte_key) is None:
                self._line.join(account, library.records, pace=self._pace)
            photo = self._photo(account, entry.image_id)
            alpha, _ = self._behind(self._matte, library, job, recipe, photo)
            strokes = kept_strokes(library, entry.image_id, recipe)
            return Uncut(photo.pixels, alpha, photo.alpha, strokes)

        return self._previews.draw(
            f"{entry.image_id} {model}",
            recipe,
            min(side, SIDE),
            cutout=Source(_raw(entry, recipe), read),
            photo=lambda: read().photo,
            picture=self._picture(library, account.scope, recipe),
        )

    def with_model(self, recipe: Recipe, model: str) -> Recipe:
        """Return a recipe that cuts with another model, and is the same in all else.

        Raises UnknownModel, ModelMissing.
        """
        if model == recipe.model:
            return recipe
        name = AUTO if model == self._best().name else model  # then a quick one may help it
        return self.resolve(replace(recipe, model=name, weights="", precision=AUTO, second=AUTO))

    def _behind(
        self,
        compute: Callable[Arguments, Result],
        *args: Arguments.args,
        **kwargs: Arguments.kwargs,
    ) -> Result:
        """Compute in a thread that comes after all others, as workers do.

        A network that is opened keeps the priority of who has opened it, whoever has it compute.
        """
        return self._computing.submit(compute, *args, **kwargs).result()

    def _source(self, library: Library, entry: Entry, recipe: Recipe) -> Source:
        return Source(_raw(entry, recipe), lambda: self._uncut(library, entry, recipe))

    def _uncut(self, library: Library, entry: Entry, recipe: Recipe) -> Uncut:
        """Raises NotFound where a photo has no matte by this recipe's models (any more)."""
        kept = library.matte(entry.image_id, recipe.matte_key)
        if kept is None:
            raise NotFound
        photo = self.checkpoint.open(library.original(entry.scope, entry.image_id))
        strokes = kept_strokes(library, entry.image_id, recipe)
        return Uncut(photo.pixels, read_png(kept.png), photo.alpha, strokes)

    def thumbnail(self, account: Account, version_id: str) -> bytes:
        return self._library_for(account).thumbnail(account.scope, version_id)

    def export(self, account: Account, entry_id: str, output: Output = PNG) -> Export:
        """Return the cutout as chosen, rendering it where that is new for the photo.

        Raises NotDone, RecipeRejected (JPEG has no transparency), StorageError.
        """
        entry = self._library_for(account).records.entry(account.scope, entry_id)
        recipe = Recipe.read(entry.recipe)
        # What leaves is a version.
        version = self._version(account, entry.image_id, recipe, entry.preset)
        file = self.file(account, entry.image_id, version, output)
        kind = output.format
        return Export(f"{Path(entry.name).stem}.{kind.extension}", kind.mime, file)

    def file(self, account: Account, image_id: str, version_id: str, output: Output) -> File:
        """Return a version as a file. Raises NotDone, RecipeRejected, StorageError."""
        library = self._library_for(account)
        version = library.records.version(account.scope, version_id)
        if output == PNG:
            return File(library.cutout(account.scope, version_id), version.width, version.height)
        if not output.takes_apart and output.profile == SRGB:
            data = encode(read_png(library.cutout(account.scope, version_id)), output)
            return File(data, version.width, version.height)
        recipe = Recipe.read(version.recipe)
        # Subject and ground are one in a version: the subject alone is in that of the cutout.
        alone = _version_by(library, account.scope, image_id, recipe.cutout)
        deep = output.depth == SIXTEEN
        if alone:
            subject = self._subject(account, image_id, alone, recipe, deep=deep)
        else:
            subject = self._drawn(account, version, recipe, deep=deep)
        return finished(subject, recipe, output)

    def entry(self, account: Account, entry_id: str) -> Entry:
        """Raises NotFound."""
        return self._library_for(account).records.entry(account.scope, entry_id)

    def at_hand(self, account: Account, entry_id: str) -> Recipe:
        """Return the recipe of a photo on the workbench as it can be drawn at once.

        It does not enlarge where that is still to be done. Raises NotFound.
        """
        library = self._library_for(account)
        entry = library.records.entry(account.scope, entry_id)
        recipe = Recipe.read(entry.recipe)
        alone = _version_by(library, account.scope, entry.image_id, recipe.cutout)
        return recipe if alone else replace(recipe, upscale=1)

    def subject(self, account: Account, entry_id: str, recipe: Recipe | None = None) -> Subject:
        """Return what was cut out of a photo on the workbench by a recipe, its own one if None.

        It is as large as that asks for, if need be without a network.
        Raises NotFound, also where nothing is cut out yet, and RecipeRejected.
        """
        library = self._library_for(account)
        entry = library.records.entry(account.scope, entry_id)
        job = library.records.job(account.scope, entry.job_id)
        if job.version_id is None:
            raise NotFound
        recipe = recipe or Recipe.read(entry.recipe)
        if alone := _version_by(library, account.scope, entry.image_id, recipe.cutout):
            return self._subject(account, entry.image_id, alone, recipe)
        uncut = self._uncut(library, entry, recipe)
        picture = self._picture(library, account.scope, recipe)
        cutout = self._enlarged(*uncut.cutout(recipe), replace(recipe, upscaler=LANCZOS))
        return Subject(*cutout, uncut.photo, picture)

    def _subject(
        self,
        account: Account,
        image_id: str,
        version_id: str,
        recipe: Recipe,
        *,
        deep: bool = False,
    ) -> Subject:
        library = self._library_for(account)
        photo = self._photo(account, image_id, deep=deep)
        cutout = parts(read_png(library.cutout(account.scope, version_id)))
        picture = self._picture(library, account.scope, recipe)
        return Subject(*cutout, photo.pixels, picture, photo.profile, photo.deep)

    def _drawn(self, account: Account, version: Version, recipe: Recipe, *, deep: bool) -> Subject:
        """Cut the subject of a version out by the matte that is kept: it becomes no version."""
        library = self._library_for(account)
        job = library.records.job(account.scope, version.job_id)
        original = library.original(account.scope, version.image_id)
        photo = self.checkpoint.open(original, _limits(account), deep=deep)
        alpha, _ = self._matte(library, job, recipe, photo)
        strokes = kept_strokes(library, version.image_id, recipe)
        cutout = cut_out(photo.pixels, alpha, recipe, photo.alpha, strokes)
        picture = self._picture(library, account.scope, recipe)
        cutout = self._enlarged(*cutout, recipe)
        return Subject(*cutout, photo.pixels, picture, photo.profile, photo.deep)

    def _version(self, account: Account, image_id: str, recipe: Recipe, preset: str) -> str:
        """Return the id of the version of a photo by a recipe, rendering it where it is new."""
        order = _order(recipe, NOW, preset)
        job = self.wait(account, self._again(account, image_id, order))
        if job.status is not Status.DONE or job.version_id is None:
            raise NotDone(job.says or "This photo was cancelled. Try it again.")
        return job.version_id

    def rendition(
        self, account: Account, job: Job, wanted: Wanted, backdrop: Path | None = None
    ) -> Rendition:
        """Return the cutout of a done job as somebody wants it; nothing of that is kept.

        `backdrop` is a picture to lay behind. Raises PhotoRejected for it, NoSubject, NotDone,
        RecipeRejected, StorageError.
        """
        if job.version_id is None:
            raise NotDone(job.says or "This photo was cancelled. Try it again.")
        ground = None if backdrop is None else self._backdrop(account, backdrop)
        cutout = read_png(self._library_for(account).cutout(account.scope, job.version_id))
        made = rendition(cutout, wanted, ground)
        if made is None:
            raise NoSubject("Nothing stands out in this photo. Try another model.")
        return made

    def _photo(self, account: Account, image_id: str, *, deep: bool = False) -> Photo:
        """Open a photo that is kept. Raises NotFound."""
        original = self._library_for(account).original(account.scope, image_id)
        return self.checkpoint.open(original, _limits(account), deep=deep)

    def _backdrop(self, account: Account, file: Path) -> NDArray[np.uint8]:
        self.checkpoint.admit(account, file)
        return _opaque(self.checkpoint.open(file.read_bytes(), _limits(account)))

    def look(self, account: Account, job: Job) -> Job:
        """Return how a job is now."""
        return self._library_for(account).records.job(account.scope, job.id)

    def key(self, account: Account, secret: str) -> Key | None:
        """Return the key that a program shows, unless it is unknown or was revoked."""
        key = self._library_for(account).records.key(digest(secret))
        return key if key and key.scope == account.scope else None

    def wait(self, account: Account, job: Job) -> Job:
        """Return a job when it has ended."""
        records = self._library_for(account).records
        while job.status not in ENDED:
            self.pause(0.5)
            job = records.job(account.scope, job.id)
        return job

    def pause(self, seconds: float) -> None:
        """Wait until something here has changed, at most so long."""
        with self._changed:
            self._changed.wait(seconds)

    def wake(self) -> None:
        """End all pauses: something has changed."""
        with self._changed:
            self._changed.notify_all()

    # Cutting

    def cut(self, account: Account, data: bytes, recipe: Recipe, *, deep: bool = False) -> Cutout:
        """Cut a photo out without keeping anything; `deep` for 16 bits. Raises InferenceError."""
        recipe = self.resolve(recipe)
        if recipe.strokes:
            raise RecipeRejected("Strokes belong to a photo on the workbench, not to a file.")
        picture = self._picture(self._library_for(account), account.scope, recipe)
        photo = self.checkpoint.open(data, _limits(account), deep=deep)
        check_enlarged(photo.header.width, photo.header.height, recipe.upscale)
        matted = self._matted(photo.pixels, recipe)
        subject = cut_out(photo.pixels, matted.alpha, recipe, photo.alpha)
        subject = self._enlarged(*subject, recipe)
        made = Subject(*subject, photo.pixels, picture, photo.profile, photo.deep)
        return Cutout(made, recipe, matted)

    def work(self, library: Library, job: Job) -> Job | None:
        """Do a job that was started; its end, good or bad, is in the library."""
        try:
            return self._told(self._worked(library, job))
        except LostLease:
            return None  # cancelled or taken over: whoever has it now speaks for it
        except (InferenceError, StorageError) as error:
            says = error.says
        except Exception:
            log.exception("job %s failed", job.id)
            says = OWN_FAULT
        try:
            return self._told(library.records.fail(job, says))
        except LostLease:
            return None  # it was purged with its photo
        except StorageError:
            log.exception("job %s could not be ended; its lease will run out", job.id)
            return None

    def _worked(self, library: Library, job: Job) -> Job:
        recipe = Recipe.read(job.recipe)
        photo = self.checkpoint.open(library.original(job.scope, job.image_id))
        alpha, note = self._matte(library, job, recipe, photo)
        picture = self._picture(library, job.scope, recipe)
        strokes = kept_strokes(library, job.image_id, recipe)
        subject = cut_out(photo.pixels, alpha, recipe, photo.alpha, strokes)
        subject = self._enlarged(*subject, recipe, lambda: _heed(library, job))
        pixels = staged_apart(*subject, recipe, photo.pixels, picture)
        height, width = pixels.shape[:2]
        return library.finish(
            job,
            encode(pixels),
            thumbnail(pixels),
            size=(width, height),
            note=note,
        )

    def _matte(
        self, library: Library, job: Job, recipe: Recipe, photo: Photo
    ) -> tuple[NDArray[np.uint8], Note]:
        """Return the kept matte of a photo, or compute and keep it; once, whoever else asks."""
        key = recipe.matte_key
        kept = library.matte(job.image_id, key)
        if kept:
            return read_png(kept.png), kept.note
        with self._inference:
            kept = library.matte(job.image_id, key)
            if kept:
                return read_png(kept.png), kept.note
            self._check_weights(recipe)
            matted = self._matted(photo.pixels, recipe)
            note = Note(doubt=matted.doubt.score, reasons="\n".join(matted.doubt.reasons))
            library.keep_matte(job, key, encode(matted.alpha), note)
        return matted.alpha, replace(note, says=matted.says)

    def _enlarged(
        self,
        pixels: NDArray[np.uint8],
        alpha: NDArray[np.uint8],
        recipe: Recipe,
        heed: Callable[[], None] = lambda: None,
    ) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
        if recipe.upscale == 1:
            return pixels, alpha
        upscaler = None if recipe.upscaler == LANCZOS else upscaler_named(recipe.upscaler)
        return self._engine.enlarge(pixels, alpha, recipe.upscale, upscaler, heed)

    def seconds_to_enlarge(self, account: Account, entry_id: str) -> float:
        """Return about how long enlarging the cutout of an entry takes here, whatever the factor.

        Raises NotFound, also where nothing is cut out yet, ModelMissing, DeviceMissing.
        """
        library = self._library_for(account)
        recipe = Recipe.read(library.records.entry(account.scope, entry_id).recipe)
        pace = self.pace_of_enlarging()
        for alpha, side in self._shapes(account, library, [entry_id]):
            _, _, width, height = box_of(alpha)
            scale = side / recipe.upscale / max(alpha.shape)
            return float(pace * width * height * scale * scale / 1e6)
        raise NotFound

    def pace_of_enlarging(self) -> float:
        """Return the seconds for a megapixel of the subject, or 0 where that is no matter."""
        name = self._upscaler()
        if name == LANCZOS:
            return 0.0
        return self._behind(self._engine.enlarging_pace, upscaler_named(name))

    def _upscaler(self) -> str:
        """Return the best way to enlarge here: the fine network takes a GPU to be of use."""
        order = (FINE, QUICK) if self._engine.device.name != CPU.title else (QUICK,)
        return next((one.name for one in order if self.weights.has(one)), LANCZOS)

    def _picture(self, library: Library, scope: str, recipe: Recipe) -> NDArray[np.uint8] | None:
        """Return the own background of a recipe that has one. Raises RecipeRejected."""
        ground = recipe.ground
        if ground.scene is not Scene.PICTURE:
            return None
        try:
            data = library.photo(scope, ground.picture)
        except NotFound as error:
            raise RecipeRejected(
                "The background picture of this recipe is not here. Choose it again."
            ) from error
        # The name of the scope stands before it: nobody gets what another one has kept.
        name = f"{scope} {ground.picture}"
        return self._pictures.get(name, lambda: _opaque(self.checkpoint.open(data)))

    def _check_weights(self, recipe: Recipe) -> None:
        """Raises ModelMissing."""
        for name, known in (recipe.model, recipe.weights), (recipe.second, recipe.second_weights):
            if name and self.weights.sha256(model_named(name)) != known:
                raise ModelMissing(
                    f"The weights of {model_named(name).title} have changed since this photo was "
                    "queued. Cut it again."
                )

    def _matted(self, pixels: NDArray[np.uint8], recipe: Recipe) -> Matted:
        model = model_named(recipe.model)
        precision = recipe.precision
        second = model_named(recipe.second) if recipe.second else None
        quick = self._engine.matte(pixels, second, precision) if second else None
        made = self._engine.matte(pixels, model, precision)
        doubted = doubt(pixels, made.alpha, quick.alpha if quick else None, fine=model.fine)
        made = replace(made, doubt=doubted)
        if quick:
            made = replace(
                made,
                alpha=fused(pixels, made.alpha, quick.alpha),
                seconds=made.seconds + quick.seconds,
                says=made.says or quick.says,
            )
        if sides := cut_off(made.alpha):
            says = f"The photo cuts the subject off at the {' and '.join(sides)}."
            made = replace(made, doubt=replace(made.doubt, reasons=(*made.doubt.reasons, says)))
        self._pace = made.seconds if self._pace is None else 0.7 * self._pace + 0.3 * made.seconds
        return made

    # Models and devices

    def resolve(self, recipe: Recipe) -> Recipe:
        """Name the models, their weights, the precision, and what enlarges, if anything does.

        Raises UnknownModel, ModelMissing, WeightsRejected.
        """
        if recipe.resolved:
            return recipe
        model = self._best() if recipe.model == AUTO else model_named(recipe.model)
        second = recipe.second
        if second == AUTO:
            helps = recipe.model == AUTO and model.fine and self._has(SMALL)
            second = SMALL if helps else ""
        precision = recipe.precision
        if precision == AUTO:
            precision = self._engine.precision(model)
        upscaler = recipe.upscaler or (self._upscaler() if recipe.upscale > 1 else "")
        trained = upscaler not in {"", LANCZOS}
        return replace(
            recipe,
            model=model.name,
            weights=self.weights.sha256(model),
            precision=precision,
            second=second,
            second_weights=self.weights.sha256(model_named(second)) if second else "",
            upscaler=upscaler,
            upscaler_weights=self.weights.sha256(upscaler_named(upscaler)) if trained else "",
        )

    def _best(self) -> Model:
        """Raises ModelMissing."""
        model = self.weights.best()
        if model is None:
            raise ModelMissing(
                f"There is no model here yet. Get the small one: coveshot models get {SMALL}."
            )
        return model

    def _has(self, name: str) -> bool:
        return any(model.name == name for model in self.weights.present())

    def device(self) -> Pace:
        """Raises DeviceMissing."""
        device = self._engine.device
        return Pace(device.name, device.provider, device.reason, self._pace)

    def better(self) -> Model | None:
        """The model to offer where only the small one is here."""
        best = self.weights.best()
        return None if best and best.name != SMALL else model_named(RECOMMENDED[0])

    def improve(
        self, progress: Callable[[int, int], None], cancel: threading.Event | None = None
    ) -> Model:
        """Fetch the best of the recommended models that can be had. Raises InferenceError."""
        failed: InferenceError | None = None
        for name in RECOMMENDED:
            try:
                self.weights.fetch(model_named(name), progress, cancel)
            except InferenceError as error:
                if cancel and cancel.is_set():
                    raise
                failed = error
            else:
                return model_named(name)
        raise failed or ModelMissing("There is no recommended model.")

    def rest(self) -> None:
        """Give memory back that is not needed while nothing is to be done."""
        if self._engine.rest() | self.closeups.clear(LOOKED_AWAY):
            give_back()

    def close(self) -> None:
        self._computing.shutdown(wait=False, cancel_futures=True)
        self._engine.close()
        self.checkpoint.close()

    def _told(self, job: Job) -> Job:
        self.wake()
        return job


def _order(recipe: Recipe, priority: int = 0, preset: str = "") -> Order:
    return Order(
        key=recipe.key,
        op_key=recipe.op_key,
        recipe=recipe.canonical,
        priority=priority,
        preset=preset,
    )


def _version_by(library: Library, scope: str, image_id: str, recipe: Recipe) -> str:
    """Return the id of the version of a photo by a recipe, or nothing where there is none."""
    return _version_of(library, scope, image_id, recipe.key)


def _version_of(library: Library, scope: str, image_id: str, key: str) -> str:
    history = library.records.history(scope, image_id)
    return next((one.id for one in reversed(history) if one.key == key), "")


def kept_strokes(library: Library, image_id: str, recipe: Recipe) -> NDArray[np.uint8] | None:
    """Return the layer of paint of a recipe that has one. Raises RecipeRejected."""
    if not recipe.strokes:
        return None
    try:
        return read_png(library.strokes(image_id, recipe.strokes))
    except NotFound as error:
        raise RecipeRejected(
            "The strokes of this recipe are not here for this photo. Paint them again."
        ) from error


def _raw(entry: Entry, recipe: Recipe) -> str:
    """Name what the edges of a recipe are drawn from."""
    return f"{entry.image_id} {recipe.matte_key} {recipe.strokes}"


def _reaches(job: Job, cutout: Recipe) -> bool:
    """Tell whether a job gives all that a cutout takes: its edges are drawn from the matte."""
    alive = job.status not in ENDED or job.status is Status.DONE
    return job.key == cutout.key or (alive and Recipe.read(job.recipe).edged_as(cutout) == cutout)


def _heed(library: Library, job: Job) -> None:
    """Raises LostLease where a job was cancelled or taken over meanwhile."""
    with suppress(NotFound):  # another one owns it by now: then the end is refused, or not
        now = library.records.job(job.scope, job.id)
        if (now.status, now.fence) != (Status.RUNNING, job.fence):
            raise LostLease


def _original(file: Path, header: Header) -> Original:
    return Original(
        sha256=_sha256(file),
        mime=header.mime,
        extension=header.extension,
        width=header.width,
        height=header.height,
        bytes=file.stat().st_size,
    )


def _limits(account: Account) -> Limits:
    plan = account.plan
    return Limits(max_bytes=plan.max_bytes, max_pixels=plan.max_pixels, max_side=plan.max_side)


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _opaque(photo: Photo) -> NDArray[np.uint8]:
    """Return what shows of a picture on white paper."""
    return photo.pixels if photo.alpha is None else laid_on(photo.pixels, photo.alpha, WHITE)
