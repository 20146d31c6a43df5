"""A close look at large pictures: square tiles of them, of which a screen needs but a few.

A picture is decoded once for all its tiles and stays on a shelf that is bounded in bytes, until
nobody has looked at it for a while.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from auth.account import Account
from inference.compose import staged
from inference.cuts import Cuts
from inference.encode import close, preview, resized
from inference.png import read_png
from inference.recipe import Recipe
from inference.shelf import Shelf
from inference.studio import Studio
from inference.uncut import Uncut
from storage.errors import NotFound
from storage.library import Library
from storage.records import Entry

Bytes = NDArray[np.uint8]

SIDE = 512
"""Pixels of a tile."""
DEEPEST = 8
"""Levels beyond this have nothing to show: 256 pixels would become one."""
ROOM = 800_000_000
"""Bytes: 100 megapixels before and after, or 48 with what was there before any stroke."""
LOOKED_AWAY = 60.0
"""Seconds after which nobody looks closely any more."""


def _room() -> Shelf[Bytes]:
    return Shelf(ROOM, lambda pixels: pixels.nbytes)


@dataclass(frozen=True, slots=True)
class Closeups:
    """Whole pictures as pixels: (height, width, 3) uint8 sRGB, or 4 with straight alpha.

    Thread-safe; every method may block. All raise NotFound.
    """

    side: ClassVar[int] = SIDE
    studio: Studio
    cuts: Cuts
    shelf: Shelf[Bytes] = field(default_factory=_room)

    def photo(self, account: Account, image_id: str) -> Bytes:
        """Return the photo as it came."""
        library = self.studio.library(account)
        image = library.records.image(account.scope, image_id)

        def make() -> Bytes:
            photo = self.studio.checkpoint.open(library.original(account.scope, image_id))
            return photo.pixels if photo.alpha is None else np.dstack([photo.pixels, photo.alpha])

        return self._kept(image.path, make)

    def version(self, account: Account, version_id: str) -> Bytes:
        library = self.studio.library(account)
        version = library.records.version(account.scope, version_id)
        return self._kept(version.path, lambda: read_png(library.cutout(account.scope, version_id)))

    def look(self, account: Account, entry_id: str) -> tuple[str, Bytes]:
        """Return the key of the look that is chosen for a photo, and the photo in it.

        Where it is still to be enlarged, both are those of the look that is not.
        """
        _, entry = self._entry(account, entry_id)
        recipe = self.cuts.at_hand(account, entry_id)

        def make() -> Bytes:
            one = self.cuts.subject(account, entry_id, recipe)
            return staged(one.pixels, one.alpha, recipe, one.photo, one.picture)

        return recipe.key, self._kept(f"{account.scope} {entry.image_id} {recipe.key}", make)

    def bare(self, account: Account, entry_id: str) -> tuple[str, Bytes]:
        """Return a key, and the cutout as it is before anything is painted on it."""
        library, entry = self._entry(account, entry_id)
        recipe = Recipe.read(entry.recipe).bare
        key = f"{account.scope} {entry.image_id} {recipe.key} bare"
        return recipe.key, self._kept(key, lambda: self._bare(library, entry, recipe))

    @staticmethod
    def tile(pixels: Bytes, level: int, x: int, y: int) -> bytes:
        """Return a square of a picture as WebP: column `x` and row `y` of those at a level.

        At level 0 it has the picture's own pixels, exactly, and at each one more half as many a
        side. Raises NotFound where there is none.
        """
        height, width = pixels.shape[:2]
        side = SIDE << level
        left, top = x * side, y * side
        if not (0 <= level <= DEEPEST and 0 <= left < width and 0 <= top < height):
            raise NotFound
        part = np.ascontiguousarray(pixels[top : top + side, left : left + side])
        rows, columns = (max(1, -(-length >> level)) for length in part.shape[:2])
        return close(resized(part, (columns, rows)) if level else part, exact=level == 0)

    @staticmethod
    def small(pixels: Bytes, side: int) -> bytes:
        """Return a whole picture as WebP, at most `side` pixels long."""
        return preview(pixels, side)

    def rest(self) -> bool:
        """Let go of what nobody looks at any more; tell whether there was anything."""
        return self.shelf.clear(LOOKED_AWAY)

    def _entry(self, account: Account, entry_id: str) -> tuple[Library, Entry]:
        library = self.studio.library(account)
        return library, library.records.entry(account.scope, entry_id)

    def _bare(self, library: Library, entry: Entry, recipe: Recipe) -> Bytes:
        """Cut out by the matte that is kept: no network has a part in it."""
        matte = library.matte(entry.image_id, recipe.matte_key)
        if matte is None:
            raise NotFound
        photo = self.studio.checkpoint.open(library.original(entry.scope, entry.image_id))
        uncut = Uncut.of(photo.within(recipe.most_pixels), read_png(matte.png))
        return np.dstack(uncut.cutout(recipe))

    def _kept(self, key: str, make: Callable[[], Bytes]) -> Bytes:
        return self.shelf.get(key, make)
