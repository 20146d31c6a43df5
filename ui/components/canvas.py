"""The chosen photo before and after, as near as one likes, and the brush on it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from nicegui.element import Element

from ui.words import spoken, word

WORDS = {
    "photo": word("The photo"),
    "cutout": word("The cutout"),
    "handle": word("Split between before and after"),
    "blend": word("Blend of before and after"),
    "before": word("Before"),
    "after": word("After"),
    "view": word("View"),
    "split-tool": word("Split"),
    "split-how": word("Before and after on two sides of a handle"),
    "onion-tool": word("Blend"),
    "onion-how": word("Before over after, as thin as you like"),
    "brush-tool": word("Brush"),
    "brush-how": word("Keep or erase by hand (B)"),
    "hold": word("Original"),
    "hold-how": word("Hold to see the original (Space)"),
    "fit": word("Fit"),
    "full": word("100 %"),
    "undo": word("Undo the stroke"),
    "redo": word("Redo the stroke"),
    "brush": word("Brush"),
    "tools": word("What the brush does"),
    "keep": word("Keep"),
    "keep-how": word("Paint what belongs to the subject. Shift draws a straight line."),
    "erase": word("Erase"),
    "erase-how": word("Paint what has to go. Shift draws a straight line."),
    "hole": word("Fill hole"),
    "hole-how": word("Click inside a hole to close it."),
    "island": word("Remove island"),
    "island-how": word("Click on a part that is to go."),
    "subject": word("Choose subject"),
    "subject-how": word("Click on the one subject to keep."),
    "everything": word("All subjects"),
    "clear": word("Clear strokes"),
    "size": word("Size"),
    "hardness": word("Hardness"),
    "opacity": word("Opacity"),
    "shift": word("Shift edge"),
    "feather": word("Feather"),
    "saving": word("Saving …"),
    "saved": word("Saved."),
    "joined": word("Saved, together with what was painted in another window."),
    "theirs": word("This was painted on in another window."),
    "failed": word("Your strokes could not be saved. They stay here: leave this page open."),
    "unloaded": word("What is painted here could not be loaded. Take the brush again."),
    "again": word("Try again"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What is shown of a photo; addresses of previews, without a query."""

    entry: str
    before: str
    after: str
    pending: bool
    """Another cutout is on its way; until then the last one stays."""
    bare: str
    """The cutout before anything is painted on it, and a key that it keeps while that is so."""
    bareKey: str  # noqa: N815 a prop of the browser's component
    background: str
    """As CSS; empty for a checkerboard."""
    under: str = ""
    """As `background`: what a brush paints on, whatever else the look has."""
    framed: bool
    """Whether the picture after has a form of its own."""
    width: int
    height: int
    strokes: str = ""
    """The name of what is painted on it."""
    subject: str
    shift: float
    feather: float


class Canvas(Element, component="canvas.js"):
    """Shows a photo, and once there is one its cutout.

    It can be painted on where there is an `on_change`, which is told of parts of the recipe that
    were chosen with the brush in hand; `on_saved` is told that strokes have come to the library,
    which happens by HTTP.
    """

    def __init__(
        self,
        *,
        on_change: Callable[[Mapping[str, Any]], Awaitable[None]] | None = None,
        on_saved: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        super().__init__()
        self._props |= {"words": spoken(WORDS), "width": 1, "height": 1, "ahead": []}
        self._props["paintable"] = on_change is not None
        if on_change:
            self.on("subject", lambda event: on_change({"subject": str(event.args)}))
            self.on("edge", lambda event: on_change(_edge(event.args)))
        if on_saved:
            self.on("saved", on_saved)

    def show(self, view: View) -> None:
        self._change(asdict(view))

    def label(self, before: str, after: str) -> None:
        """Say what is on the two sides; usual are the photo before and after."""
        words = spoken(WORDS)
        words |= {"before": before or words["before"], "after": after or words["after"]}
        self._change({"words": words})

    def try_on(self, background: str) -> None:
        """Show another background, and nothing else new."""
        self._change({"background": background, "under": background})

    def fetch(self, addresses: list[str]) -> None:
        """Let the browser have pictures before they are asked for."""
        self._change({"ahead": addresses})

    def _change(self, wanted: dict[str, object]) -> None:
        if any(self._props.get(name) != value for name, value in wanted.items()):
            self._props |= wanted


def _edge(told: Mapping[str, Any]) -> dict[str, float]:
    return {name: float(told[name]) for name in ("shift", "feather") if name in told}
