"""The corner of the header: a way in for visitors, and who is signed in."""

from collections.abc import Callable

from nicegui import ui

from auth.account import Account
from ui.components.controls import button, icon, icon_button, named, text
from ui.components.entry_form import EntryForm, entrance_ways
from ui.members import Members
from ui.words import t, word

PLANS = {
    "guest": word("Guest"),
    "free": word("Free"),
    "paid": word("Paid"),
    "team": word("Team"),
}


def corner_of(members: Members, account: Account, leads_to: str) -> Callable[[], None]:
    """Return what builds it."""

    def signed_in() -> None:
        with ui.element("a").classes("who").props('href="/account"') as link:
            label = t("{plan}: account of {email}", plan=plan_name(account), email=account.email)
            named(link, label).props["title"] = account.email
            icon("account_circle")
            text(plan_name(account), tag="span").classes("tier")

    def visitor() -> None:
        sheet = _sheet(members, leads_to)
        button(t("Sign in"), sheet.open, classes="enter").mark("enter")

    return signed_in if account.email else visitor


def plan_name(account: Account) -> str:
    return t(PLANS.get(account.plan.name, account.plan.name))


def _sheet(members: Members, leads_to: str) -> ui.dialog:
    with ui.dialog() as dialog, ui.element("div").classes("paper entrance"):
        named(dialog, t("Sign in"))
        icon_button("close", t("Close"), dialog.close).classes("leave")
        EntryForm(entrance_ways(), providers=members.providers, leads_to=leads_to)
    return dialog
