"""The keys of programs: made, shown once, looked at, revoked."""

from dataclasses import dataclass
from functools import partial

from nicegui import ui

from auth.account import Account
from auth.keys import RIGHTS, Key, new_key
from storage.errors import StorageError
from storage.ports.hooks import Hooks
from storage.ports.keys import Keys
from storage.records import Hook
from ui.api.hooks import checked
from ui.components.ask import agreed
from ui.components.controls import button, heading, link, named, text
from ui.components.entry_form import EntryForm, entrance_ways
from ui.components.hook_list import HookList
from ui.components.key_form import MAY, KeyForm
from ui.components.speech import say
from ui.courier import Signer
from ui.lane import Lane
from ui.members import Members
from ui.tally import dated
from ui.words import t, tn, word

DAY = len("2026-11-25")
GUIDE = "/openapi.json"


@dataclass(frozen=True, slots=True)
class HookDesk:
    """Addresses in the hands of one account."""

    hooks: Hooks
    account: Account
    lane: Lane
    signer: Signer

    async def add(self, address: str) -> tuple[Hook, str]:
        keep = self.hooks.keep
        hook = await self.lane.run(keep, self.account.scope, checked(address))
        return hook, self.signer.secret_of(hook.id)

    async def all(self) -> list[Hook]:
        return await self.lane.run(self.hooks.all, self.account.scope)

    async def remove(self, hook: Hook) -> None:
        await self.lane.run(self.hooks.remove, self.account.scope, hook.id)


class KeysPage:
    """Of somebody who may have keys: the owner of this computer, or of an account."""

    def __init__(self, keys: Keys, account: Account, lane: Lane, hooks: HookDesk) -> None:
        self._keys = keys
        self._account = account
        self._lane = lane
        with ui.element("main").classes("account keys"):
            heading(t("Keys for programs"), level=1)
            with ui.element("p").classes("quiet"):
                ui.label(
                    t("A program that shows a key has photos cut out in your name, over HTTP.")
                )
                link(t("What it can ask for, as OpenAPI"), classes="link").props(f'href="{GUIDE}"')
            with _section(t("Make a key")):
                KeyForm(self._make, counted=not account.owns_computer)
            with _section(t("Your keys")):
                self._list = ui.element("ul").classes("key-list")
            with _section(t("Addresses that are told")):
                HookList(hooks)
        ui.timer(0, self._show, once=True)

    async def _make(self, name: str, may: list[str], per_minute: int | None) -> str | None:
        key, secret = new_key(self._account.scope, name, may, per_minute)
        try:
            await self._lane.run(self._keys.keep, key)
        except StorageError as error:
            say(t(error.says))
            return None
        await self._show()
        return secret

    async def _show(self) -> None:
        self._list.clear()
        try:
            keys = await self._lane.run(self._keys.all, self._account.scope)
        except StorageError as error:
            with self._list, ui.element("li"):
                text(t(error.says)).props("role=alert")
                button(t("Try again"), self._show, classes="small")
            return
        with self._list:
            if not keys:
                text(t("There is none yet."), tag="li").classes("quiet")
            # Those that open something come first, the newest before all.
            for key in sorted(keys, key=lambda key: (key.revoked_at or 0, -key.created_at)):
                self._row(key)

    def _row(self, key: Key) -> None:
        with ui.element("li").classes("key" if key.revoked_at is None else "key quiet"):
            with ui.element("div"):
                text(key.name).classes("name")
                text(may_of(key)).classes("quiet")
                text(when_of(key)).classes("quiet")
            if key.revoked_at is None:
                revoke = button(t("Revoke"), partial(self._revoke, key), classes="small")
                named(revoke, t("Revoke {name}", name=key.name))

    async def _revoke(self, key: Key) -> None:
        question = t("Revoke {name}?", name=key.name)
        consequence = t("Programs that show it are let in no more, from now on.")
        if not await agreed(question, consequence, t("Revoke it"), word("Cancel")):
            return
        try:
            await self._lane.run(self._keys.revoke, self._account.scope, key.name)
        except StorageError as error:
            say(t(error.says))
        await self._show()


def keyless(members: Members | None) -> None:
    """Build the page of a visitor: a key is of an account."""
    with ui.element("main").classes("account"), ui.element("section").classes("entrance"):
        heading(t("Keys for programs"), level=1)
        if members:
            text(t("Sign in to make one.")).classes("quiet")
            EntryForm(entrance_ways(), providers=members.providers, leads_to="/keys")
        else:
            text(t("Those who run this site make them: ask for one.")).classes("quiet")


def may_of(key: Key) -> str:
    """Tell what a key may do, and how often."""
    words = [t(MAY[right]) for right in RIGHTS if key.has(right)]
    told = t("Everything") if len(words) == len(RIGHTS) else " · ".join(words)
    if not key.per_minute:
        return told
    often = tn("{count} request a minute", "{count} requests a minute", key.per_minute)
    return f"{told} · {often}"


def when_of(key: Key) -> str:
    """Tell since when a key is there, and when it was shown last, or until when."""
    made = t("Made on {day}", day=_day(key.created_at))
    if key.revoked_at is not None:
        since = t("revoked on {day}", day=_day(key.revoked_at))
    elif key.used_at is not None:
        since = t("last used on {day}", day=_day(key.used_at))
    else:
        since = t("not used yet")
    return f"{made} · {since}"


def _section(title: str) -> ui.element:
    section = ui.element("section").classes("panel-section")
    with section:
        heading(title)
    return section


def _day(moment: float) -> str:
    return dated(moment)[:DAY]
