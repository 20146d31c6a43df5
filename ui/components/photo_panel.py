"""Beside a photo of the library: its name and notes, where it is, and what can be made of it."""

from collections.abc import Sequence
from functools import partial
from typing import Protocol

from nicegui import ui

from inference.catalogue import Model, model_named
from inference.doubt import WORTH_A_LOOK
from inference.errors import UnknownModel
from inference.look import Shadow
from inference.output import Format
from inference.preset import Preset
from inference.recipe import Recipe
from storage.outbox import Mark
from storage.records import Collection, Version
from ui.components.controls import button, heading, icon, icon_button, link, named, point, text
from ui.components.draft import Draft
from ui.components.output_panel import FORMATS
from ui.components.palette import ground_told
from ui.components.select import Select
from ui.components.synced import told
from ui.keeper import Shown
from ui.tally import dated, sized
from ui.words import in_a_row, t

OTHERS = (Format.WEBP, Format.JPEG, Format.AVIF, Format.TIFF, Format.PSD)
LONGEST_NOTES = 10_000


class Acts(Protocol):
    """What the panel asks for; it is about the photo, and the version that is looked at."""

    async def rename(self, name: str) -> None: ...
    async def annotate(self, notes: str) -> None: ...
    async def collect(self) -> None: ...
    async def take_out(self, collection_id: str) -> None: ...
    async def restore(self) -> None: ...
    async def draw_again(self) -> None: ...
    async def unfold(self) -> None: ...
    async def make(self, *, model: str, preset: str) -> None: ...
    async def throw(self) -> None: ...
    async def take_back(self) -> None: ...
    async def purge(self) -> None: ...


class PhotoPanel:
    """On a small screen a sheet below the picture."""

    def __init__(self, acts: Acts, presets: Sequence[Preset], models: Sequence[Model]) -> None:
        self._acts = acts
        self._collections: tuple[Collection, ...] | None = None
        self._titles = {one.name: t(one.title) for one in presets}
        with named(ui.element("aside"), t("About this photo")).classes("panel opened about-photo"):
            with ui.element("section"):
                self._name = Draft(t("Name"), on_save=acts.rename)
                self._facts = text().classes("facts")
                self._doubt = text().classes("doubt")
            with ui.element("section").classes("in-trash") as self._in_trash:
                text(t("This photo is in the trash."))
                with ui.element("div").classes("pair"):
                    button(t("Put back"), acts.take_back)
                    button(t("Delete for good"), acts.purge)
            with ui.element("section") as self._version:
                self._build_version(presets, models)
            with ui.element("section"):
                heading(t("Notes"))
                hint = t("Who it is for, what is to be done …")
                self._notes = Draft(
                    t("Notes"), on_save=acts.annotate, hint=hint, lines=3, most=LONGEST_NOTES
                )
            with ui.element("section") as self._places:
                heading(t("Collections"))
                self._chips = ui.element("div").classes("chips")
            with ui.element("section").classes("download") as self._download:
                self._build_download()

    def show(
        self, shown: Shown, version: Version | None, mark: Mark | None, *, archived: bool
    ) -> None:
        """`mark` tells how far the version is on its way to an account, where it is at all."""
        image, trashed = shown.holding.image, shown.holding.image.deleted_at is not None
        self._name.show(image.name)
        self._notes.show(image.notes)
        size = f"{image.width} x {image.height}"
        self._facts.set_text(" · ".join([size, sized(image.bytes), dated(image.created_at)]))
        job = shown.holding.job
        doubtful = job.doubt >= WORTH_A_LOOK and version and version.id == image.current_id
        reasons = in_a_row(job.reasons)
        why = t("Worth a look: {why}", why=reasons)
        self._doubt.set_text(why if doubtful else "")
        self._doubt.set_visibility(bool(doubtful))
        self._in_trash.set_visibility(trashed)
        self._version.set_visibility(not trashed)
        self._places.set_visibility(not trashed)
        self._download.set_visibility(not trashed)
        current = version is not None and version.id == image.current_id
        self._show_version(None if archived else version, current, job.preset if current else "")
        self._archived.set_visibility(archived)
        if archived and version:
            self._title.set_text(t("Version {number}", number=version.number))
        self._synced.set_text(told(mark) if mark else "")
        self._synced.set_visibility(mark is not None)
        self._show_collections(shown.collections)

    def _build_version(self, presets: Sequence[Preset], models: Sequence[Model]) -> None:
        self._title = heading("")
        self._how = text().classes("facts")
        self._synced = text().classes("facts")
        with ui.element("div").classes("archived") as self._archived:
            text(
                t(
                    "This version is archived: its picture has gone, and can be drawn again from "
                    "the original as it was. That costs nothing."
                )
            ).classes("quiet")
            button(t("Draw it again"), self._acts.draw_again, classes="primary")
        self._restore = button(t("Show this one in the library"), self._acts.restore)
        button(t("Open on the workbench"), self._acts.unfold)
        heading(t("Make another from the original")).classes("next")
        same = {"": t("Same model")} | {one.name: t(one.title) for one in models}
        self._model = Select(t("Model"), same, on_choose=self._choose_model)
        looks = {"": t("Same look")} | {one.name: t(one.title) for one in presets}
        self._preset = Select(t("Look"), looks, on_choose=self._choose_preset)
        self._chosen = {"model": "", "preset": ""}
        self._make = button(t("Make it"), self._make_another)
        self._show_choice()

    def _build_download(self) -> None:
        self._links = {Format.PNG: link(t("Download PNG"), classes="button primary")}
        with ui.element("div").classes("pair"):
            for kind in OTHERS:
                self._links[kind] = link(FORMATS[kind.value], classes="button")
        button(t("Move to the trash"), self._acts.throw)

    def _choose_model(self, name: str) -> None:
        self._chosen["model"] = name
        self._show_choice()

    def _choose_preset(self, name: str) -> None:
        self._chosen["preset"] = name
        self._show_choice()

    async def _make_another(self) -> None:
        await self._acts.make(**self._chosen)

    def _show_choice(self) -> None:
        self._model.show(self._chosen["model"])
        self._preset.show(self._chosen["preset"])
        nothing = not any(self._chosen.values())
        self._make.props["disabled"] = nothing

    def _show_version(self, version: Version | None, current: bool, preset: str) -> None:  # noqa: FBT001 of it
        """`preset` is the name of the one that it was made with, where that is known."""
        self._restore.set_visibility(version is not None and not current)
        self._title.set_text(
            t("Version {number}", number=version.number) if version else t("No version yet")
        )
        recipe = Recipe.read(version.recipe) if version else Recipe()
        made_for = self._titles.get(preset, preset)
        self._how.set_text(" · ".join(filter(None, [made_for, summary(recipe)])) if version else "")
        for kind, to in self._links.items():
            possible = version and (kind.has_alpha or not recipe.transparent)
            point(to, _address(version, kind) if version and possible else "")

    def _show_collections(self, collections: tuple[Collection, ...]) -> None:
        if collections == self._collections:
            return
        self._collections = collections
        self._chips.clear()
        with self._chips:
            for one in collections:
                with ui.element("span").classes("tag"):
                    text(one.name, tag="span")
                    label = t("Take out of {name}", name=one.name)
                    icon_button("close", label, partial(self._acts.take_out, one.id))
            with button("", self._acts.collect, classes="small"):
                icon("add")
                text(t("Add"), tag="span")


def summary(recipe: Recipe) -> str:
    """Tell in a few words how a version was made."""
    try:
        model = t(model_named(recipe.model).title)
    except UnknownModel:  # an older Coveshot knew it
        model = recipe.model
    parts = [model, ground_told(recipe.background)]
    if recipe.shadow != Shadow():
        parts.append(t("with a shadow"))
    if recipe.frame.size:
        parts.append("{} x {}".format(*recipe.frame.size))
    if recipe.upscale > 1:
        parts.append(f"{recipe.upscale}x")
    return " · ".join(parts)


def _address(version: Version, kind: Format) -> str:
    return f"/photos/{version.image_id}/versions/{version.id}/download?format={kind.value}"
