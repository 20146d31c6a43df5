"""Where announced photos come in on this computer: each file once, under a name nobody guesses."""

import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from shutil import copyfile

from storage.blobs import in_sentences
from storage.errors import NotAllowed, NotFound, Taken
from storage.records import Invitation

NAME = re.compile(r"[0-9a-f]{32}")
WAITS, CAME = ".waits", ".came"
STALE_SECONDS = 86400.0
"""Longer than any announcement is open."""
PUTS = "/put/"
TYPES = {"jpg": "jpeg", "tif": "tiff"}
"""Extensions that are not what the type is called."""
ONCE = "A photo has come to this address already. Announce the next one."


class NoDock:
    """Where nothing is announced."""

    def invite(self, spot: str, size: int) -> Invitation:  # noqa: ARG002 none is taken
        raise NotAllowed("Photos cannot be announced here.")

    def arrived(self, spot: str) -> int | None:  # noqa: ARG002 nothing does
        return None

    def take(self, spot: str, file: Path) -> None:  # noqa: ARG002 nothing is there
        raise NotFound

    def remove(self, spot: str) -> None: ...


class FolderDock:
    """A folder on the disk of the library, with a file for each photo that is expected or here."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def invite(self, spot: str, size: int) -> Invitation:
        name = _name(spot)
        with in_sentences(self._folder):
            self._folder.mkdir(parents=True, exist_ok=True)
            if self._file(name, CAME).exists():
                raise Taken(ONCE)
            self._file(name, WAITS).write_text(str(size))
        return Invitation(url=f"{PUTS}{name}", mime=mime_of(spot))

    def expected(self, name: str) -> int:
        """Return how many bytes are to come by an address. Raises NotFound, Taken."""
        if not NAME.fullmatch(name):
            raise NotFound
        if self._file(name, CAME).exists():
            raise Taken(ONCE)
        try:
            return int(self._file(name, WAITS).read_text())
        except (FileNotFoundError, ValueError):
            raise NotFound from None

    def land(self, name: str, file: Path) -> None:
        """Keep what has come by an address; of two that come at once, the first.

        Raises NotFound, Taken, DiskFull, NotWritable.
        """
        self.expected(name)
        with in_sentences(self._folder):
            try:
                _linked(file, self._file(name, CAME))
            except FileExistsError:
                raise Taken(ONCE) from None

    def arrived(self, spot: str) -> int | None:
        try:
            return self._file(_name(spot), CAME).stat().st_size
        except FileNotFoundError:
            return None

    def take(self, spot: str, file: Path) -> None:
        with _missing(), in_sentences(file):
            copyfile(self._file(_name(spot), CAME), file)

    def remove(self, spot: str) -> None:
        # The word that something is expected goes first: nothing comes in between.
        for kind in (WAITS, CAME):
            with in_sentences(self._folder):
                self._file(_name(spot), kind).unlink(missing_ok=True)

    def sweep(self) -> None:
        """Remove what a crash has left behind."""
        for file in [*self._folder.glob(f"*{WAITS}"), *self._folder.glob(f"*{CAME}")]:
            with suppress(OSError):  # another Coveshot may do the same right now
                if time.time() - file.stat().st_mtime > STALE_SECONDS:
                    file.unlink()

    def _file(self, name: str, kind: str) -> Path:
        return self._folder / f"{name}{kind}"


def mime_of(spot: str) -> str:
    """Return the type of an object by its name."""
    extension = spot.rpartition(".")[2]
    return f"image/{TYPES.get(extension, extension)}"


def _name(spot: str) -> str:
    """Return the part of `scope/name/original.jpg` that is told: whose it is, is not."""
    name = spot.split("/")[-2]
    if not NAME.fullmatch(name):
        raise NotFound
    return name


def _linked(file: Path, target: Path) -> None:
    """Give a file a second name, where its disk can; raises FileExistsError where that is taken."""
    try:
        os.link(file, target)
    except FileExistsError:
        raise
    except OSError:  # such as FAT: a copy that is made beside it, and put there at once
        with target.open("xb"):
            pass
        part = target.with_suffix(".copy")
        copyfile(file, part)
        part.replace(target)


@contextmanager
def _missing() -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise NotFound from error
