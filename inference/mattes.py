"""Mattes of photos: computed once, and kept beside them."""

import threading
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from inference.catalogue import Model, model_named
from inference.closer import both_looks, closer_part
from inference.encode import encode
from inference.engine import Matted
from inference.frame import cut_off
from inference.fuse import fused
from inference.judge import doubt
from inference.meter import Meter, Tally
from inference.networks import Networks
from inference.photo import Photo
from inference.png import read_png
from inference.recipe import Recipe
from inference.workshop import Workshop
from storage.library import KeptMatte
from storage.records import Job, Note

Bytes = NDArray[np.uint8]


class Mattes:
    """Lets one photo at a time have the networks. Thread-safe; every method may block."""

    def __init__(self, networks: Networks, meter: Meter) -> None:
        self._networks = networks
        self._meter = meter
        self._turn = threading.Lock()

    def of(self, workshop: Workshop, job: Job, recipe: Recipe, photo: Photo) -> tuple[Bytes, Note]:
        """Return the kept matte of a photo, or compute and keep it; once, whoever else asks."""
        key = recipe.matte_key
        kept = workshop.matte(job.image_id, key)
        if kept:
            return self._found(kept)
        with self._turn:
            kept = workshop.matte(job.image_id, key)
            if kept:
                return self._found(kept)
            self._meter.count(Tally.MATTES, "miss")
            self._networks.check_weights(recipe)
            matted = self.compute(photo.pixels, recipe, by_colours=True)
            note = Note(doubt=matted.doubt.score, reasons="\n".join(matted.doubt.reasons))
            workshop.keep_matte(job, key, encode(matted.alpha), note)
        return matted.alpha, replace(note, says=matted.says)

    def _found(self, kept: KeptMatte) -> tuple[Bytes, Note]:
        self._meter.count(Tally.MATTES, "hit")
        return read_png(kept.png), kept.note

    def compute(self, pixels: Bytes, recipe: Recipe, *, by_colours: bool) -> Matted:
        """Return the matte of (height, width, 3) uint8 sRGB, and how far it may be wrong.

        That is judged by the colours of the photo, too, where that is asked for.
        Raises what the networks raise.
        """
        engine, model = self._networks.engine, model_named(recipe.model)
        again = recipe.second == recipe.model
        second = model_named(recipe.second) if recipe.second and not again else None
        quick = engine.matte(pixels, second, recipe.precision) if second else None
        made = engine.matte(pixels, model, recipe.precision)
        if again:
            made = self._looked_closer(pixels, made, model, recipe.precision)
        seen, other = pixels if by_colours else None, quick.alpha if quick else None
        doubted = doubt(seen, made.alpha, other, fine=model.fine)
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

    def _looked_closer(self, pixels: Bytes, made: Matted, model: Model, precision: str) -> Matted:
        part = closer_part(made.alpha)
        if part is None:
            return made
        closer = self._networks.engine.matte(pixels[part], model, precision)
        return replace(
            closer,
            alpha=both_looks(made.alpha, closer.alpha, part),
            seconds=made.seconds + closer.seconds,
            says=made.says or closer.says,
        )
