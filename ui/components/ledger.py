"""The lines of an account's credits, with what each was for in words."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from nicegui.element import Element

from inference.catalogue import model_named
from inference.errors import InferenceError
from storage.books import Line
from ui.components.controls import give
from ui.words import spoken, t, word

WORDS = {
    "title": word("Credits that came and went"),
    "none": word("Nothing has come in or gone out yet."),
    "date": word("Date"),
    "what": word("What for"),
    "amount": word("Credits"),
    "balance": word("Balance"),
    "older": word("Show older lines"),
}
CAME = {
    "grant": word("Given by those who run this site"),
    "purchase": word("Bought"),
    "adjust": word("Put right by those who run this site"),
}
STATES = {"held": word("is on its way"), "released": word("was given back")}


class Ledger(Element, component="ledger.js"):
    def __init__(self, *, on_older: Callable[[], Awaitable[None]]) -> None:
        super().__init__()
        self._props |= {"rows": [], "more": False, "words": spoken(WORDS)}
        self.on("older", on_older)

    def show(self, lines: Sequence[Line], *, more: bool) -> None:
        give(self, rows=[_row(line) for line in lines], more=more)


def _row(line: Line) -> dict[str, Any]:
    return {
        "id": line.id,
        "at": line.at,
        "what": what_for(line),
        "note": note_of(line),
        "amount": line.amount,
        "balance": line.balance,
    }


def what_for(line: Line) -> str:
    """Tell why credits came or went."""
    if line.monthly:
        return t("Credits of the month")
    if line.kind in CAME:
        return line.reason or t(CAME[line.kind])
    photo = line.photo or t("a deleted photo")
    if line.kind == "release":
        return t("Back: nothing was made of {photo}", photo=photo)
    if line.kept:
        return t("Kept {photo}", photo=photo)
    _, _, factor = (line.item or "").partition(" x")
    if factor:
        return t("Enlarged {photo}, x{factor}", photo=photo, factor=factor)
    return t("Cut out {photo}", photo=photo)


def note_of(line: Line) -> str:
    """Tell which model it was, and what became of what was only held."""
    if line.kind != "hold":
        return ""
    name, _, _ = (line.item or "").partition(" x")
    try:
        title = t(model_named(name).title)
    except InferenceError:  # one that is not there any more
        title = name
    model = t("Model: {title}", title=title)
    return f"{model} · {t(STATES[line.state])}" if line.state in STATES else model
