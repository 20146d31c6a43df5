"""Lets photos out: a dialog, and what it does while a folder is written."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from nicegui import ui

from inference.errors import InferenceError
from storage.errors import StorageError
from storage.records import Card
from ui.components.export_form import ExportForm
from ui.components.speech import Act, say
from ui.delivery import Delivery
from ui.lane import Lane
from ui.shipment import Draw, read_shipment
from ui.template import NoTemplate
from ui.words import t

LOOK_SECONDS = 0.5


class Exporter:
    """For one page; one folder is written at a time."""

    def __init__(self, lane: Lane, draw: Draw, *, address: str, here: bool) -> None:
        """`draw` makes the file of a photo, and `address` answers with a ZIP of them.

        `here` tells whether folders of this computer are those of who looks at the page.
        """
        self._lane, self._draw, self._address, self._here = lane, draw, address, here
        self._delivery: Delivery | None = None

    def open(self, find: Callable[[], Sequence[Card]], ids: list[str] | None) -> None:
        """Ask how photos leave: those that `find` finds, now and later; None for all there are."""
        if self._delivery:
            said = t("Photos are still being written into {folder}.", folder=self._delivery.folder)
            say(said, Act(t("Stop"), self._stop))
            return
        cards, client = find(), ui.context.client
        if not cards:
            say(t("There is nothing to export yet."))
            return

        async def write(wanted: Mapping[str, Any]) -> None:
            if self._delivery:  # a second click
                return
            said = await self._write(form, find(), wanted)
            if form.is_deleted:  # with its dialog, which was closed meanwhile
                with client:
                    say(said)
            form.tell(said, writing=False)

        form = ExportForm(
            ids,
            address=self._address,
            count=len(cards),
            folders=any(card.entry.folder for card in cards),
            on_folder=write if self._here else None,
            on_stop=self._stop,
        )

    async def _write(
        self, form: ExportForm, cards: Sequence[Card], wanted: Mapping[str, Any]
    ) -> str:
        """Write into a folder, telling how far it is; returns what came of it."""
        timer = ui.timer(LOOK_SECONDS, lambda: self._tell(form))
        try:
            shipment = read_shipment(wanted)
            self._delivery = delivery = Delivery(str(wanted["folder"]), len(cards))
            await self._lane.run(delivery.write, cards, shipment, self._draw)
        except (InferenceError, StorageError, NoTemplate) as error:
            return t(error.says)
        finally:
            timer.cancel()
            self._delivery = None
        return t(
            "{count} of {total} photos are in {folder}.",
            count=delivery.written - 1,  # one is the manifest
            total=len(cards),
            folder=delivery.folder,
        )

    def _tell(self, form: ExportForm) -> None:
        if self._delivery:
            progress = f"{self._delivery.written}/{self._delivery.total}"
            form.tell(t("Writing {progress} …", progress=progress), writing=True)

    def _stop(self) -> None:
        if self._delivery:
            self._delivery.stop()
