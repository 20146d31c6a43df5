"""What one open page knows: the photos it shows and the one that is chosen."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from inference.doubt import WORTH_A_LOOK
from inference.header import extent
from inference.look import Frame, Shadow
from inference.output import Output
from inference.recipe import Recipe
from storage.records import ENDED, Card, Changes, Status
from ui.components.canvas import View
from ui.words import in_a_row

STATES = {
    Status.DONE: "done",
    Status.RUNNING: "computing",
    Status.ERROR: "failed",
    Status.CANCELLED: "cancelled",
    Status.EXPIRED: "cancelled",
}
EARLY = 60.0
"""Seconds that the clock of what deletes may be ahead of ours."""


@dataclass(slots=True)
class Visit:
    """The state of one page; the truth is in the library, and a reload finds it there again."""

    cards: list[Card] = field(default_factory=list)
    """By folder and name."""
    selected: str = ""
    selection: set[str] = field(default_factory=set)
    """Ids of those that are marked together."""
    near: list[str] = field(default_factory=list)
    """Ids of those beside the chosen one, in the order that the page shows."""
    ahead: dict[str, int] = field(default_factory=dict)
    """By the id of an entry, how many photos of everybody came before it when that was asked."""
    tick: int = 0
    """What has happened up to this one is known here."""
    paused: bool = False
    output: Output = field(default=Output())
    """How files are written that are downloaded."""

    def take(self, changes: Changes) -> bool:
        """Take in what has changed on the workbench; tell whether anything has.

        What was read before something that is known already says nothing new.
        """
        if changes.tick <= self.tick and not changes.whole:
            return False
        known = {} if changes.whole else {card.entry.id: card for card in self.cards}
        known |= {card.entry.id: card for card in changes.cards}
        for entry_id in changes.gone:
            known.pop(entry_id, None)
        at = next((i for i, card in enumerate(self.cards) if card.entry.id == self.selected), 0)
        self.cards = sorted(known.values(), key=_place)
        self.tick, self.paused = changes.tick, changes.paused
        self.selection &= known.keys()
        if self.cards and self.selected not in known:  # its neighbour takes its place
            near = [entry_id for entry_id in self.near if entry_id in known]
            beside = self.cards[min(at, len(self.cards) - 1)].entry.id
            self.selected = near[0] if near else beside
        return True

    def choose(self, entry_id: str, near: Sequence[str] = ()) -> bool:
        """Choose a photo; tell whether it is known.

        A page that is just being opened may choose before anything is known of the library here:
        it is taken at its word until then.
        """
        if not self.named(entry_id) and self.tick:
            return False
        self.selected, self.near = entry_id, [*near]
        return bool(self.cards)

    def ended(self, changes: Changes, now: float) -> list[str]:
        """Return the names of photos that have gone by themselves with some changes."""
        gone = [card for card in self.cards if card.entry.id in changes.gone]
        return [one.entry.name for one in gone if one.expires_at and one.expires_at - EARLY <= now]

    @property
    def card(self) -> Card | None:
        """The chosen photo."""
        return next(iter(self.chosen), None)

    @property
    def chosen(self) -> list[Card]:
        """The chosen photo as a list, which is empty where there is none."""
        return [card for card in self.cards if card.entry.id == self.selected]

    @property
    def picked(self) -> list[Card]:
        """Those that are marked together, or the chosen one."""
        if len(self.selection) > 1:
            return [card for card in self.cards if card.entry.id in self.selection]
        return self.chosen

    @property
    def leaving(self) -> tuple[Callable[[], list[Card]], list[str] | None]:
        """What an export is about, now and later: those marked together, by their ids, or all."""
        if len(self.selection) < 2:  # noqa: PLR2004 together
            return lambda: self.cards, None
        ids = [card.entry.id for card in self.picked]
        return lambda: [card for card in self.cards if card.entry.id in ids], ids

    def named(self, entry_id: str) -> list[Card]:
        """Return the photo of this id, or those that are picked where it is empty."""
        if not entry_id:
            return self.picked
        return [card for card in self.cards if card.entry.id == entry_id]

    @property
    def neighbours(self) -> list[Card]:
        """The photos beside the chosen one: what is probably looked at next."""
        if self.near:
            return [card for card in self.cards if card.entry.id in self.near]
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
    def failed(self) -> list[Card]:
        return [card for card in self.cards if card.job.status is Status.ERROR]

    @property
    def ends(self) -> list[float]:
        """When photos were finished, in Unix seconds."""
        return [card.job.updated_at for card in self.cards if card.job.status is Status.DONE]

    @property
    def done(self) -> int:
        return sum(card.job.status is Status.DONE for card in self.cards)

    @property
    def waits_for(self) -> int:
        """How many photos that have not begun come before the chosen one."""
        if self.selected in self.ahead:
            return self.ahead[self.selected]
        waiting = [card.entry.id for card in self.cards if card.job.status is Status.QUEUED]
        return waiting.index(self.selected) if self.selected in waiting else 0

    @property
    def special(self) -> list[str]:
        """The ids of photos whose look is not that of most others."""
        looks = {card.entry.id: look_of(card.entry.recipe) for card in self.cards}
        [(usual, count)] = Counter(looks.values()).most_common(1) or [("", 0)]
        if count * 2 <= len(looks):
            return []
        return [entry_id for entry_id, look in looks.items() if look != usual]


def _place(card: Card) -> tuple[str | int, ...]:
    return _counted(f"{card.entry.folder}/{card.entry.name}")


@lru_cache(100_000)
def _counted(path: str) -> tuple[str | int, ...]:
    """By folder and name, as people count: IMG_9 comes before IMG_10."""
    parts = re.split(r"(\d+)", path.casefold())
    return tuple(int(part) if part.isdecimal() else part for part in parts)


def recipe(card: Card) -> Recipe:
    """What the designer wants for a photo."""
    return Recipe.read(card.entry.recipe)


def worked_on(card: Card) -> tuple[int, int]:
    """The width and height at which a photo is cut out."""
    return extent((card.image.width, card.image.height), recipe(card).most_pixels)


@lru_cache(maxsize=4096)
def look_of(text: str) -> str:
    """Return what of a recipe photos may have in common, as text."""
    return Recipe.read(text).shared.canonical


def background(card: Card) -> str:
    """The chosen background as CSS; empty where there is none or the picture has it in it."""
    chosen = recipe(card)
    alone = plain(chosen) and as_cut(card)
    return chosen.background if chosen.colour and alone else ""


def as_cut(card: Card) -> bool:
    """Tell whether the cutout that is kept has the edges that are chosen."""
    return recipe(card).cutout == Recipe.read(card.job.recipe).cutout


def plain(chosen: Recipe) -> bool:
    """Tell whether a cutout on a colour is all that there is to see: a browser lays it on."""
    simple = chosen.transparent or chosen.colour is not None
    return simple and chosen.shadow == Shadow() and chosen.frame == Frame()


def doubt(card: Card) -> str:
    """Why a cutout is worth a look, in a sentence or two; empty where it is not, or was seen."""
    job = card.job
    done = job.status is Status.DONE and job.doubt >= WORTH_A_LOOK
    return in_a_row(job.reasons) if done and job.reasons != card.entry.seen else ""


# Addresses of previews are without a size: `?side=` gives it.


def before(card: Card) -> str:
    """The address of the photo as it came, or nothing where it may not even open."""
    return "" if card.job.status is Status.ERROR else f"/photos/{card.image.id}/preview.webp"


def after(card: Card) -> str:
    """The address of the cutout in its look, or nothing where there is none (yet)."""
    if not card.job.version_id:
        return ""
    chosen = recipe(card)
    if plain(chosen) and as_cut(card):
        return f"/versions/{card.job.version_id}/preview.webp"
    return f"/entries/{card.entry.id}/looks/{chosen.key[:32]}/preview.webp"


def bare(card: Card) -> str:
    """The address of the cutout before anything is painted on it, once there is one."""
    if not card.job.version_id:
        return ""
    chosen = recipe(card)
    if not chosen.strokes and as_cut(card):
        return f"/versions/{card.job.version_id}/preview.webp"
    return f"/entries/{card.entry.id}/bare/{chosen.bare.key[:32]}/preview.webp"


def view(card: Card) -> View:
    """What the canvas shows of a photo."""
    chosen = recipe(card)
    width, height = worked_on(card)
    return View(
        entry=card.entry.id,
        before=before(card),
        after=after(card),
        pending=card.job.status not in ENDED,
        bare=bare(card),
        bareKey=chosen.bare.key[:32],
        background=background(card),
        under=chosen.background if chosen.colour else "",
        framed=chosen.frame != Frame(),
        width=width,
        height=height,
        strokes=chosen.strokes,
        subject=chosen.subject,
        shift=chosen.shift,
        feather=chosen.feather,
    )
