"""The cutout for the clipboard."""

from nicegui.element import Element

from ui.components.speech import say
from ui.words import spoken, word

WORDS = {
    "copy": word("Copy the cutout (Ctrl+C)"),
    "copied": word("Copied with its transparency. Paste it where you need it."),
    "refused": word("The browser does not let pages copy pictures now. Download the PNG instead."),
    "unable": word("This browser cannot copy pictures. Download the PNG instead."),
}


class Copy(Element, component="copy.js"):
    """A button, and Ctrl+C wherever nothing else is meant by it."""

    def __init__(self) -> None:
        super().__init__()
        self._props |= {"address": "", "words": spoken(WORDS)}
        self.on("tell", lambda event: say(str(event.args)))

    def show(self, address: str) -> None:
        """Copy the PNG at an address from now on; nothing where that is empty."""
        if address != self._props["address"]:
            self._props["address"] = address
