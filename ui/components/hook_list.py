"""Addresses that are told when a job ends: added, looked at, removed."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Protocol, TypeVar

from nicegui import ui

from storage.errors import StorageError
from storage.records import Hook
from ui.api.answers import Unfit
from ui.components.ask import VALUE, agreed
from ui.components.controls import button, heading, named, text
from ui.components.key_form import COPIED, copied
from ui.components.speech import say
from ui.tally import dated
from ui.words import t, tn, word

Result = TypeVar("Result")
DAY = len("2026-11-25")


class Desk(Protocol):
    """What can be done with them. Raises StorageError, Unfit."""

    async def add(self, address: str) -> tuple[Hook, str]:
        """Return it with its secret, which is shown once."""
        ...

    async def all(self) -> list[Hook]: ...

    async def remove(self, hook: Hook) -> None: ...


class HookList:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._address = ""
        text(t("When a job ends, we send a signed message there.")).classes("quiet")
        self._place = ui.element("div")
        self._ask()
        self._list = ui.element("ul").classes("key-list")
        ui.timer(0, self._show, once=True)

    def _ask(self) -> None:
        self._address = ""
        self._place.clear()
        with self._place, ui.element("div").classes("key-form"):
            with ui.element("label").classes("line"):
                text(t("Address"), tag="span")
                field = ui.element("input").classes("field").mark("hook-address")
            field.props("type=url autocomplete=off maxlength=500")
            field.on("input", lambda event: self._note(str(event.args)), js_handler=VALUE)
            field.on("keydown.enter", self._add)
            button(t("Tell this address"), self._add, classes="primary").mark("add-hook")

    def _note(self, address: str) -> None:
        self._address = address.strip()

    async def _add(self) -> None:
        added = await self._tried(lambda: self._desk.add(self._address))
        if added:
            self._hand_out(*added)
            await self._show()

    def _hand_out(self, hook: Hook, secret: str) -> None:
        self._place.clear()
        with self._place, ui.element("div").classes("fresh").props("role=status"):
            heading(t("The secret of {address}", address=hook.address))
            text(t("Copy it now: it is not shown again. Messages are verified with it."))
            with ui.element("div").classes("beside"):
                text(secret, tag="code").classes("secret").mark("hook-secret")
                copy = button(t("Copy"), None)
                copy.on("click", copied, js_handler=COPIED)
            button(t("Add another one"), self._ask, classes="small")

    async def _show(self) -> None:
        hooks = await self._tried(self._desk.all)
        if hooks is None:
            return
        self._list.clear()
        with self._list:
            if not hooks:
                text(t("There is none yet."), tag="li").classes("quiet")
            for hook in hooks:
                self._row(hook)

    def _row(self, hook: Hook) -> None:
        with ui.element("li").classes("key quiet" if hook.disabled_at else "key"):
            with ui.element("div"):
                text(hook.address).classes("name")
                text(state_of(hook)).classes("quiet")
            remove = button(t("Remove"), partial(self._remove, hook), classes="small")
            named(remove, t("Remove {address}", address=hook.address))

    async def _remove(self, hook: Hook) -> None:
        question = t("Remove {address}?", address=hook.address)
        consequence = t("It is told of nothing any more, and its secret ends.")
        if await agreed(question, consequence, t("Remove it"), word("Cancel")):
            await self._tried(lambda: self._desk.remove(hook))
            await self._show()

    async def _tried(self, act: Callable[[], Awaitable[Result]]) -> Result | None:
        try:
            return await act()
        except (StorageError, Unfit) as error:
            say(t(error.says))
            return None


def state_of(hook: Hook) -> str:
    """Tell how it goes with an address."""
    if hook.disabled_at is not None:
        day = dated(hook.disabled_at)[:DAY]
        since = t("Told nothing any more since {day}: it took no message.", day=day)
        return f"{since} {t(hook.says)}"
    if hook.failures:
        failed = tn(
            "The last try has failed.", "The last {count} tries have failed.", hook.failures
        )
        return f"{failed} {t(hook.says)}"
    return t("Added on {day}", day=dated(hook.created_at)[:DAY])
