"""Where photos come in."""

from collections.abc import Awaitable, Callable

from nicegui.element import Element

WORDS = {
    "title": "Drop photos or a folder",
    "line": "Clean cutouts, sized for where they go.",
    "choosePhotos": "Choose photos",
    "chooseFolder": "Choose folder",
    "paste": "or paste",
    "overlay": "Drop to cut out",
    "uploading": "Uploading",
    "more": "{} more to upload",
    "stop": "Stop",
    "again": "Try again",
    "discard": "Remove",
}


class DropZone(Element, component="drop_zone.js"):
    """Takes photos from anywhere on the page, large as long as there are none.

    Calls back with the id of a photo that came alone, or with "" after several.
    """

    def __init__(self, *, on_arrive: Callable[[str], Awaitable[None]]) -> None:
        super().__init__()
        self._props["words"] = WORDS
        self.on("arrive", lambda event: on_arrive(str(event.args)))
