"""The backgrounds to choose from, and any other colour."""

from collections.abc import Awaitable, Callable

from nicegui import ui
from nicegui.events import GenericEventArguments

from inference.errors import RecipeRejected
from inference.look import TRANSPARENT
from inference.recipe import Recipe
from ui.components.speech import say

SWATCHES = {
    "Transparent": TRANSPARENT,
    "White": "#ffffff",
    "Black": "#000000",
    "Light grey": "#e9e9e9",
    "Sand": "#e8ded1",
    "Sky": "#cfe0f2",
}
VALUE = "(event) => emit(event.target.value)"


class Palette:
    """Shows a background as text of a recipe, and hands one back when it is chosen."""

    def __init__(
        self, *, on_try: Callable[[str], None], on_choose: Callable[[str], Awaitable[None]]
    ) -> None:
        self._on_try, self._on_choose = on_try, on_choose
        self._swatches: dict[str, ui.element] = {}
        with ui.element("div").classes("swatches").props('role=group aria-label="Background"'):
            for name, colour in SWATCHES.items():
                self._swatches[colour] = self._swatch(name, colour)
        with ui.element("div").classes("own-colour"):
            self._picker = ui.element("input").props('type=color aria-label="Own colour"')
            self._hex = ui.element("input").props(
                'type=text aria-label="Own colour as text" placeholder="#ff8800" '
                "maxlength=11 spellcheck=false autocomplete=off"
            )
            self._hex.mark("own-colour")
        # While a colour is being picked it is only shown.
        self._picker.on("input", self._tried, throttle=0.1, js_handler=VALUE)
        self._picker.on("change", self._chosen, js_handler=VALUE)
        self._hex.on("change", self._chosen, js_handler=VALUE)

    def show(self, background: str) -> None:
        for colour, swatch in self._swatches.items():
            swatch.props(f"aria-pressed={str(colour == background).lower()}")
        own = "" if background == TRANSPARENT else background
        self._picker.props(f'value="{own or "#ffffff"}"')
        self._hex.props(f'value="{own}"')

    def _swatch(self, name: str, colour: str) -> ui.element:
        swatch = ui.element("button").classes("swatch")
        swatch.props(f'type=button aria-label="{name}" title="{name}"')
        swatch.on("click", lambda: self._on_choose(colour)).mark(colour)
        if colour == TRANSPARENT:
            return swatch.classes("checker")
        return swatch.style(f"background: {colour}")

    def _tried(self, event: GenericEventArguments) -> None:
        self._on_try(str(event.args))

    async def _chosen(self, event: GenericEventArguments) -> None:
        typed = str(event.args).strip()
        try:
            colour = _read(typed)
        except RecipeRejected as error:
            say(error.says)
            return
        await self._on_choose(colour)


def _read(typed: str) -> str:
    """Return a background as recipes have it; the `#` may be missing. Raises RecipeRejected."""
    try:
        return Recipe(background=typed).background
    except RecipeRejected:
        return Recipe(background=f"#{typed.removeprefix('#')}").background
