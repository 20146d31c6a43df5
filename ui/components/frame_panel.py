"""The form of the picture, and how much of it the subject takes."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from nicegui import ui
from nicegui.events import GenericEventArguments

from inference.look import LEAST_FILL, SUBJECT, Frame
from ui.components.choices import Choices
from ui.components.controls import named
from ui.components.slider import Slider
from ui.words import spoken, t, word

CANVASES = {
    "": word("Photo"),
    SUBJECT: word("Subject"),
    "1:1": "1:1",
    "4:5": "4:5",
    "3:4": "3:4",
    "16:9": "16:9",
}
MOST_PADDING = 50
VALUE = "(event) => emit(event.target.value)"
ALIGNMENTS = {"centre": word("Middle"), "bottom": word("Bottom")}


class FramePanel:
    """Shows a frame, and hands back what is changed of it."""

    def __init__(self, *, on_choose: Callable[[Mapping[str, Any]], Awaitable[None]]) -> None:
        self._on_choose = on_choose
        self._canvases = Choices(
            t("Form"), spoken(CANVASES), on_choose=lambda canvas: on_choose({"canvas": canvas})
        )
        self._own = named(ui.element("input"), t("Own form or size")).classes("field")
        self._own.props(
            "type=text placeholder=2000x2000 maxlength=13 spellcheck=false autocomplete=off"
        )
        self._own.mark("own-canvas")
        self._own.on("change", self._typed, js_handler=VALUE)
        self._fill = Slider(t("Subject fills"), unit=" %", most=100, on_move=self._filled)
        self._padding = Slider(
            t("Margin"), unit=" %", most=MOST_PADDING, step=1, on_move=self._padded
        )
        self._align = Choices(
            t("Place of the subject"),
            spoken(ALIGNMENTS),
            on_choose=lambda align: on_choose({"align": align}),
        )

    def show(self, frame: Frame) -> None:
        self._canvases.show(frame.canvas)
        own = "" if frame.canvas in CANVASES else frame.canvas
        self._own.props(f'value="{own}"')
        self._fill.set_visibility(frame.canvas != SUBJECT)
        self._fill.show(frame.fill)
        self._padding.set_visibility(frame.canvas == SUBJECT)
        self._padding.show(frame.padding)
        self._align.show(frame.align)
        self._align.set_visibility(bool(frame.fill))

    async def _filled(self, percent: float) -> None:
        await self._on_choose({"fill": percent if percent >= LEAST_FILL else 0.0})

    async def _padded(self, percent: float) -> None:
        await self._on_choose({"padding": percent})

    async def _typed(self, event: GenericEventArguments) -> None:
        await self._on_choose({"canvas": str(event.args)})
