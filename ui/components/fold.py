"""A part of a panel that can be folded away, with what it says in short."""

from collections.abc import Awaitable, Callable

from nicegui.element import Element

from ui.words import spoken, word

WORDS = {"reset": word("Reset")}


class Fold(Element, component="fold.js"):
    """Holds controls below a title; whether it is open is remembered by its `name`."""

    def __init__(
        self,
        name: str,
        title: str,
        *,
        opened: bool,
        on_reset: Callable[[], Awaitable[None]],
    ) -> None:
        super().__init__()
        self._props |= {"name": name, "title": title, "told": "", "changed": False}
        self._props |= {"open": opened, "words": spoken(WORDS)}
        self.mark(f"fold-{name}")
        self.on("reset", lambda _: on_reset())

    def show(self, told: str, *, changed: bool) -> None:
        """Tell in short what is chosen, and whether that is anything but the usual."""
        for name, value in {"told": told, "changed": changed}.items():
            if self._props[name] != value:
                self._props[name] = value
