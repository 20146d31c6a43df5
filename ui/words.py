"""What people read, in their language. English is the source: it is what stands in the code."""

from collections.abc import Mapping
from gettext import GNUTranslations, NullTranslations, find, translation
from pathlib import Path

from ui.sayings import Sayings, texts_of

ENGLISH = "en-US"
DOMAIN = "coveshot"
LOCALES = Path(__file__).parents[1] / "assets" / "locales"


class Voice:
    """The language of this process: chosen once, before anything is shown."""

    def __init__(self) -> None:
        self.language = ENGLISH
        self.catalogue = NullTranslations()
        self.sayings = Sayings({})

    def speak(self, language: str, folder: Path = LOCALES) -> None:
        """Take on a language by its tag, such as `de` or `pt-BR`; English where it is unknown."""
        wanted = [language.replace("-", "_")]
        self.catalogue = translation(DOMAIN, folder, languages=wanted, fallback=True)
        known = isinstance(self.catalogue, GNUTranslations)
        self.language = language.replace("_", "-") if known else ENGLISH
        file = find(DOMAIN, folder, languages=wanted)
        self.sayings = Sayings(dict(texts_of(Path(file).read_bytes())) if file else {})


VOICE = Voice()


def t(text: str, **values: object) -> str:
    """Return a text in the language of the reader, with values in its braces.

    Called when something is shown, never when a module is imported: see `word`. What was said
    below the pages, such as `error.says`, comes as a whole: see `Sayings`.
    """
    said = VOICE.catalogue.gettext(text) if text else ""  # else it is the head of the catalogue
    return said.format(**values) if values else VOICE.sayings.told(said)


def tn(one: str, many: str, count: int, **values: object) -> str:
    """Return the text for a number of things; `{count}` in it is the number."""
    return VOICE.catalogue.ngettext(one, many, count).format(count=count, **values)


def in_a_row(sentences: str) -> str:
    """Return sentences that are kept a line each as one text, in the language of the reader."""
    return " ".join(map(t, sentences.splitlines()))


def word(text: str) -> str:
    """Name a text for the catalogue that stands in a table and is shown by `t` later."""
    return text


def spoken(words: Mapping[str, str]) -> dict[str, str]:
    """Return a table of texts in the language of the reader."""
    return {name: t(text) for name, text in words.items()}


PARTS = (
    *(word("left"), word("right"), word("top"), word("bottom")),
    *(word("opaque"), word("see-through")),
)
"""Words that sentences from below the pages have in their holes."""
