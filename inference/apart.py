"""Colours and alpha that are not joined yet: many files need no picture of both at once."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from inference.average import averaged

OPAQUE = 255
STRIP_ROWS = 32
"""So many rows of a photo stay in the cache of a processor core."""


@dataclass(frozen=True, slots=True)
class Apart:
    """A picture with straight alpha, both uint8 sRGB."""

    pixels: NDArray[np.uint8]
    """(height, width, 3); where nothing is seen, they are not told."""
    alpha: NDArray[np.uint8]
    """(height, width)."""

    @property
    def shape(self) -> tuple[int, int, int]:
        """What `joined` has."""
        return (*self.alpha.shape, 4)

    def rows(self, top: int, bottom: int, to: NDArray[np.uint8]) -> None:
        """Join some rows into (bottom - top, width, 4) uint8; where nothing is seen, all is 0."""
        alpha = self.alpha[top:bottom]
        seen = np.flatnonzero(alpha.max(axis=0))
        left, right = (seen[0], seen[-1] + 1) if seen.size else (0, 0)
        to[:, :left] = to[:, right:] = 0
        if left == right:
            return
        alpha, to = alpha[:, left:right], to[:, left:right]
        cv2.cvtColor(self.pixels[top:bottom, left:right], cv2.COLOR_RGB2RGBA, dst=to)
        cv2.mixChannels([alpha], [to], [0, 3])
        np.copyto(to.view(np.uint32)[..., 0], 0, where=alpha == 0)

    def joined(self) -> NDArray[np.uint8]:
        """Return (height, width, 4)."""
        picture = np.empty(self.shape, np.uint8)
        for top in range(0, len(picture), STRIP_ROWS):
            to = picture[top : top + STRIP_ROWS]
            self.rows(top, top + len(to), to)
        return picture

    def smaller(self, times: int) -> NDArray[np.uint8]:
        """Return (height, width, 4) so many times smaller, colours averaged by how much is seen."""
        alpha = averaged(self.alpha, times)
        seen = np.empty((*alpha.shape, 3), np.uint8)
        step = max(1, STRIP_ROWS // times)
        for top in range(0, len(seen), step):
            rows = slice(top * times, min(top + step, len(seen)) * times)
            share = cv2.cvtColor(self.alpha[rows], cv2.COLOR_GRAY2RGB)
            mixed = np.asarray(cv2.multiply(self.pixels[rows], share, scale=1 / OPAQUE), np.uint8)
            seen[top : top + step] = averaged(mixed, times)
        share = cv2.cvtColor(np.maximum(alpha, 1), cv2.COLOR_GRAY2RGB)
        return Apart(np.asarray(cv2.divide(seen, share, scale=OPAQUE), np.uint8), alpha).joined()
