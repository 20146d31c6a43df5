"""The switch between dark and light."""

from nicegui.element import Element

WORDS = {
    "auto": "Colours: as the system",
    "dark": "Colours: dark",
    "light": "Colours: light",
}


class ThemeToggle(Element, component="theme_toggle.js"):
    def __init__(self) -> None:
        super().__init__()
        self._props["words"] = WORDS
