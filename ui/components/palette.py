"""The backgrounds to choose from, and any other colour."""

from collections.abc import Awaitable, Callable

from nicegui import ui
from nicegui.events import GenericEventArguments

from inference.errors import RecipeRejected
from inference.look import TRANSPARENT, Ground, Scene
from inference.recipe import Recipe
from ui.components.controls import icon, named
from ui.components.own_picture import OwnPicture, PicturePlace
from ui.components.speech import say
from ui.words import t, word

SWATCHES = {
    word("Transparent"): TRANSPARENT,
    word("White"): "#ffffff",
    word("Black"): "#000000",
    word("Light grey"): "#e9e9e9",
    word("Sand"): "#e8ded1",
    word("Sky"): "#cfe0f2",
    word("Blush"): "#f3d9d6",
}
SCENES = {
    word("Studio"): ("sweep #ececec", "linear-gradient(#e4e4e4, #dcdcdc 66%, #f4f4f4 84%)"),
    word("Warm studio"): ("sweep #e8ded1", "linear-gradient(#e0d6c9, #d8cec1 66%, #f0e6d9 84%)"),
    word("Soft light"): ("radial #ffffff #cfd5dc", "radial-gradient(#ffffff, #cfd5dc)"),
    word("Fade"): ("linear #fafafa #d4d4d4 180", "linear-gradient(#fafafa, #d4d4d4)"),
    word("Dusk"): ("linear #4a5160 #15171c 180", "linear-gradient(#4a5160, #15171c)"),
    word("Blurred photo"): ("blur 2.5", ""),
}
"""The text of a recipe, and how CSS shows about the same; none for what a photo makes."""
KINDS = {
    Scene.LINEAR: word("Gradient"),
    Scene.RADIAL: word("Soft light"),
    Scene.SWEEP: word("Studio"),
    Scene.BLUR: word("Blurred photo"),
    Scene.PICTURE: word("Own picture"),
}
VALUE = "(event) => emit(event.target.value)"


class Palette:
    """Shows a background as text of a recipe, and hands one back when it is chosen."""

    def __init__(
        self, *, on_try: Callable[[str], None], on_choose: Callable[[str], Awaitable[None]]
    ) -> None:
        self._on_try, self._on_choose = on_try, on_choose
        self._swatches: dict[str, ui.element] = {}
        with named(ui.element("div"), t("Background")).classes("swatches").props("role=group"):
            for name, colour in SWATCHES.items():
                css = "" if colour == TRANSPARENT else colour
                self._swatches[colour] = self._swatch(t(name), colour, css)
            for name, (scene, css) in SCENES.items():
                self._swatches[scene] = self._swatch(t(name), scene, css)
            self._picture = OwnPicture(on_choose=on_choose)
        self._place = PicturePlace(on_choose=on_choose)
        with ui.element("div").classes("own-colour"):
            self._picker = (
                named(ui.element("input"), t("Own colour")).classes("field").props("type=color")
            )
            self._hex = (
                named(ui.element("input"), t("Own colour as text"))
                .classes("field")
                .props(
                    'type=text placeholder="#ff8800" maxlength=40 spellcheck=false autocomplete=off'
                )
            )
            self._hex.mark("own-colour")
        # While a colour is being picked it is only shown.
        self._picker.on("input", self._tried, throttle=0.1, js_handler=VALUE)
        self._picker.on("change", self._chosen, js_handler=VALUE)
        self._hex.on("change", self._chosen, js_handler=VALUE)

    def show(self, background: str) -> None:
        for colour, swatch in self._swatches.items():
            swatch.props(f"aria-pressed={str(colour == background).lower()}")
        ground = Ground.read(background)
        self._picture.show(ground)
        self._place.show(ground)
        own = "" if ground.scene in {Scene.TRANSPARENT, Scene.PICTURE} else background
        colour = own if own.startswith("#") else "#ffffff"
        self._picker.props(f'value="{colour}"')
        self._hex.props(f'value="{own}"')

    def _swatch(self, name: str, background: str, css: str) -> ui.element:
        swatch = named(ui.element("button"), name).classes("swatch").props("type=button")
        swatch.props["title"] = name
        swatch.on("click", lambda: self._on_choose(background)).mark(background)
        if background == TRANSPARENT:
            return swatch.classes("checker")
        if not css:
            with swatch:
                icon("blur_on")
        return swatch.style(f"background: {css}") if css else swatch

    def _tried(self, event: GenericEventArguments) -> None:
        self._on_try(str(event.args))

    async def _chosen(self, event: GenericEventArguments) -> None:
        typed = str(event.args).strip()
        try:
            colour = _read(typed)
        except RecipeRejected as error:
            say(t(error.says))
            return
        await self._on_choose(colour)


def _read(typed: str) -> str:
    """Return a background as recipes have it; the `#` may be missing. Raises RecipeRejected."""
    try:
        return Recipe(background=typed).background
    except RecipeRejected:
        return Recipe(background=f"#{typed.removeprefix('#')}").background


def ground_told(text: str) -> str:
    """Name a background as it is named among those to choose from, else by what kind it is."""
    names = {background: name for name, background in SWATCHES.items()}
    names |= {background: name for name, (background, _) in SCENES.items()}
    if text in names:
        return t(names[text])
    scene = Ground.read(text).scene
    return t(KINDS[scene]) if scene in KINDS else text
