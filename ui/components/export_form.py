"""What leaves the workbench, and how: as a ZIP file or into a folder."""

from collections.abc import Callable
from typing import Any

from nicegui import ui
from nicegui.element import Element

from inference.output import Format
from ui.components.controls import heading, icon_button, named
from ui.shipment import KEEP
from ui.words import spoken, t, tn, word

WORDS = {
    "format": word("Format"),
    "jpeg": word("JPEG has no transparency: a photo that has any leaves as PNG."),
    "name": word("Names"),
    "fields": word(
        "{name} is that of the photo; {width}, {height}, {date} and {n} may be in it, too."
    ),
    "tree": word("Keep the folders"),
    "folder": word("Into a folder of this computer"),
    "path": word("The whole path, such as /home/ann/cutouts"),
    "write": word("Write into the folder"),
    "stop": word("Stop"),
    "choose": word("Choose folder …"),
    "zip": word("Download ZIP"),
    "saveZip": word("Save ZIP …"),
    "failed": word("The ZIP could not be made. Try again."),
}


class ExportForm(Element, component="export_form.js"):
    """In a dialog of its own. Sends itself to `address`; a folder is for `on_folder`.

    `entries` are ids, or None for all there are; `folders` tells whether any photo has one.
    Without `on_folder` there is none to write into.
    """

    def __init__(
        self,
        entries: list[str] | None,
        *,
        address: str,
        count: int,
        folders: bool,
        on_folder: Callable[[dict[str, Any]], Any] | None,
        on_stop: Callable[[], Any],
    ) -> None:
        with _dialog(count):
            super().__init__()
        kinds = {one.value: one.name for one in Format}
        self._props |= {
            "entries": entries,
            "formats": {KEEP: t("As each photo came")} | kinds,
            "folders": folders,
            "here": on_folder is not None,
            "address": address,
            "words": spoken(WORDS),
        }
        if on_folder:
            self.on("folder", lambda event: on_folder(event.args))
        self.on("stop", on_stop)

    def tell(self, text: str, *, writing: bool) -> None:
        """Say how far it is, or what came of it."""
        if not self.is_deleted:
            self.run_method("tell", text, writing)


def _dialog(count: int) -> ui.element:
    """Open a dialog; returns the place in it for the form."""
    with ui.dialog() as dialog, ui.element("div").classes("paper") as paper:
        title = tn("Export {count} photo", "Export {count} photos", count)
        named(dialog, title)
        with ui.element("div").classes("paper-head"):
            heading(title, level=1)
            icon_button("close", t("Close"), dialog.close)
    dialog.on("hide", dialog.delete)
    dialog.open()
    return paper
