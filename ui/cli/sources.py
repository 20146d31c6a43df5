"""Which files a command means: those it names, and those in the folders it names."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ui.cli.console import Misused

CLUTTER = {"thumbs.db", "desktop.ini"}
"""What file managers leave behind without hiding it."""


PHOTO_SUFFIXES = {
    *(".avif", ".bmp", ".gif", ".heic", ".heif", ".jfif", ".jpe", ".jpeg", ".jpg", ".png"),
    *(".tif", ".tiff", ".webp"),
}
"""A file that is called so is missed if it is left out without a word of its own."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file to be cut out."""

    path: Path
    """Absolute, as it was reached."""
    folder: str = ""
    """Where it was found below the folder that was named, with `/`."""
    named: bool = False
    """Asked for by its own name: then it has to be a photo."""

    @property
    def expected(self) -> bool:
        """Whether somebody will miss it: it was named, or is called like a photo."""
        return self.named or self.path.suffix.lower() in PHOTO_SUFFIXES


@dataclass(frozen=True, slots=True)
class Found:
    sources: list[Source]
    unreadable: list[str]
    """Sentences about folders that could not be looked into."""


def find(paths: Sequence[Path], out: Path) -> Found:
    """Return each file once, in a stable order; what lies below `out` is not looked at.

    Raises Misused where a path leads nowhere.
    """
    sources: dict[Path, Source] = {}
    unreadable: list[str] = []
    for path in paths:
        absolute = Path(os.path.abspath(path))  # noqa: PTH100 resolve() would follow links
        if absolute.is_dir():
            for source in _below(absolute, out.resolve(), unreadable):
                sources.setdefault(source.path, source)
        elif absolute.is_file():
            sources[absolute] = replace(sources.get(absolute, Source(absolute)), named=True)
        else:
            raise Misused(f"There is no file or folder {path}.")
    return Found(list(sources.values()), unreadable)


def _below(top: Path, out: Path, unreadable: list[str]) -> Iterator[Source]:
    def note(error: OSError) -> None:
        unreadable.append(f"{error.filename} cannot be looked into: {error.strerror}.")

    for folder, inner, names in os.walk(top, onerror=note):
        here = Path(folder)
        inner[:] = [name for name in _wanted(inner) if (here / name).resolve() != out]
        for name in _wanted(names):
            if (here / name).is_file():
                yield Source(here / name, _relative(here, top))


def _wanted(names: list[str]) -> list[str]:
    return sorted(
        name for name in names if not name.startswith(".") and name.casefold() not in CLUTTER
    )


def _relative(folder: Path, top: Path) -> str:
    return "" if folder == top else folder.relative_to(top).as_posix()
