"""The port of the library as people look at it."""

from collections.abc import Mapping
from typing import Protocol

from storage.records import Entry, Holding, Image, Mark, Search, Survey, Usage


class Holdings(Protocol):
    """What a library holds: looked through, named, and each photo with its versions."""

    def changes(self, scope: str) -> int:
        """Return a number that grows with every change of what pages show of a library."""
        ...

    def survey(self, scope: str, search: Search, page: int) -> Survey:
        """Count what a search finds, and mark where each page of so many begins.

        Pictures that were kept to lie behind subjects are not found.
        """
        ...

    def page(
        self,
        scope: str,
        search: Search,
        *,
        start: Mark | None = None,
        end: Mark | None = None,
        most: int,
    ) -> list[Holding]:
        """Return what a search finds from `start` on and before `end`, at most so many.

        Marks are places, not photos: they are good even when what stood there has gone.
        """
        ...

    def ids(self, scope: str, search: Search) -> list[str]:
        """Return the ids of all that a search finds, in its order."""
        ...

    def presets(self, scope: str) -> list[tuple[str, int]]:
        """Return the presets that versions which are shown were made with, and of how many photos.

        By their names; the trash does not count.
        """
        ...

    def holding(self, scope: str, image_id: str) -> Holding:
        """Raises NotFound."""
        ...

    def rename(self, scope: str, image_id: str, name: str) -> Image:
        """Raises NotFound."""
        ...

    def annotate(self, scope: str, image_id: str, notes: str) -> Image:
        """Raises NotFound."""
        ...

    def restore(self, scope: str, image_id: str, version_id: str) -> Image:
        """Make a version of a photo the current one; none is made or lost. Raises NotFound."""
        ...

    def entries(self, scope: str, image_id: str) -> list[Entry]:
        """Return what is on the workbench of a photo, the first one first."""
        ...

    def usage(self, scope: str) -> Usage: ...

    def unweighed(self) -> list[str]:
        """Return the objects of mattes, strokes and thumbnails whose bytes were never noted."""
        ...

    def weigh(self, weights: Mapping[str, int]) -> None:
        """Note the bytes of such objects, by their names."""
        ...
