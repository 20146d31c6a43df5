"""The map of the keys: a row for each, from which the list behind `?` is drawn."""

from dataclasses import dataclass

from ui.words import word

IN_A_WINDOW = "Window"
"""The page of keys that work on all of them, where they are shown in a window of ours."""
ANYWHERE, WORKBENCH, LIBRARY, PHOTO = "", "Workbench", "Library", "Photo"


@dataclass(frozen=True, slots=True)
class Key:
    """Keys of one effect; what is pressed together is joined by `+`, as in `Ctrl+V`."""

    caps: tuple[str, ...]
    effect: str
    group: str
    """The heading that it stands below."""
    page: str = WORKBENCH
    """The page where it works, by its name in ui/theme.py; empty for all."""


PHOTOS, LOOKS = word("Photos"), word("Look")
PICTURE, PROGRAM = word("Picture"), word("Everywhere")
BRUSH = word("Brush")
CHOSEN = word("What is chosen")
WINDOW = word("Window")

KEYS = (
    Key(("←", "→", "↑", "↓"), word("Go through the photos"), PHOTOS),
    Key(("Shift+↓", "Ctrl+A"), word("Select several, or all"), PHOTOS),
    Key(("Ctrl+Space",), word("Select the photo, or not"), PHOTOS),
    Key(("R",), word("Go to the next one worth a look"), PHOTOS),
    Key(("Enter",), word("Accept the cutout"), PHOTOS),
    Key(("E",), word("Export what is selected, or all"), PHOTOS),
    Key(("G",), word("Grid and back"), PHOTOS),
    Key(("Delete",), word("Remove what is selected"), PHOTOS),
    Key(("Ctrl+V",), word("Paste a photo"), PHOTOS),
    Key(("Ctrl+C",), word("Copy the cutout with its transparency"), PHOTOS),
    Key(("L",), word("Use this look for all"), LOOKS),
    Key(("M",), word("Try another model"), LOOKS),
    Key(("Ctrl+Z",), word("Undo a change of the look"), LOOKS),
    Key(("Ctrl+Shift+Z",), word("Do it again"), LOOKS),
    Key(("Space",), word("Hold to see the original"), PICTURE),
    Key(("Z",), word("100 % and back"), PICTURE),
    Key(("+", "-"), word("Nearer and farther"), PICTURE),
    Key(("←", "→", "Home", "End"), word("Move the handle, where it is in focus"), PICTURE),
    Key(("B",), word("Take the brush, or put it down"), BRUSH),
    Key(("X",), word("Keep or erase"), BRUSH),
    Key(("[", "]"), word("Smaller and larger"), BRUSH),
    Key(("Shift",), word("Draw a straight line from the last stroke"), BRUSH),
    Key(("Ctrl+S",), word("Save the strokes now"), BRUSH),
    Key(("Ctrl+Z",), word("Undo the stroke"), BRUSH),
    Key(("Ctrl+Shift+Z",), word("Redo the stroke"), BRUSH),
    Key(("←", "→", "↑", "↓"), word("Go through the photos"), PHOTOS, LIBRARY),
    Key(("Home", "End"), word("To the first and the last photo"), PHOTOS, LIBRARY),
    Key(("Enter",), word("Open the photo"), PHOTOS, LIBRARY),
    Key(("/",), word("Search"), PHOTOS, LIBRARY),
    Key(("Shift+→",), word("Choose more, one after the other"), CHOSEN, LIBRARY),
    Key(("Space",), word("Choose this one, or no longer"), CHOSEN, LIBRARY),
    Key(("Ctrl+A",), word("Choose all"), CHOSEN, LIBRARY),
    Key(("Esc",), word("Choose none"), CHOSEN, LIBRARY),
    Key(("C",), word("Add to a collection"), CHOSEN, LIBRARY),
    Key(("E",), word("Export what is chosen"), CHOSEN, LIBRARY),
    Key(("W",), word("Open on the workbench"), CHOSEN, LIBRARY),
    Key(("Alt+←", "Alt+→"), word("Move in its collection, in own order"), CHOSEN, LIBRARY),
    Key(("Delete",), word("Move to the trash"), CHOSEN, LIBRARY),
    Key(("←", "→"), word("Go through the photos"), PHOTOS, PHOTO),
    Key(("Delete",), word("Move to the trash"), PHOTOS, PHOTO),
    Key(("A", "B"), word("See version A, version B"), PICTURE, PHOTO),
    Key(("S",), word("A beside B"), PICTURE, PHOTO),
    Key(("Space",), word("Hold to see the original"), PICTURE, PHOTO),
    Key(("Z",), word("100 % and back"), PICTURE, PHOTO),
    Key(("?",), word("This list"), PROGRAM, ANYWHERE),
    Key(("Ctrl+O", "Ctrl+Shift+O"), word("Open photos, or a folder of them"), WINDOW, IN_A_WINDOW),
    Key(("Ctrl+1", "Ctrl+2"), word("Workbench and library"), WINDOW, IN_A_WINDOW),
    Key(("F11",), word("Full screen and back"), WINDOW, IN_A_WINDOW),
    Key(("F1",), word("About Coveshot"), WINDOW, IN_A_WINDOW),
    Key(("Ctrl+Q",), word("Quit"), WINDOW, IN_A_WINDOW),
)


def keys_of(page: str, *, lent: bool = False) -> dict[str, list[Key]]:
    """Return the keys that work on a page, by group and in the order of the map.

    With `lent` those of a window that the page is shown in are among them.
    """
    pages = {page, ANYWHERE, *([IN_A_WINDOW] if lent else [])}
    groups: dict[str, list[Key]] = {}
    for key in KEYS:
        if key.page in pages:
            groups.setdefault(key.group, []).append(key)
    return groups
