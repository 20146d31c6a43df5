"""Where photos come in."""

from collections.abc import Awaitable, Callable

from nicegui.element import Element

from ui.words import spoken, word

WORDS = {
    "title": word("Drop photos or a folder"),
    "line": word("Clean cutouts, sized for where they go."),
    "choosePhotos": word("Choose photos"),
    "chooseFolder": word("Choose folder"),
    "paste": word("or paste"),
    "overlay": word("Drop to cut out"),
    "uploading": word("Uploading"),
    "more": word("{} more to come"),
    "stop": word("Stop"),
    "goOn": word("Try now"),
    "again": word("Try again"),
    "discard": word("Remove"),
    "account": word("See your account"),
    "brokeOff": word("The connection broke off."),
    "notTaken": word("This file could not be taken in."),
    "unreadable": word("This could not be read from the disk."),
}


class DropZone(Element, component="drop_zone.js"):
    """Takes photos from anywhere on the page, large as long as there are none.

    Calls back with the id of a photo that came alone, or with "" after several.
    """

    def __init__(
        self, *, on_arrive: Callable[[str], Awaitable[None]], announces: bool = False
    ) -> None:
        """With `announces`, files are hashed by the browser, and sent where they are not here."""
        super().__init__()
        self._props |= {"words": spoken(WORDS), "announces": announces}
        self.on("arrive", lambda event: on_arrive(str(event.args)))
