"""Before and after under one handle."""

from nicegui.element import Element

from ui.words import spoken, word

WORDS = {
    "photo": word("The photo"),
    "cutout": word("The cutout"),
    "handle": word("Split between before and after"),
    "before": word("Before"),
    "after": word("After"),
    "fit": word("Fit"),
    "full": word("100 %"),
}


class Compare(Element, component="compare.js"):
    """Shows a photo, and once there is one its cutout, on a colour or a checkerboard."""

    def __init__(self) -> None:
        super().__init__()
        self._props |= {"words": spoken(WORDS), "width": 1, "height": 1, "ahead": []}

    def show(
        self, *, before: str, after: str, background: str, framed: bool, size: tuple[int, int]
    ) -> None:
        """Addresses without a query; `size` is (width, height) of the photo in pixels.

        Where it is `framed`, the picture after has a form of its own.
        """
        width, height = size
        wanted: dict[str, object] = {
            "before": before,
            "after": after,
            "background": background,
            "framed": framed,
            "width": width,
            "height": height,
        }
        self._change(wanted)

    def try_on(self, background: str) -> None:
        """Show another background, and nothing else new."""
        self._change({"background": background})

    def fetch(self, addresses: list[str]) -> None:
        """Let the browser have pictures before they are asked for."""
        self._change({"ahead": addresses})

    def _change(self, wanted: dict[str, object]) -> None:
        if any(self._props.get(name) != value for name, value in wanted.items()):
            self._props |= wanted
