"""Names that come from outside: how they are shown, and how they are written on any system."""

import unicodedata
from collections.abc import Callable, Iterable
from itertools import chain, count
from pathlib import PurePosixPath

NAMELESS = "photo"
MOST_CHARACTERS = 255
MOST_BYTES = 200
"""File systems end at 255 bytes; what is left is for a number, or for the name of a download."""
MOST_LEVELS = 20
LONGEST_SUFFIX = 12

DIRECTIONS = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
"""Bidirectional classes of the characters that turn the order of what follows (Unicode UAX 9)."""
DIRECTION_MARKS = "\u061c\u200e\u200f"
UNSHOWN = {"Cc", "Cs", "Zl", "Zp"}
"""Categories of controls, halves of characters, and breaks of lines and paragraphs."""

FORBIDDEN = str.maketrans(dict.fromkeys('<>:"/\\|?*', "_"))
"""What Windows has no file names with; the other systems have fewer such characters."""
DEVICES = {"CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"} | {
    f"{port}{digit}" for port in ("COM", "LPT") for digit in "0123456789¹²³"
}
"""Names that mean a device on Windows, whatever suffix they have."""


def shown_name(text: str) -> str:
    """Return the last part of a path, fit to be shown: one line, in its own order, not empty."""
    return _shown("".join(_parts(text)[-1:])) or NAMELESS


def shown_folder(text: str) -> str:
    """Return a relative folder with `/` between at most 20 levels; "" is the top."""
    levels = (_shown(part) for part in _parts(text))
    return "/".join([level for level in levels if level][:MOST_LEVELS])


def file_name(text: str) -> str:
    """Return a name of at most 200 bytes that Windows, macOS and Linux take for a visible file."""
    name = shown_name(text).translate(FORBIDDEN).lstrip(". ")
    if name.partition(".")[0].rstrip().upper() in DEVICES:
        name = f"_{name}"
    return _shortened(name, MOST_BYTES, _bytes).rstrip(". ") or NAMELESS


def file_path(folder: str, name: str) -> str:
    """Return a relative path with `/`, each part of which is a file name."""
    return "/".join(file_name(part) for part in (*_parts(shown_folder(folder)), name))


class Claims:
    """Paths that are taken: each is given to one file, and no file stands where a folder is.

    Letters that differ in case alone are one and the same on most desktops.
    """

    def __init__(self, taken: Iterable[str] = ()) -> None:
        """`taken` are files that are there, and folders that files will be in."""
        self._taken = {_folded(path) for path in taken}
        for path in [*self._taken]:
            self._taken |= {str(folder) for folder in PurePosixPath(path).parents}

    def claim(self, path: str) -> str:
        """Return a path, with a number where it is taken: `x.png`, `x (2).png`."""
        free = next(one for one in numbered(path) if _folded(one) not in self._taken)
        self._taken.add(_folded(free))
        return free


def distinct(paths: Iterable[str]) -> list[str]:
    """Number the paths that are there twice."""
    paths = list(paths)
    claims = Claims({str(folder) for path in paths for folder in PurePosixPath(path).parents})
    return [claims.claim(path) for path in paths]


def numbered(path: str) -> Iterable[str]:
    """Yield a path and, for ever, that path with a number: `x.png`, `x (2).png`."""
    folder, slash, name = path.rpartition("/")
    stem, suffix = _split(name)
    return chain([path], (f"{folder}{slash}{stem} ({number}){suffix}" for number in count(2)))


def _folded(path: str) -> str:
    return unicodedata.normalize("NFC", path).casefold()


def _parts(path: str) -> list[str]:
    parts = (part.strip() for part in path.replace("\\", "/").split("/"))
    return [part for part in parts if part not in {"", ".", ".."} and not _is_drive(part)]


def _is_drive(part: str) -> bool:
    return len(part) == len("C:") and part[0].isascii() and part[0].isalpha() and part[1] == ":"


def _shown(part: str) -> str:
    kept = "".join(character for character in part if _is_shown(character))
    name = unicodedata.normalize("NFC", kept).strip()
    return "" if name in {".", ".."} else _shortened(name, MOST_CHARACTERS, len)


def _is_shown(character: str) -> bool:
    return (
        unicodedata.category(character) not in UNSHOWN
        and unicodedata.bidirectional(character) not in DIRECTIONS
        and character not in DIRECTION_MARKS
    )


def _shortened(name: str, most: int, measure: Callable[[str], int]) -> str:
    """Cut at the end of the stem, so that the kind of file can still be told."""
    stem, suffix = _split(name)
    stem = stem[:most]
    while measure(stem + suffix) > most:
        stem = stem[:-1]
    return stem + suffix


def _split(name: str) -> tuple[str, str]:
    stem, dot, suffix = name.rpartition(".")
    return (stem, dot + suffix) if stem and len(suffix) <= LONGEST_SUFFIX else (name, "")


def _bytes(text: str) -> int:
    return len(text.encode())
