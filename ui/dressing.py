"""What is done to looks on the workbench: to the chosen photo, to a selection, to all."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from inference.look import TRANSPARENT, Frame, Shadow
from inference.output import Output
from inference.preset import Preset
from inference.recipe import EDGES, SUBJECTS, Recipe
from storage.records import Card
from ui.components.ask import agreed, name_asked
from ui.components.speech import Act, say
from ui.desk import Desk
from ui.lane import Lane
from ui.past import Looks, Past
from ui.tally import lasting
from ui.visit import Visit, recipe
from ui.words import t, tn, word

PATIENCE = 15.0
"""Seconds that are begun without a question."""
USUAL = asdict(Recipe())
PARTS: dict[str, dict[str, Any]] = {
    "background": {"background": TRANSPARENT},
    "shadow": {"shadow": asdict(Shadow())},
    "frame": {"frame": asdict(Frame())},
    "size": {"upscale": 1},
    "edges": {name: USUAL[name] for name in EDGES},
}
"""What each part of a recipe is when nothing was chosen for it."""
LOOK = ("background", "shadow", "frame", *EDGES)
"""What photos share that are dressed alike; each keeps its own model, strokes and size."""

Do = Callable[..., Awaitable[bool]]
"""Runs what may block, shows what came of it, and tells whether it worked."""


class Dressing:
    """The acts behind the recipe panel of one page, each of which can be undone."""

    def __init__(
        self,
        desk: Desk,
        visit: Visit,
        lane: Lane,
        *,
        do: Do,
        show: Callable[[], None],
        on_presets: Callable[[], Awaitable[None]],
    ) -> None:
        self._desk, self._visit, self._lane = desk, visit, lane
        self._do, self._show, self._on_presets = do, show, on_presets
        self.prefer: Callable[[str], None] = lambda _: None
        """Is told which preset was chosen last."""
        self.past = Past()

    # A part of a look, of the selection

    async def dress(self, look: Mapping[str, Any]) -> None:
        await self._change(" ".join(look), self._visit.picked, self._desk.dress, look)

    async def dress_one(self, look: Mapping[str, Any]) -> None:
        """Change the chosen photo alone: where a subject is, is said of no other."""
        await self._change(" ".join(look), self._visit.chosen, self._desk.dress, look)

    async def reset(self, part: str) -> None:
        """Make a part of the recipe what it is when nothing was chosen."""
        if part == "output":
            await self.write_as(Output())
        else:
            await self._change(part, self._visit.picked, self._desk.dress, PARTS[part])

    async def reset_all(self) -> None:
        every: dict[str, Any] = {}
        for part in PARTS.values():
            every |= part
        if await self._change("all", self._visit.picked, self._desk.dress, every, ""):
            say(t("Everything is as it was at first."), self._way_back)

    async def take(self, preset: str) -> None:
        """Take on the look of a preset; none leaves the look as it is."""
        taken = await self._change("preset", self._visit.picked, self._desk.take, preset)
        if taken:
            self.prefer(preset)

    async def fix(self, preset: str) -> None:
        """Change the look of the chosen photo so that it keeps the rules of a preset."""
        for card in self._visit.chosen:
            if preset:
                await self._change("fix", [card], self._desk.fix, preset)

    async def enlarge(self, times: str) -> None:
        """Make cutouts larger; what takes long is asked for first."""
        cards, seconds = self._visit.picked, 0.0
        if times != "1":
            for card in self._visit.chosen:
                one = await self._lane.run(self._desk.seconds_to_enlarge, card)
                seconds = one * len(cards)
        about = lasting(seconds)
        question = t("{times} times as large takes about {time} here.", times=times, time=about)
        why = t("It can be stopped at any time.")
        if seconds < PATIENCE or await agreed(question, why, t("Enlarge"), word("Leave it")):
            await self._change("size", cards, self._desk.dress, {"upscale": int(times)})

    async def cut_with(self, entries: Collection[str], model: str) -> None:
        """Cut some photos with another model; strokes and look stay."""
        cards = [card for card in self._visit.cards if card.entry.id in entries]
        await self._change("model", cards, self._desk.cut_with, model)

    async def write_as(self, output: Output) -> None:
        self._visit.output = output
        self._show()

    # With all

    async def dress_all(self) -> None:
        for card in self._visit.chosen:
            wanted, cards = asdict(recipe(card)), self._visit.cards
            look = {part: wanted[part] for part in LOOK}
            if wanted["subject"] not in SUBJECTS:  # a place on this photo and on no other
                del look["subject"]
            if await self._change("all", cards, self._desk.dress, look, card.entry.preset):
                said = tn(
                    "This photo is the only one.",
                    "All {count} photos have this look now.",
                    len(cards),
                )
                say(said, self._way_back)

    async def make_series(self) -> None:
        for card in self._visit.chosen:
            cards = self._visit.cards
            if await self._noted("series", cards, self._desk.make_series, card, cards):
                says = t("All {count} photos have one scale now.", count=len(cards))
                say(says, self._way_back)

    # The way back

    async def undo(self) -> None:
        await self._restore(self.past.undo(self._visit.cards))

    async def redo(self) -> None:
        await self._restore(self.past.redo(self._visit.cards))

    async def _restore(self, looks: Looks) -> None:
        if looks:
            await self._do(self._desk.restore, looks)

    @property
    def _way_back(self) -> Act:
        return Act(t("Undo"), self.undo)

    async def _change(self, what: str, cards: Sequence[Card], act: Any, *args: Any) -> bool:
        """Do something to photos that can be undone."""
        return bool(cards) and await self._noted(what, cards, act, cards, *args)

    async def _noted(self, what: str, cards: Sequence[Card], act: Any, *args: Any) -> bool:
        new = self.past.note(what, cards)
        done = await self._do(act, *args)
        if new and not done:
            self.past.forget()
        return done

    # Presets of one's own

    async def keep_preset(self) -> None:
        """Keep the look of the chosen photo as a preset, under a name that is asked for."""
        for asked in self._visit.chosen:
            title = await name_asked(t("Save this look as a preset"), "", t("Save"))
            # As it is by now: what was chosen right before the question may have come since.
            for card in self._visit.named(asked.entry.id) if title else []:
                look = Preset("", recipe(card).shared, self._visit.output)
                await self._keep(card, self._desk.add_preset, look, title)

    async def update_preset(self, name: str) -> None:
        """Let one of one's own presets be the look of the chosen photo."""
        for card in self._visit.chosen:
            look = recipe(card).shared
            if await self._do(self._desk.update_preset, name, look, self._visit.output):
                await self._on_presets()
                say(t("The preset has this look now."))

    async def copy_preset(self, name: str) -> None:
        for card in self._visit.chosen:
            await self._keep(card, self._desk.copy_preset, name)

    async def rename_preset(self, name: str, title: str) -> None:
        wanted = await name_asked(t("Rename the preset"), title, t("Rename"))
        if wanted and wanted != title and await self._do(self._desk.retitle_preset, name, wanted):
            await self._on_presets()

    async def remove_preset(self, name: str, title: str) -> None:
        question = t("Delete the preset “{title}”?", title=title)
        why = t("Photos that have its look keep it.")
        if await agreed(question, why, t("Delete"), word("Keep it")):
            await self._do(self._desk.remove_preset, name)
            await self._on_presets()

    async def take_up(self, name: str, title: str) -> None:
        """Let the chosen photo have the look of a preset that has just come in."""
        await self._on_presets()
        await self._change("preset", self._visit.chosen, self._desk.take, name)
        say(t("“{title}” is among your presets.", title=title))

    async def _keep(self, card: Card, make: Callable[..., Preset], *args: Any) -> None:
        made: list[Preset] = []
        if await self._do(lambda: made.append(make(*args))):
            await self._do(self._desk.dress, [card], {}, made[0].name)
            await self._on_presets()
            say(t("“{title}” is among your presets.", title=made[0].title))
