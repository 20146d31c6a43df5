"""The menu bar of the window: keys of the page, for whoever looks for them there."""

from typing import Any

from ui.words import t, word

Item = dict[str, Any]
LINE = None
"""Between two groups of a menu."""


def _key(title: str, caps: str, key: str, *, shift: bool = False, bare: bool = False) -> Item:
    """Return an item that presses a key; `caps` are shown beside it."""
    pressed = {"key": key, "ctrlKey": not bare, "shiftKey": shift}
    return {"title": title, "caps": caps, "key": pressed}


MENUS: tuple[tuple[str, tuple[Item | None, ...]], ...] = (
    (
        word("File"),
        (
            _key(word("Open photos …"), "Ctrl+O", "o"),
            _key(word("Open folder …"), "Ctrl+Shift+O", "o", shift=True),
            LINE,
            _key(word("Export …"), "E", "e", bare=True),
            LINE,
            {"title": word("Quit"), "caps": "Ctrl+Q", "act": "end"},
        ),
    ),
    (
        word("Edit"),
        (
            _key(word("Undo"), "Ctrl+Z", "z"),
            _key(word("Redo"), "Ctrl+Shift+Z", "z", shift=True),
            LINE,
            _key(word("Copy the cutout"), "Ctrl+C", "c"),
            _key(word("Select all"), "Ctrl+A", "a"),
        ),
    ),
    (
        word("View"),
        (
            _key(word("Workbench"), "Ctrl+1", "1"),
            _key(word("Library"), "Ctrl+2", "2"),
            LINE,
            _key(word("100 % and back"), "Z", "z", bare=True),
            _key(word("Grid and back"), "G", "g", bare=True),
            {"title": word("Full screen"), "caps": "F11", "act": "full"},
        ),
    ),
    (
        word("Help"),
        (
            _key(word("Keys"), "?", "?", bare=True),
            _key(word("About Coveshot"), "F1", "F1", bare=True),
        ),
    ),
)


def menus(*, mac: bool = False) -> list[dict[str, Any]]:
    """Return the menus in the language of the reader, as a window is told them."""
    return [
        {"title": t(title), "items": [_shown(item, mac=mac) for item in items]}
        for title, items in MENUS
    ]


def _shown(item: Item | None, *, mac: bool) -> Item | None:
    if item is None:
        return None
    caps = item["caps"].replace("Ctrl+", "⌘").replace("Shift+", "⇧") if mac else item["caps"]
    gap = "   " if mac else "\t"
    return {**item, "title": f"{t(item['title'])}{gap}{caps}"}


def dialogs() -> dict[str, str]:
    """Return the titles of dialogs, by the names that pywebview has for them."""
    return {
        "global.saveFile": t("Save"),
        "linux.openFile": t("Open photos"),
        "linux.openFiles": t("Open photos"),
        "linux.openFolder": t("Choose folder"),
        "cocoa.menu.quit": t("Quit"),
    }
