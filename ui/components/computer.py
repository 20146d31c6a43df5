"""The corner of the header on one's own computer: a way in, and who is signed in."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from nicegui import ui

from storage.sync import Phase, Standing
from ui.components.controls import button, give, heading, icon, icon_button, named, text
from ui.components.entry_form import EntryForm, Way, entrance_ways, password_way
from ui.components.speech import say
from ui.components.watch import Watch
from ui.computer import Computer
from ui.words import t, tn, word

if TYPE_CHECKING:  # it imports what verifies tokens
    from auth.desktop import Desktop

LOOK_SECONDS = 1.0
SIGNS = {
    Phase.OFF: "account_circle",
    Phase.OFFLINE: "cloud_off",
    Phase.SYNCING: "cloud_upload",
    Phase.SYNCED: "cloud_done",
    Phase.REFUSED: "error",
}
"""Material Symbols, which stand for the words on a phone."""
MEANS = {
    Phase.OFFLINE: word("It goes on by itself as soon as your account can be reached."),
    Phase.SYNCING: word("Go on working: each photo is sent and then checked there."),
    Phase.SYNCED: word("Everything in your library is in that of your account, too."),
}


def computer_corner(computer: Computer, leads_to: str) -> Callable[[], None]:
    """Return what builds it; it is built anew where somebody else is signed in by now."""

    def build() -> None:
        shown = computer.desktop.email
        if shown:
            show = _signed_in(computer, leads_to)
        else:
            _visitor(computer.providers, leads_to)
            show = None
        Watch(LOOK_SECONDS, lambda: _look(computer.desktop, shown, show))

    return build


def _look(desktop: "Desktop", shown: str, show: Callable[[], None] | None) -> None:
    if desktop.email != shown:
        ui.navigate.reload()
    elif show:
        show()
    if desktop.trouble:
        says, desktop.trouble = desktop.trouble, ""
        say(t(says))


def _visitor(providers: tuple[str, ...], leads_to: str) -> None:
    with ui.dialog() as dialog, ui.element("div").classes("paper entrance"):
        named(dialog, t("Sign in"))
        icon_button("close", t("Close"), dialog.close).classes("leave")
        EntryForm(computer_ways(), providers=providers, leads_to=leads_to)
    button(t("Sign in"), dialog.open, classes="enter").mark("enter")


def _signed_in(computer: Computer, leads_to: str) -> Callable[[], None]:
    """Build it; return what shows how far the library is."""
    email = computer.desktop.email
    with ui.dialog() as dialog, ui.element("div").classes("paper entrance"):
        named(dialog, t("Account"))
        icon_button("close", t("Close"), dialog.close).classes("leave")
        heading(t("Account"), level=1)
        text(email).classes("whose")
        state = text().classes("sync-state").props("role=status")
        why = text().classes("quiet")
        again = button(t("Try again"), computer.sync.again)
        way = Way(name="out", action="sign-out", yes=t("Sign out"))
        EntryForm([way], leads_to=leads_to)
        text(t("Your photos stay on this computer when you sign out.")).classes("quiet")
        heading(t("Password"))
        EntryForm([password_way()], leads_to=leads_to)
    with ui.element("button").classes("who").props("type=button") as who:
        who.on("click", dialog.open)
        who.props["title"] = email
        sign = icon("account_circle")
        words = text(tag="span").classes("tier sync")
    drawn: list[Standing] = []

    def show() -> None:
        standing = computer.sync.standing
        if drawn == [standing]:
            return
        drawn[:] = [standing]
        told = state_words(standing)
        sign.set_text(SIGNS[standing.phase])
        words.set_text(told)
        state.set_text(told)
        reason = t(standing.says) if standing.says else t(MEANS.get(standing.phase, ""))
        why.set_text(reason)
        why.set_visibility(bool(reason))
        again.set_visibility(standing.phase in {Phase.REFUSED, Phase.OFFLINE})
        account = t("Account of {email}", email=email)
        give(who, **{"aria-label": f"{account}: {told}"})

    show()
    return show


def state_words(standing: Standing) -> str:
    """Say how far a library is on its way."""
    match standing.phase:
        case Phase.SYNCED:
            return t("Synced")
        case Phase.SYNCING:
            return tn("Syncing {count} photo", "Syncing {count} photos", standing.left)
        case Phase.OFFLINE if standing.left:
            return tn("Offline; {count} photo waits", "Offline; {count} photos wait", standing.left)
        case Phase.OFFLINE:
            return t("Offline")
        case Phase.REFUSED:
            return tn(
                "{count} photo could not be synced",
                "{count} photos could not be synced",
                standing.refused,
            )
        case Phase.OFF:
            return t("Not synced")


def computer_ways() -> list[Way]:
    """Return what leads to being signed in, for a program that is no page of the project."""
    says = {
        "in": t("Then your library is kept in the cloud, too, with a paid plan."),
        "up": t("It is free. A paid plan keeps your library in the cloud, too."),
        "reset": t("We send you a link that signs you in here. Then choose one in your account."),
    }
    gone = t("Go on in the browser that has just opened.")
    return [
        replace(
            way,
            says=says.get(way.name, way.says),
            done=gone,
        )
        for way in entrance_ways()
    ]
