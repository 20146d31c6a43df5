"""Everything that is read is in the catalogue: in the language here each text is in brackets."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from playwright.sync_api import Browser, Page

from tests.browser.furnished import furnished
from tests.browser.tour import EMPTY, TOURS, away
from tests.program import running
from tests.words import kept
from ui.words import DOMAIN

pytestmark = pytest.mark.browser

READ = """
() => {
  const told = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const { parentElement: element, textContent: text } = walk.currentNode;
    const skipped = "script, style, kbd, .material-symbols-outlined, .wordmark, [hidden]";
    const shown = element.closest("option") ? element.closest("select") : element;
    if (!element.closest(skipped) && shown.checkVisibility()) told.push(text.trim());
  }
  for (const name of ["aria-label", "title", "placeholder", "alt"])
    for (const element of document.querySelectorAll(`[${name}]`))
      if (element.checkVisibility()) told.push(element.getAttribute(name));
  return [document.title, ...told];
}
"""
"""What the page in sight has for eyes and for ears, but for icons and the caps of keys."""
BRACKETED = re.compile(r"⟦[^⟦⟧]*⟧")
NAMES = re.compile(
    r"[\w ,]+\.(jpg|pdf)|\bCoveshot\b|\bCPU\b|\b(PNG|JPEG|WebP|AVIF|TIFF|WEBP|PSD)\b"
    r"|#[0-9a-f]{6}|\d px|\{name\}"
)
"""What has one name in all languages: files, their kinds, colours, pixels, fields of a form."""


@pytest.fixture(scope="module")
def brackets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Catalogues of a language in which each text stands in brackets."""
    locales = tmp_path_factory.mktemp("locales")
    folder = locales / "eo" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    catalogue = Catalog(locale="eo")
    for message in kept():
        if isinstance(message.id, tuple):
            catalogue.add(message.id, [f"⟦{one}⟧" for one in message.id])
        elif message.id:
            catalogue.add(message.id, f"⟦{message.id}⟧")
    with (folder / f"{DOMAIN}.mo").open("wb") as file:
        write_mo(file, catalogue)
    return locales


@pytest.mark.parametrize("tour", [*TOURS, away], ids=lambda tour: tour.__name__)
def test_no_text_in_any_state_is_hard_coded(
    tour: Callable[[Page, str], Iterator[str]],
    browser: Browser,
    brackets: Path,
    tmp_path: Path,
    models: Path,
) -> None:
    if tour not in EMPTY:
        furnished(tmp_path / "home", models)
    with running(
        tmp_path, models, COVESHOT_LANGUAGE="eo", COVESHOT_LOCALES=str(brackets)
    ) as program:
        context = browser.new_context(reduced_motion="reduce")
        page = context.new_page()
        found = {
            f"{state}: {text}"
            for state in tour(page, program.address)
            for text in page.evaluate(READ)
            if _hard_coded(text)
        }
        context.close()

    assert not found, "\n".join(sorted(found))


def _hard_coded(text: str) -> bool:
    """Tell whether anything is left of a text without what stands in brackets, one in another."""
    while (rest := BRACKETED.sub("", text)) != text:
        text = rest
    return re.search(r"[A-Za-z]{2}", NAMES.sub("", text)) is not None
