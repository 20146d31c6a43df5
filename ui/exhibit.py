"""What one page on a photo of the library shows: which version, or which two."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from storage.outbox import Mark
from storage.records import Status, Version
from ui.components.canvas import View
from ui.keeper import Shown


@dataclass(slots=True)
class Exhibit:
    """The state of one page; the truth is in the library."""

    image_id: str
    shown: Shown | None = None
    """None where the photo is not there (any more)."""
    looked_at: str = ""
    """The id of a version; empty for the current one, whichever that is."""
    pair: tuple[str, str] | None = None
    marks: Mapping[str, Mark] = field(default_factory=dict)
    """How far versions are on their way to an account, by their ids, where they are at all."""
    archived: Mapping[str, bool] = field(default_factory=dict)
    """Whether the pictures of versions have gone, by their ids, where that is known."""
    split: bool = False
    """Whether A and B are seen under one handle, rather than one version beside the photo."""

    @property
    def version(self) -> Version | None:
        """The version that is looked at."""
        if self.shown is None:
            return None
        wanted = self.looked_at or self.shown.holding.image.current_id
        return self._named(wanted) or self.shown.holding.version

    @property
    def two(self) -> tuple[str, str]:
        """Which versions are A and B: unless they are chosen, the last two; empty for one alone."""
        ids = [one.id for one in self.shown.versions] if self.shown else []
        if self.pair and set(self.pair) <= set(ids):
            return self.pair
        return (ids[-2], ids[-1]) if len(ids) > 1 else ("", "")

    @property
    def is_archived(self) -> bool:
        """Whether there is no picture to see of the version that is looked at."""
        return bool(self.version and self.archived.get(self.version.id) and not self.split)

    def view(self, *, pending: bool) -> View:
        """What the canvas shows; `pending` where another version is being made."""
        assert self.shown
        image, version = self.shown.holding.image, self.version
        before, size = f"/photos/{image.id}/preview.webp", (image.width, image.height)
        if version is None and self.shown.holding.job.status is Status.ERROR:
            before = ""  # it may not even open
        one, other = (self._named(wanted) for wanted in self.two)
        if self.is_archived:
            version = None
        if self.split and one and other:
            version = other
            before, size = f"/versions/{one.id}/preview.webp", (one.width, one.height)
        return View(
            entry=image.id,
            before=before,
            after=f"/versions/{version.id}/preview.webp" if version else "",
            pending=pending,
            bare="",
            bareKey="",
            background="",
            framed=version is not None and not _alike(size, (version.width, version.height)),
            width=size[0],
            height=size[1],
            subject="",
            shift=0.0,
            feather=0.0,
        )

    def _named(self, version_id: str | None) -> Version | None:
        versions = self.shown.versions if self.shown else ()
        return next((one for one in versions if one.id == version_id), None)


def _alike(one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Tell whether two sizes have one form."""
    return abs(one[0] * other[1] - one[1] * other[0]) <= max(*one, *other)
