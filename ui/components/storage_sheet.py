"""What the library takes on the disk, and how many versions of each photo are kept."""

from collections.abc import Awaitable, Callable

from nicegui import ui

from storage.errors import StorageError
from storage.records import Share, Usage
from ui.components.controls import button, heading, icon_button, named, text
from ui.components.keeping import Keeping
from ui.components.speech import say
from ui.keeper import Keeper
from ui.lane import Lane
from ui.tally import sized
from ui.words import t


class StorageSheet:
    """A dialog that is filled when it is opened."""

    def __init__(
        self,
        keeper: Keeper,
        lane: Lane,
        *,
        on_change: Callable[[], Awaitable[None]],
        on_empty: Callable[[], Awaitable[None]],
    ) -> None:
        self._keeper = keeper
        self._lane = lane
        self._on_change = on_change
        self._on_empty = on_empty
        with ui.dialog() as self._dialog, ui.element("div").classes("paper"):
            named(self._dialog, t("Storage"))
            with ui.element("div").classes("paper-head"):
                heading(t("Storage"), level=1)
                icon_button("close", t("Close"), self._dialog.close)
            self._table = named(ui.element("table"), t("What is used")).classes("usage")
            self._keeping = Keeping(keeper, lane, on_change=self._changed)
            with ui.element("div").classes("answers"):
                self._empty = button(t("Empty the trash"), self._empty_trash)

    async def open(self) -> None:
        self._dialog.open()
        await self._fill()

    async def _fill(self) -> None:
        try:
            usage = await self._lane.run(self._keeper.usage)
            await self._keeping.fill()
        except StorageError as error:
            say(t(error.says))
            return
        self._show(usage)
        self._empty.set_visibility(usage.trash.count > 0)

    def _show(self, usage: Usage) -> None:
        living = (usage.originals, usage.mattes, usage.strokes, usage.versions)
        rows: dict[str, Share] = {
            t("Originals"): usage.originals,
            t("Mattes"): usage.mattes,
            t("Strokes"): usage.strokes,
            t("Versions"): usage.versions,
            t("Trash"): usage.trash,
        }
        self._table.clear()
        with self._table, ui.element("tbody"):
            for name, share in rows.items():
                _row(name, f"{share.count:,}", sized(share.bytes))
            total = sum(share.bytes for share in (*living, usage.trash))
            _row(t("Together"), "", sized(total)).classes("together")

    async def _changed(self) -> None:
        await self._fill()
        await self._on_change()

    async def _empty_trash(self) -> None:
        """Leave it to the page, which tells how far that is."""
        self._dialog.close()
        await self._on_empty()


def _row(name: str, count: str, size: str) -> ui.element:
    with ui.element("tr") as row:
        text(name, tag="th").props("scope=row")
        text(count, tag="td")
        text(size, tag="td")
    return row
