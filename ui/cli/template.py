"""Names of files made from a template: `{sku} {width}x{height}`."""

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ui.cli.console import Misused

FIELD = re.compile(r"\{([^{}]*)\}")
FIELDS = ("name", "preset", "width", "height", "date", "sku", "n")
LATE = ("width", "height")
"""Known only when a picture is finished."""
DELIMITERS = ",;\t"
MOST_BYTES = 20_000_000


@dataclass(frozen=True, slots=True)
class Template:
    """What files are called, without their extension; empty for the names of their photos."""

    text: str = ""
    preset: str = ""
    date: str = ""
    """YYYY-MM-DD."""
    skus: Mapping[str, str] = field(default_factory=dict)
    """By the name of a photo, in small letters, with or without its extension."""

    def __post_init__(self) -> None:
        """Raises Misused."""
        unknown = [name for name in FIELD.findall(self.text) if name not in FIELDS]
        if unknown or set("{}") & set(FIELD.sub("", self.text)):
            known = ", ".join(f"{{{name}}}" for name in FIELDS)
            raise Misused(f"{self.text!r} is no template for names. It may have {known}.")
        if "{sku}" in self.text and not self.skus:
            raise Misused("{sku} needs a table of SKUs: --skus FILE.csv.")

    def stem(self, photo: str, number: str) -> str:
        """Return the name for a photo of this file name; width and height stay open.

        Raises KeyError where the SKU of the photo is not known.
        """
        if not self.text:
            return Path(photo).stem
        known = {
            "name": Path(photo).stem,
            "preset": self.preset,
            "date": self.date,
            "n": number,
        }
        if "{sku}" in self.text:
            known["sku"] = self.sku(photo)
        return FIELD.sub(lambda found: known.get(found[1], found[0]), self.text)

    def sku(self, photo: str) -> str:
        """Raises KeyError."""
        name = photo.casefold()
        return self.skus[name] if name in self.skus else self.skus[Path(name).stem]


def closed(name: str, width: int | None, height: int | None) -> str:
    """Return a name with the size of the finished picture in it."""
    return name.replace("{width}", str(width)).replace("{height}", str(height))


def skus_of(file: Path) -> dict[str, str]:
    """Read a table of file names and SKUs. Raises Misused.

    Two columns, divided by comma, semicolon or tab; a first row that names them `file` and `sku`
    may put them anywhere.
    """
    try:
        data = file.read_bytes()[:MOST_BYTES]
        rows = list(csv.reader(data.decode("utf-8-sig").splitlines(), delimiter=_delimiter(data)))
    except OSError as error:
        raise Misused(f"{file} cannot be read: {error.strerror}.") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise Misused(f"{file} is no table: save it as CSV in UTF-8.") from error
    head = [cell.strip().casefold() for cell in rows[0]] if rows else []
    named = {"file", "sku"} <= set(head)
    at = (head.index("file"), head.index("sku")) if named else (0, 1)
    found: dict[str, str] = {}
    for number, row in enumerate(rows[named:], 1 + named):
        if not any(cell.strip() for cell in row):
            continue
        cells = [row[column].strip() if column < len(row) else "" for column in at]
        if not all(cells):
            raise Misused(f"{file}, line {number}: a file name and a SKU are expected.")
        if found.setdefault(cells[0].casefold(), cells[1]) != cells[1]:
            raise Misused(f"{file}, line {number}: {cells[0]} has another SKU above.")
    return found


def _delimiter(data: bytes) -> str:
    first = data.partition(b"\n")[0].decode("utf-8-sig", "replace")
    return max(DELIMITERS, key=first.count)
