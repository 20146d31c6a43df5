"""What a page says while it cannot reach the program, and when it can again."""

from nicegui.element import Element

from ui.words import spoken, word

WORDS = {
    "away": word("Not connected."),
    "awayMore": word("What you have added is kept. This page goes on as soon as Coveshot answers."),
    "back": word("Back again."),
    "backMore": word("Everything here is up to date."),
}


class Connection(Element, component="connection.js"):
    """Nothing is seen of it while all is well."""

    def __init__(self) -> None:
        super().__init__()
        self._props["words"] = spoken(WORDS)
