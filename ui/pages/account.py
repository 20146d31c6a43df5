"""The account of somebody who is signed in: what it allows, where it is open, and its end."""

import time
from collections.abc import Sequence

from nicegui import ui

from auth.account import Account
from auth.errors import GateError
from storage.books import Tariff
from storage.errors import StorageError
from ui.components.controls import button, heading, icon, link, point, text
from ui.components.entrance import plan_name, tier_name
from ui.components.entry_form import (
    EntryForm,
    Field,
    Way,
    entrance_ways,
    password_way,
)
from ui.components.keeping import Keeping
from ui.components.price_table import price_table
from ui.components.purse import Purse
from ui.components.wishing import Wishing
from ui.keeper import Keeper
from ui.lane import Lane
from ui.members import Members
from ui.tally import dated
from ui.wallet import Opened, Wallet
from ui.words import t, tn

MILLION = 1_000_000
DAY = len("2026-11-25")
TO_HASH = "document.getElementById(location.hash.slice(1) || ' ')?.scrollIntoView()"
"""What an address leads to was not there yet when the browser looked for it."""


class AccountPage:
    """Of whoever looks; a visitor finds a way in, and what there is to be had."""

    def __init__(self, members: Members, token: str, keeper: Keeper, lane: Lane) -> None:
        self._members = members
        account = self._account = keeper.account
        self._wallet = Wallet(members, account, token, lane)
        with ui.element("main").classes("account"):
            if account.email:
                heading(t("Account"), level=1)
                with _section(t("Plan")):
                    self._build_plan()
                self._build_books(keeper, lane)
                _build_entry()
            else:
                with ui.element("section").classes("entrance"):
                    EntryForm(entrance_ways(), providers=members.providers, leads_to="/account")
                self._build_prices()
        ui.timer(0, self._fill, once=True)

    def _build_plan(self) -> None:
        with ui.element("p").classes("plan"):
            text(plan_name(self._account), tag="span").classes("tier")
            text(self._account.email, tag="span")
        self._until = text().classes("note")
        self._until.set_visibility(False)
        text(_kept(self._account)).classes("quiet")
        text(_limits(self._account)).classes("quiet")

    def _build_books(self, keeper: Keeper, lane: Lane) -> None:
        with _section(t("Credits"), mark="credits") as self._credits:
            self._purse = Purse(self._wallet)
        with _section(t("Library")) as self._library:
            self._keeping = Keeping(keeper, lane, on_change=_nothing)
            self._wishing = Wishing(self._wallet)
        for one in (self._credits, self._library):
            one.set_visibility(False)
        self._build_prices()

    def _build_prices(self) -> None:
        with _section(t("Plans and prices"), mark="plans") as self._plans:
            self._prices = ui.element("div")
            with ui.element("div").classes("beside"):
                text(
                    t(
                        "Prices are in US dollars. Plans and credits cannot be bought here yet: "
                        "ask those who run this site."
                    )
                )
                if self._members.contact:
                    link(t("Write to them"), classes="link").props(
                        f'href="{self._members.contact}"'
                    )
        self._trouble = ui.element("div").classes("trouble")
        for one in (self._plans, self._trouble):
            one.set_visibility(False)

    async def _fill(self) -> None:
        """Read what is in the books, or say why that cannot be done and offer to try again."""
        try:
            if self._account.email:
                opened = await self._wallet.open()
                if opened.wishes:
                    await self._keeping.fill()
                self._show(opened)
            else:
                self._show_prices(await self._wallet.tariffs())
        except (GateError, StorageError) as error:
            self._say(t(error.says))
            return
        ui.run_javascript(TO_HASH)

    def _show(self, opened: Opened) -> None:
        plan = self._account.plan
        self._show_prices(opened.tariffs, plan.name)
        self._purse.show(opened.lines, opened.tariff(plan.name))
        self._credits.set_visibility(bool(opened.lines or plan.credits_per_matte))
        self._library.set_visibility(opened.wishes is not None)
        if opened.wishes:
            self._wishing.show(opened.wishes)
        if until := _until(opened, plan.name):
            self._until.set_text(until)
            self._until.set_visibility(True)

    def _show_prices(self, tariffs: Sequence[Tariff], mine: str = "") -> None:
        self._trouble.set_visibility(False)
        self._prices.clear()
        with self._prices:
            price_table(tariffs, mine)
        self._plans.set_visibility(True)

    def _say(self, says: str) -> None:
        self._trouble.clear()
        self._trouble.set_visibility(True)
        with self._trouble:
            icon("cloud_off")
            text(says).props("role=alert")
            button(t("Try again"), self._fill, classes="small")


async def _nothing() -> None:
    """Do nothing: what is kept is seen elsewhere."""


def _build_entry() -> None:
    with _section(t("Sessions")):
        text(t("You are signed in on this device.")).classes("quiet")
        with ui.element("div").classes("beside"):
            _one(Way(name="out", action="sign-out", yes=t("Sign out")))
            _one(Way(name="all", action="sign-out-everywhere", yes=t("Sign out everywhere")))
    with _section(t("E-mail")):
        _one(_email_way())
    with _section(t("Password"), mark="password"):
        _one(password_way())
    with _section(t("Keys for programs")):
        text(t("Let programs of yours have photos cut out.")).classes("quiet")
        with ui.element("div").classes("beside"):
            link(t("Keys for programs"), classes="button").props('href="/keys"')
    with _section(t("Your data")):
        text(t("All photos, cutouts and what else is known of you, as a ZIP file.")).classes(
            "quiet"
        )
        with ui.element("div").classes("beside"):
            saved = link(t("Download my data"), classes="button")
            point(saved, "/entrance/takeout.zip")
    with _section(t("Delete the account")):
        _one(_leave_way())


def _until(opened: Opened, now: str) -> str:
    """Tell how long a plan counts, or since when one does not."""
    if opened.until is None:
        return ""
    day = dated(opened.until)[:DAY]
    if opened.taken == now and opened.until > time.time():  # what is known of a plan may be old
        return t("It counts until {day}.", day=day)
    known = opened.tariff(opened.taken)
    return t(
        "Your plan {plan} has ended on {day}. Your library is safe: it can be read and downloaded, "
        "and nothing can be added to it until the plan is renewed.",
        plan=tier_name(opened.taken, known.name if known else ""),
        day=day,
    )


def _email_way() -> Way:
    field = Field(name="email", label=t("New e-mail"), kind="email", complete="email")
    return Way(
        name="email",
        action="email",
        says=t("It counts once you have opened the links in the mails to both addresses."),
        fields=(field,),
        yes=t("Change the e-mail"),
    )


def _leave_way() -> Way:
    return Way(
        name="leave",
        action="leave",
        says=t(
            "All photos, cutouts and settings of this account are deleted within minutes. "
            "Nobody can bring them back."
        ),
        fields=(Field(name="word", label=t("Type {word} to agree", word=t("DELETE"))),),
        yes=t("Delete the account"),
        look="grave",
    )


def _section(title: str, *, mark: str = "") -> ui.element:
    section = ui.element("section").classes("panel-section")
    if mark:
        section.props(f"id={mark}")
    with section:
        heading(title)
    return section


def _one(way: Way) -> None:
    EntryForm([way], leads_to="/account")


def _kept(account: Account) -> str:
    if account.plan.kept_hours is None:
        return t("What you make is kept until you delete it.")
    return tn(
        "What you make is kept for {count} hour.",
        "What you make is kept for {count} hours.",
        account.plan.kept_hours,
    )


def _limits(account: Account) -> str:
    plan = account.plan
    says = t(
        "Photos may have up to {pixels} MP and {bytes} MB.",
        pixels=plan.max_pixels // MILLION,
        bytes=plan.max_bytes // MILLION,
    )
    if plan.processed_pixels is None:
        return says
    most = plan.processed_pixels // MILLION
    bound = t("What has more than {pixels} MP is made smaller to that.", pixels=most)
    return f"{says} {bound}"
