"""The list of the keys, behind `?`."""

from nicegui import ui

from ui.components.controls import heading, icon_button, named, text
from ui.components.lent_hands import LentHands
from ui.components.shortcuts import Shortcuts
from ui.keys import Key, keys_of
from ui.words import t, word

ON_A_MAC = {"Ctrl": "⌘", "Delete": "⌫", "Shift": "⇧", "Alt": "⌥"}
CAPS = {"Space": word("Space"), "Delete": word("Delete"), "Home": word("Home"), "End": word("End")}


def keys(page: str) -> ui.dialog:
    """Build the dialog for a page; `?` opens it wherever nothing is typed."""
    with ui.dialog() as dialog, ui.element("div").classes("paper wide"):
        named(dialog, t("Keys"))
        with ui.element("div").classes("paper-head"):
            heading(t("Keys"), level=1)
            icon_button("close", t("Close"), dialog.close)
        with ui.element("div").classes("keys"):
            for group, rows in keys_of(page, lent=_is_lent()).items():
                _table(t(group), rows)
    Shortcuts({"?": dialog.open})
    return dialog


def _is_lent() -> bool:
    """Tell whether the page is in a window, by the hands that it has of it."""
    return any(isinstance(one, LentHands) for one in ui.context.client.elements.values())


def _table(title: str, rows: list[Key]) -> None:
    with ui.element("section"):
        heading(title)
        with named(ui.element("table"), title), ui.element("tbody"):
            for row in rows:
                with ui.element("tr"):
                    with ui.element("th").props("scope=row"):
                        for cap in row.caps:
                            _caps(cap)
                    text(t(row.effect), tag="td")


def _caps(together: str) -> None:
    agent = ui.context.client.request.headers.get("user-agent", "")
    names = ON_A_MAC if "Mac" in agent else {}
    with ui.element("span"):
        for cap in together.split("+") if len(together) > 1 else together:  # `+` is a key, too
            text(names.get(cap) or t(CAPS.get(cap, cap)), tag="kbd")
