"""How many versions of each photo are kept."""

from collections.abc import Awaitable, Callable

from nicegui import ui

from storage.errors import StorageError
from storage.records import Surplus
from ui.components.ask import agreed
from ui.components.controls import heading, text
from ui.components.select import Select
from ui.components.speech import say
from ui.keeper import Keeper
from ui.lane import Lane
from ui.tally import sized
from ui.words import t, tn

CHOICES = (1, 2, 3, 5, 10)
ALL = "all"


class Keeping:
    """A choice that tells what would go, and is applied once that is agreed to."""

    def __init__(
        self, keeper: Keeper, lane: Lane, *, on_change: Callable[[], Awaitable[None]]
    ) -> None:
        """`on_change` is told once something was chosen, whatever came of it."""
        self._keeper = keeper
        self._lane = lane
        self._on_change = on_change
        with ui.element("section").classes("keeping"):
            heading(t("Versions"))
            with ui.element("div").classes("line"):
                text(t("Of each photo keep"), tag="span")
                words = {ALL: t("all versions")} | {
                    str(count): tn("the last one", "the last {count}", count) for count in CHOICES
                }
                self._keep = Select(t("Versions to keep"), words, on_choose=self._choose)
            text(
                t(
                    "Never removed: the version that is shown, what is on the workbench, "
                    "and photos in a collection."
                )
            ).classes("quiet")

    async def fill(self) -> None:
        """Show what is chosen. Raises StorageError."""
        keep = await self._lane.run(self._keeper.keep_last)
        self._keep.show(str(keep or ALL))

    async def _choose(self, value: str) -> None:
        keep = None if value == ALL else int(value)
        try:
            going = await self._lane.run(self._keeper.surplus, keep) if keep else None
            if not going or not going.versions or await _agreed(going):
                await self._lane.run(self._keeper.keep, keep)
            await self.fill()
        except StorageError as error:
            say(t(error.says))
        await self._on_change()


async def _agreed(going: Surplus) -> bool:
    versions = tn("{count} version", "{count} versions", going.versions)
    photos = tn("{count} photo", "{count} photos", going.photos)
    says = t(
        "{versions} of {photos} will be removed, {size}.",
        versions=versions,
        photos=photos,
        size=sized(going.bytes),
    )
    return await agreed(t("Remove older versions?"), says, t("Remove them"))
