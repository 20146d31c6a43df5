"""A picture of one's own behind the subject: chosen from the disk, and placed."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from nicegui import ui
from nicegui.element import Element

from inference.look import MOST_BLUR, Ground, Scene
from ui.components.choices import Choices
from ui.components.controls import give
from ui.components.slider import Slider
from ui.components.speech import say
from ui.words import spoken, t, word

WORDS = {
    "choose": word("Own picture"),
    "notTaken": word("This picture could not be taken in."),
}
WAYS = {"fill": word("Fill"), "fit": word("Fit")}
WHOLE = 100
OnChoose = Callable[[str], Awaitable[None]]


class OwnPicture(Element, component="own_picture.js"):
    """Hands the text of a background back when a picture was chosen and is in the library."""

    def __init__(self, *, on_choose: OnChoose) -> None:
        super().__init__()
        self._props |= {"words": spoken(WORDS), "pressed": False}
        self.on("choose", lambda event: on_choose(f"picture {event.args}"))
        self.on("refuse", lambda event: say(str(event.args)))

    def show(self, ground: Ground) -> None:
        give(self, pressed=ground.scene is Scene.PICTURE)


class PicturePlace:
    """Shows how an own picture is placed, and hands back what is changed of that."""

    def __init__(self, *, on_choose: OnChoose) -> None:
        self._on_choose = on_choose
        self._ground = self._told = Ground(Scene.TRANSPARENT)
        self._pending = 0
        """Changes that are not in the library yet: what is told meanwhile is older than they."""
        with ui.element("div").classes("picture-place") as self._all:
            self._fit = Choices(t("Size of the picture"), spoken(WAYS), on_choose=self._fitted)
            self._across = Slider(
                t("Left, right"), unit=" %", most=WHOLE, on_move=self._moved_across
            )
            self._down = Slider(t("Up, down"), unit=" %", most=WHOLE, on_move=self._moved_down)
            self._blur = Slider(
                t("Blur"), unit=" %", most=round(MOST_BLUR), step=1, on_move=self._blurred
            )

    def show(self, ground: Ground) -> None:
        self._told = ground
        if not self._pending:
            self._show(ground)

    def _show(self, ground: Ground) -> None:
        self._ground = ground
        self._all.set_visibility(ground.scene is Scene.PICTURE)
        self._fit.show(ground.fit)
        for slider, share in zip((self._across, self._down), ground.at, strict=True):
            slider.set_visibility(ground.fit == "fill")
            slider.show(round(share * WHOLE))
        self._blur.show(ground.number)

    async def _fitted(self, fit: str) -> None:
        await self._choose(fit=fit)

    async def _moved_across(self, percent: float) -> None:
        await self._choose(at=(percent / WHOLE, self._ground.at[1]))

    async def _moved_down(self, percent: float) -> None:
        await self._choose(at=(self._ground.at[0], percent / WHOLE))

    async def _blurred(self, percent: float) -> None:
        await self._choose(number=percent)

    async def _choose(self, **changes: Any) -> None:
        self._ground = replace(self._ground, **changes)  # the next change builds on this one
        self._pending += 1
        try:
            await self._on_choose(self._ground.text)
        finally:
            self._pending -= 1
        self.show(self._told)
