"""Names of files made from a template: `{sku} {width}x{height}`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

FIELD = re.compile(r"\{([^{}]*)\}")
FIELDS = ("name", "preset", "width", "height", "date", "sku", "n")
LATE = ("width", "height")
"""Known only when a picture is finished."""


class NoTemplate(Exception):
    """A text that names cannot be made from; `says` tells what may be in it."""

    def __init__(self, says: str) -> None:
        super().__init__(says)
        self.says = says


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
        """Raises NoTemplate."""
        unknown = [name for name in FIELD.findall(self.text) if name not in FIELDS]
        if unknown or set("{}") & set(FIELD.sub("", self.text)):
            known = ", ".join(f"{{{name}}}" for name in FIELDS)
            raise NoTemplate(f"{self.text!r} is no template for names. It may have {known}.")
        if "{sku}" in self.text and not self.skus:
            raise NoTemplate("{sku} needs a table of SKUs: --skus FILE.csv.")

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
