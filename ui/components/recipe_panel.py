"""The panel: what becomes of the chosen photo."""

from collections.abc import Awaitable, Callable

from nicegui import ui
from nicegui.events import GenericEventArguments

from inference.encode import Format
from inference.errors import RecipeRejected
from inference.recipe import TRANSPARENT, Recipe
from storage.records import Card, Status
from ui.visit import recipe

SWATCHES = {
    "Transparent": TRANSPARENT,
    "White": "#ffffff",
    "Black": "#000000",
    "Light grey": "#e9e9e9",
    "Sand": "#e8ded1",
    "Sky": "#cfe0f2",
}
FORMATS = {"PNG": Format.PNG, "WebP": Format.WEBP, "JPEG": Format.JPEG}
NO_JPEG = "JPEG has no transparency: choose a background first."

Paint = Callable[[str], Awaitable[None]]


class RecipePanel:
    """Background and download of one photo, and of all."""

    def __init__(
        self, *, on_paint: Paint, on_paint_all: Callable[[], Awaitable[None]], on_discard: Paint
    ) -> None:
        self._on_paint = on_paint
        self._card: Card | None = None
        with ui.element("aside").classes("panel").props('aria-label="Recipe"'):
            with ui.element("section"):
                self._name = ui.label().style("font-weight: 600; overflow-wrap: anywhere")
                self._facts = ui.label().classes("facts")
            with ui.element("section"):
                _title("Background")
                self._build_background(on_paint_all)
            with ui.element("section"):
                _title("Download")
                self._build_download()
            with ui.element("section"):
                _button("Remove", lambda: on_discard(self._card.entry.id) if self._card else None)

    def show(self, card: Card, *, done: int) -> None:
        """Show a photo; `done` is how many of all are ready."""
        self._card = card
        wanted = recipe(card)
        self._name.set_text(card.entry.name)
        self._facts.set_text(f"{card.image.width} x {card.image.height} · {wanted.model}")
        self._show_background(wanted)
        ready = card.job.status is Status.DONE
        for format, link in self._downloads.items():  # noqa: A001
            possible = ready and (format.has_alpha or wanted.colour is not None)
            address = f"/entries/{card.entry.id}/download?format={format.value}"
            _point(link, address if possible else "")
            link.props(f'title="{NO_JPEG}"' if ready and not possible else "", remove="title")
        self._all.set_visibility(done > 1)
        _point(self._all_link, f"/download.zip?format={Format.PNG.value}" if done else "")
        self._count.set_text(f"Download all {done} as ZIP")

    def _build_background(self, on_paint_all: Callable[[], Awaitable[None]]) -> None:
        self._swatches: dict[str, ui.element] = {}
        with ui.element("div").classes("swatches").props('role=group aria-label="Background"'):
            for name, colour in SWATCHES.items():
                swatch = ui.element("button").classes("swatch")
                swatch.props(f'aria-label="{name}" title="{name}" aria-pressed=false')
                swatch.on("click", lambda colour=colour: self._on_paint(colour))
                if colour == TRANSPARENT:
                    swatch.classes("checker")
                else:
                    swatch.style(f"background: {colour}")
                self._swatches[colour] = swatch
        with ui.element("div").classes("own-colour"):
            self._picker = ui.element("input").props('type=color aria-label="Own colour"')
            self._hex = ui.element("input").props(
                'type=text aria-label="Own colour as text" placeholder="#ff8800" maxlength=7'
            )
            for own in (self._picker, self._hex):
                own.on("change", self._own, js_handler="(event) => emit(event.target.value)")
        self._apply = _button("Apply to all photos", on_paint_all)

    async def _own(self, event: GenericEventArguments) -> None:
        try:
            colour = Recipe(background=str(event.args)).background
        except RecipeRejected as error:
            ui.notify(error.says)
            return
        await self._on_paint(colour)

    def _show_background(self, wanted: Recipe) -> None:
        for colour, swatch in self._swatches.items():
            swatch.props(f"aria-pressed={str(colour == wanted.background).lower()}")
        own = "" if wanted.background == TRANSPARENT else wanted.background
        self._picker.props(f'value="{own or "#ffffff"}"')
        self._hex.props(f'value="{own}"')

    def _build_download(self) -> None:
        self._downloads: dict[Format, ui.element] = {}
        with ui.element("div").classes("row"):
            for name, format in FORMATS.items():  # noqa: A001
                link = ui.element("a").classes("button")
                with link:
                    ui.label(name)
                self._downloads[format] = link
        self._downloads[Format.PNG].classes("primary")
        with ui.element("div") as self._all:
            self._all_link = ui.element("a").classes("button").style("width: 100%")
            with self._all_link:
                self._count = ui.label()


def _title(text: str) -> None:
    with ui.element("h2"):
        ui.label(text)


def _button(text: str, on_click: Callable[[], object]) -> ui.element:
    button = ui.element("button").classes("button").on("click", on_click)
    with button:
        ui.label(text)
    return button


def _point(link: ui.element, address: str) -> None:
    """Let a link lead somewhere, or show that it leads nowhere now."""
    if address:
        link.props(f'href="{address}" download', remove="aria-disabled")
    else:
        link.props("aria-disabled=true", remove="href download")
