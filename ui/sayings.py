"""Sentences that were put together below the pages, in the language of the reader.

Errors, reasons for doubt and what is kept of them in rows are English sentences with their values
in them. A catalogue has their forms, such as `This file has {size} MB.`: a sentence is known again
by its form, and said anew in the form of the translator.
"""

import re
import struct
from collections.abc import Iterator, Mapping
from functools import lru_cache

HOLE = re.compile(r"\{(\w+)\}")
LISTED = re.compile(r"(, | and | or |; )")
LEAST_LETTERS = 8
"""Of a form outside its holes: what has fewer would be found in anything."""
MOST_KNOWN = 4096
"""Sentences whose translations are remembered."""


class Sayings:
    """The forms of a catalogue."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        """`texts` are English ones and what a translator made of them."""
        self._texts = texts
        forms = [one for one in texts if HOLE.search(one) and _letters(one) >= LEAST_LETTERS]
        # Of two forms that fit, the one that says more itself is meant.
        forms.sort(key=_letters, reverse=True)
        self._forms = [(_pattern(one), texts[one]) for one in forms]
        self.told = lru_cache(MOST_KNOWN)(self._told)

    def _told(self, sentence: str) -> str:
        """Return a sentence in the language of the catalogue, or as it is where it is unknown."""
        if sentence in self._texts:
            return self._texts[sentence]
        for pattern, form in self._forms:
            if found := pattern.fullmatch(sentence):
                values = {name: self._value(text) for name, text in found.groupdict().items()}
                return "".join(
                    values[part] if at % 2 else part for at, part in enumerate(HOLE.split(form))
                )
        return sentence

    def _value(self, text: str) -> str:
        """Translate what stands in a hole: a text of its own, or a list of known words."""
        told = self._told(text)
        words = LISTED.split(text)
        if told == text and all(word in self._texts for word in words[::2]):
            return "".join(self._texts.get(word, word) for word in words)
        return told


def texts_of(catalogue: bytes) -> Iterator[tuple[str, str]]:
    """Read the texts of a compiled catalogue (GNU gettext's .mo) that have no plural."""
    count, texts, said = struct.unpack_from("<3I", catalogue, 8)
    for number in range(count):
        one, other = (_text(catalogue, table + 8 * number) for table in (texts, said))
        if one and "\0" not in one:
            yield one, other


def _text(catalogue: bytes, place: int) -> str:
    length, at = struct.unpack_from("<2I", catalogue, place)
    return catalogue[at : at + length].decode()


def _letters(form: str) -> int:
    return sum(map(str.isalpha, HOLE.sub("", form)))


def _pattern(form: str) -> re.Pattern[str]:
    said: set[str] = set()
    parts = HOLE.split(form)
    for at, name in enumerate(parts):
        if at % 2:
            parts[at] = f"(?P={name})" if name in said else f"(?P<{name}>.*?)"
            said.add(name)
        else:
            parts[at] = re.escape(name)
    return re.compile("".join(parts), re.DOTALL)
