"""What one open page knows: the photos it shows and the one that is chosen."""

from dataclasses import dataclass, field, replace
from typing import Any

from inference.recipe import TRANSPARENT, Recipe
from storage.records import ENDED, Card, Status

STATES = {
    Status.DONE: "done",
    Status.RUNNING: "computing",
    Status.ERROR: "failed",
    Status.CANCELLED: "cancelled",
    Status.EXPIRED: "cancelled",
}


@dataclass(slots=True)
class Visit:
    """The state of one page; the truth is in the library, and a reload finds it there again."""

    cards: list[Card] = field(default_factory=list)
    selected: str = ""

    def see(self, cards: list[Card]) -> bool:
        """Take in what is on the workbench; tell whether anything is new."""
        chosen = self.card
        if cards == self.cards and (chosen or not cards):
            return False
        at = next((i for i, card in enumerate(self.cards) if card is chosen), 0)
        self.cards = cards
        if cards and self.card is None:  # the chosen one is gone: its neighbour takes its place
            self.selected = cards[min(at, len(cards) - 1)].entry.id
        return True

    @property
    def card(self) -> Card | None:
        """The chosen photo."""
        return next((card for card in self.cards if card.entry.id == self.selected), None)

    @property
    def open(self) -> int:
        """How many photos are not finished yet."""
        return sum(card.job.status not in ENDED for card in self.cards)

    @property
    def done(self) -> int:
        return sum(card.job.status is Status.DONE for card in self.cards)

    @property
    def items(self) -> list[dict[str, Any]]:
        """The photos as the filmstrip shows them."""
        return [
            {
                "id": card.entry.id,
                "name": card.entry.name,
                "path": "/".join(filter(None, (card.entry.folder, card.entry.name))),
                "state": STATES.get(card.job.status, "waiting"),
                "says": card.job.says,
                "thumb": thumbnail(card),
            }
            for card in self.cards
        ]


def recipe(card: Card) -> Recipe:
    """What the designer wants for a photo."""
    return Recipe.read(card.entry.recipe)


def painted(card: Card, background: str) -> Recipe:
    """The same on another background. Raises RecipeRejected."""
    return replace(recipe(card), background=background)


def background(card: Card) -> str:
    """The chosen background as CSS; empty where it is transparent."""
    chosen = recipe(card).background
    return "" if chosen == TRANSPARENT else chosen


# Addresses of previews are without a size: `?side=` gives it.


def before(card: Card) -> str:
    """The address of the photo as it came, or nothing where it may not even open."""
    return "" if card.job.status is Status.ERROR else f"/photos/{card.image.id}/preview.webp"


def after(card: Card) -> str:
    """The address of the cutout, or nothing where there is none (yet)."""
    return f"/versions/{card.job.version_id}/preview.webp" if card.job.version_id else ""


def thumbnail(card: Card) -> str | None:
    return f"/versions/{card.job.version_id}/thumb.webp" if card.job.version_id else None
