"""Which shadow a subject casts, and how."""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any

from inference.look import HEEDED, Cast, Shadow
from ui.components.choices import Choices
from ui.components.slider import Slider
from ui.words import spoken, t, word

WORDS = {
    "none": word("None"),
    "soft": word("Soft"),
    "contact": word("Contact"),
    "hard": word("Hard"),
    "reflection": word("Mirror"),
    "original": word("Photo's"),
}
SLIDERS = (
    ("opacity", word("Strength"), " %", 100),
    ("softness", word("Softness"), " %", 100),
    ("length", word("Length"), " %", 200),
    ("direction", word("Direction"), "°", 360),
)
OnChoose = Callable[[Mapping[str, Any]], Awaitable[None]]


class ShadowPanel:
    """Shows a shadow, and hands back what is changed of it."""

    def __init__(self, *, on_choose: OnChoose) -> None:
        self._kinds = Choices(
            t("Shadow"), spoken(WORDS), on_choose=lambda kind: on_choose({"kind": kind})
        )
        self._sliders = {
            field: Slider(t(name), unit=unit, most=most, on_move=partial(_handed, on_choose, field))
            for field, name, unit, most in SLIDERS
        }

    def show(self, shadow: Shadow) -> None:
        self._kinds.show(shadow.kind)
        for name, slider in self._sliders.items():
            slider.set_visibility(name in HEEDED[Cast(shadow.kind)])
            slider.show(getattr(shadow, name))


async def _handed(on_choose: OnChoose, field: str, value: float) -> None:
    await on_choose({field: value})
