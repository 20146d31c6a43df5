"""The corner of the header on one's own computer: a way in, and who is signed in."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from nicegui import ui

from ui.components.controls import button, heading, icon, icon_button, named, text
from ui.components.entry_form import EntryForm, Way, entrance_ways
from ui.components.speech import say
from ui.components.watch import Watch
from ui.computer import Computer
from ui.words import t

if TYPE_CHECKING:  # it imports what verifies tokens
    from auth.desktop import Desktop

LOOK_SECONDS = 1.0


def computer_corner(computer: Computer, leads_to: str) -> Callable[[], None]:
    """Return what builds it; it is built anew where somebody else is signed in by now."""

    def build() -> None:
        desktop = computer.desktop
        shown = desktop.email
        if shown:
            _signed_in(desktop, leads_to)
        else:
            _visitor(computer.providers, leads_to)
        Watch(LOOK_SECONDS, lambda: _look(desktop, shown))

    return build


def _look(desktop: "Desktop", shown: str) -> None:
    if desktop.email != shown:
        ui.navigate.reload()
    if desktop.trouble:
        says, desktop.trouble = desktop.trouble, ""
        say(t(says))


def _visitor(providers: tuple[str, ...], leads_to: str) -> None:
    with ui.dialog() as dialog, ui.element("div").classes("paper entrance"):
        named(dialog, t("Sign in"))
        icon_button("close", t("Close"), dialog.close).classes("leave")
        EntryForm(computer_ways(), providers=providers, leads_to=leads_to)
    button(t("Sign in"), dialog.open, classes="enter").mark("enter")


def _signed_in(desktop: "Desktop", leads_to: str) -> None:
    with ui.dialog() as dialog, ui.element("div").classes("paper entrance"):
        named(dialog, t("Account"))
        icon_button("close", t("Close"), dialog.close).classes("leave")
        heading(t("Account"), level=1)
        text(desktop.email).classes("whose")
        way = Way(name="out", action="sign-out", yes=t("Sign out"))
        EntryForm([way], leads_to=leads_to)
        text(t("Your photos stay on this computer when you sign out.")).classes("quiet")
    with ui.element("button").classes("who").props("type=button") as who:
        who.on("click", dialog.open)
        named(who, t("Account of {email}", email=desktop.email)).props["title"] = desktop.email
        icon("account_circle")


def computer_ways() -> list[Way]:
    """Return what leads to being signed in, for a program that is no page of the project."""
    says = {
        "in": t("Then your library is kept in the cloud, too, with a paid plan."),
        "up": t("It is free. A paid plan keeps your library in the cloud, too."),
    }
    gone = t("Go on in the browser that has just opened.")
    return [
        replace(
            way,
            says=says.get(way.name, way.says),
            turns=tuple(turn for turn in way.turns if turn[0] != "reset"),
            done=gone,
        )
        for way in entrance_ways()
        if way.name != "reset"
    ]
