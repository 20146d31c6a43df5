"""The way out of one photo: as the chosen kind of file, as others, for a preset, as a recipe."""

from nicegui import ui

from inference.output import Format, Output
from inference.preset import Preset
from inference.recipe import Recipe
from storage.records import Card, Status
from ui.api.outputs import query_of
from ui.components.controls import link, point, text
from ui.components.copy import Copy
from ui.components.output_panel import FORMATS
from ui.words import t, word

NO_JPEG = word("JPEG has no transparency: choose a background for it.")


class DownloadPanel:
    def __init__(self) -> None:
        self._for_preset = link("", classes="button primary")
        with ui.element("div").classes("download-line"):
            self._chosen = link("", classes="button primary")
            self._copy = Copy()
        with ui.element("div").classes("pair"):
            self._others = {kind: link(FORMATS[kind.value], classes="button") for kind in Format}
        self._hint = text(t(NO_JPEG)).classes("facts")
        self._recipe = link(t("Keep this recipe as a file"), classes="facts link rest")

    def show(self, card: Card, wanted: Recipe, output: Output, preset: Preset | None) -> None:
        """Point to the files that a photo can be now."""
        kind, entry_id = output.format, card.entry.id
        self._chosen.set_text(t("Download {kind}", kind=FORMATS[kind.value]))
        point(self._chosen, _address(card, wanted, kind, query_of(output)))
        self._copy.show(_address(card, wanted, Format.PNG, query_of(Output())))
        for each, to in self._others.items():
            to.set_visibility(each is not kind)
            point(to, _address(card, wanted, each, query_of(output.as_format(each))))
        self._hint.set_visibility(card.job.status is Status.DONE and wanted.transparent)
        point(self._recipe, f"/entries/{entry_id}/recipe")
        self._for_preset.set_visibility(preset is not None)
        self._chosen.classes(remove="primary") if preset else self._chosen.classes("primary")
        if preset:
            its = preset.output.format
            words = t("{kind} for {preset}", kind=FORMATS[its.value], preset=t(preset.title))
            self._for_preset.set_text(words)
            point(self._for_preset, _address(card, wanted, its, f"preset={preset.name}"))


def _address(card: Card, wanted: Recipe, kind: Format, query: str) -> str:
    """Return where a file is downloaded, or nothing where there can be none."""
    possible = card.job.status is Status.DONE and (kind.has_alpha or not wanted.transparent)
    return f"/entries/{card.entry.id}/download?{query}" if possible else ""
