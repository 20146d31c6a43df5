"""Photos of the library as they leave it: each in the version that is shown."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

from auth.account import Account
from inference.output import Export, Output
from inference.recipe import Recipe
from inference.studio import Studio
from storage.errors import NotFound
from storage.records import Card, Entry, Holding, Status
from ui.shipment import Draw


def cards_of(studio: Studio, account: Account, image_ids: Sequence[str]) -> list[Card]:
    """Return photos as an export takes them; what was deleted meanwhile is passed over."""
    holdings = studio.library(account).records.holdings
    cards = []
    for image_id in image_ids:
        with suppress(NotFound):
            cards.append(_card(holdings.holding(account.scope, image_id)))
    return cards


def draw_from(studio: Studio, account: Account) -> Draw:
    """Return what makes the file of such a card."""

    def draw(card: Card, output: Output) -> Export:
        version_id = card.job.version_id or ""
        file = studio.lab().prints.file(account, version_id, output)
        kind = output.format
        return Export(f"{card.entry.name}.{kind.extension}", kind.mime, file)

    return draw


def _card(one: Holding) -> Card:
    version, job = one.version, one.job
    entry = Entry(
        id=one.image.id,
        scope=one.image.scope,
        image_id=one.image.id,
        job_id=job.id,
        name=one.image.name or f"{one.image.sha256[:8]}.{one.image.extension}",
        folder="",
        recipe=version.recipe if version else Recipe().canonical,
        created_at=one.image.created_at,
    )
    if version:  # whichever job of it was the last one
        job = replace(job, status=Status.DONE, version_id=version.id)
    return Card(entry=entry, image=one.image, job=job)
