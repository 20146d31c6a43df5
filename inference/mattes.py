"""Mattes of photos: computed once, and kept beside them."""

import threading
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from inference.catalogue import model_named
from inference.encode import encode
from inference.engine import Matted
from inference.frame import cut_off
from inference.fuse import fused
from inference.judge import doubt
from inference.networks import Networks
from inference.photo import Photo
from inference.png import read_png
from inference.recipe import Recipe
from storage.library import Library
from storage.records import Job, Note

Bytes = NDArray[np.uint8]


class Mattes:
    """Lets one photo at a time have the networks. Thread-safe; every method may block."""

    def __init__(self, networks: Networks) -> None:
        self._networks = networks
        self._turn = threading.Lock()

    def of(self, library: Library, job: Job, recipe: Recipe, photo: Photo) -> tuple[Bytes, Note]:
        """Return the kept matte of a photo, or compute and keep it; once, whoever else asks."""
        key = recipe.matte_key
        kept = library.matte(job.image_id, key)
        if kept:
            return read_png(kept.png), kept.note
        with self._turn:
            kept = library.matte(job.image_id, key)
            if kept:
                return read_png(kept.png), kept.note
            self._networks.check_weights(recipe)
            matted = self.compute(photo.pixels, recipe)
            note = Note(doubt=matted.doubt.score, reasons="\n".join(matted.doubt.reasons))
            library.keep_matte(job, key, encode(matted.alpha), note)
        return matted.alpha, replace(note, says=matted.says)

    def compute(self, pixels: Bytes, recipe: Recipe) -> Matted:
        """Return the matte of (height, width, 3) uint8 sRGB, and how far it may be wrong.

        Raises what the networks raise.
        """
        engine, model = self._networks.engine, model_named(recipe.model)
        second = model_named(recipe.second) if recipe.second else None
        quick = engine.matte(pixels, second, recipe.precision) if second else None
        made = engine.matte(pixels, model, recipe.precision)
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
        self._networks.took(made.seconds)
        return made
