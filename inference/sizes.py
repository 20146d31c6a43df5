"""How large the subjects of cutouts are, beside each other and enlarged."""

import io
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from auth.account import Account
from inference.enlargements import Enlargements
from inference.errors import RecipeRejected
from inference.frame import box_of, series_scale
from inference.recipe import Recipe
from inference.studio import Studio
from storage.errors import NotFound


@dataclass(frozen=True, slots=True)
class Sizes:
    """Thread-safe; every method may block. All raise NotFound."""

    studio: Studio
    enlargements: Enlargements

    def make_series(self, account: Account, entry_id: str, entry_ids: Sequence[str]) -> float:
        """Frame photos as one of them is, all at one scale, at which the largest subject fits.

        Returns the scale in percent. Photos that are not cut out yet have no say in it.
        Raises RecipeRejected.
        """
        frame = Recipe.read(self.studio.entry(account, entry_id).recipe).frame
        if not (frame.size and frame.fill):
            raise RecipeRejected(
                "A series needs a size such as 2000x2000, and how much of it a subject fills."
            )
        scale = series_scale(self._shapes(account, entry_ids), frame)
        for one in entry_ids:
            self.studio.dress(account, one, {"frame": asdict(replace(frame, scale=scale))})
        return scale

    def seconds_to_enlarge(self, account: Account, entry_id: str) -> float:
        """Return about how long enlarging the cutout of an entry takes here, whatever the factor.

        Raises NotFound, also where nothing is cut out yet, ModelMissing, DeviceMissing.
        """
        recipe = Recipe.read(self.studio.entry(account, entry_id).recipe)
        pace = self.enlargements.pace()
        for alpha, side in self._shapes(account, [entry_id]):
            _, _, width, height = box_of(alpha)
            scale = side / recipe.upscale / max(alpha.shape)
            return float(pace * width * height * scale * scale / 1e6)
        raise NotFound

    def _shapes(
        self, account: Account, entry_ids: Sequence[str]
    ) -> Iterator[tuple[NDArray[np.uint8], int]]:
        """Yield the alpha of each cutout, small, and the longer side of its photo in pixels."""
        library = self.studio.library(account)
        for entry_id in entry_ids:
            entry = library.records.entry(account.scope, entry_id)
            version_id = library.records.job(account.scope, entry.job_id).version_id
            if version_id:
                version = library.records.version(account.scope, version_id)
                thumb = library.thumbnail(account.scope, version_id)
                with Image.open(io.BytesIO(thumb), formats=["WEBP"]) as image:
                    alpha = np.asarray(image.convert("RGBA"))[..., 3]
                yield alpha, max(version.width, version.height)
