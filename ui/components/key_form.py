"""A form that makes a key, and the one place where it is shown."""

from collections.abc import Awaitable, Callable
from functools import partial

from nicegui import ui
from nicegui.events import GenericEventArguments

from auth.keys import CUT, KEEP, LONGEST_NAME, READ, RIGHTS
from ui.components.ask import VALUE
from ui.components.controls import button, heading, named, text
from ui.components.speech import say
from ui.components.switch import Switch
from ui.words import t, word

MAY = {
    CUT: word("Send photos and have them cut out"),
    READ: word("Look at jobs and fetch results"),
    KEEP: word("Keep results for good"),
}
COPIED = """() => navigator.clipboard
  ? navigator.clipboard.writeText(document.querySelector(".secret").textContent)
      .then(() => emit(true), () => emit(false))
  : emit(false)"""
MOST_PER_MINUTE = 100_000
Make = Callable[[str, list[str], int | None], Awaitable[str | None]]
"""Makes a key of a name, what it may do and how often, and returns its secret if it could."""


class KeyForm:
    def __init__(self, make: Make, *, counted: bool) -> None:
        """`counted` tells whether it can be said how often a key may be shown."""
        self._make_key = make
        self._counted = counted
        self._place = ui.element("div")
        self._ask()

    def _ask(self) -> None:
        self._typed = {"name": "", "limit": ""}
        self._may = dict.fromkeys(RIGHTS, True)
        self._place.clear()
        with self._place, ui.element("div").classes("key-form"):
            self._field(t("What is it for?"), "name", f"maxlength={LONGEST_NAME}")
            with named(ui.element("div"), t("What it may do")).props("role=group"):
                for right in RIGHTS:
                    Switch(t(MAY[right]), on_turn=partial(self._turned, right)).show(on=True)
            if self._counted:
                limits = f"type=number min=1 max={MOST_PER_MINUTE} inputmode=numeric"
                limit = self._field(t("Requests a minute at most"), "limit", limits)
                limit.props["placeholder"] = t("As many as the account may")
            button(t("Make the key"), self._make, classes="primary").mark("make-key")

    def _field(self, label: str, name: str, props: str) -> ui.element:
        with ui.element("label").classes("line"):
            text(label, tag="span")
            field = ui.element("input").classes("field").mark(name)
        field.props("type=text autocomplete=off").props(props)
        field.on("input", partial(self._note, name), js_handler=VALUE)
        field.on("keydown.enter", self._make)
        return field

    def _note(self, name: str, event: GenericEventArguments) -> None:
        self._typed[name] = str(event.args).strip()

    async def _turned(self, right: str, on: bool) -> None:  # noqa: FBT001 its state
        self._may[right] = on

    async def _make(self) -> None:
        may = [right for right in RIGHTS if self._may[right]]
        limit = self._typed["limit"]
        if not self._typed["name"]:
            say(t("Say what the key is for: then you know later which one it is."))
        elif not may:
            say(t("A key that may do nothing is of no use. Turn something on."))
        elif limit and not (limit.isdecimal() and 0 < int(limit[:9]) <= MOST_PER_MINUTE):
            say(t("Say how many requests a minute with a whole number, or leave it empty."))
        else:
            name = self._typed["name"][:LONGEST_NAME]
            secret = await self._make_key(name, may, int(limit) if limit else None)
            if secret:
                self._hand_out(name, secret)

    def _hand_out(self, name: str, secret: str) -> None:
        self._place.clear()
        with self._place, ui.element("div").classes("fresh").props("role=status"):
            heading(t("The key for {name}", name=name))
            text(t("Copy it now: it is not shown again, and nobody can read it later."))
            with ui.element("div").classes("beside"):
                text(secret, tag="code").classes("secret").mark("secret")
                copy = button(t("Copy"), None).mark("copy-key")
                copy.on("click", copied, js_handler=COPIED)
            button(t("Make another one"), self._ask, classes="small")


def copied(event: GenericEventArguments) -> None:
    say(
        t("Copied.") if event.args else t("The browser does not let it be copied. Mark it instead.")
    )
