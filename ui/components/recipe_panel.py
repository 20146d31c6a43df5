"""The panel: what becomes of the chosen photo, and of all."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from nicegui import ui

from inference.catalogue import model_named
from inference.compliance import Finding
from inference.errors import UnknownModel
from inference.output import Format
from inference.preset import Preset, Rules
from inference.recipe import Recipe
from storage.records import Card, Status
from ui.components.choices import Choices
from ui.components.controls import button, heading, icon_button, link, named, point, text
from ui.components.frame_panel import FramePanel
from ui.components.palette import Palette
from ui.components.preset_panel import PresetPanel
from ui.components.shadow_panel import ShadowPanel
from ui.visit import doubt, recipe
from ui.words import spoken, t, tn, word

OTHERS = {
    "WebP": Format.WEBP,
    "JPEG": Format.JPEG,
    "AVIF": Format.AVIF,
    "TIFF": Format.TIFF,
    "PSD": Format.PSD,
}
SIZES = {"1": word("As it is"), "2": word("2x"), "4": word("4x")}
NO_JPEG = word("JPEG has no transparency: choose a background for it.")


class Acts(Protocol):
    """What the panel asks for; where it does not say all, it is about the chosen photo."""

    def try_on(self, background: str) -> None: ...
    async def discard(self) -> None: ...
    async def dress(self, look: Mapping[str, Any]) -> None: ...
    async def take(self, preset: str) -> None: ...
    async def fix(self) -> None: ...
    async def enlarge(self, times: str) -> None: ...
    async def dress_all(self) -> None: ...
    async def make_series(self) -> None: ...
    async def discard_all(self) -> None: ...


class RecipePanel:
    """On a small screen a sheet at the foot; the `rest` of it is seen when it is opened."""

    def __init__(self, acts: Acts, presets: Sequence[Preset]) -> None:
        self.preset = ""
        """The name of the preset that is shown."""
        with named(ui.element("aside"), t("Recipe")).classes("panel") as self._panel:
            with ui.element("section").classes("about"):
                self._name = heading("", level=1)
                icon_button("delete", t("Remove this photo"), acts.discard)
                self._facts = text().classes("facts")
                self._doubt = text().classes("doubt")
            with ui.element("section").classes("rest"):
                heading(t("Made for"))
                self._preset = PresetPanel(presets, on_take=acts.take, on_fix=acts.fix)
            with ui.element("section"):
                heading(t("Background"))
                self._palette = Palette(
                    on_try=acts.try_on, on_choose=lambda text: acts.dress({"background": text})
                )
            with ui.element("section").classes("rest"):
                heading(t("Shadow"))
                self._shadow = ShadowPanel(on_choose=lambda part: acts.dress({"shadow": part}))
            with ui.element("section").classes("rest"):
                heading(t("Frame"))
                self._frame = FramePanel(on_choose=lambda part: acts.dress({"frame": part}))
            with ui.element("section").classes("rest"):
                heading(t("Size"))
                self._size = Choices(t("Size"), spoken(SIZES), on_choose=acts.enlarge)
                self._pixels = text().classes("facts")
            with ui.element("section").classes("rest") as self._all:
                self._build_all(acts)
            with ui.element("section").classes("download"):
                heading(t("Download"))
                self._build_download()
            self._more = button(t("More"), self._turn, classes="more")

    def show(self, card: Card, *, photos: int, done: int, preset: str | None = None) -> None:
        """Show a photo; `done` of all `photos` are ready.

        Where no `preset` was chosen for it, not even none, that is meant whose look it has.
        """
        wanted = recipe(card)
        self.preset = self._preset.matching(wanted) if preset is None else preset
        self._preset.show(self.preset)
        self._name.set_text(card.entry.name)
        self._facts.set_text(_facts(card, wanted))
        why = doubt(card)
        self._doubt.set_text(t("Worth a look: {why}", why=why))
        self._doubt.set_visibility(bool(why))
        self._palette.show(wanted.background)
        self._shadow.show(wanted.shadow)
        self._frame.show(wanted.frame)
        self._size.show(str(wanted.upscale))
        width, height = (side * wanted.upscale for side in (card.image.width, card.image.height))
        self._pixels.set_text(t("The whole photo: {width} x {height}", width=width, height=height))
        self._show_download(card, wanted)
        self._all.set_visibility(photos > 1)
        self._count.set_text(tn("{count} photo", "All {count} photos", photos))
        self._series.set_visibility(bool(wanted.frame.size and wanted.frame.fill))
        words = t("Download all {count} as ZIP") if done == photos else t("Download {count} as ZIP")
        self._all_link.set_text(words.format(count=done))
        self._all_link.set_visibility(done > 0)
        point(self._all_link, f"/download.zip?format={Format.PNG.value}" if done else "")

    @property
    def rules(self) -> bool:
        """Whether the preset that is shown has any rules."""
        preset = self._preset.named(self.preset)
        return preset is not None and preset.rules != Rules()

    def wait(self) -> None:
        """Say that the rules are being checked."""
        self._preset.wait()

    def tell(self, found: Sequence[Finding]) -> None:
        """Show what came of the rules."""
        self._preset.tell(found)

    def _build_download(self) -> None:
        self._for_preset = link("", classes="button primary")
        self._links = {Format.PNG: link(t("Download PNG"), classes="button primary")}
        with ui.element("div").classes("pair"):
            for name, format in OTHERS.items():  # noqa: A001
                self._links[format] = link(name, classes="button")
        self._hint = text(t(NO_JPEG)).classes("facts")
        self._recipe = link(t("Keep this recipe as a file"), classes="facts link rest")

    def _build_all(self, acts: Acts) -> None:
        self._count = heading("")
        self._all_link = link("", classes="button")
        button(t("Use this look for all"), acts.dress_all)
        self._series = button(t("Same scale for all"), acts.make_series)
        button(t("Remove all"), acts.discard_all)

    def _show_download(self, card: Card, wanted: Recipe) -> None:
        ready = card.job.status is Status.DONE
        for format, to in self._links.items():  # noqa: A001
            possible = ready and (format.has_alpha or not wanted.transparent)
            address = f"/entries/{card.entry.id}/download?format={format.value}"
            point(to, address if possible else "")
        self._hint.set_visibility(ready and wanted.transparent)
        point(self._recipe, f"/entries/{card.entry.id}/recipe")
        preset = self._preset.named(self.preset)
        self._for_preset.set_visibility(preset is not None)
        plain = self._links[Format.PNG]
        plain.classes(remove="primary") if preset else plain.classes("primary")
        if preset:
            kind = preset.output.format.name
            self._for_preset.set_text(t("{kind} for {preset}", kind=kind, preset=preset.title))
            possible = ready and (preset.output.format.has_alpha or not wanted.transparent)
            address = f"/entries/{card.entry.id}/download?preset={preset.name}"
            point(self._for_preset, address if possible else "")

    def _turn(self) -> None:
        self._panel.classes(toggle="opened")
        self._more.set_text(t("Less") if "opened" in self._panel.classes else t("More"))


def _facts(card: Card, wanted: Recipe) -> str:
    size = f"{card.image.width} x {card.image.height}"
    notes: list[str] = []
    if card.job.status is Status.DONE:
        worth_a_look = bool(doubt(card))  # then its reasons stand below
        notes = [card.job.says, *([] if worth_a_look else card.job.reasons.splitlines())]
    return " · ".join(filter(None, (size, _title(wanted.model), *notes)))


def _title(model: str) -> str:
    try:
        return model_named(model).title
    except UnknownModel:  # an older Coveshot knew it
        return model
