"""What is made of the matte: which parts, how full, how wide, how soft."""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any

from inference.recipe import ALL, Recipe
from ui.components.choices import Choices
from ui.components.slider import Slider
from ui.components.switch import Switch
from ui.words import spoken, t, word

SUBJECTS = {ALL: word("All of it"), "largest": word("Largest part")}
SWITCHES = (
    ("refine", word("Follow the photo's edges")),
    ("decontaminate", word("Remove the old background's colour")),
    ("solid", word("Nothing shines through")),
)
SLIDERS = (
    ("shift", word("Move edges"), " px", (-20, 20), 0.5),
    ("feather", word("Soften edges"), " px", (0, 20), 0.5),
    ("holes", word("Close holes"), " %", (0, 20), 0.5),
    ("islands", word("Drop parts"), " %", (0, 50), 1),
)
"""Fields with their names, units, ranges and steps; recipes from files may go further."""
OnChoose = Callable[[Mapping[str, Any]], Awaitable[None]]


class EdgesPanel:
    """Shows the edges of a recipe, and hands back what is changed of them."""

    def __init__(self, *, on_choose: OnChoose) -> None:
        self._subject = Choices(
            t("Subject"), spoken(SUBJECTS), on_choose=lambda one: on_choose({"subject": one})
        )
        self._sliders = {
            field: Slider(
                t(name),
                unit=unit,
                least=least,
                most=most,
                step=step,
                on_move=partial(_handed, on_choose, field),
            )
            for field, name, unit, (least, most), step in SLIDERS
        }
        self._switches = {
            field: Switch(t(name), on_turn=partial(_handed, on_choose, field))
            for field, name in SWITCHES
        }

    def show(self, wanted: Recipe) -> None:
        self._subject.show(wanted.subject)
        for field, slider in self._sliders.items():
            slider.show(getattr(wanted, field))
        for field, switch in self._switches.items():
            switch.show(getattr(wanted, field))


async def _handed(on_choose: OnChoose, field: str, value: float | bool) -> None:  # noqa: FBT001 a setting
    await on_choose({field: value})
