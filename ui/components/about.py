"""What this program is, and what it is made of."""

from importlib import metadata
from pathlib import Path

from nicegui import ui

from ui.cli.version import version
from ui.components.controls import button, heading, icon_button, named, text
from ui.words import t

ROOT = Path(__file__).parents[2]
UNKNOWN = "see its files"
LONGEST = 60
"""Characters of a licence: some packages have the whole text where its name belongs."""


def about() -> ui.dialog:
    """Build the dialog; the packages are listed once somebody wants to see them."""
    with ui.dialog() as dialog, ui.element("div").classes("paper wide about"):
        named(dialog, t("About Coveshot"))
        with ui.element("div").classes("paper-head"):
            heading(t("About Coveshot"), level=1)
            icon_button("close", t("Close"), dialog.close)
        text(t("Version {version}", version=version()))
        text(t("Cut photos out on your own computer. Licensed under the Apache License 2.0."))
        place = ui.element("div").classes("packages")
        with place:
            button(t("Licences of what it is made of"), lambda: _list(place))
    return dialog


def _list(place: ui.element) -> None:
    place.clear()
    with place, named(ui.element("table"), t("Packages")), ui.element("tbody"):
        for name, number, licence in packages():
            with ui.element("tr"):
                text(name, tag="th").props("scope=row")
                text(number, tag="td")
                text(licence, tag="td")
    with place:
        text((ROOT / "NOTICE").read_text(encoding="utf-8"), tag="pre")


def packages() -> list[tuple[str, str, str]]:
    """Return name, version and licence of each package that is installed."""
    found = {
        str(one.metadata["Name"]): (one.version, _licence(one))
        for one in metadata.distributions()
        if one.metadata["Name"]
    }
    return [(name, *found[name]) for name in sorted(found, key=str.casefold)]


def _licence(one: metadata.Distribution) -> str:
    """Return it as short as the package says it: by SPDX, else by a classifier."""
    told = one.metadata
    classified = [
        each.rpartition(":: ")[2] for each in told.get_all("Classifier") or [] if "License" in each
    ]
    short = next((told[name] for name in ("License-Expression", "License") if name in told), "")
    if short and len(short) <= LONGEST and "\n" not in short:
        return short
    return ", ".join(classified) or UNKNOWN
