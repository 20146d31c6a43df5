"""The lab: where pixels are worked on, opened when the first photo comes."""

from dataclasses import dataclass
from typing import Self

import cv2

from inference.closeups import Closeups
from inference.cuts import Cuts
from inference.enlargements import Enlargements
from inference.prints import Prints
from inference.priority import Behind
from inference.retouch import Retouch
from inference.sizes import Sizes
from inference.studio import Studio


@dataclass(frozen=True, slots=True)
class Lab:
    """All of it in the hands of one Studio."""

    cuts: Cuts
    enlargements: Enlargements
    sizes: Sizes
    prints: Prints
    closeups: Closeups
    retouch: Retouch
    behind: Behind

    @classmethod
    def of(cls, studio: Studio) -> Self:
        # The operations of OpenCV here are short: two threads for each take three times the CPU.
        cv2.setNumThreads(1)
        behind = Behind()
        enlargements = Enlargements(studio.networks, behind)
        cuts = Cuts(studio, enlargements)
        closeups = Closeups(studio, cuts)
        return cls(
            cuts=cuts,
            enlargements=enlargements,
            sizes=Sizes(studio, enlargements),
            prints=Prints(studio, cuts, behind),
            closeups=closeups,
            retouch=Retouch(studio, closeups),
            behind=behind,
        )

    def rest(self) -> bool:
        """Let go of what nobody looks at any more; tell whether there was anything."""
        return self.closeups.rest()

    def close(self) -> None:
        self.behind.close()
