"""How a file is written: its kind, and what that kind has a place for."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial
from typing import Any

from nicegui import ui
from nicegui.events import GenericEventArguments

from inference.output import DEEP, DENSE, EIGHT, QUALITIES, SIXTEEN, SOURCE, SRGB, Format, Output
from ui.components.choices import Choices
from ui.components.controls import named, text
from ui.components.slider import Slider
from ui.components.switch import Switch
from ui.words import spoken, t, word

FORMATS = {one.value: one.name if one is not Format.WEBP else "WebP" for one in Format}
DENSITIES = {0: word("Not given"), 72: word("72 dpi"), 150: word("150 dpi"), 300: word("300 dpi")}
DEPTHS = {str(EIGHT): word("8 bits"), str(SIXTEEN): word("16 bits")}
PROFILES = {SRGB: word("sRGB"), SOURCE: word("As the photo")}
VALUE = "(event) => emit(event.target.value)"
OnChoose = Callable[[Output], Awaitable[None]]


class OutputPanel:
    """Shows an output, and hands one back that is changed."""

    def __init__(self, *, on_choose: OnChoose) -> None:
        self._on_choose = on_choose
        self._output = Output()
        self._formats = Choices(t("Kind of file"), FORMATS, on_choose=self._written_as)
        self._quality = Slider(
            t("Quality"), unit=" %", least=1, most=100, step=1, on_move=self._graded
        )
        with ui.element("label").classes("row") as self._dense:
            text(t("Density"), tag="span")
            with named(ui.element("select"), t("Density")).classes("field") as self._density:
                self._densities = {
                    dots: text(t(name), tag="option").props(f"value={dots}")
                    for dots, name in DENSITIES.items()
                }
        self._density.on("change", self._set_density, js_handler=VALUE)
        with ui.element("div").classes("row") as self._deep:
            text(t("Depth"), tag="span")
            self._depth = Choices(t("Depth"), spoken(DEPTHS), on_choose=self._deepened)
        with ui.element("div").classes("row") as self._coloured:
            text(t("Colours"), tag="span")
            changed = partial(self._changed, "profile")
            self._profile = Choices(t("Colours"), spoken(PROFILES), on_choose=changed)
        self._matte = Switch(t("The mask alone"), on_turn=partial(self._changed, "matte"))
        self._small = Switch(
            t("Take time for a small file"), on_turn=partial(self._changed, "small")
        )

    def show(self, output: Output) -> None:
        self._output = output
        kind = output.format
        self._formats.show(kind.value)
        self._quality.set_visibility(kind in QUALITIES)
        self._quality.show(output.quality or QUALITIES.get(kind, 0))
        self._dense.set_visibility(kind in DENSE)
        for dots, option in self._densities.items():
            option.props("selected") if dots == output.dpi else option.props(remove="selected")
        self._density.props(f"value={output.dpi}")
        self._deep.set_visibility(kind in DEEP and not output.matte)
        self._depth.show(str(output.depth))
        self._coloured.set_visibility(output.depth == EIGHT and not output.matte)
        self._profile.show(output.profile)
        self._matte.set_visibility(kind is not Format.PSD and output.depth == EIGHT)
        self._matte.show(output.matte)
        self._small.show(output.small)

    async def _written_as(self, kind: str) -> None:
        await self._on_choose(replace(self._output, quality=0).as_format(Format(kind)))

    async def _deepened(self, bits: str) -> None:
        await self._on_choose(replace(self._output, depth=int(bits), profile=SRGB))

    async def _graded(self, percent: float) -> None:
        await self._changed("quality", round(percent))

    async def _set_density(self, event: GenericEventArguments) -> None:
        await self._changed("dpi", int(event.args))

    async def _changed(self, field: str, value: Any) -> None:
        await self._on_choose(replace(self._output, **{field: value}))


def told(output: Output) -> str:
    """Tell an output in short: `JPEG · 85 %`."""
    words = [FORMATS[output.format.value]]
    words += [f"{output.quality} %"] if output.quality else []
    words += [t(DEPTHS[str(SIXTEEN)])] if output.depth == SIXTEEN else []
    words += [t("Mask")] if output.matte else []
    return " · ".join(words)
