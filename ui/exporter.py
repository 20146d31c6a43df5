"""Lets photos out: a dialog, and what it does while a folder is written."""

from collections.abc import Mapping, Sequence
from typing import Any

from nicegui import ui

from inference.errors import InferenceError
from storage.errors import StorageError
from storage.records import Card
from ui.components.export_form import ExportForm
from ui.components.speech import Act, say
from ui.delivery import Delivery
from ui.desk import Desk
from ui.lane import Lane
from ui.shipment import read_shipment
from ui.template import NoTemplate
from ui.visit import Visit
from ui.words import t

LOOK_SECONDS = 0.5


class Exporter:
    """For one page; one folder is written at a time."""

    def __init__(self, visit: Visit, desk: Desk, lane: Lane) -> None:
        self._visit, self._desk, self._lane = visit, desk, lane
        self._delivery: Delivery | None = None

    def open(self) -> None:
        """Ask how those that are marked together leave, or all where none are."""
        if self._delivery:
            said = t("Photos are still being written into {folder}.", folder=self._delivery.folder)
            say(said, Act(t("Stop"), self._stop))
            return
        visit = self._visit
        marked = len(visit.selection) > 1
        cards = visit.picked if marked else visit.cards
        if not cards:
            say(t("There is nothing to export yet."))
            return

        ids = [card.entry.id for card in cards]
        together, client = set(ids), ui.context.client

        async def write(wanted: Mapping[str, Any]) -> None:
            if self._delivery:  # a second click
                return
            now = [card for card in visit.cards if not marked or card.entry.id in together]
            said = await self._write(form, now, wanted)
            if form.is_deleted:  # with its dialog, which was closed meanwhile
                with client:
                    say(said)
            form.tell(said, writing=False)

        form = ExportForm(
            ids if marked else None,
            count=len(cards),
            folders=any(card.entry.folder for card in cards),
            on_folder=write,
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
            await self._lane.run(delivery.write, cards, shipment, self._desk.draw)
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
