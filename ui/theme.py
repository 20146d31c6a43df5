"""The look in one place, and the frame around every page."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

from nicegui import ui

from ui.components.connection import Connection
from ui.components.controls import icon, named, text
from ui.components.lent_hands import LentHands
from ui.components.speech import Toasts
from ui.components.theme_toggle import ThemeToggle
from ui.hands import Hands
from ui.words import t, word


@dataclass(frozen=True, slots=True)
class Place:
    """A page that the header leads to."""

    name: str
    address: str
    sign: str
    """A Material Symbol, which stands for the name on a phone."""


PLACES = (
    Place(word("Workbench"), "/", "cut"),
    Place(word("Library"), "/library", "photo_library"),
)

SHEETS = Path(__file__).parent / "theme"
"""One style sheet a subject, and `tokens` before all others."""
SHEET = "/theme.css"
"""The address of all of them as one."""

# A subject before the sweep of a cove.
MARK = (
    '<svg viewBox="0 0 24 24" aria-hidden="true"><circle cx="12" cy="12" r="9.2" fill="none" '
    'stroke="currentColor" stroke-width="1.8"/><path d="M12 2.8a9.2 9.2 0 0 1 0 18.4z" '
    'fill="currentColor"/></svg>'
)


@contextmanager
def frame(
    *,
    page: str,
    corner: Callable[[], None] | None = None,
    says: str = "",
    hands: Hands | None = None,
) -> Iterator[ui.element]:
    """Build the header above a page; yields the place in it for what the page wants to show.

    `corner` builds who is signed in, where people can be; `says` is told at once.
    `hands` are those of a window that the page is shown in.
    """
    ui.page_title(f"{t(page)} · Coveshot")
    # In the head, and not by script: a page is never seen without its look.
    ui.add_head_html(f'<link rel="stylesheet" href="{SHEET}?{_version(sheet())}">')
    with ui.element("header").classes("bar"):
        with named(ui.element("a"), t("Coveshot: to the workbench")).classes("wordmark") as mark:
            mark.props('href="/"')
            ui.html(MARK, sanitize=False)
            text("Coveshot", tag="span")
        with named(ui.element("nav"), t("Pages")).classes("pages"):
            for one in PLACES:
                current = "aria-current=page" if one.name == page else ""
                with ui.element("a").props(f'href="{one.address}" {current}'):
                    icon(one.sign)
                    text(t(one.name), tag="span")
        place = ui.element("div").classes("place")
        if corner:
            corner()
        ThemeToggle()
    Connection()
    toasts = Toasts()
    if says:
        toasts.tell(says, None)
    if hands and hands.lent:
        LentHands(hands)
    yield place


@cache
def sheet() -> str:
    """Return the whole look as CSS."""
    files = sorted(SHEETS.glob("*.css"), key=lambda file: (file.stem != "tokens", file.stem))
    return "\n".join(file.read_text(encoding="utf-8") for file in files)


def _version(text: str) -> str:
    """Name a text, so that browsers may keep it as long as it is the same."""
    return sha256(text.encode()).hexdigest()[:12]
