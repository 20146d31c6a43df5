"""The account of somebody who is signed in: what it allows, where it is open, and its end."""

from nicegui import ui

from auth.account import Account
from ui.components.controls import heading, link, point, text
from ui.components.entrance import plan_name
from ui.components.entry_form import EntryForm, Field, Way, entrance_ways
from ui.members import Members
from ui.words import t, tn

MILLION = 1_000_000


def account_page(members: Members, account: Account) -> None:
    with ui.element("main").classes("account"):
        if account.email:
            _of_member(account)
        else:
            with ui.element("section").classes("entrance"):
                EntryForm(entrance_ways(), providers=members.providers, leads_to="/account")


def _of_member(account: Account) -> None:
    heading(t("Account"), level=1)
    with _section(t("Plan")):
        with ui.element("p").classes("plan"):
            text(plan_name(account), tag="span").classes("tier")
            text(account.email, tag="span")
        text(_kept(account)).classes("quiet")
        text(_limits(account)).classes("quiet")
    with _section(t("Sessions")):
        text(t("You are signed in on this device.")).classes("quiet")
        with ui.element("div").classes("beside"):
            _one(Way(name="out", action="sign-out", yes=t("Sign out")))
            _one(Way(name="all", action="sign-out-everywhere", yes=t("Sign out everywhere")))
    with _section(t("E-mail")):
        _one(_email_way())
    with _section(t("Password"), mark="password"):
        _one(_password_way())
    with _section(t("Your data")):
        text(t("All photos, cutouts and what else is known of you, as a ZIP file.")).classes(
            "quiet"
        )
        with ui.element("div").classes("beside"):
            saved = link(t("Download my data"), classes="button")
            point(saved, "/entrance/takeout.zip")
    with _section(t("Delete the account")):
        _one(_leave_way())


def _email_way() -> Way:
    field = Field(name="email", label=t("New e-mail"), kind="email", complete="email")
    return Way(
        name="email",
        action="email",
        says=t("It counts once you have opened the links in the mails to both addresses."),
        fields=(field,),
        yes=t("Change the e-mail"),
    )


def _password_way() -> Way:
    field = Field(
        name="password", label=t("New password"), kind="password", complete="new-password"
    )
    return Way(
        name="password",
        action="password",
        fields=(field,),
        yes=t("Change the password"),
        done=t("The new password counts from now on. Other devices are signed out within an hour."),
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
    return t(
        "Photos may have up to {pixels} MP and {bytes} MB.",
        pixels=account.plan.max_pixels // MILLION,
        bytes=account.plan.max_bytes // MILLION,
    )
