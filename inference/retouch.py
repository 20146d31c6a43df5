"""A designer's brush: strokes kept beside a photo, and named in its recipe."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from auth.account import Account
from inference.closeups import Closeups
from inference.cuts import kept_strokes
from inference.errors import PaintedMeanwhile
from inference.header import extent
from inference.paint import painted, part_at, read_strokes, resized_paint, written_strokes
from inference.png import read_png, write_png
from inference.recipe import Recipe
from inference.strokes import Spot
from inference.studio import Studio
from storage.records import Entry


@dataclass(frozen=True, slots=True)
class Part:
    """A hole or an island: where its box begins, and its shape as a grey PNG, 255 and 0."""

    left: int
    top: int
    png: bytes


@dataclass(frozen=True, slots=True)
class Retouch:
    """The brush in the hands of the Studio. Thread-safe; every method may block.

    Strokes are named by their sha256, none by "". All methods raise NotFound and StrokesRejected.
    """

    studio: Studio
    closeups: Closeups

    def save(self, account: Account, entry_id: str, png: bytes, *, over: str | None = None) -> str:
        """Let a layer be the strokes of a photo and return its name; without paint it is none.

        The matte is kept, so that only the composition is made anew. `over` names the strokes that
        it was begun with. Raises PaintedMeanwhile where the photo has others by now.
        """
        library = self.studio.library(account)
        entry = library.records.entry(account.scope, entry_id)
        layer = read_strokes(png, self._size(account, entry), self.studio.checkpoint.reader)
        sha256 = ""
        if layer[..., 1].any():
            sha256 = library.keep_strokes(account.scope, entry.image_id, written_strokes(layer))

        def laid(now: Recipe) -> Recipe:
            if over is not None and now.strokes != over:
                raise PaintedMeanwhile(
                    "This photo was painted on in another window. Load what is there first."
                )
            return now.dressed({"strokes": sha256})

        self.studio.change(account, entry_id, laid)
        return sha256

    def strokes(
        self, account: Account, entry_id: str, name: str | None = None
    ) -> tuple[str, bytes | None]:
        """Return strokes of a photo, those it has now without a name: name and PNG, if any.

        They are as large as the photo is worked on now, whenever they were painted.
        """
        library = self.studio.library(account)
        entry = library.records.entry(account.scope, entry_id)
        recipe = Recipe.read(entry.recipe)
        sha256 = recipe.strokes if name is None else name
        if not sha256:
            return "", None
        png = library.strokes(entry.image_id, sha256)
        size = self._size(account, entry)
        header = self.studio.checkpoint.inspect(png)
        if (header.width, header.height) != size:
            png = written_strokes(resized_paint(read_png(png), size))
        return sha256, png

    def part(self, account: Account, entry_id: str, spot: Spot, place: tuple[float, float]) -> Part:
        """Return the hole or island at a place of a photo, a share of its width and its height."""
        library = self.studio.library(account)
        entry = library.records.entry(account.scope, entry_id)
        alpha: NDArray[np.uint8] = self.closeups.bare(account, entry_id)[1][..., 3]
        layer = kept_strokes(library, entry.image_id, Recipe.read(entry.recipe))
        if layer is not None:
            alpha = painted(alpha, resized_paint(layer, (alpha.shape[1], alpha.shape[0])))
        mask = part_at(alpha, spot, place)
        left, top, width, height = cv2.boundingRect(mask)
        return Part(left, top, write_png(mask[top : top + height, left : left + width]))

    def _size(self, account: Account, entry: Entry) -> tuple[int, int]:
        """Return how large a photo is worked on."""
        image = self.studio.library(account).records.image(account.scope, entry.image_id)
        return extent((image.width, image.height), Recipe.read(entry.recipe).most_pixels)
