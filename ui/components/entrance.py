"""The corner of the header: a way in for visitors, and who is signed in."""

import asyncio
from collections.abc import Callable

from nicegui import Client, ui
from nicegui.elements.mixins.text_element import TextElement

from auth.account import Account
from auth.errors import GateError
from ui.components.controls import Click, button, icon, icon_button, named, text
from ui.components.credits import Balance, Credits
from ui.components.entry_form import EntryForm, entrance_ways
from ui.components.speech import Act, say
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
    members: Members,
    account: Account,
    token: str,
    leads_to: str,
    balance: Balance,
    seconds: float = LOOK_SECONDS,
) -> Callable[[], None]:
    """Return what builds it; every `seconds` it looks who is signed in, and with which plan."""

    def signed_in() -> None:
        Tabs()
        with ui.element("a").classes("who").props('href="/account"') as link:
            link.props["title"] = account.email
            icon("account_circle")
            tier = text(plan_name(account), tag="span").classes("tier")
            if account.plan.credits_per_matte:
                Credits(balance)
            text(t("Account of {email}", email=account.email), tag="span").classes("spoken")
        ui.timer(seconds, lambda: _look(members, token, account, tier), immediate=False)

    def visitor() -> None:
        Tabs()
        button(t("Sign in"), entrance_sheet(members, leads_to), classes="enter").mark("enter")

    return signed_in if account.email else visitor


async def by_now(members: Members, token: str, before: Account) -> Account | None:
    """Return who is signed in; whoever cannot be asked for is as before."""
    try:
        return await members.accounts.who(token)
    except GateError:
        return before


async def _look(members: Members, token: str, before: Account, tier: TextElement) -> None:
    """Show the plan as it is by now."""
    account = await by_now(members, token, before)
    if account is None:
        await _leave()
    elif account is not before and plan_name(account) != tier.text:
        tier.set_text(plan_name(account))
        again = Act(t("Load the page anew"), ui.navigate.reload)
        say(t("Your plan is {plan} from now on.", plan=plan_name(account)), again)


async def _leave() -> None:
    """A page that is open asks nothing by HTTP: it is ended here, and in the browser."""
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
