"""A form that is sent by HTTP: signing in, and all that is asked of somebody who is."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from nicegui.element import Element

from ui.words import spoken, t, word

WORDS = {
    "failed": word("Coveshot cannot be reached. Check the connection, then try again."),
    "sent": word("We have sent a mail to {email}. Open its link in this browser."),
    "show": word("Show the password"),
    "hide": word("Hide the password"),
    "or": word("or"),
}
SITES = {"github": "GitHub", "gitlab": "GitLab", "linkedin_oidc": "LinkedIn", "azure": "Microsoft"}
"""Names that are not the capitalised ones of providers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    name: str
    label: str
    kind: str = "text"
    complete: str = "off"
    """What browsers fill in by themselves."""
    hint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One thing that a form can ask for."""

    name: str
    action: str
    """The last part of its address below /entrance/."""
    yes: str
    title: str = ""
    says: str = ""
    fields: Sequence[Field] = ()
    turns: Sequence[tuple[str, str]] = ()
    """Other ways, and what is written on the links to them."""
    then: str = ""
    """The way to turn to once a mail was sent."""
    done: str = ""
    """What is said when that is all."""
    look: str = ""
    """Of its button: primary where it is what the page is for, grave where there is no way back."""


class EntryForm(Element, component="entry_form.js"):
    def __init__(
        self, ways: Sequence[Way], *, providers: Sequence[str] = (), leads_to: str = "/"
    ) -> None:
        super().__init__()
        self._props |= {
            "ways": [asdict(way) for way in ways],
            "providers": [
                {"name": one, "label": t("Continue with {site}", site=site_name(one))}
                for one in providers
            ],
            "leadsTo": leads_to,
            "words": spoken(WORDS),
        }


def site_name(provider: str) -> str:
    return SITES.get(provider, provider.partition("_")[0].capitalize())


def entrance_ways() -> list[Way]:
    """Return all that leads to being signed in."""
    email = Field(name="email", label=t("E-mail"), kind="email", complete="username")
    password = Field(
        name="password", label=t("Password"), kind="password", complete="current-password"
    )
    fresh = Field(
        name="password",
        label=t("Password"),
        kind="password",
        complete="new-password",
        hint=t("Ten letters or more; three words are easier to keep in mind than signs."),
    )
    code = Field(name="code", label=t("Code"), kind="code", complete="one-time-code")
    back = ("in", t("Sign in with a password"))
    return [
        Way(
            name="in",
            action="sign-in",
            title=t("Sign in"),
            fields=(email, password),
            yes=t("Sign in"),
            look="primary",
            turns=(
                ("link", t("Send me a link instead")),
                ("reset", t("I have forgotten the password")),
                ("up", t("Open an account")),
            ),
        ),
        Way(
            name="up",
            action="sign-up",
            title=t("Open an account"),
            says=t("It is free. What is on this page stays with you."),
            fields=(email, fresh),
            yes=t("Open an account"),
            look="primary",
            turns=(("in", t("I have an account")), ("link", t("Send me a link instead"))),
            then="code",
        ),
        Way(
            name="link",
            action="link",
            title=t("A link by mail"),
            says=t("It signs you in without a password, and opens an account if you have none."),
            fields=(email,),
            yes=t("Send the link"),
            look="primary",
            turns=(back,),
            then="code",
        ),
        Way(
            name="reset",
            action="reset",
            title=t("A new password"),
            says=t("We send you a link that lets you choose one."),
            fields=(email,),
            yes=t("Send the link"),
            look="primary",
            turns=(back,),
            then="code",
        ),
        Way(
            name="code",
            action="code",
            title=t("Look into your mail"),
            says=t(
                "On another device, type the code of the mail here. Nothing there? "
                "Look among the unwanted, or sign in: there may be an account already."
            ),
            fields=(code,),
            yes=t("Sign in"),
            look="primary",
            turns=(back, ("link", t("Send another link"))),
        ),
    ]


def password_way() -> Way:
    """Return what lets somebody who is signed in choose another password."""
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
