"""Cutouts: made for the library, for a file alone, or drawn anew from what is kept."""

from dataclasses import dataclass, replace
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from auth.account import Account
from inference.checkpoint import fitted, limits_of
from inference.compose import laid_on, staged, staged_apart
from inference.encode import encode, parts, shrunk, thumbnail
from inference.engine import Matted
from inference.enlargements import Enlargements
from inference.errors import RecipeRejected
from inference.finish import Subject
from inference.jobs import version_of
from inference.look import Scene
from inference.mattes import Mattes
from inference.meter import Stage
from inference.output import File, Output
from inference.photo import Photo
from inference.png import read_png
from inference.recipe import Recipe
from inference.rendition import WHITE
from inference.shelf import Shelf
from inference.studio import Studio
from inference.uncut import Uncut
from inference.upscalers import LANCZOS
from inference.workshop import Workshop
from storage.errors import NotFound
from storage.library import Library
from storage.records import Entry, Job, Version

Bytes = NDArray[np.uint8]

PICTURES = 4
"""Own backgrounds that are kept decoded; one serves a whole batch."""


@dataclass(frozen=True, slots=True)
class Cutout:
    """A photo that was cut out, and what is to become of it."""

    subject: Subject
    recipe: Recipe
    matted: Matted
    """How the network came to it."""

    @property
    def pixels(self) -> Bytes:
        """(height, width, 4) with straight alpha, or 3 channels on a background."""
        one = self.subject
        return staged(one.pixels, one.alpha, self.recipe, one.photo, one.picture)

    def file(self, output: Output) -> File:
        """Raises RecipeRejected."""
        return self.subject.finished(self.recipe, output)


class Cuts:
    """Thread-safe; every method may block."""

    def __init__(self, studio: Studio, enlargements: Enlargements) -> None:
        self._studio = studio
        self._mattes = Mattes(studio.networks, studio.meter)
        self._meter = studio.meter
        self._enlargements = enlargements
        self._pictures = Shelf[Bytes](PICTURES)

    def cut(self, account: Account, data: bytes, recipe: Recipe, *, deep: bool = False) -> Cutout:
        """Cut a photo out without keeping anything; `deep` for 16 bits. Raises InferenceError."""
        recipe = self._studio.networks.resolve(recipe)
        if recipe.strokes:
            raise RecipeRejected("Strokes belong to a photo on the workbench, not to a file.")
        picture = self.picture(self._studio.library(account), account.scope, recipe)
        photo = self._studio.checkpoint.open(data, limits_of(account), deep=deep)
        recipe = fitted(recipe, account, (photo.header.width, photo.header.height))
        photo = photo.within(recipe.most_pixels)
        matted = self._mattes.compute(photo.pixels, recipe, by_colours=recipe.refine)
        subject = Uncut.of(photo, matted.alpha).cutout(recipe)
        subject = self._enlargements.enlarged(*subject, recipe)
        made = Subject(*subject, photo.pixels, picture, photo.profile, photo.deep)
        return Cutout(made, recipe, matted)

    def sketch(self, photo: Photo, recipe: Recipe, most_pixels: int) -> tuple[Bytes, float]:
        """Cut a photo out, at most so large, without keeping anything.

        Returns (height, width, 4) uint8 sRGB with straight alpha, and its side against the photo's.
        """
        height, width = photo.pixels.shape[:2]
        side = int(max(height, width) * min(1.0, sqrt(most_pixels / (width * height))))
        pixels = shrunk(photo.pixels, side)
        own_alpha = None if photo.alpha is None else shrunk(photo.alpha, side)
        matte = self._mattes.compute(pixels, recipe, by_colours=False).alpha
        small = Uncut(pixels, matte, own_alpha, scale=side / max(height, width))
        return np.dstack(small.cutout(recipe)), small.scale

    def made(self, workshop: Workshop, job: Job) -> Job:
        """Make the version that a job asks for. Raises InferenceError, StorageError."""
        recipe, stage = Recipe.read(job.recipe), self._meter.stage
        with stage(Stage.OPEN):
            original = workshop.original(job.scope, job.image_id)
            photo = self._studio.checkpoint.open(original).within(recipe.most_pixels)
        with stage(Stage.MATTE):
            alpha, note = self._mattes.of(workshop, job, recipe, photo)
        with stage(Stage.COMPOSE):
            picture = self.picture(workshop, job.scope, recipe)
            strokes = kept_strokes(workshop, job.image_id, recipe)
            subject = Uncut.of(photo, alpha, strokes).cutout(recipe)
            subject = self._enlargements.enlarged(*subject, recipe, lambda: workshop.heed(job))
            pixels = staged_apart(*subject, recipe, photo.pixels, picture)
        height, width = pixels.shape[:2]
        with stage(Stage.ENCODE):
            png, small = encode(pixels), thumbnail(pixels)
        with stage(Stage.KEEP):
            return workshop.finish(job, png, small, size=(width, height), note=note)

    def at_hand(self, account: Account, entry_id: str) -> Recipe:
        """Return the recipe of a photo on the workbench as it can be drawn at once.

        It does not enlarge where that is still to be done. Raises NotFound.
        """
        entry = self._studio.entry(account, entry_id)
        recipe = Recipe.read(entry.recipe)
        library = self._studio.library(account)
        alone = version_of(library, account.scope, entry.image_id, recipe.cutout.key)
        return recipe if alone else replace(recipe, upscale=1)

    def subject(self, account: Account, entry_id: str, recipe: Recipe | None = None) -> Subject:
        """Return what was cut out of a photo on the workbench by a recipe, its own one if None.

        It is as large as that asks for, if need be without a network.
        Raises NotFound, also where nothing is cut out yet, and RecipeRejected.
        """
        library = self._studio.library(account)
        entry = library.records.entry(account.scope, entry_id)
        job = library.records.job(account.scope, entry.job_id)
        if job.version_id is None:
            raise NotFound
        recipe = recipe or Recipe.read(entry.recipe)
        if alone := version_of(library, account.scope, entry.image_id, recipe.cutout.key):
            return self._kept(account, entry.image_id, alone, recipe)
        uncut = self.uncut(library, entry, recipe)
        picture = self.picture(library, account.scope, recipe)
        at_once = replace(recipe, upscaler=LANCZOS)
        cutout = self._enlargements.enlarged(*uncut.cutout(recipe), at_once)
        return Subject(*cutout, uncut.photo, picture)

    def subject_of(self, account: Account, version: Version, *, deep: bool = False) -> Subject:
        """Return the subject of a version, by itself; `deep` for 16 bits. Raises NotFound."""
        library, recipe = self._studio.library(account), Recipe.read(version.recipe)
        # Subject and ground are one in a version: the subject alone is in that of the cutout.
        alone = version_of(library, account.scope, version.image_id, recipe.cutout.key)
        if alone:
            return self._kept(account, version.image_id, alone, recipe, deep=deep)
        return self._drawn(account, version, recipe, deep=deep)

    def _kept(
        self,
        account: Account,
        image_id: str,
        version_id: str,
        recipe: Recipe,
        *,
        deep: bool = False,
    ) -> Subject:
        library = self._studio.library(account)
        photo = self.photo(account, image_id, recipe, deep=deep)
        cutout = parts(read_png(library.cutout(account.scope, version_id)))
        picture = self.picture(library, account.scope, recipe)
        return Subject(*cutout, photo.pixels, picture, photo.profile, photo.deep)

    def _drawn(self, account: Account, version: Version, recipe: Recipe, *, deep: bool) -> Subject:
        """Cut the subject of a version out by the matte that is kept: it becomes no version."""
        library = self._studio.library(account)
        job = library.records.job(account.scope, version.job_id)
        photo = self.photo(account, version.image_id, recipe, deep=deep)
        uncut = self.matted(library, job, recipe, photo)
        picture = self.picture(library, account.scope, recipe)
        cutout = self._enlargements.enlarged(*uncut.cutout(recipe), recipe)
        return Subject(*cutout, photo.pixels, picture, photo.profile, photo.deep)

    def matted(self, library: Workshop, job: Job, recipe: Recipe, photo: Photo) -> Uncut:
        """Return a photo beside its matte, which is computed where it is not kept."""
        alpha, _ = self._mattes.of(library, job, recipe, photo)
        return Uncut.of(photo, alpha, kept_strokes(library, job.image_id, recipe))

    def uncut(self, library: Library, entry: Entry, recipe: Recipe) -> Uncut:
        """Raises NotFound where a photo has no matte by this recipe's models (any more)."""
        kept = library.matte(entry.image_id, recipe.matte_key)
        if kept is None:
            raise NotFound
        photo = self._studio.checkpoint.open(library.original(entry.scope, entry.image_id))
        strokes = kept_strokes(library, entry.image_id, recipe)
        return Uncut.of(photo.within(recipe.most_pixels), read_png(kept.png), strokes)

    def photo(
        self, account: Account, image_id: str, recipe: Recipe | None = None, *, deep: bool = False
    ) -> Photo:
        """Open a photo that is kept, as large as a recipe works on it. Raises NotFound."""
        original = self._studio.library(account).original(account.scope, image_id)
        photo = self._studio.checkpoint.open(original, limits_of(account), deep=deep)
        return photo.within(recipe.most_pixels) if recipe else photo

    def picture(self, library: Workshop, scope: str, recipe: Recipe) -> Bytes | None:
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
        return self._pictures.get(name, lambda: opaque(self._studio.checkpoint.open(data)))


def kept_strokes(library: Workshop, image_id: str, recipe: Recipe) -> Bytes | None:
    """Return the layer of paint of a recipe that has one. Raises RecipeRejected."""
    if not recipe.strokes:
        return None
    try:
        return read_png(library.strokes(image_id, recipe.strokes))
    except NotFound as error:
        raise RecipeRejected(
            "The strokes of this recipe are not here for this photo. Paint them again."
        ) from error


def opaque(photo: Photo) -> Bytes:
    """Return what shows of a picture on white paper."""
    return photo.pixels if photo.alpha is None else laid_on(photo.pixels, photo.alpha, WHITE)
