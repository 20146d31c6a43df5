"""The texts of the program as a catalogue for translators; `python -m tests.words` writes it."""

import io
from collections.abc import Iterator

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from tests.conftest import ROOT
from ui.words import DOMAIN, LOCALES

TEMPLATE = LOCALES / f"{DOMAIN}.pot"
MARKS = {"t": None, "word": None, "tn": (1, 2)}
"""The functions that texts are handed to, and which of their arguments are texts."""

Text = str | tuple[str, ...]


def extracted() -> Catalog:
    """Read all texts out of the code."""
    catalog = Catalog(domain=DOMAIN)
    for text in sorted(texts(), key=str):
        catalog.add(text)
    return catalog


def kept() -> Catalog:
    """Read the catalogue that translators are handed."""
    return read_po(io.BytesIO(TEMPLATE.read_bytes()))


def texts() -> Iterator[Text]:
    found = extract_from_dir(
        ROOT / "ui", [("**.py", "python")], keywords=MARKS, comment_tags=(), strip_comment_tags=True
    )
    for _, _, text, _, _ in found:
        yield text


if __name__ == "__main__":
    # Without dates and places in the code: only a text that is new or gone changes the file.
    with TEMPLATE.open("wb") as file:
        write_po(file, extracted(), no_location=True, omit_header=True, sort_output=True, width=0)
