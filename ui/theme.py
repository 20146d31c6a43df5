"""The look in one place, and the frame around every page."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nicegui import ui

from ui.components.controls import text
from ui.components.theme_toggle import ThemeToggle

PAGES = {"Workbench": "/"}
HERE = Path(__file__).parent
# A subject before the sweep of a cove.
MARK = (
    '<svg viewBox="0 0 24 24" aria-hidden="true"><circle cx="12" cy="12" r="9.2" fill="none" '
    'stroke="currentColor" stroke-width="1.8"/><path d="M12 2.8a9.2 9.2 0 0 1 0 18.4z" '
    'fill="currentColor"/></svg>'
)


@contextmanager
def frame(*, page: str) -> Iterator[ui.element]:
    """Build the header above a page; yields the place in it for what the page wants to show."""
    ui.page_title(f"{page} · Coveshot")
    ui.add_css(HERE / "theme.css")
    with ui.element("header").classes("bar"):
        with ui.element("a").classes("wordmark").props('href="/"'):
            ui.html(MARK, sanitize=False)
            text("Coveshot", tag="span")
        with ui.element("nav").classes("pages").props('aria-label="Pages"'):
            for name, address in PAGES.items():
                current = "aria-current=page" if name == page else ""
                text(name, tag="a").props(f'href="{address}" {current}')
        place = ui.element("div").classes("place")
        ThemeToggle()
    yield place
