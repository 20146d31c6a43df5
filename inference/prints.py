"""What is shown of photos and cutouts, and what is handed out."""

from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from auth.account import Account
from inference.checkpoint import limits_of
from inference.cuts import Cuts, opaque
from inference.encode import encode, preview
from inference.errors import NoSubject, NotDone
from inference.output import PNG, SIXTEEN, SRGB, Export, File, Output
from inference.png import read_png
from inference.previews import SIDE, Previews, Source
from inference.priority import Behind
from inference.recipe import Recipe
from inference.rendition import rendition
from inference.studio import Studio
from inference.uncut import Uncut
from inference.wanted import Rendition, Wanted
from storage.errors import NotFound
from storage.library import Library
from storage.records import Entry, Job

Bytes = NDArray[np.uint8]

SKETCHED = 4
"""How many times as large a sketch is cut out: a part of it may be all that is wanted."""


class Prints:
    """Thread-safe; every method may block."""

    def __init__(self, studio: Studio, cuts: Cuts, behind: Behind) -> None:
        self._studio = studio
        self._cuts = cuts
        self._behind = behind
        self._previews = Previews()

    # On the screen

    def photo_preview(self, account: Account, image_id: str, side: int) -> bytes:
        """Return the original as WebP, upright, in sRGB, at most `side` pixels long."""
        photo = self._cuts.photo(account, image_id)
        pixels = photo.pixels
        if photo.alpha is not None:
            pixels = np.dstack([pixels, photo.alpha])
        return preview(pixels, side)

    def version_preview(self, account: Account, version_id: str, side: int) -> bytes:
        cutout = self._studio.library(account).cutout(account.scope, version_id)
        return preview(read_png(cutout), side)

    def look_preview(self, account: Account, entry_id: str, side: int) -> tuple[str, bytes]:
        """Return a photo in the look that is chosen for it as WebP, with no network and no job.

        Before it comes the key of the recipe that it shows.
        Raises NotFound, also where nothing is cut out yet.
        """
        library = self._studio.library(account)
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
            cutout=Source(_raw(entry, recipe), lambda: self._cuts.uncut(library, entry, recipe))
            if other
            else lambda: read_png(library.cutout(account.scope, version_id)),
            photo=lambda: self._cuts.photo(account, entry.image_id).pixels,
            picture=self._cuts.picture(library, account.scope, recipe),
        )
        return recipe.key, drawn

    def trial(self, account: Account, entry_id: str, model: str, side: int) -> bytes:
        """Return a photo in its look as another model cuts it out, as a small WebP.

        The matte is kept, so that choosing the model then takes no time; nothing else is.
        Raises NotFound, UnknownModel, ModelMissing and what the network may raise.
        """
        library = self._studio.library(account)
        entry = library.records.entry(account.scope, entry_id)
        recipe = self._studio.networks.with_model(Recipe.read(entry.recipe), model)
        job = library.records.job(account.scope, entry.job_id)

        def read() -> Uncut:
            return self._tried(account, library, job, recipe)

        return self._previews.draw(
            f"{entry.image_id} {model}",
            recipe,
            min(side, SIDE),
            cutout=Source(_raw(entry, recipe), read),
            photo=lambda: read().photo,
            picture=self._cuts.picture(library, account.scope, recipe),
        )

    def _tried(self, account: Account, library: Library, job: Job, recipe: Recipe) -> Uncut:
        if library.matte(job.image_id, recipe.matte_key) is None:
            self._studio.jobs.join(account)
        photo = self._cuts.photo(account, job.image_id, recipe)
        return self._behind.run(self._cuts.matted, library, job, recipe, photo)

    # Handed out

    def export(self, account: Account, entry_id: str, output: Output = PNG) -> Export:
        """Return the cutout as chosen, rendering it where that is new for the photo.

        Raises NotDone, RecipeRejected (JPEG has no transparency), StorageError.
        """
        entry = self._studio.entry(account, entry_id)
        recipe = Recipe.read(entry.recipe)
        # What leaves is a version.
        version = self._studio.jobs.render(account, entry.image_id, recipe, entry.preset)
        file = self.file(account, version, output)
        kind = output.format
        return Export(f"{Path(entry.name).stem}.{kind.extension}", kind.mime, file)

    def file(self, account: Account, version_id: str, output: Output) -> File:
        """Return a version as a file. Raises NotFound, RecipeRejected, StorageError."""
        library = self._studio.library(account)
        version = library.records.version(account.scope, version_id)
        if output.takes_apart or output.profile != SRGB:
            deep = output.depth == SIXTEEN
            subject = self._cuts.subject_of(account, version, deep=deep)
            return subject.finished(Recipe.read(version.recipe), output)
        data = library.cutout(account.scope, version_id)
        if output != PNG:
            data = encode(read_png(data), output)
        return File(data, version.width, version.height)

    def rendition(
        self, account: Account, job: Job, wanted: Wanted, backdrop: Path | None = None
    ) -> Rendition:
        """Return the cutout of a done job as somebody wants it; nothing of that is kept.

        `backdrop` is a picture to lay behind. Raises PhotoRejected for it, NoSubject, NotDone,
        RecipeRejected, StorageError.
        """
        if job.version_id is None:
            raise NotDone(job.says or "This photo was cancelled. Try it again.")
        ground = self._ground(account, backdrop)
        library = self._studio.library(account)
        cutout = read_png(library.cutout(account.scope, job.version_id))
        most_pixels = Recipe.read(job.recipe).most_pixels
        if most_pixels:  # what is wanted is in pixels of the file
            image = library.records.image(account.scope, job.image_id)
            wanted = wanted.scaled(max(cutout.shape[:2]) / max(image.width, image.height))
        return replace(_rendered(cutout, wanted, ground), most_pixels=most_pixels)

    def sketch(
        self,
        account: Account,
        file: Path,
        recipe: Recipe,
        wanted: Wanted,
        backdrop: Path | None = None,
    ) -> Rendition:
        """Return a small cutout of a photo of which nothing is kept: no job, no version.

        Raises as `rendition` does, and PhotoRejected, TooSoon and what the network may raise.
        """
        studio = self._studio
        studio.checkpoint.admit(account, file)
        recipe = studio.networks.resolve(recipe)
        ground = self._ground(account, backdrop)
        studio.checkpoint.inspect(file, limits_of(account))
        studio.jobs.join(account)
        photo = studio.checkpoint.open(file.read_bytes(), limits_of(account))
        most = SKETCHED * wanted.most_pixels
        cutout, scale = self._behind.run(self._cuts.sketch, photo, recipe, most)
        return _rendered(cutout, wanted.scaled(scale), ground)

    def _ground(self, account: Account, backdrop: Path | None) -> Bytes | None:
        """Return a picture to lay behind. Raises PhotoRejected."""
        if backdrop is None:
            return None
        self._studio.checkpoint.admit(account, backdrop)
        picture = backdrop.read_bytes()
        return opaque(self._studio.checkpoint.open(picture, limits_of(account)))


def _rendered(cutout: Bytes, wanted: Wanted, ground: Bytes | None) -> Rendition:
    """Raises NoSubject, RecipeRejected."""
    made = rendition(cutout, wanted, ground)
    if made is None:
        raise NoSubject("Nothing stands out in this photo. Try another model.")
    return made


def _raw(entry: Entry, recipe: Recipe) -> str:
    """Name what the edges of a recipe are drawn from."""
    return f"{entry.image_id} {recipe.matte_key} {recipe.strokes}"
