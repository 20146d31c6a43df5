"""Where photos come in."""

from nicegui.element import Element

WORDS = {
    "title": "Drop photos or a folder",
    "line": "Clean cutouts, sized for where they go.",
    "choosePhotos": "Choose photos",
    "chooseFolder": "Choose folder",
    "paste": "or paste",
    "overlay": "Drop them anywhere",
}


class DropZone(Element, component="drop_zone.js"):
    """Takes photos from anywhere on the page, large as long as there are none."""

    def __init__(self) -> None:
        super().__init__()
        self._props["words"] = WORDS
