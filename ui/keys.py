"""The map of the keys: a row for each, from which the list behind `?` is drawn."""

from dataclasses import dataclass

from ui.words import word

ANYWHERE, WORKBENCH, LIBRARY = "", "Workbench", "Library"


@dataclass(frozen=True, slots=True)
class Key:
    """Keys of one effect; what is pressed together is joined by `+`, as in `Ctrl+V`."""

    caps: tuple[str, ...]
    effect: str
    group: str
    """The heading that it stands below."""
    page: str = WORKBENCH
    """The page where it works, by its name in ui/theme.py; empty for all."""


PHOTOS, PICTURE, PROGRAM = word("Photos"), word("Picture"), word("Everywhere")
BRUSH = word("Brush")

KEYS = (
    Key(("←", "→", "↑", "↓"), word("Go through the photos"), PHOTOS),
    Key(("Shift+↓", "Ctrl+A"), word("Select several, or all"), PHOTOS),
    Key(("Ctrl+Space",), word("Select the photo, or not"), PHOTOS),
    Key(("R",), word("Go to the next one worth a look"), PHOTOS),
    Key(("Enter",), word("Accept the cutout"), PHOTOS),
    Key(("G",), word("Grid and back"), PHOTOS),
    Key(("Delete",), word("Remove what is selected"), PHOTOS),
    Key(("Ctrl+V",), word("Paste a photo"), PHOTOS),
    Key(("Space",), word("Hold to see the original"), PICTURE),
    Key(("Z",), word("100 % and back"), PICTURE),
    Key(("+", "-"), word("Nearer and farther"), PICTURE),
    Key(("←", "→", "Home", "End"), word("Move the handle, where it is in focus"), PICTURE),
    Key(("B",), word("Take the brush, or put it down"), BRUSH),
    Key(("X",), word("Keep or erase"), BRUSH),
    Key(("[", "]"), word("Smaller and larger"), BRUSH),
    Key(("Shift",), word("Draw a straight line from the last stroke"), BRUSH),
    Key(("Ctrl+Z",), word("Undo"), BRUSH),
    Key(("Ctrl+Shift+Z",), word("Redo"), BRUSH),
    Key(("?",), word("This list"), PROGRAM, ANYWHERE),
)


def keys_of(page: str) -> dict[str, list[Key]]:
    """Return the keys that work on a page, by group and in the order of the map."""
    groups: dict[str, list[Key]] = {}
    for key in KEYS:
        if key.page in {page, ANYWHERE}:
            groups.setdefault(key.group, []).append(key)
    return groups
