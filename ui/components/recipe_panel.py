"""The panel: what becomes of the chosen photo, and of all."""

from collections.abc import Mapping
from functools import partial
from typing import Any, Protocol

from nicegui import ui

from inference.output import Format, Output
from inference.recipe import EDGES, Recipe
from storage.records import Card, Status
from ui.components.choices import Choices
from ui.components.controls import button, enable, heading, icon_button, link, named, point, text
from ui.components.cut_panel import CutPanel, known
from ui.components.download_panel import DownloadPanel
from ui.components.edges_panel import EdgesPanel
from ui.components.fold import Fold
from ui.components.frame_panel import CANVASES, FramePanel
from ui.components.output_panel import OutputPanel
from ui.components.output_panel import told as output_told
from ui.components.palette import Palette, ground_told
from ui.components.preset_panel import PresetActs, PresetPanel
from ui.components.shadow_panel import WORDS, ShadowPanel
from ui.past import Past
from ui.visit import Visit, doubt, recipe, worked_on
from ui.words import spoken, t, tn, word

SIZES = {"1": word("As it is"), "2": word("2x"), "4": word("4x")}


class Acts(PresetActs, Protocol):
    """What the panel asks for; where it does not say all, it is about the chosen photos."""

    async def dress(self, look: Mapping[str, Any]) -> None: ...
    async def reset(self, part: str) -> None: ...
    async def reset_all(self) -> None: ...
    async def undo(self) -> None: ...
    async def redo(self) -> None: ...
    async def enlarge(self, times: str) -> None: ...
    async def write_as(self, output: Output) -> None: ...
    async def dress_all(self) -> None: ...
    async def make_series(self) -> None: ...


class PageActs(Protocol):
    """What the panel asks of the page around it."""

    def try_on(self, background: str) -> None: ...
    async def try_models(self) -> None: ...
    async def discard(self) -> None: ...
    async def discard_all(self) -> None: ...


class RecipePanel:
    """On a small screen a sheet at the foot; the `rest` of it is seen when it is opened."""

    def __init__(self, acts: Acts, page: PageActs) -> None:
        self._acts, self._page = acts, page
        self._folds: dict[str, Fold] = {}
        with named(ui.element("aside"), t("Recipe")).classes("panel") as self._panel:
            self._build_head()
            with ui.element("section").classes("rest"):
                heading(t("Made for"))
                self.presets = PresetPanel(acts)
            with self._fold("model", t("Cutout"), opened=True):
                self._cut = CutPanel(on_try=page.try_models)
            with self._fold("edges", t("Edges"), opened=False):
                self._edges = EdgesPanel(on_choose=acts.dress)
            self._build_look()
            with self._fold("size", t("Size"), opened=False):
                self._size = Choices(t("Size"), spoken(SIZES), on_choose=acts.enlarge)
                self._pixels = text().classes("facts")
            with self._fold("output", t("File"), opened=False):
                self._output = OutputPanel(on_choose=acts.write_as)
            with ui.element("section").classes("rest") as self._all:
                self._build_all()
            with ui.element("section").classes("download"):
                heading(t("Download"))
                self._download = DownloadPanel()
            self._more = button(t("More"), self._turn, classes="more")

    def _build_head(self) -> None:
        acts = self._acts
        with ui.element("section").classes("about"):
            with ui.element("div").classes("about-line"):
                self._name = heading("", level=1)
                icon_button("delete", t("Remove this photo"), self._page.discard)
            self._facts = text().classes("facts")
            self._doubt = text().classes("doubt")
            with named(ui.element("div"), t("Changes")).classes("tools rest").props("role=toolbar"):
                self._undo = icon_button("undo", t("Undo (Ctrl+Z)"), acts.undo)
                self._redo = icon_button("redo", t("Redo (Ctrl+Shift+Z)"), acts.redo)
                self._fresh = button(t("Reset all"), acts.reset_all, classes="small")
            self._scope = text().classes("scope").props("role=status")

    def _build_look(self) -> None:
        acts = self._acts
        with self._fold("background", t("Background"), opened=True, rest=False):
            self._palette = Palette(
                on_try=self._page.try_on, on_choose=lambda one: acts.dress({"background": one})
            )
        with self._fold("shadow", t("Shadow"), opened=True):
            self._shadow = ShadowPanel(on_choose=lambda part: acts.dress({"shadow": part}))
        with self._fold("frame", t("Frame"), opened=True):
            self._frame = FramePanel(on_choose=lambda part: acts.dress({"frame": part}))

    def _build_all(self) -> None:
        self._count = heading("")
        self._all_link = link("", classes="button")
        button(t("Use this look for all"), self._acts.dress_all)
        self._series = button(t("Same scale for all"), self._acts.make_series)
        button(t("Remove all"), self._page.discard_all)

    def _fold(self, name: str, title: str, *, opened: bool, rest: bool = True) -> Fold:
        fold = Fold(name, title, opened=opened, on_reset=partial(self._acts.reset, name))
        if rest:
            fold.classes("rest")
        self._folds[name] = fold
        return fold

    def show(self, visit: Visit, card: Card, past: Past) -> None:
        """Show a photo of a visit, and whether there is a way back."""
        wanted = recipe(card)
        self.presets.show(card.entry.preset)
        self._show_head(visit, card, wanted, past)
        self._cut.show(wanted)
        self._edges.show(wanted)
        self._palette.show(wanted.background)
        self._shadow.show(wanted.shadow)
        self._frame.show(wanted.frame)
        self._size.show(str(wanted.upscale))
        width, height = (side * wanted.upscale for side in worked_on(card))
        self._pixels.set_text(t("The whole photo: {width} x {height}", width=width, height=height))
        self._output.show(visit.output)
        self._download.show(card, wanted, visit.output, self.presets.chosen)
        for name, (told, changed) in _told(wanted, visit.output).items():
            self._folds[name].show(told, changed=changed)
        self._show_all(visit, wanted)

    def _show_head(self, visit: Visit, card: Card, wanted: Recipe, past: Past) -> None:
        self._name.set_text(card.entry.name)
        self._facts.set_text(_facts(card, wanted))
        why = doubt(card)
        self._doubt.set_text(t("Worth a look: {why}", why=why))
        self._doubt.set_visibility(bool(why))
        enable(self._undo, past.can_undo)
        enable(self._redo, past.can_redo)
        enable(self._fresh, wanted.shared != Recipe() or wanted.upscale != 1)
        count = len(visit.picked)
        self._scope.set_text(
            tn("A change is for this photo.", "A change is for {count} selected photos.", count)
        )
        self._scope.set_visibility(count > 1)

    def _show_all(self, visit: Visit, wanted: Recipe) -> None:
        photos, done = len(visit.cards), visit.done
        self._all.set_visibility(photos > 1)
        self._count.set_text(tn("The only photo", "All {count} photos", photos))
        self._series.set_visibility(bool(wanted.frame.size and wanted.frame.fill))
        words = t("Download all {count} as ZIP") if done == photos else t("Download {count} as ZIP")
        self._all_link.set_text(words.format(count=done))
        self._all_link.set_visibility(done > 0)
        point(self._all_link, f"/download.zip?format={Format.PNG.value}" if done else "")

    def _turn(self) -> None:
        self._panel.classes(toggle="opened")
        self._more.set_text(t("Less") if "opened" in self._panel.classes else t("More"))


def _told(wanted: Recipe, output: Output) -> dict[str, tuple[str, bool]]:
    """Return what each part of a recipe is in short, and whether that is not the usual."""
    usual = Recipe()
    model = known(wanted.model)
    edged = any(getattr(wanted, name) != getattr(usual, name) for name in EDGES)
    shadow, frame = wanted.shadow, wanted.frame
    canvas = t(CANVASES[frame.canvas]) if frame.canvas in CANVASES else frame.canvas
    fill = f"{frame.fill:g} %" if frame.fill else ""
    return {
        "model": (t(model.title) if model else wanted.model, False),
        "edges": (t("Changed") if edged else "", edged),
        "background": (ground_told(wanted.background), not wanted.transparent),
        "shadow": (t(WORDS[shadow.kind]), shadow != usual.shadow),
        "frame": (" · ".join(filter(None, (canvas, fill))), frame != usual.frame),
        "size": (t(SIZES[str(wanted.upscale)]), wanted.upscale != 1),
        "output": (output_told(output), output != Output()),
    }


def _facts(card: Card, wanted: Recipe) -> str:
    size = f"{card.image.width} x {card.image.height}"
    notes: list[str] = []
    if card.job.status is Status.DONE:
        worth_a_look = bool(doubt(card))  # then its reasons stand below
        notes = [card.job.says, *([] if worth_a_look else card.job.reasons.splitlines())]
        notes = [*map(t, notes)]
    model = known(wanted.model)
    return " · ".join(filter(None, (size, t(model.title) if model else wanted.model, *notes)))
