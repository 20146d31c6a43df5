"""The corner of the header: a way in for visitors, and who is signed in."""

import asyncio
from collections.abc import Callable

from nicegui import Client, ui

from auth.account import Account
from auth.errors import GateError
from ui.components.controls import Click, button, icon, icon_button, named, text
from ui.components.credits import Balance, Credits
from ui.components.entry_form import EntryForm, entrance_ways
from ui.components.tabs import Tabs
from ui.members import Members
from ui.words import t, word

LOOK_SECONDS = 30.0
LAST_SECONDS = 2.0
"""In which a page that is over is told so."""
PLANS = {
    "guest": word("Guest"),
    "free": word("Free"),
    "paid": word("Paid"),
    "team": word("Team"),
}


def corner_of(
    members: Members, account: Account, token: str, leads_to: str, balance: Balance
) -> Callable[[], None]:
    """Return what builds it."""

    def signed_in() -> None:
        Tabs()
        ui.timer(LOOK_SECONDS, lambda: _leave_if_over(members, token), immediate=False)
        with ui.element("a").classes("who").props('href="/account"') as link:
            link.props["title"] = account.email
            icon("account_circle")
            text(plan_name(account), tag="span").classes("tier")
            if account.plan.credits_per_matte:
                Credits(balance)
            text(t("Account of {email}", email=account.email), tag="span").classes("spoken")

    def visitor() -> None:
        Tabs()
        button(t("Sign in"), entrance_sheet(members, leads_to), classes="enter").mark("enter")

    return signed_in if account.email else visitor


async def over(members: Members, token: str) -> bool:
    """Tell whether somebody is signed out by now; whoever cannot be asked for stays."""
    try:
        return await members.accounts.who(token) is None
    except GateError:
        return False


async def _leave_if_over(members: Members, token: str) -> None:
    """A page that is open asks nothing by HTTP: it is ended here, and in the browser."""
    if not await over(members, token):
        return
    client = ui.context.client
    ui.navigate.reload()
    await asyncio.sleep(LAST_SECONDS)
    if client.id in Client.instances:
        client.delete()


def plan_name(account: Account) -> str:
    return tier_name(account.plan.name, account.plan.title)


def tier_name(name: str, title: str) -> str:
    """Return what a plan is called: one that an instance has of its own as its row says."""
    return t(PLANS[name]) if name in PLANS else title or name


def entrance_sheet(members: Members, leads_to: str) -> Click:
    """Build a sheet to sign in or up on; return what opens it."""
    with ui.dialog() as dialog, ui.element("div").classes("paper entrance"):
        named(dialog, t("Sign in"))
        icon_button("close", t("Close"), dialog.close).classes("leave")
        EntryForm(entrance_ways(), providers=members.providers, leads_to=leads_to)
    return dialog.open
