"""What people read, in their language. English is the source: it is what stands in the code."""

from collections.abc import Mapping
from gettext import GNUTranslations, NullTranslations, translation
from pathlib import Path

ENGLISH = "en-US"
DOMAIN = "coveshot"
LOCALES = Path(__file__).parents[1] / "assets" / "locales"


class Voice:
    """The language of this process: chosen once, before anything is shown."""

    def __init__(self) -> None:
        self.language = ENGLISH
        self.catalogue = NullTranslations()

    def speak(self, language: str, folder: Path = LOCALES) -> None:
        """Take on a language by its tag, such as `de` or `pt-BR`; English where it is unknown."""
        wanted = [language.replace("-", "_")]
        self.catalogue = translation(DOMAIN, folder, languages=wanted, fallback=True)
        known = isinstance(self.catalogue, GNUTranslations)
        self.language = language.replace("_", "-") if known else ENGLISH


VOICE = Voice()


def t(text: str, **values: object) -> str:
    """Return a text in the language of the reader, with values in its braces.

    Called when something is shown, never when a module is imported: see `word`.
    """
    said = VOICE.catalogue.gettext(text)
    return said.format(**values) if values else said


def tn(one: str, many: str, count: int, **values: object) -> str:
    """Return the text for a number of things; `{count}` in it is the number."""
    return VOICE.catalogue.ngettext(one, many, count).format(count=count, **values)


def word(text: str) -> str:
    """Name a text for the catalogue that stands in a table and is shown by `t` later."""
    return text


def spoken(words: Mapping[str, str]) -> dict[str, str]:
    """Return a table of texts in the language of the reader."""
    return {name: t(text) for name, text in words.items()}
