"""The switch between dark and light."""

from nicegui.element import Element

from ui.words import spoken, word

WORDS = {
    "auto": word("Colours: as the system"),
    "dark": word("Colours: dark"),
    "light": word("Colours: light"),
}


class ThemeToggle(Element, component="theme_toggle.js"):
    def __init__(self) -> None:
        super().__init__()
        self._props["words"] = spoken(WORDS)
