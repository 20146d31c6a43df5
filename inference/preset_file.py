"""A preset with the picture that it lays behind, in one file: `NAME.coveshot.zip`."""

import hashlib
import io
import zlib
from collections.abc import Sequence
from pathlib import Path
from struct import unpack_from
from typing import IO
from zipfile import ZIP_STORED, BadZipFile, LargeZipFile, ZipFile, ZipInfo

from inference.errors import RecipeRejected
from inference.look import SHA256
from inference.recipe_file import MOST_BYTES, SUFFIXES

SUFFIX = ".coveshot.zip"
MAGIC = b"PK\x03\x04"
BEGINNING = (1980, 1, 1, 0, 0, 0)
"""The first moment that a zip can tell: equal presets are equal files."""
MOST_PARTS = 2
PIECE = 1 << 20
# What stands at the end of a zip (APPNOTE 6.3.10, 4.3.16): marks, and how many parts there are.
END, END_BYTES, COUNT_AT = b"PK\x05\x06", 22, 10
LARGE_END, LARGE_END_BYTES = b"PK\x06\x07", 20
UNREADABLE = (
    BadZipFile,
    LargeZipFile,
    NotImplementedError,  # packed in a way that is unknown here
    RuntimeError,  # with a password
    EOFError,
    ValueError,
    zlib.error,
)


def packed(name: str, recipe: str, picture: bytes, extension: str) -> bytes:
    """Put a recipe and its picture together; that is named by its sha256."""
    whole = io.BytesIO()
    with ZipFile(whole, "w", ZIP_STORED) as archive:
        archive.writestr(ZipInfo(f"{name}{SUFFIXES[0]}", BEGINNING), recipe)
        sha256 = hashlib.sha256(picture).hexdigest()
        archive.writestr(ZipInfo(f"{sha256}.{extension}", BEGINNING), picture)
    return whole.getvalue()


def unpacked(file: Path, picture: Path, *, most_bytes: int) -> tuple[bytes, str]:
    """Return the recipe of a file and the sha256 of its picture, which is written to `picture`.

    That is empty where it has none, as in a file that is a recipe and no zip. What a stranger says
    of sizes is not believed. Raises RecipeRejected, and OSError where nothing can be written.
    """
    if not _is_packed(file):
        with file.open("rb") as stream:
            return stream.read(MOST_BYTES + 1), ""
    try:
        with file.open("rb") as stream:
            _check_end(stream)
            with ZipFile(stream) as archive:
                recipe, pictured = _parts(archive.infolist())
                with archive.open(recipe) as source:
                    text = source.read(MOST_BYTES + 1)
                sha256 = _taken_out(archive, pictured, picture, most_bytes) if pictured else ""
                return text, sha256
    except UNREADABLE as error:
        raise RecipeRejected("This file is damaged. Ask for it once more.") from error


def _is_packed(file: Path) -> bool:
    with file.open("rb") as stream:
        return stream.read(len(MAGIC)) == MAGIC


def _check_end(stream: IO[bytes]) -> None:
    """See that there are few parts before all that is told of them is read."""
    size = stream.seek(0, 2)
    stream.seek(max(0, size - END_BYTES - LARGE_END_BYTES))
    end = stream.read()
    last = end[-END_BYTES:]
    if len(last) < END_BYTES or not last.startswith(END):
        raise RecipeRejected("This file is damaged. Ask for it once more.")
    (count,) = unpack_from("<H", last, COUNT_AT)
    if count > MOST_PARTS or end[:-END_BYTES].startswith(LARGE_END):
        raise _too_much()


def _parts(parts: Sequence[ZipInfo]) -> tuple[ZipInfo, ZipInfo | None]:
    """Return the recipe, and the picture where there is one."""
    recipes = [one for one in parts if one.filename.endswith(SUFFIXES)]
    pictures = [one for one in parts if SHA256.fullmatch(Path(one.filename).stem)]
    if len(recipes) != 1 or len(recipes) + len(pictures) != len(parts):
        raise _too_much()
    return recipes[0], pictures[0] if pictures else None


def _taken_out(archive: ZipFile, part: ZipInfo, target: Path, most_bytes: int) -> str:
    """Write a picture to a file, counting, and return its sha256, which its name has to be."""
    digest, count = hashlib.sha256(), 0
    with archive.open(part) as source, target.open("wb") as written:
        while piece := source.read(PIECE):
            count += len(piece)
            if count > most_bytes:
                raise RecipeRejected(
                    f"The picture in this file is larger than {most_bytes / 1e6:.0f} MB, the most "
                    "that is taken here. Save it smaller and share the preset anew."
                )
            digest.update(piece)
            written.write(piece)
    sha256 = digest.hexdigest()
    if sha256 != Path(part.filename).stem:
        raise RecipeRejected("The picture in this file was changed. Ask for the preset once more.")
    return sha256


def _too_much() -> RecipeRejected:
    return RecipeRejected(
        "This file is no preset: it has to hold a recipe and its picture, and nothing else."
    )
