"""What one open page knows: the photos it shows and the one that is chosen."""

import re
from dataclasses import dataclass, field
from typing import Any

from inference.doubt import WORTH_A_LOOK
from inference.look import Frame, Shadow
from inference.recipe import Recipe
from storage.records import ENDED, Card, Status
from ui.components.canvas import View

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
    presets: dict[str, str] = field(default_factory=dict)
    """By the id of an entry, the name of the preset that was chosen for it on this page."""

    def see(self, cards: list[Card]) -> bool:
        """Take in what is on the workbench; tell whether anything is new."""
        cards = sorted(cards, key=_place)
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
        return next(iter(self.chosen), None)

    @property
    def chosen(self) -> list[Card]:
        """The chosen photo as a list, which is empty where there is none."""
        return [card for card in self.cards if card.entry.id == self.selected]

    @property
    def neighbours(self) -> list[Card]:
        """The photos before and after the chosen one: what is probably looked at next."""
        ids = [card.entry.id for card in self.cards]
        at = ids.index(self.selected) if self.selected in ids else 0
        return self.cards[at + 1 : at + 2] + self.cards[max(0, at - 1) : at]

    @property
    def unfinished(self) -> list[Card]:
        return [card for card in self.cards if card.job.status not in ENDED]

    @property
    def stopped(self) -> list[Card]:
        return [card for card in self.cards if card.job.status is Status.CANCELLED]

    @property
    def done(self) -> int:
        return sum(card.job.status is Status.DONE for card in self.cards)

    @property
    def waits_for(self) -> int:
        """How many photos that have not begun come before the chosen one."""
        waiting = [card.entry.id for card in self.cards if card.job.status is Status.QUEUED]
        return waiting.index(self.selected) if self.selected in waiting else 0

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
                "doubt": doubt(card),
                "thumb": thumbnail(card),
            }
            for card in self.cards
        ]


def _place(card: Card) -> list[str | int]:
    """By folder and name, as people count: IMG_9 comes before IMG_10."""
    parts = re.split(r"(\d+)", f"{card.entry.folder}/{card.entry.name}".casefold())
    return [int(part) if part.isdecimal() else part for part in parts]


def recipe(card: Card) -> Recipe:
    """What the designer wants for a photo."""
    return Recipe.read(card.entry.recipe)


def background(card: Card) -> str:
    """The chosen background as CSS; empty where there is none or the picture has it in it."""
    chosen = recipe(card)
    return chosen.background if chosen.colour and plain(chosen) else ""


def plain(chosen: Recipe) -> bool:
    """Tell whether a cutout on a colour is all that there is to see: a browser lays it on."""
    simple = chosen.transparent or chosen.colour is not None
    return simple and chosen.shadow == Shadow() and chosen.frame == Frame()


def doubt(card: Card) -> str:
    """Why a cutout is worth a look, in a sentence or two; empty where it is not."""
    done = card.job.status is Status.DONE and card.job.doubt >= WORTH_A_LOOK
    return " ".join(card.job.reasons.splitlines()) if done else ""


# Addresses of previews are without a size: `?side=` gives it.


def before(card: Card) -> str:
    """The address of the photo as it came, or nothing where it may not even open."""
    return "" if card.job.status is Status.ERROR else f"/photos/{card.image.id}/preview.webp"


def after(card: Card) -> str:
    """The address of the cutout in its look, or nothing where there is none (yet)."""
    if not card.job.version_id:
        return ""
    chosen = recipe(card)
    if plain(chosen):
        return f"/versions/{card.job.version_id}/preview.webp"
    return f"/entries/{card.entry.id}/looks/{chosen.key[:32]}/preview.webp"


def bare(card: Card) -> str:
    """The address of the cutout before anything is painted on it, once there is one."""
    if not card.job.version_id:
        return ""
    chosen = recipe(card)
    if not chosen.strokes:
        return f"/versions/{card.job.version_id}/preview.webp"
    return f"/entries/{card.entry.id}/bare/{chosen.bare.key[:32]}/preview.webp"


def view(card: Card) -> View:
    """What the canvas shows of a photo."""
    chosen = recipe(card)
    return View(
        entry=card.entry.id,
        before=before(card),
        after=after(card),
        pending=card.job.status not in ENDED,
        bare=bare(card),
        bareKey=chosen.bare.key[:32],
        background=background(card),
        framed=chosen.frame != Frame(),
        width=card.image.width,
        height=card.image.height,
        subject=chosen.subject,
        shift=chosen.shift,
        feather=chosen.feather,
    )


def thumbnail(card: Card) -> str | None:
    return f"/versions/{card.job.version_id}/thumb.webp" if card.job.version_id else None
